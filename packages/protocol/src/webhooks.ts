/** Custom webhooks and what became of their events (api.md §1). */
import { Type, type Static } from 'typebox';
import { ExecutionDetails } from './execution-graph.ts';
import { AnyEventId, EventId, nullable, Time } from './schema.ts';
import { TriggerEventStatus } from './trigger-events.ts';

/** Keys are present with null (api.md §1.5). */
export const WebhookEventProcessingDetails = Type.Object({
  eventFound: Type.Boolean(),
  eventId: AnyEventId,
  accountIdentifier: Type.String(),
  orgIdentifier: nullable(Type.String()),
  projectIdentifier: nullable(Type.String()),
  triggerIdentifier: nullable(Type.String()),
  pipelineIdentifier: nullable(Type.String()),
  pipelineExecutionId: nullable(Type.String()),
  /** With one `r`, as the founding document prints it. */
  exceptionOccured: Type.Boolean(),
  status: nullable(TriggerEventStatus),
  message: nullable(Type.String()),
  payload: nullable(Type.String()),
  eventCreatedAt: nullable(Time),
  runtimeInput: nullable(Type.String()),
  warningMsg: nullable(Type.String()),
});
export type WebhookEventProcessingDetails = Static<typeof WebhookEventProcessingDetails>;

/** `data` of triggerExecutionDetails: null details where no execution came of the event. */
export const TriggerExecutionDetails = Type.Object({
  webhookProcessingDetails: WebhookEventProcessingDetails,
  executionDetails: nullable(ExecutionDetails),
  executionUrl: nullable(Type.String()),
});
export type TriggerExecutionDetails = Static<typeof TriggerExecutionDetails>;

/** `data` of the webhook with `Prefer: return=representation`. Bridle only. */
export const WebhookRepresentation = Type.Intersect([
  TriggerExecutionDetails,
  Type.Object({ eventCorrelationId: EventId }),
]);
export type WebhookRepresentation = Static<typeof WebhookRepresentation>;

/** `data` of custom/v2. */
export const CustomWebhookAccepted = Type.Object({
  eventCorrelationId: EventId,
  apiUrl: Type.String(),
  uiUrl: Type.String(),
  uiSetupUrl: Type.String(),
});
export type CustomWebhookAccepted = Static<typeof CustomWebhookAccepted>;
