/** What clients ask about executions besides details and lists of them (api.md §5.2, §6.2). */
import { Type, type Static } from 'typebox';
import { ExecutionGraph } from './execution-graph.ts';
import { nullable, Time } from './schema.ts';
import { ExecutionStatus } from './statuses.ts';

/** Keys are absent when they have no value. */
export const ExecutionOutline = Type.Object({
  planExecutionId: Type.String(),
  pipelineIdentifier: Type.String(),
  orgIdentifier: Type.String(),
  projectIdentifier: Type.String(),
  name: Type.String(),
  runSequence: Type.Integer(),
  status: ExecutionStatus,
  modules: Type.Array(Type.String()),
  startTs: Type.Optional(Time),
  endTs: Type.Optional(Time),
  createdAt: Time,
});
export type ExecutionOutline = Static<typeof ExecutionOutline>;

export const ExecutionOutlinePage = Type.Object({
  content: Type.Array(ExecutionOutline),
  currentSize: Type.Integer(),
  lastSeenExecutionId: nullable(Type.String({ description: 'For the next page.' })),
  lastSeenStartTime: nullable(Time),
  hasMore: Type.Boolean(),
});
export type ExecutionOutlinePage = Static<typeof ExecutionOutlinePage>;

export const ExecutionIdentifierSummary = Type.Object({
  orgIdentifier: Type.String(),
  projectIdentifier: Type.String(),
  pipelineIdentifier: Type.String(),
  planExecutionId: Type.String(),
  runSequence: Type.Integer(),
  status: ExecutionStatus,
});
export type ExecutionIdentifierSummary = Static<typeof ExecutionIdentifierSummary>;

export const ExecutionNotes = Type.Object({ notes: Type.String({ description: 'Empty when there are none.' }) });

export const ExecutionMetadata = Type.Object({ executionId: Type.String(), executionYaml: Type.String() });

export const ExecutionMetadataDetails = Type.Object({
  planExecutionId: Type.String(),
  executionYaml: Type.String({ description: 'The pipeline as it was saved when the execution began.' }),
  inputYaml: Type.String(),
  resolvedYaml: Type.String({ description: 'With templates and inputs in place.' }),
  triggerPayload: nullable(Type.String()),
});

export const ExpressionEvaluation = Type.Object({
  mapExpression: Type.Record(
    Type.String({ description: 'Where in the text: keys and places in lists.' }),
    Type.Object({
      originalExpression: Type.String(),
      resolvedValue: nullable(Type.Unknown()),
      error: nullable(Type.String({ description: 'Why it has no value. Bridle only.' })),
    }),
  ),
  compiledYaml: Type.String({ description: 'The text with the values in their places.' }),
});
export type ExpressionEvaluation = Static<typeof ExpressionEvaluation>;

export const NodeSubGraph = Type.Object({ executionGraph: ExecutionGraph });

/** The stages of a pipeline, for a choice of some of them. */
export const StageExecution = Type.Object({
  stageIdentifier: Type.String(),
  stageName: Type.String(),
  message: nullable(Type.String()),
  toBeBlocked: Type.Boolean(),
  stagesRequired: Type.Array(Type.String(), { description: 'Earlier stages whose values its expressions ask for.' }),
});
export type StageExecution = Static<typeof StageExecution>;

const PreflightStatus = Type.Enum(['SUCCESS', 'FAILURE', 'IN_PROGRESS', 'UNKNOWN']);
const PreflightError = Type.Object({
  summary: Type.String(),
  description: nullable(Type.String()),
  causes: Type.Array(Type.Object({ cause: Type.String() })),
  resolution: Type.Array(Type.Object({ resolution: Type.String() })),
});

export const PreflightCheck = Type.Object({
  pipelineInputWrapperResponse: Type.Object({
    label: Type.String(),
    status: PreflightStatus,
    pipelineInputResponse: Type.Array(
      Type.Object({
        fqn: Type.String(),
        stageName: nullable(Type.String()),
        stepName: nullable(Type.String()),
        errorInfo: PreflightError,
      }),
    ),
  }),
  connectorWrapperResponse: Type.Object({
    label: Type.String(),
    status: PreflightStatus,
    checkResponses: Type.Array(
      Type.Object({
        connectorIdentifier: Type.String(),
        connectorName: nullable(Type.String()),
        fqn: Type.String(),
        stageIdentifier: nullable(Type.String()),
        status: PreflightStatus,
        connectorErrorInfo: nullable(PreflightError),
      }),
    ),
  }),
  status: PreflightStatus,
  errorInfo: nullable(PreflightError),
});
export type PreflightCheck = Static<typeof PreflightCheck>;
