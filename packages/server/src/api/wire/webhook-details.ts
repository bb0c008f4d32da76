/** What became of an event (api.md §1.5). Keys are present with null. */
import type { TriggerEventStatus, WebhookEventProcessingDetails } from '@bridle/protocol';
import type { EventAnswer } from '../../store/trigger-events.ts';

/** The exact text of api.md §1.5. */
const SEVERAL_EVENTS =
  'There are multiple trigger events generated from this eventId. This response contains only one of them.';

/** @param seesCause - its reader may see the trigger, and is told more than whoever fired it */
export function webhookProcessingDetails(event: EventAnswer, seesCause: boolean): WebhookEventProcessingDetails {
  return {
    eventFound: true,
    eventId: event.id,
    accountIdentifier: event.scope.accountId,
    orgIdentifier: event.scope.orgIdentifier || null,
    projectIdentifier: event.scope.projectIdentifier || null,
    triggerIdentifier: event.triggerIdentifier ?? null,
    pipelineIdentifier: event.pipelineIdentifier ?? null,
    pipelineExecutionId: event.executionId ?? null,
    exceptionOccured: event.isException,
    status: event.status as TriggerEventStatus,
    message: seesCause ? (event.cause ?? event.message) : event.message,
    payload: event.payload.toString('utf8'),
    eventCreatedAt: event.processedAt ?? event.receivedAt,
    runtimeInput: event.runtimeInput ?? null,
    warningMsg: event.hasFurther ? SEVERAL_EVENTS : null,
  };
}
