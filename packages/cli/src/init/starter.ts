/** The files of a first pipeline. They explain themselves: a newcomer reads them before any guide. */

export interface StarterFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** @param project - how the project is called; becomes the pipeline's name and identifier */
export function makeStarter(project: string): readonly StarterFile[] {
  const name = project.replaceAll(/[^-0-9A-Za-z_ .]/g, ' ').trim() || 'Hello';
  const identifier = name.replaceAll(/[^0-9A-Za-z_]/g, '_').replace(/^(?=\d)/, '_');
  return [
    { path: `.harness/${identifier}.yaml`, text: pipeline(name, identifier) },
    { path: `.harness/${identifier}.test.yaml`, text: TEST },
    { path: '.harness/events/push.json', text: `${JSON.stringify(PUSH, undefined, 2)}\n` },
  ];
}

function pipeline(name: string, identifier: string): string {
  return `# A first pipeline. Try:
#   bridle plan                                      what would run, and what would not
#   bridle run                                       runs it here, in a copy of your working tree
#   bridle run --event .harness/events/push.json     as a push to main would
#   bridle test                                      its tests, beside this file
pipeline:
  identifier: ${identifier}
  name: ${name}
  orgIdentifier: default
  projectIdentifier: myproject
  tags: {}
  variables:
    - name: greeting
      type: String
      description: What is said. Asked for when the pipeline runs on a server; -i greeting=Hi here.
      value: <+input>.default(Hello)
  stages:
    - stage:
        identifier: build
        name: Build
        type: CI
        spec:
          # true clones the repository, and needs a codebase below properties.ci (bridle help inputs).
          cloneCodebase: false
          execution:
            steps:
              - step:
                  identifier: look
                  name: Look
                  type: Run
                  timeout: 5m
                  spec:
                    shell: Sh
                    command: |
                      echo "<+pipeline.variables.greeting> from $(uname -s)"
                      export VERSION="1.0.<+pipeline.sequenceId>"
                    # What later steps may use: <+steps.look.output.outputVariables.VERSION>
                    outputVariables:
                      - name: VERSION
    - stage:
        identifier: announce
        name: Announce
        type: Custom
        # Runs only when a push to main started the pipeline.
        when:
          pipelineStatus: Success
          condition: <+trigger.payload.ref> == "refs/heads/main"
        spec:
          execution:
            steps:
              - step:
                  identifier: tell
                  name: Tell
                  type: ShellScript
                  timeout: 1m
                  spec:
                    shell: Bash
                    source:
                      type: Inline
                      spec:
                        script: echo "<+pipeline.stages.build.spec.execution.steps.look.output.outputVariables.VERSION> is built"
`;
}

const TEST = `# What the pipeline does, without doing it: "bridle test" takes milliseconds.
test:
  mocks:
    - step: build.look
      outputs: { VERSION: "1.0.7" }
  cases:
    - name: announces what a push to main has built
      event: ./events/push.json
      expect:
        status: Success
        steps: { announce.tell: Success }
        resolved:
          announce.tell:
            source:
              spec:
                script: echo "1.0.7 is built"
    - name: announces nothing when somebody runs it by hand
      expect:
        status: Success
        skipped: [ announce ]
    - name: announces nothing that was not built
      event: ./events/push.json
      mocks:
        - { step: build.look, status: Failed, exitCode: 1 }
      expect:
        status: Failed
        skipped: [ announce ]
`;

const PUSH = {
  ref: 'refs/heads/main',
  before: '1111111111111111111111111111111111111111',
  after: '2222222222222222222222222222222222222222',
  repository: { name: 'hello', full_name: 'me/hello', clone_url: 'https://git.example.com/me/hello.git' },
  pusher: { name: 'me', email: 'me@example.com' },
  commits: [{ id: '2222222222222222222222222222222222222222', message: 'A first change', author: { name: 'Me' } }],
};
