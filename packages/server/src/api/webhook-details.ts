/** What became of a webhook's event, and waiting for it (api.md §1.5–§1.7). */
import type { TriggerExecutionDetails } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findTriggerEvent, type EventAnswer } from '../store/trigger-events.ts';
import { listExecutionStands } from '../store/execution-stands.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { detailsMadeOf, findExecutionDetails } from './execution-details.ts';
import { parsePrefer, preferenceApplied, type Preferences } from './prefer.ts';
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

/** What the request prefers, and what of it is done: `Preference-Applied` says so. */
export function applyPreferences(
  request: FastifyRequest,
  reply: FastifyReply,
  supports: { readonly representation: boolean },
): Preferences {
  const asked = parsePrefer(request.headers['prefer']);
  const applied = { ...asked, wantsRepresentation: asked.wantsRepresentation && supports.representation };
  const header = preferenceApplied(applied);
  if (header !== undefined) reply.header('preference-applied', header);
  return applied;
}

/** Returns when the event's execution is final, when it has none, or when the time is over. */
export async function waitForEvent(
  deps: ApiDependencies,
  eventId: string,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + waitSeconds * 1_000;
  const either = AbortSignal.any([signal, deps.stopping]);
  const state = await deps.intake.waitUntilProcessed(eventId, waitSeconds * 1_000, either);
  if (state?.executionId === undefined) return;
  const left = Math.max(0, Math.floor(deadline - performance.now()));
  await deps.executions.waitUntilFinal(state.executionId, left, either);
}

/** Aborts when the client is gone before it has its answer. */
export function clientSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.on('close', () => controller.abort());
  return controller.signal;
}
