/** The graph of an execution, or of one of its stages (api.md §6.10). Keys are always present, null when they have no value. */
import { Type, type Static } from 'typebox';
import { FailureInfo, NodeRunInfo, PipelineExecutionSummary } from './execution-summary.ts';
import { nullable, ProtoInt64, Time } from './schema.ts';
import { ExecutionStatus } from './statuses.ts';
import { StrategyMetadata } from './strategy-metadata.ts';

/** One of the protobuf kinds: `async`, `sync`, `task`, `child`, `children`, `skipTask`. */
const ExecutableResponse = Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()));

export const InterruptHistory = Type.Object({
  interruptId: Type.String(),
  tookEffectAt: Time,
  interruptType: Type.String(),
  interruptConfig: Type.Object({
    issuedBy: Type.Object({
      issueTime: ProtoInt64,
      manualIssuer: Type.Optional(
        Type.Object({
          email_id: Type.String(),
          user_id: Type.String(),
          type: Type.String(),
          identifier: Type.String(),
        }),
      ),
      timeoutIssuer: Type.Optional(Type.Object({ timeoutInstanceId: Type.String() })),
    }),
  }),
});
export type InterruptHistory = Static<typeof InterruptHistory>;

/** Earlier tries of a node; they are in the graph by this only. */
const RetryNodeMetadata = Type.Object({
  attempts: Type.Array(
    Type.Object({
      uuid: Type.String(),
      status: ExecutionStatus,
      startTs: nullable(Time),
      endTs: nullable(Time),
      failureInfo: FailureInfo,
      logBaseKey: nullable(Type.String()),
    }),
  ),
});

/** The failure strategy that decided about a node's failure. */
const FailureAdvice = Type.Object({
  action: Type.String(),
  fromFqn: Type.String({ description: 'The node whose strategy it is.' }),
});

export const ExecutionNode = Type.Object({
  uuid: Type.String(),
  setupId: Type.String(),
  name: Type.String(),
  identifier: Type.String(),
  baseFqn: Type.String(),
  outcomes: Type.Record(Type.String(), Type.Unknown()),
  stepParameters: Type.Unknown(),
  createdAt: nullable(Time),
  startTs: nullable(Time),
  endTs: nullable(Time),
  stepType: Type.String(),
  status: ExecutionStatus,
  failureInfo: FailureInfo,
  skipInfo: Type.Null(),
  nodeRunInfo: nullable(NodeRunInfo),
  executableResponses: Type.Array(ExecutableResponse),
  unitProgresses: Type.Array(
    Type.Object({
      unitName: Type.String(),
      status: Type.String(),
      startTime: ProtoInt64,
      endTime: ProtoInt64,
    }),
  ),
  progressData: Type.Null(),
  stepDetails: nullable(Type.Record(Type.String(), Type.Unknown())),
  delegateInfoList: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      taskId: Type.String(),
      taskName: Type.String(),
    }),
  ),
  interruptHistories: Type.Array(InterruptHistory),
  retryNodeMetadata: nullable(RetryNodeMetadata),
  strategyMetadata: nullable(StrategyMetadata),
  executionInputConfigured: nullable(Type.Boolean()),
  logBaseKey: nullable(Type.String()),
  manualInterventionAvailableActions: Type.Array(Type.String()),
  failureAdvice: nullable(FailureAdvice),
});
export type ExecutionNode = Static<typeof ExecutionNode>;

export const ExecutionGraph = Type.Object({
  rootNodeId: Type.String(),
  nodeMap: Type.Record(Type.String(), ExecutionNode),
  nodeAdjacencyListMap: Type.Record(
    Type.String(),
    Type.Object({ children: Type.Array(Type.String()), nextIds: Type.Array(Type.String()) }),
  ),
  representationStrategy: Type.Literal('camelCase'),
  executionMetadata: Type.Object({
    accountId: Type.String(),
    orgIdentifier: Type.String(),
    projectIdentifier: Type.String(),
    pipelineIdentifier: Type.String(),
    planExecutionId: Type.String(),
  }),
});
export type ExecutionGraph = Static<typeof ExecutionGraph>;

/** `executionGraph` is absent unless a graph was asked for. */
export const ExecutionDetails = Type.Object({
  pipelineExecutionSummary: PipelineExecutionSummary,
  executionGraph: Type.Optional(ExecutionGraph),
  childGraph: Type.Optional(
    Type.Object(
      { pipelineExecutionSummary: PipelineExecutionSummary, executionGraph: Type.Optional(ExecutionGraph) },
      { description: 'Of a stage that runs another pipeline: that execution.' },
    ),
  ),
});
export type ExecutionDetails = Static<typeof ExecutionDetails>;
