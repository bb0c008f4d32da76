/** What a new pipeline begins with: the least that runs. */
export function starterPipeline(org: string, project: string): string {
  return `pipeline:
  name: my pipeline
  identifier: my_pipeline
  orgIdentifier: ${org}
  projectIdentifier: ${project}
  variables:
    - name: who
      type: String
      value: <+input>.default(world)
  stages:
    - stage:
        name: hello
        identifier: hello
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: greet
                  identifier: greet
                  type: ShellScript
                  timeout: 1m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: echo "Hello, <+pipeline.variables.who>"
`;
}
