/** Outgoing webhooks (`/bridle/api/webhooks`): endpoints that are called when something happens (docs/guides/events.md). */
import { Type, type Static } from 'typebox';
import { EVENT_TYPES } from './events.ts';
import { nullable, Time } from './schema.ts';

const EventTypes = Type.Array(Type.Enum(EVENT_TYPES), {
  maxItems: EVENT_TYPES.length,
  description: 'What it is called for; none = everything.',
});
const PipelineIdentifiers = Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
  maxItems: 100,
  description: 'Only for these pipelines; none = for all.',
});

export const WebhookRequest = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  url: Type.String({ minLength: 1, maxLength: 2_048, description: 'Where it is called: http or https.' }),
  eventTypes: Type.Optional(EventTypes),
  pipelineIdentifiers: Type.Optional(PipelineIdentifiers),
  enabled: Type.Optional(Type.Boolean({ default: true })),
});
export type WebhookRequest = Static<typeof WebhookRequest>;

export const Webhook = Type.Object({
  identifier: Type.String(),
  orgIdentifier: nullable(Type.String({ description: 'Null: it is called for the whole account.' })),
  projectIdentifier: nullable(Type.String()),
  name: Type.String(),
  description: Type.String(),
  url: Type.String(),
  eventTypes: EventTypes,
  pipelineIdentifiers: PipelineIdentifiers,
  enabled: Type.Boolean(),
  disabledReason: nullable(Type.String({ description: 'Why it was disabled, where nobody did it.' })),
  failingSince: nullable(Time),
  createdAt: Time,
  lastModifiedAt: Time,
});
export type Webhook = Static<typeof Webhook>;

export const WebhookWithSecret = Type.Object({
  webhook: Webhook,
  secret: Type.String({ description: 'What the calls are signed with. Shown here and never again.' }),
});
export type WebhookWithSecret = Static<typeof WebhookWithSecret>;

export const WebhookSecretRotation = Type.Object({
  keepOldHours: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 168,
      default: 24,
      description: 'For how long the secrets before it sign as well.',
    }),
  ),
});

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;

const DeliveryKeys = {
  id: Type.String(),
  messageId: Type.String({ description: 'The header `webhook-id`: the same however often it is sent.' }),
  eventType: Type.String(),
  state: Type.Enum(DELIVERY_STATES),
  nextAttemptAt: nullable(Time),
  createdAt: Time,
  endedAt: nullable(Time),
};

export const WebhookDelivery = Type.Object(DeliveryKeys);
export type WebhookDelivery = Static<typeof WebhookDelivery>;

export const WebhookDeliveryDetails = Type.Object({
  ...DeliveryKeys,
  body: Type.String({ description: 'What was sent, byte for byte.' }),
  attempts: Type.Array(
    Type.Object({
      at: Time,
      durationMs: Type.Integer(),
      status: nullable(Type.Integer({ description: 'Of the answer; null: none came.' })),
      error: nullable(Type.String()),
      response: Type.String({ description: 'The first KB of the answer.' }),
    }),
  ),
});
export type WebhookDeliveryDetails = Static<typeof WebhookDeliveryDetails>;
