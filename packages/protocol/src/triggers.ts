/** Triggers (api.md §3). Keys are absent when they have no value. */
import { Type, type Static } from 'typebox';
import { Tags, Time } from './schema.ts';
import { TriggerEventStatus } from './trigger-events.ts';

export const TriggerResponse = Type.Object({
  name: Type.String(),
  identifier: Type.String(),
  description: Type.Optional(Type.String()),
  type: Type.String(),
  accountIdentifier: Type.String(),
  orgIdentifier: Type.String(),
  projectIdentifier: Type.String(),
  targetIdentifier: Type.String(),
  yaml: Type.String(),
  enabled: Type.Boolean(),
  errors: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.String()))),
  errorResponse: Type.Boolean(),
  stagesToExecute: Type.Array(Type.String()),
});
export type TriggerResponse = Static<typeof TriggerResponse>;

const StatusResult = Type.Enum(['SUCCESS', 'FAILED', 'UNKNOWN', 'PENDING']);

export const TriggerDetails = Type.Object({
  name: Type.String(),
  identifier: Type.String(),
  description: Type.Optional(Type.String()),
  type: Type.String(),
  enabled: Type.Boolean(),
  yaml: Type.String(),
  tags: Tags,
  webhookUrl: Type.Optional(Type.String()),
  webhookCurlCommand: Type.Optional(Type.String()),
  /** The address without a token, while it is open: whoever knows the names may call it. Bridle only. */
  tokenlessWebhookUrl: Type.Optional(Type.String()),
  /** When a schedule fires next, by the database's clock. Bridle only. */
  nextFireTimes: Type.Optional(Type.Array(Time)),
  registrationStatus: Type.Optional(Type.Enum(['SUCCESS', 'FAILED', 'ERROR', 'TIMEOUT', 'UNAVAILABLE'])),
  pipelineInputOutdated: Type.Boolean(),
  yamlVersion: Type.Literal('0'),
  executions: Type.Array(Type.Integer(), {
    description: 'Runs per day of the last week, today last.',
  }),
  triggerStatus: Type.Object({
    validationStatus: Type.Object({
      statusResult: StatusResult,
      detailedMessage: Type.Optional(Type.String()),
    }),
    status: StatusResult,
    detailMessages: Type.Array(Type.String()),
  }),
  lastTriggerExecutionDetails: Type.Optional(
    Type.Object({
      lastExecutionTime: Time,
      lastExecutionSuccessful: Type.Boolean(),
      lastExecutionStatus: TriggerEventStatus,
      planExecutionId: Type.Optional(Type.String()),
      message: Type.String(),
    }),
  ),
  webhookDetails: Type.Optional(
    Type.Object({ webhookSecret: Type.Optional(Type.String()), webhookSourceRepo: Type.String() }),
  ),
});
export type TriggerDetails = Static<typeof TriggerDetails>;

/** `data` of bulk-toggle (api.md §3.1). */
export const BulkToggleRequest = Type.Object({
  filters: Type.Optional(
    Type.Object({
      orgIdentifier: Type.Optional(Type.String()),
      projectIdentifier: Type.Optional(Type.String()),
      pipelineIdentifier: Type.Optional(Type.String()),
      type: Type.Optional(Type.String()),
    }),
  ),
  data: Type.Object({ enable: Type.Boolean() }),
});
export type BulkToggleRequest = Static<typeof BulkToggleRequest>;

export const BulkToggleResult = Type.Object({
  count: Type.Integer(),
  bulkTriggerDetailDTOList: Type.Array(
    Type.Object({
      triggerIdentifier: Type.String(),
      triggerName: Type.String(),
      type: Type.String(),
      pipelineIdentifier: Type.String(),
      projectIdentifier: Type.String(),
      orgIdentifier: Type.String(),
    }),
  ),
});
export type BulkToggleResult = Static<typeof BulkToggleResult>;

/** Kinds of triggers that fire here, by category. */
export const TriggerCatalog = Type.Object({
  catalog: Type.Array(Type.Object({ category: Type.String(), triggerCatalogType: Type.Array(Type.String()) })),
});

export const TriggerYamlDiff = Type.Object({ oldYAML: Type.String(), newYAML: Type.String() });
