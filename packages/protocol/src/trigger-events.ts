/** Trigger events: their final statuses, and the rows of a trigger's history (api.md §2, §3.4). */
import { Type, type Static } from 'typebox';
import { AnyEventId, nullable, Time } from './schema.ts';

/** The final statuses of trigger events, with their words for people and the class history rows print (api.md §2.1, §2.2). */
export const TRIGGER_EVENT_STATUSES = {
  QUEUED: { display: 'Trigger event was queued', outcome: 'SUCCESS' },
  TARGET_EXECUTION_REQUESTED: { display: 'Target execution requested', outcome: 'SUCCESS' },
  NEW_ARTIFACT_EVENT_PROCESSED: { display: 'New artifact event processed', outcome: 'SUCCESS' },
  NEW_MANIFEST_EVENT_PROCESSED: { display: 'New manifest event processed', outcome: 'SUCCESS' },
  TRIGGER_CONFIRMATION_SUCCESSFUL: { display: 'Trigger confirmation successful', outcome: 'SUCCESS' },
  MERGE_QUEUE_CHECKS_CANCELED: { display: 'Merge queue checks canceled', outcome: 'SUCCESS' },
  SKIPPED: { display: 'Skipped by a keyword in the commit message', outcome: 'SKIPPED' },
  TRIGGER_DID_NOT_MATCH_EVENT_CONDITION: { display: 'Trigger did not match event condition', outcome: 'SKIPPED' },
  TRIGGER_DID_NOT_MATCH_METADATA_CONDITION: { display: 'Trigger did not match metadata condition', outcome: 'SKIPPED' },
  TRIGGER_DID_NOT_MATCH_ARTIFACT_JEXL_CONDITION: {
    display: 'Trigger did not match artifact jexl condition',
    outcome: 'SKIPPED',
  },
  MERGE_QUEUE_CHECKS_ALREADY_RUNNING: { display: 'Merge queue checks already running', outcome: 'SKIPPED' },
  SCM_SERVICE_CONNECTION_FAILED: { display: 'Scm service connection failed', outcome: 'FAILED' },
  INVALID_PAYLOAD: { display: 'Invalid payload', outcome: 'FAILED' },
  NO_MATCHING_TRIGGER_FOR_REPO: { display: 'No matching trigger for repo', outcome: 'FAILED' },
  NO_MATCHING_TRIGGER_FOR_EVENT_ACTION: { display: 'No matching trigger for event action', outcome: 'FAILED' },
  NO_MATCHING_TRIGGER_FOR_METADATA_CONDITIONS: {
    display: 'No matching trigger for metadata conditions',
    outcome: 'FAILED',
  },
  NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS: {
    display: 'No matching trigger for payload conditions',
    outcome: 'FAILED',
  },
  NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS: { display: 'No matching trigger for jexl conditions', outcome: 'FAILED' },
  NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS: {
    display: 'No matching trigger for header conditions',
    outcome: 'FAILED',
  },
  NO_MATCHING_TRIGGER_FOR_FILEPATH_CONDITIONS: {
    display: 'No matching trigger for filepath conditions',
    outcome: 'FAILED',
  },
  INVALID_RUNTIME_INPUT_YAML: { display: 'Invalid runtime input yaml', outcome: 'FAILED' },
  TARGET_DID_NOT_EXECUTE: { display: 'Target did not execute', outcome: 'FAILED' },
  NO_ENABLED_CUSTOM_TRIGGER_FOUND: { display: 'No enabled custom trigger found', outcome: 'FAILED' },
  NO_ENABLED_CUSTOM_TRIGGER_FOUND_FOR_ACCOUNT: {
    display: 'No enabled custom trigger found for account',
    outcome: 'FAILED',
  },
  NO_ENABLED_TRIGGER_FOR_PROJECT: { display: 'No enabled trigger for project', outcome: 'FAILED' },
  NO_ENABLED_TRIGGER_FOR_ACCOUNT: { display: 'No enabled trigger for account', outcome: 'FAILED' },
  NO_ENABLED_TRIGGER_FOR_SOURCEREPO_TYPE: { display: 'No enabled trigger for source repo type', outcome: 'FAILED' },
  NO_ENABLED_TRIGGER_FOR_ACCOUNT_SOURCE_REPO: {
    display: 'No enabled trigger for account and source repo',
    outcome: 'FAILED',
  },
  FAILED_TO_FETCH_PR_DETAILS: { display: 'Failed to fetch PR details', outcome: 'FAILED' },
  FAILED_TO_FETCH_PR_COMMITS: { display: 'Failed to fetch PR commits', outcome: 'FAILED' },
  EXCEPTION_WHILE_PROCESSING: { display: 'Exception while processing', outcome: 'FAILED' },
  TRIGGER_CONFIRMATION_FAILED: { display: 'Trigger confirmation failed', outcome: 'FAILED' },
  TRIGGER_AUTHENTICATION_FAILED: { display: 'Trigger authentication failed', outcome: 'FAILED' },
  VALIDATION_FAILED_FOR_TRIGGER: { display: 'Validation failed for trigger', outcome: 'FAILED' },
  ALL_MAPPED_TRIGGER_FAILED_VALIDATION_FOR_POLLING_EVENT: {
    display: 'All mapped triggers failed validation for polling event',
    outcome: 'FAILED',
  },
  NO_MATCHING_TRIGGER_FOR_FOR_EVENT_SIGNATURES: {
    display: 'No matching trigger for event signatures',
    outcome: 'FAILED',
  },
  NO_MATCHING_TRIGGER_FOR_FOR_EVENT_CONDITION: {
    display: 'No matching trigger for event condition',
    outcome: 'FAILED',
  },
  POLLING_EVENT_WITH_NO_VERSIONS: { display: 'Polling event with no versions', outcome: 'FAILED' },
  INVALID_HARNESS_ARTIFACT_REGISTRY_TRIGGER_ACTION: {
    display: 'Invalid artifact registry trigger action',
    outcome: 'FAILED',
  },
  NO_TRIGGERS_FOUND_FOR_HARNESS_ARTIFACT_REGISTRY_WEBHOOK: {
    display: 'No triggers found for artifact registry webhook',
    outcome: 'FAILED',
  },
  HARNESS_ARTIFACT_REGISTRY_WEBHOOK_NOT_EXECUTED: {
    display: 'Artifact registry webhook not executed',
    outcome: 'FAILED',
  },
} as const satisfies Record<string, { readonly display: string; readonly outcome: 'SUCCESS' | 'FAILED' | 'SKIPPED' }>;

export type TriggerEventStatus = keyof typeof TRIGGER_EVENT_STATUSES;
export const TriggerEventStatus = Type.Unsafe<TriggerEventStatus>(
  Type.String({ enum: Object.keys(TRIGGER_EVENT_STATUSES) }),
);

/** One condition of a trigger and what it came to, for people. Bridle's own addition to history rows. */
export const ConditionResult = Type.Object({
  kind: Type.Enum(['header', 'payload', 'jexl', 'files']),
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
  /** Absent while nobody knows whose trigger an event of Git concerns. */
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
  targetIdentifier: Type.Optional(Type.String()),
  eventCorrelationId: AnyEventId,
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
  /** When the schedule was due. Bridle only. */
  dueAt: Type.Optional(Time),
  targetExecutionSummary: Type.Optional(TargetExecutionSummary),
  /** The payload is longer than lists show; the event's own details have all of it. Bridle only. */
  payloadCut: Type.Optional(Type.Literal(true)),
  conditions: Type.Optional(Type.Array(ConditionResult)),
});
export type TriggerEventHistory = Static<typeof TriggerEventHistory>;
