/** For tests: a pipeline with something of everything that a preview tells of, and the documents it refers to. */
import type { Documents } from '../language/documents.ts';
import { documentsOf } from '../plan/test-documents.ts';

export const RICH_YAML = `pipeline:
  identifier: release
  name: Release
  orgIdentifier: default
  projectIdentifier: shop
  variables:
    - name: tag
      type: String
      value: <+trigger.payload.tag>
    - name: region
      type: String
      value: eu
    - name: token
      type: Secret
      value: account.token
    - name: image
      type: String
      value: shop/web:<+pipeline.variables.tag>
  stages:
    - stage:
        identifier: build
        name: Build
        type: Custom
        timeout: 1h
        failureStrategies:
          - onFailure:
              errors: [Timeout]
              action: {type: Retry, spec: {retryCount: 2, retryIntervals: [10s], onRetryFailure: {action: {type: Abort}}}}
          - onFailure: {errors: [AllErrors], action: {type: Ignore}}
        spec:
          execution:
            steps:
              - step:
                  identifier: compile
                  name: Compile
                  type: ShellScript
                  timeout: 10m
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: |
                          # build it
                          make IMAGE=<+pipeline.variables.image>
                          push --token <+pipeline.variables.token> <+pipeline.variables.regoin>
                    outputVariables: [{name: digest, type: String, value: DIGEST}]
              - parallel:
                  - step:
                      identifier: unit
                      name: Unit tests
                      type: ShellScript
                      strategy: {matrix: {os: [linux, mac], node: ["22", "24"], nodeName: <+matrix.os>-<+matrix.node>}}
                      spec:
                        shell: Bash
                        onDelegate: true
                        source: {type: Inline, spec: {script: "test <+matrix.os> <+execution.steps.compile.output.outputVariables.digets>"}}
                  - step:
                      identifier: lint
                      name: Lint
                      type: ShellScript
                      when: {stageStatus: Success, condition: '<+pipeline.variables.region> == "us" && <+steps.compile.output.outputVariables.digest> != ""'}
                      spec: {shell: Bash, onDelegate: true, source: {type: Inline, spec: {script: "true"}}}
              - stepGroup:
                  identifier: publish
                  name: Publish
                  when: {stageStatus: Success, condition: '<+steps.compile.output.outputVariables.digest> != ""'}
                  steps:
                    - step:
                        identifier: upload
                        name: Upload
                        template: {templateRef: uploader, versionLabel: "1"}
                    - step:
                        identifier: each
                        name: Each part
                        type: ShellScript
                        strategy: {repeat: {items: '<+steps.compile.output.outputVariables.digest>.split(",")'}}
                        spec: {shell: Bash, onDelegate: true, source: {type: Inline, spec: {script: "sign <+repeat.item>"}}}
            rollbackSteps:
              - step:
                  identifier: undo
                  name: Undo
                  type: ShellScript
                  spec: {shell: Bash, onDelegate: true, source: {type: Inline, spec: {script: "undo"}}}
    - stage:
        identifier: approve
        name: Approve
        type: Approval
        when: {pipelineStatus: Success, condition: '<+trigger.payload.tag> =^ "v"'}
        spec:
          execution:
            steps:
              - step:
                  identifier: ask
                  name: Ask
                  type: HarnessApproval
                  timeout: 1d
                  spec:
                    approvalMessage: Release <+pipeline.variables.tag>?
                    approvers: {userGroups: [account.admins], minimumCount: 1}
                    approverInputs: [{name: wave, defaultValue: "1"}]
    - stage:
        identifier: deploy
        name: Deploy
        type: Deployment
        failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: StageRollback}}}]
        spec:
          deploymentType: CustomDeployment
          customDeploymentRef: {templateRef: vms, versionLabel: "1"}
          service: {serviceRef: web}
          environment: {environmentRef: live, infrastructureDefinitions: [{identifier: east}]}
          execution:
            steps:
              - step:
                  identifier: roll
                  name: Roll out
                  type: ShellScript
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: "roll <+service.name> <+serviceVariables.replicas> <+env.name> <+infra.name> <+pipeline.stages.approve.spec.execution.steps.ask.output.approverInputs.wave>"
    - stage:
        identifier: alarm
        name: Alarm
        type: Custom
        when: {pipelineStatus: Failure}
        spec:
          execution:
            steps:
              - step: {identifier: ring, name: Ring, type: Wait, spec: {duration: 1m}}
`;

export const RICH_DOCUMENTS: Documents = documentsOf(
  new Map([
    [
      'template uploader 1 stable',
      `template:
  identifier: uploader
  name: Uploader
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
          script: |
            upload <+pipeline.variables.image>
            note <+pipeline.executionId>
`,
    ],
    [
      'service web',
      'service: {identifier: web, name: Web, serviceDefinition: {type: CustomDeployment, spec: {variables: [{name: replicas, type: String, value: <+pipeline.variables.region>-3}]}}}',
    ],
    ['environment live', 'environment: {identifier: live, name: Live, type: Production}'],
    [
      'infrastructure live east',
      'infrastructureDefinition: {identifier: east, name: East, environmentRef: live, deploymentType: CustomDeployment, type: CustomDeployment, spec: {customDeploymentRef: {templateRef: vms, versionLabel: "1"}, variables: []}}',
    ],
    [
      'template vms 1 stable',
      'template: {identifier: vms, name: x, versionLabel: "1", type: CustomDeployment, spec: {infrastructure: {fetchInstancesScript: {store: {type: Inline, spec: {content: x}}}, instancesListPath: "", instanceAttributes: [{name: instancename, jsonPath: id}]}, execution: {stepTemplateRefs: []}}}',
    ],
  ]),
);
