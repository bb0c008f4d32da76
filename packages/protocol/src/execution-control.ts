/** Starting and interrupting executions (api.md §5). Keys are always present, null when they have no value. */
import { Type, type Static } from 'typebox';
import { ExecutionTriggerInfo, GovernanceMetadata } from './execution-summary.ts';
import { EntityGitDetails } from './git-details.ts';
import { nullable, Time } from './schema.ts';

export const PlanExecution = Type.Object({
  uuid: Type.String({ description: 'The planExecutionId.' }),
  createdAt: Time,
  planId: Type.String(),
  nodeId: Type.String(),
  setupAbstractions: Type.Object({
    accountId: Type.String(),
    orgIdentifier: Type.String(),
    projectIdentifier: Type.String(),
  }),
  validUntil: Time,
  status: Type.String({ description: 'Raw engine name, such as RUNNING.' }),
  startTs: nullable(Time),
  endTs: nullable(Time),
  metadata: Type.Object({
    runSequence: Type.Integer(),
    triggerInfo: ExecutionTriggerInfo,
    pipelineIdentifier: Type.String(),
    executionUuid: Type.String(),
    principalInfo: Type.Object({
      principal: Type.String(),
      principalType: Type.String(),
      shouldValidateRbac: Type.Boolean(),
    }),
    gitSyncBranchContext: Type.String(),
    moduleType: Type.String(),
    retryInfo: Type.Object({
      isRetry: Type.Boolean(),
      rootExecutionId: Type.String(),
      parentRetryId: Type.String(),
    }),
    isNotificationConfigured: Type.Boolean(),
    pipelineStoreType: Type.String(),
    pipelineConnectorRef: Type.String(),
    harnessVersion: Type.String(),
    executionMode: Type.String(),
    isDebug: Type.Boolean(),
  }),
  lastUpdatedAt: Time,
  version: Type.Integer(),
  nextIteration: Type.Null(),
  governanceMetadata: GovernanceMetadata,
  nodeType: Type.Literal('PLAN'),
});
export type PlanExecution = Static<typeof PlanExecution>;

export const PlanExecutionResponse = Type.Object({
  planExecution: PlanExecution,
  gitDetails: EntityGitDetails,
});
export type PlanExecutionResponse = Static<typeof PlanExecutionResponse>;

/** Body of a start of some stages; unknown keys are ignored. */
export const StageExecutionRequest = Type.Object({
  stageIdentifiers: Type.Array(Type.String()),
  runtimeInputYaml: Type.Optional(nullable(Type.String())),
  expressionValues: Type.Optional(nullable(Type.Record(Type.String(), Type.String()))),
});
export type StageExecutionRequest = Static<typeof StageExecutionRequest>;

export const InterruptResponse = Type.Object({
  id: Type.String(),
  type: Type.String(),
  planExecutionId: Type.String(),
});
export type InterruptResponse = Static<typeof InterruptResponse>;

/** What a node waits for (`.executionInput()`): the template of its inputs, and what is known of each. */
export const ExecutionInputResponse = Type.Object({
  inputInstanceId: Type.String(),
  nodeExecutionId: Type.String(),
  inputTemplate: Type.String({ description: 'The asked leaves as YAML.' }),
  userInput: nullable(Type.String({ description: 'What was given, as YAML.' })),
  fields: Type.Array(
    Type.Object({
      path: Type.String({ description: 'Keys from the node, joined with a dot.' }),
      type: Type.String(),
      required: Type.Boolean(),
      default: Type.Optional(Type.Unknown()),
      allowedValues: Type.Optional(Type.Array(Type.String())),
      isMultiple: Type.Optional(Type.Boolean()),
      regex: Type.Optional(Type.String()),
    }),
  ),
});
export type ExecutionInputResponse = Static<typeof ExecutionInputResponse>;

/** The stages a retry may begin with: members of a group ran beside each other. */
export const RetryStages = Type.Object({
  resumable: Type.Boolean(),
  errorMessage: nullable(Type.String()),
  groups: Type.Array(
    Type.Object({
      info: Type.Array(
        Type.Object({
          name: Type.String(),
          identifier: Type.String(),
          status: Type.String(),
          createdAt: nullable(Time),
          parentId: nullable(Type.String()),
          nextId: nullable(Type.String()),
        }),
      ),
    }),
  ),
});
export type RetryStages = Static<typeof RetryStages>;

export const RetryHistory = Type.Object({
  errorMessage: nullable(Type.String()),
  latestExecutionId: Type.String(),
  executionInfos: Type.Array(
    Type.Object({
      uuid: Type.String(),
      startTs: Time,
      endTs: nullable(Time),
      status: Type.String(),
      runSequence: Type.Integer(),
    }),
  ),
  retryStagesMetadata: Type.Object({
    retryStagesIdentifier: Type.Array(Type.String(), {
      description: 'What this execution, if it is a retry, ran again.',
    }),
    skipStagesIdentifier: Type.Array(Type.String(), { description: 'What it took over.' }),
  }),
});
export type RetryHistory = Static<typeof RetryHistory>;

export const LatestExecution = Type.Object({ errorMessage: nullable(Type.String()), latestExecutionId: Type.String() });
export type LatestExecution = Static<typeof LatestExecution>;

/** The inputs an execution was started with (api.md §6.6). */
export const ExecutionInputs = Type.Object({
  inputSetTemplateYaml: nullable(Type.String()),
  inputSetYaml: Type.String(),
  latestTemplateYaml: nullable(Type.String()),
  expressionValues: Type.Array(Type.Unknown()),
  inputSetDetails: Type.Array(Type.Object({ identifier: Type.String(), name: Type.String() })),
  inputSetBranchName: nullable(Type.String()),
  resolvedYaml: nullable(Type.String()),
});
export type ExecutionInputs = Static<typeof ExecutionInputs>;

/** Body of the executions list (api.md §6.7); unknown keys are ignored. */
export const ExecutionFilter = Type.Object({
  filterType: Type.Optional(nullable(Type.String())),
  status: Type.Optional(nullable(Type.Array(Type.String()))),
  pipelineName: Type.Optional(nullable(Type.String())),
  pipelineIdentifiers: Type.Optional(nullable(Type.Array(Type.String()))),
  triggerTypes: Type.Optional(nullable(Type.Array(Type.String()))),
  triggerIdentifiers: Type.Optional(nullable(Type.Array(Type.String()))),
  pipelineTags: Type.Optional(
    nullable(Type.Array(Type.Object({ key: Type.String(), value: Type.Optional(nullable(Type.String())) }))),
  ),
  tags: Type.Optional(nullable(Type.Record(Type.String(), nullable(Type.String())))),
  pipelineLabels: Type.Optional(
    nullable(Type.Array(Type.Unknown(), { description: 'Bridle has none: any matches nothing.' })),
  ),
  executionModeFilter: Type.Optional(
    nullable(Type.String({ description: '`ROLLBACK` matches nothing: Bridle has no rollbacks after the end.' })),
  ),
  moduleProperties: Type.Optional(
    nullable(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'By the paths of `moduleInfo`: all that is named must hold, and of a list any. What is empty asks for nothing.',
        examples: [{ ci: { repoName: 'shop', branch: 'main' }, cd: { serviceIdentifiers: ['web', 'api'] } }],
      }),
    ),
  ),
  timeRange: Type.Optional(
    nullable(
      Type.Object({
        startTime: Type.Optional(nullable(Type.Number())),
        endTime: Type.Optional(nullable(Type.Number())),
      }),
    ),
  ),
});
export type ExecutionFilter = Static<typeof ExecutionFilter>;
