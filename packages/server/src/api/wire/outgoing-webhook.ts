/** Webhooks and what was sent to them, as the API prints them. */
import type { EventType, Webhook, WebhookDelivery, WebhookDeliveryDetails } from '@bridle/protocol';
import type { AttemptRow, DeliveryRow } from '../../store/webhook-deliveries.ts';
import type { EndpointRow } from '../../store/webhook-endpoints.ts';

export function webhook(row: EndpointRow): Webhook {
  return {
    identifier: row.id,
    orgIdentifier: row.owner.orgIdentifier ?? null,
    projectIdentifier: row.owner.projectIdentifier ?? null,
    name: row.name,
    description: row.description,
    url: row.url,
    eventTypes: row.eventTypes as EventType[],
    pipelineIdentifiers: [...row.pipelineIdentifiers],
    enabled: row.isEnabled,
    disabledReason: row.disabledReason ?? null,
    failingSince: row.failingSince ?? null,
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
  };
}

export function webhookDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    messageId: row.messageId,
    eventType: row.eventType,
    state: row.state,
    nextAttemptAt: row.state === 'pending' ? row.dueAt : null,
    createdAt: row.createdAt,
    endedAt: row.endedAt ?? null,
  };
}

export function webhookDeliveryDetails(
  row: DeliveryRow & { readonly attempts: readonly AttemptRow[] },
): WebhookDeliveryDetails {
  return {
    ...webhookDelivery(row),
    body: row.body,
    attempts: row.attempts.map(({ at, durationMs, status = null, error = null, response }) => ({
      at,
      durationMs,
      status,
      error,
      response,
    })),
  };
}
