/** What became of a webhook's event, and waiting for it (api.md §1.5–§1.7). */
import type { TriggerExecutionDetails } from '@bridle/protocol';
import { findTriggerEvent, type EventAnswer } from '../store/trigger-events.ts';
import { listExecutionStands } from '../store/execution-stands.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { detailsMadeOf, findExecutionDetails } from './execution-details.ts';
import { webhookProcessingDetails } from './wire/webhook-details.ts';
import { executionPageUrl } from './wire/urls.ts';

/**
 * The event with its execution, or why there is none.
 * @param seesCause - its reader may see the trigger
 */
export async function triggerExecutionDetails(
  deps: ApiDependencies,
  event: EventAnswer,
  seesCause = false,
): Promise<TriggerExecutionDetails> {
  const { executionId, pipelineIdentifier, scope } = event;
  const details =
    executionId === undefined ? undefined : await findExecutionDetails(deps.db, executionId, { kind: 'none' });
  return {
    webhookProcessingDetails: webhookProcessingDetails(event, seesCause),
    executionDetails: details ?? null,
    executionUrl:
      executionId === undefined || pipelineIdentifier === undefined
        ? null
        : executionPageUrl(deps.publicUrl(), scope, pipelineIdentifier, executionId),
  };
}

/** What the answer is made of, for its entity tag. */
export async function triggerDetailsMadeOf(deps: ApiDependencies, event: EventAnswer): Promise<unknown> {
  // An event changes once, when it is decided. Which further rows its call has is decided with it.
  const { id, state, hasFurther, executionId } = event;
  const [stand] = await listExecutionStands(deps.db, executionId === undefined ? [] : [executionId]);
  const execution = stand === undefined ? null : await detailsMadeOf(deps.db, stand, { kind: 'none' });
  return [deps.publicUrl(), id, state, hasFurther, execution];
}

export async function getTriggerEvent(deps: ApiDependencies, accountId: string, eventId: string): Promise<EventAnswer> {
  const event = await findTriggerEvent(deps.db, accountId, eventId);
  if (event === undefined) throw noSuchEvent(eventId);
  return event;
}

/** The exact text of api.md §1.5. */
export function noSuchEvent(eventId: string): Error {
  return invalidRequest(`Trigger event history doesn't exist for event with eventId ${eventId}`);
}
