/** What became of an event (api.md §1.5–§1.7), the founding document's second call. */
import { successOf, TriggerExecutionDetails, WebhookEventProcessingDetails } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { EventAnswer } from '../store/trigger-events.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import {
  applyPreferences,
  clientSignal,
  getTriggerEvent,
  noSuchEvent,
  triggerExecutionDetails,
  waitForEvent,
} from './webhook-details.ts';
import { webhookProcessingDetails } from './wire/webhook-details.ts';

const AccountQuery = Type.Object({ accountIdentifier: Type.Optional(Type.String()) });
const EventParams = Type.Object({ eventId: Type.String() });
const WAIT_HINT = '`Prefer: wait=SECONDS` answers when the execution is final or the time is over.';

export function webhookDetailsRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/pipeline/api/webhook/triggerProcessingDetails',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Processing details of a trigger event',
        description: WAIT_HINT,
        tags: ['Webhooks'],
        security: [],
        querystring: Type.Object({ ...AccountQuery.properties, eventId: Type.String({ minLength: 1 }) }),
        response: answers(successOf(WebhookEventProcessingDetails)),
      },
    },
    async (request, reply) => {
      const event = await eventAsPreferred(deps, request, reply, request.query.eventId);
      return success(request, webhookProcessingDetails(event));
    },
  );

  app.get(
    '/pipeline/api/webhook/triggerExecutionDetails/:eventId',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Execution details of a trigger event',
        description: `400 until the event has been processed. ${WAIT_HINT}`,
        tags: ['Webhooks'],
        security: [],
        params: EventParams,
        querystring: AccountQuery,
        response: answers(successOf(TriggerExecutionDetails)),
      },
    },
    async (request, reply) => {
      const event = await eventAsPreferred(deps, request, reply, request.params.eventId);
      if (event.state === 'queued') throw noSuchEvent(event.id);
      return success(request, await triggerExecutionDetails(deps, event));
    },
  );

  app.get(
    '/pipeline/api/webhook/triggerExecutionDetailsV2/:eventId',
    {
      config: { access: 'open', wrongKeyCode: 'INVALID_CREDENTIAL' },
      schema: {
        summary: 'Execution details of a trigger event, also while it is queued',
        description: WAIT_HINT,
        tags: ['Webhooks'],
        security: [],
        params: EventParams,
        querystring: AccountQuery,
        response: answers(successOf(TriggerExecutionDetails)),
      },
    },
    async (request, reply) => {
      const event = await eventAsPreferred(deps, request, reply, request.params.eventId);
      return success(request, await triggerExecutionDetails(deps, event));
    },
  );
}

/** The event after the wait the request prefers. */
async function eventAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  eventId: string,
): Promise<EventAnswer> {
  const event = await getTriggerEvent(deps, request.accountId, eventId);
  const { waitSeconds } = applyPreferences(request, reply, { representation: false });
  if (waitSeconds === undefined) return event;
  await waitForEvent(deps, eventId, waitSeconds, clientSignal(reply));
  return await getTriggerEvent(deps, request.accountId, eventId);
}
