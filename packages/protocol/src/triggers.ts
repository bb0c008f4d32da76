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
