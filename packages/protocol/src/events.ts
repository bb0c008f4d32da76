/**
 * What others are told of, as it happens: by the streams of `GET /bridle/api/events` and by outgoing webhooks, in the same words
 * (docs/guides/events.md). Readers must pass over types and fields that they do not know; what is described here keeps its meaning.
 */
import { Type, type Static, type TLiteral, type TObject, type TProperties } from 'typebox';
import { AnyEventId, nullable, Time } from './schema.ts';
import { ExecutionStatus } from './statuses.ts';

/** Everything that is told, in the order in which an execution goes through it. */
export const EVENT_TYPES = [
  'trigger.accepted',
  'trigger.decided',
  'execution.started',
  'execution.status',
  'execution.finished',
  'stage.started',
  'stage.finished',
  'approval.waiting',
  'approval.decided',
  'intervention.waiting',
  'input.waiting',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const Place = {
  accountIdentifier: Type.String(),
  orgIdentifier: nullable(Type.String({ description: 'Null: it concerns the account.' })),
  projectIdentifier: nullable(Type.String()),
};

function eventOf<Name extends EventType, Data extends TProperties>(
  name: Name,
  data: Data,
): TObject<{ type: TLiteral<Name>; timestamp: typeof Timestamp; data: TObject<typeof Place & Data> }> {
  return Type.Object({ type: Type.Literal(name), timestamp: Timestamp, data: Type.Object({ ...Place, ...data }) });
}

const Timestamp = Type.String({ description: 'When it happened, by the clock of the database: RFC 3339, UTC.' });

const TriggerData = {
  eventCorrelationId: AnyEventId,
  pipelineIdentifier: nullable(Type.String()),
  triggerIdentifier: nullable(Type.String()),
};

const ExecutionIds = {
  planExecutionId: Type.String(),
  pipelineIdentifier: Type.String(),
  name: Type.String({ description: 'Of the pipeline.' }),
  runSequence: Type.Integer(),
};

const FailureMessage = nullable(Type.String({ description: 'Why it failed: its beginning.' }));

const ExecutionData = {
  ...ExecutionIds,
  status: ExecutionStatus,
  previousStatus: nullable(ExecutionStatus),
  triggerType: Type.String(),
  triggeredBy: Type.Object({ uuid: Type.String(), identifier: Type.String() }),
  startTs: nullable(Time),
  endTs: nullable(Time),
  failureMessage: FailureMessage,
};

const Stage = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  nodeExecutionId: Type.String(),
  type: Type.String({ description: 'As in the pipeline: `CI`, `Deployment`, `Approval`, `Custom`, `Pipeline`.' }),
});

const StageData = {
  ...ExecutionIds,
  stage: Stage,
  status: ExecutionStatus,
  attempt: Type.Integer({ minimum: 0, description: '0-based.' }),
  startTs: nullable(Time),
  endTs: nullable(Time),
  failureMessage: FailureMessage,
};

const WaitData = {
  ...ExecutionIds,
  node: Type.Object({
    identifier: Type.String(),
    name: Type.String(),
    nodeExecutionId: Type.String(),
    kind: Type.Enum(['stage', 'step']),
  }),
  stage: nullable(Stage),
};

const ApprovalData = {
  ...WaitData,
  approvalInstanceId: Type.String(),
  userGroups: Type.Array(Type.String(), { description: 'Whose members answer; none = everybody who may run it.' }),
};

export const TriggerAcceptedEvent = eventOf('trigger.accepted', TriggerData);
export const TriggerDecidedEvent = eventOf('trigger.decided', {
  ...TriggerData,
  finalStatus: Type.String(),
  message: Type.String(),
  planExecutionId: nullable(Type.String()),
});
export const ExecutionStartedEvent = eventOf('execution.started', ExecutionData);
/** Its status is another one, and not a final one. */
export const ExecutionStatusEvent = eventOf('execution.status', ExecutionData);
export const ExecutionFinishedEvent = eventOf('execution.finished', ExecutionData);
export const StageStartedEvent = eventOf('stage.started', StageData);
/** Also of a stage that was skipped: that has no start. */
export const StageFinishedEvent = eventOf('stage.finished', StageData);
export const ApprovalWaitingEvent = eventOf('approval.waiting', ApprovalData);
export const ApprovalDecidedEvent = eventOf('approval.decided', { ...ApprovalData, status: ExecutionStatus });
export const InterventionWaitingEvent = eventOf('intervention.waiting', {
  ...WaitData,
  failureMessage: FailureMessage,
});
export const InputWaitingEvent = eventOf('input.waiting', WaitData);

/** One thing that happened. */
export const BridleEvent = Type.Union([
  TriggerAcceptedEvent,
  TriggerDecidedEvent,
  ExecutionStartedEvent,
  ExecutionStatusEvent,
  ExecutionFinishedEvent,
  StageStartedEvent,
  StageFinishedEvent,
  ApprovalWaitingEvent,
  ApprovalDecidedEvent,
  InterventionWaitingEvent,
  InputWaitingEvent,
]);
export type BridleEvent = Static<typeof BridleEvent>;

/**
 * Event `reset` of a stream: what came after `Last-Event-ID` is not all there any more (`expired`), or that position is none of
 * this installation (`unknown`, as after a backup was restored). Look at everything anew; the stream goes on from now on.
 */
export const EventsReset = Type.Object({ reason: Type.Enum(['expired', 'unknown']) });
export type EventsReset = Static<typeof EventsReset>;
