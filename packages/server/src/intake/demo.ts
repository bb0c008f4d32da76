/** What a new installation starts with: the founding document's pipeline and trigger, and a pipeline that shows what Bridle can do. */

export const DEMO_SCOPE = { orgIdentifier: 'default', projectIdentifier: 'myproject' } as const;
export const DEMO_PIPELINE = 'test';
export const DEMO_TRIGGER = 'myhook';

export const TEST_PIPELINE_YAML = `pipeline:
  name: test
  identifier: test
  projectIdentifier: myproject
  orgIdentifier: default
  tags: {}
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
                        script: echo "Hello from <+pipeline.name>, run <+pipeline.sequenceId>."
`;

export const MYHOOK_TRIGGER_YAML = `trigger:
  name: myhook
  identifier: myhook
  enabled: true
  orgIdentifier: default
  projectIdentifier: myproject
  pipelineIdentifier: test
  source:
    type: Webhook
    spec:
      type: Custom
      spec:
        payloadConditions: []
        headerConditions: []
`;

export const SHOWCASE_PIPELINE_YAML = `# What Bridle runs today, in one pipeline. Run it, change it, break it.
pipeline:
  name: showcase
  identifier: showcase
  description: Inputs, parallel stages, outputs, groups, a matrix, retries, rollback and conditions in one run.
  projectIdentifier: myproject
  orgIdentifier: default
  tags:
    demo: "true"
  variables:
    # Runtime inputs: the run form asks for them, a default makes them optional.
    - name: color
      type: String
      description: Printed by the build.
      value: <+input>.default(green).allowedValues(green,blue,red)
    - name: site
      type: String
      description: An address to check after the build; empty = no check.
      value: <+input>.default()
  timeout: 30m
  stages:
    - stage:
        name: Prepare
        identifier: prepare
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: Choose
                  identifier: choose
                  type: ShellScript
                  timeout: 1m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: |-
                          echo "The color is <+pipeline.variables.color>."
                          tag="1.0.<+pipeline.sequenceId>"
                    outputVariables:
                      - name: tag
                        type: String
                        value: tag
    # Both stages start together; what follows waits for both.
    - parallel:
        - stage:
            name: Build
            identifier: build
            type: CI
            spec:
              cloneCodebase: false
              execution:
                steps:
                  - step:
                      name: Compile
                      identifier: compile
                      type: Run
                      spec:
                        shell: Bash
                        command: |-
                          tag="<+pipeline.stages.prepare.spec.execution.steps.choose.output.outputVariables.tag>"
                          for part in 1 2 3; do
                            printf '\\033[32mcompiled\\033[0m part %s of 3\\n' "$part"
                            sleep 0.3
                          done
                          echo "bridle $tag" > artifact.txt
                          # What later steps may read must be exported.
                          export ARTIFACT="artifact-$tag"
                        outputVariables:
                          - name: ARTIFACT
                  # The same workspace: the file of the step before is there.
                  - step:
                      name: Package
                      identifier: package
                      type: Run
                      spec:
                        shell: Bash
                        command: |-
                          cat artifact.txt
                          echo "Packaged <+execution.steps.compile.output.outputVariables.ARTIFACT>."
        - stage:
            name: Checks
            identifier: checks
            type: Custom
            spec:
              execution:
                steps:
                  - stepGroup:
                      name: Tests
                      identifier: tests
                      steps:
                        - parallel:
                            - step:
                                name: Unit
                                identifier: unit
                                type: ShellScript
                                timeout: 1m
                                spec:
                                  shell: Bash
                                  onDelegate: true
                                  source:
                                    type: Inline
                                    spec:
                                      script: echo "12 unit tests passed"
                            - step:
                                name: Lint
                                identifier: lint
                                type: ShellScript
                                timeout: 1m
                                spec:
                                  shell: Bash
                                  onDelegate: true
                                  source:
                                    type: Inline
                                    spec:
                                      script: echo "no findings"
                        - step:
                            name: Settle
                            identifier: settle
                            type: Wait
                            spec:
                              duration: 1s
                  - step:
                      name: Site answers
                      identifier: site
                      type: Http
                      timeout: 30s
                      when:
                        stageStatus: Success
                        condition: <+pipeline.variables.site> != ""
                      spec:
                        method: GET
                        url: <+pipeline.variables.site>
                        assertion: <+httpResponseCode> < 400
    - stage:
        name: Roll out
        identifier: roll_out
        type: Custom
        # Of what fails here nothing stays: the rollback steps run, then the stage ends.
        failureStrategies:
          - onFailure:
              errors:
                - AllErrors
              action:
                type: StageRollback
        spec:
          execution:
            steps:
              # Once per region, two at a time.
              - step:
                  name: Deploy
                  identifier: deploy
                  type: ShellScript
                  timeout: 1m
                  strategy:
                    matrix:
                      region:
                        - eu
                        - us
                        - ap
                      nodeName: <+matrix.region>
                      maxConcurrency: 2
                  # The first try in us does not work; the second one does.
                  failureStrategies:
                    - onFailure:
                        errors:
                          - Unknown
                        action:
                          type: Retry
                          spec:
                            retryCount: 2
                            retryIntervals:
                              - 1s
                            onRetryFailure:
                              action:
                                type: StageRollback
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: |-
                          echo "Deploying to <+matrix.region>, <+strategy.iteration> of <+strategy.iterations> done."
                          if [ "<+matrix.region>-<+step.retryCount>" = "us-0" ]; then
                            echo "us does not answer."
                            exit 1
                          fi
            rollbackSteps:
              - step:
                  name: Undo
                  identifier: undo
                  type: ShellScript
                  timeout: 1m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: echo "Back to what was there before."
    - stage:
        name: Announce
        identifier: announce
        type: Custom
        when:
          pipelineStatus: Success
          condition: <+pipeline.variables.color> != "red"
        spec:
          execution:
            steps:
              - step:
                  name: Say it
                  identifier: say
                  type: ShellScript
                  timeout: 1m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: echo "Released <+pipeline.stages.build.spec.execution.steps.compile.output.outputVariables.ARTIFACT> in <+pipeline.variables.color>."
    - stage:
        name: Red alert
        identifier: red_alert
        type: Custom
        when:
          pipelineStatus: All
          condition: <+pipeline.variables.color> == "red"
        spec:
          execution:
            steps:
              - step:
                  name: Refuse
                  identifier: refuse
                  type: ShellScript
                  timeout: 1m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: |-
                          echo "Red is not released."
                          exit 1
`;
