/** For the tests of `plan` and `explain`: files of a repository with something of everything. */
export const RELEASE = `pipeline:
  identifier: release
  name: Release
  variables:
    - { name: region, type: String, value: eu }
    - { name: tag, type: String, value: <+input> }
    - { name: token, type: Secret, value: account.token }
  stages:
    - stage:
        identifier: build
        name: Build
        type: Custom
        failureStrategies:
          - onFailure: { errors: [AllErrors], action: { type: Ignore } }
        spec:
          execution:
            steps:
              - step:
                  identifier: compile
                  name: Compile
                  timeout: 10m
                  template: { templateRef: compiler, versionLabel: "1" }
              - parallel:
                  - step:
                      identifier: unit
                      name: Unit
                      type: ShellScript
                      strategy:
                        matrix: { os: [linux, mac], node: [22, 24] }
                      spec:
                        shell: Bash
                        onDelegate: true
                        source: { type: Inline, spec: { script: "test <+matrix.os> <+matrix.node>" } }
                  - step:
                      identifier: lint
                      name: Lint
                      type: ShellScript
                      when:
                        stageStatus: Success
                        condition: <+pipeline.variables.region> == "us"
                      spec:
                        shell: Bash
                        onDelegate: true
                        source: { type: Inline, spec: { script: "lint" } }
            rollbackSteps:
              - step: { identifier: undo, name: Undo, type: Wait, spec: { duration: 1s } }
    - stage:
        identifier: deploy
        name: Deploy
        type: Deployment
        when:
          pipelineStatus: Success
          condition: <+pipeline.stages.build.spec.execution.steps.compile.output.outputVariables.digest> != ""
        failureStrategies:
          - onFailure: { errors: [AllErrors], action: { type: StageRollback } }
        spec:
          deploymentType: CustomDeployment
          customDeploymentRef: { templateRef: vms, versionLabel: "1" }
          service: { serviceRef: web }
          environment: { environmentRef: live, infrastructureDefinitions: [{ identifier: east }] }
          execution:
            steps:
              - step:
                  identifier: roll
                  name: Roll
                  type: ShellScript
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: |
                          login <+pipeline.variables.token>
                          roll <+service.name> <+env.name> <+infra.name>
    - stage:
        identifier: alarm
        name: Alarm
        type: Custom
        when: { pipelineStatus: Failure }
        spec:
          execution:
            steps:
              - step: { identifier: ring, name: Ring, type: Wait, spec: { duration: 1m } }
`;

export const REPOSITORY: Readonly<Record<string, string>> = {
  '.harness/release.yaml': RELEASE,
  '.harness/templates/compiler.yaml': `template:
  identifier: compiler
  name: Compiler
  versionLabel: "1"
  type: Step
  spec:
    type: ShellScript
    spec:
      shell: Bash
      onDelegate: true
      source:
        type: Inline
        spec:
          script: make VERSION=<+pipeline.variables.tag>
      outputVariables:
        - { name: digest, type: String, value: DIGEST }
`,
  '.harness/web.yaml': 'service: {identifier: web, name: Web, serviceDefinition: {type: CustomDeployment, spec: {}}}\n',
  '.harness/live.yaml': 'environment: {identifier: live, name: Live, type: Production}\n',
  '.harness/east.yaml':
    'infrastructureDefinition: {identifier: east, name: East, environmentRef: live, deploymentType: CustomDeployment, type: CustomDeployment, spec: {customDeploymentRef: {templateRef: vms, versionLabel: "1"}, variables: []}}\n',
  '.harness/vms.yaml':
    'template: {identifier: vms, name: x, versionLabel: "1", type: CustomDeployment, spec: {infrastructure: {fetchInstancesScript: {store: {type: Inline, spec: {content: x}}}, instancesListPath: "", instanceAttributes: [{name: instancename, jsonPath: id}]}, execution: {stepTemplateRefs: []}}}\n',
};

const AXIS = Array.from({ length: 16 }, (_, index) => `v${String(index)}`);

/** Two hundred and fifty-six turns. */
export const MANY_TURNS = `pipeline:
  identifier: many
  name: Many
  stages:
    - stage:
        identifier: all
        name: All
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: turn
                  name: Turn
                  type: Wait
                  strategy:
                    matrix: { a: [${AXIS.join(', ')}], b: [${AXIS.join(', ')}], maxConcurrency: 4 }
                  spec: { duration: 1s }
`;
