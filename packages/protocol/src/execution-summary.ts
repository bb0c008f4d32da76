/** What lists and details print of an execution (api.md §6.3–§6.5, §6.8). Keys are absent when they have no value. */
import { Type, type Static } from 'typebox';
import { ProtoInt64, Time } from './schema.ts';
import { ExecutionStatus } from './statuses.ts';
import { StrategyMetadata } from './strategy-metadata.ts';

const TriggerType = Type.Enum([
  'NOOP',
  'MANUAL',
  'WEBHOOK',
  'WEBHOOK_CUSTOM',
  'SCHEDULER_CRON',
  'ARTIFACT',
  'MANIFEST',
]);

/** Protobuf JSON: empty texts and maps are present. */
export const ExecutionTriggerInfo = Type.Object({
  triggerType: TriggerType,
  triggeredBy: Type.Object({
    uuid: Type.String(),
    identifier: Type.String(),
    extraInfo: Type.Record(Type.String(), Type.String()),
    triggerIdentifier: Type.String(),
    triggerName: Type.String(),
  }),
  isRerun: Type.Boolean(),
  rerunInfo: Type.Optional(
    Type.Object({
      rootExecutionId: Type.String(),
      rootTriggerType: TriggerType,
      prevExecutionId: Type.String(),
      prevTriggerType: TriggerType,
    }),
  ),
});
export type ExecutionTriggerInfo = Static<typeof ExecutionTriggerInfo>;

export const GovernanceMetadata = Type.Object({
  id: Type.String(),
  deny: Type.Boolean(),
  details: Type.Array(Type.Unknown()),
  message: Type.String(),
  timestamp: ProtoInt64,
  status: Type.String(),
  accountId: Type.String(),
  orgId: Type.String(),
  projectId: Type.String(),
  entity: Type.String(),
  type: Type.String(),
  action: Type.String(),
  created: ProtoInt64,
});
export type GovernanceMetadata = Static<typeof GovernanceMetadata>;

export const FailureInfo = Type.Object({
  message: Type.String(),
  failureTypeList: Type.Array(Type.String()),
  responseMessages: Type.Array(Type.Unknown()),
});
export type FailureInfo = Static<typeof FailureInfo>;

export const NodeRunInfo = Type.Object({
  whenCondition: Type.String(),
  evaluatedCondition: Type.Boolean(),
  expressions: Type.Array(
    Type.Object({
      expression: Type.String(),
      expressionValue: Type.String(),
      count: Type.Integer(),
    }),
  ),
});
export type NodeRunInfo = Static<typeof NodeRunInfo>;

export const LayoutNode = Type.Object({
  nodeType: Type.String(),
  nodeGroup: Type.Enum(['STAGE', 'STRATEGY']),
  nodeIdentifier: Type.String(),
  name: Type.String(),
  nodeUuid: Type.String(),
  status: ExecutionStatus,
  module: Type.String(),
  moduleInfo: Type.Record(Type.String(), Type.Unknown()),
  createdAt: Type.Optional(Time),
  startTs: Type.Optional(Time),
  endTs: Type.Optional(Time),
  edgeLayoutList: Type.Object({
    currentNodeChildren: Type.Array(Type.String()),
    nextIds: Type.Array(Type.String()),
  }),
  nodeRunInfo: Type.Optional(NodeRunInfo),
  strategyMetadata: Type.Optional(StrategyMetadata),
  childrenCount: Type.Optional(Type.Integer()),
  failureInfo: Type.Optional(Type.Object({ message: Type.String() })),
  failureInfoDTO: Type.Optional(FailureInfo),
  nodeExecutionId: Type.Optional(Type.String()),
  barrierFound: Type.Boolean(),
  hidden: Type.Boolean(),
  isRollbackStageNode: Type.Boolean(),
  executionInputConfigured: Type.Boolean(),
});
export type LayoutNode = Static<typeof LayoutNode>;

export const PipelineExecutionSummary = Type.Object({
  pipelineIdentifier: Type.String(),
  orgIdentifier: Type.String(),
  projectIdentifier: Type.String(),
  planExecutionId: Type.String(),
  name: Type.String(),
  status: ExecutionStatus,
  tags: Type.Array(Type.Object({ key: Type.String(), value: Type.String() })),
  labels: Type.Array(Type.Unknown()),
  executionTriggerInfo: ExecutionTriggerInfo,
  governanceMetadata: GovernanceMetadata,
  failureInfo: Type.Optional(FailureInfo),
  executionErrorInfo: Type.Optional(Type.Object({ message: Type.String() })),
  moduleInfo: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
  layoutNodeMap: Type.Record(Type.String(), LayoutNode),
  modules: Type.Array(Type.String()),
  startingNodeId: Type.String(),
  startTs: Type.Optional(Time),
  endTs: Type.Optional(Time),
  createdAt: Time,
  canRetry: Type.Boolean(),
  canReExecute: Type.Boolean(),
  showRetryHistory: Type.Boolean(),
  runSequence: Type.Integer(),
  successfulStagesCount: Type.Integer(),
  runningStagesCount: Type.Integer(),
  failedStagesCount: Type.Integer(),
  totalStagesCount: Type.Integer(),
  executionInputConfigured: Type.Boolean(),
  allowStageExecutions: Type.Boolean(),
  stagesExecution: Type.Boolean(),
  stagesExecuted: Type.Optional(Type.Array(Type.String())),
  retryExecutionMetadata: Type.Optional(
    Type.Object({ parentExecutionId: Type.String(), rootExecutionId: Type.String() }),
  ),
  parentStageInfo: Type.Optional(
    Type.Object({ hasParentPipeline: Type.Boolean(), stageNodeId: Type.String(), executionId: Type.String() }),
  ),
  pausedBy: Type.Optional(Type.Object({ email: Type.String(), userName: Type.String(), createdAt: Time })),
  abortedBy: Type.Optional(Type.Object({ email: Type.String(), userName: Type.String(), createdAt: Time })),
  executionMode: Type.Enum(['NORMAL', 'POST_EXECUTION_ROLLBACK', 'PIPELINE_ROLLBACK', 'UNDEFINED_MODE']),
  notesExistForPlanExecutionId: Type.Boolean(),
  notes: Type.Optional(Type.String()),
  shouldUseSimplifiedKey: Type.Boolean(),
  storeType: Type.String(),
});
export type PipelineExecutionSummary = Static<typeof PipelineExecutionSummary>;
