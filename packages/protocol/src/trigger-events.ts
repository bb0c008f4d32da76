/** Trigger events: their final statuses, and the rows of a trigger's history (api.md §2, §3.4). */
import { Type, type Static } from 'typebox';
import { EventId, nullable, Time } from './schema.ts';

/** The final statuses that Bridle writes, with their words for people and the class history rows print (api.md §2.1, §2.2). */
export const TRIGGER_EVENT_STATUSES = {
  QUEUED: { display: 'Trigger event was queued', outcome: 'SUCCESS' },
  TARGET_EXECUTION_REQUESTED: { display: 'Target execution requested', outcome: 'SUCCESS' },
  NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS: {
    display: 'No matching trigger for header conditions',
    outcome: 'FAILED',
  },
  NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS: {
    display: 'No matching trigger for payload conditions',
    outcome: 'FAILED',
  },
  NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS: {
    display: 'No matching trigger for jexl conditions',
    outcome: 'FAILED',
  },
  INVALID_PAYLOAD: { display: 'Invalid payload', outcome: 'FAILED' },
  INVALID_RUNTIME_INPUT_YAML: { display: 'Invalid runtime input yaml', outcome: 'FAILED' },
  NO_ENABLED_CUSTOM_TRIGGER_FOUND: {
    display: 'No enabled custom trigger found',
    outcome: 'FAILED',
  },
  EXCEPTION_WHILE_PROCESSING: { display: 'Exception while processing', outcome: 'FAILED' },
} as const satisfies Record<string, { readonly display: string; readonly outcome: 'SUCCESS' | 'FAILED' | 'SKIPPED' }>;

export type TriggerEventStatus = keyof typeof TRIGGER_EVENT_STATUSES;
export const TriggerEventStatus = Type.Unsafe<TriggerEventStatus>(
  Type.String({ enum: Object.keys(TRIGGER_EVENT_STATUSES) }),
);

/** One condition of a trigger and what it came to, for people. Bridle's own addition to history rows. */
export const ConditionResult = Type.Object({
  kind: Type.Enum(['header', 'payload', 'jexl']),
  /** For `jexl` the expression; operator and value are empty then. */
  key: Type.String(),
  operator: Type.String(),
  value: Type.String(),
  /** What the event had there, shortened when long; null = nothing. */
  actual: nullable(Type.String()),
  holds: Type.Boolean(),
  /** Why it could not be judged. */
  problem: Type.Optional(Type.String()),
});
export type ConditionResult = Static<typeof ConditionResult>;

export const TargetExecutionSummary = Type.Object({
  triggerId: Type.Optional(Type.String()),
  targetId: Type.String(),
  runtimeInput: Type.Optional(Type.String()),
  planExecutionId: Type.String(),
  runSequence: Type.Integer(),
  /** Raw engine name, such as `RUNNING`. */
  executionStatus: Type.String(),
  startTs: Type.Optional(Time),
});

export const TriggerEventHistory = Type.Object({
  triggerIdentifier: Type.Optional(Type.String()),
  accountId: Type.String(),
  orgIdentifier: Type.String(),
  projectIdentifier: Type.String(),
  targetIdentifier: Type.Optional(Type.String()),
  eventCorrelationId: EventId,
  payload: Type.String(),
  eventCreatedAt: Time,
  createdAt: Time,
  finalStatus: TriggerEventStatus,
  message: Type.String(),
  exceptionOccurred: Type.Boolean(),
  triggerEventStatus: Type.Object({
    status: Type.Enum(['SUCCESS', 'FAILED', 'SKIPPED']),
    message: Type.String(),
  }),
  type: Type.String(),
  targetExecutionSummary: Type.Optional(TargetExecutionSummary),
  /** The payload is longer than lists show; the event's own details have all of it. Bridle only. */
  payloadCut: Type.Optional(Type.Literal(true)),
  conditions: Type.Optional(Type.Array(ConditionResult)),
});
export type TriggerEventHistory = Static<typeof TriggerEventHistory>;
