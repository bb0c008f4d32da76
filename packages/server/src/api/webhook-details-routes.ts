/**
 * What became of an event (api.md §1.5–§1.7), the founding document's second call.
 *
 * The id that the call of a custom webhook was answered with is the right to hear what became of it: nobody can guess it, and
 * nobody else is told it. Ids of other events stand in the logs of Git providers and in lists: of those a key is asked that may
 * view the pipeline.
 */
import { successOf, TriggerExecutionDetails, WebhookEventProcessingDetails } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { EventAnswer } from '../store/trigger-events.ts';
import type { Question } from '../auth/decide.ts';
import { answers, ownerOf, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize, mayCaller } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { isKnown, taggedAnswers } from './entity-tags.ts';
import { ApiError } from './errors.ts';
import { getTriggerEvent, noSuchEvent, triggerDetailsMadeOf, triggerExecutionDetails } from './webhook-details.ts';
import { applyPreferences, decisionAsPreferred, eventAsPreferred, WAITS } from './waiting-answers.ts';
import { webhookProcessingDetails } from './wire/webhook-details.ts';

const AccountQuery = Type.Object({ accountIdentifier: Type.Optional(Type.String()) });
const EventParams = Type.Object({ eventId: Type.String() });
const KEY_HINT = 'Of an event of a Git provider or a schedule it needs a key that may view the pipeline.';

export function webhookDetailsRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/pipeline/api/webhook/triggerProcessingDetails',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Processing details of a trigger event',
        description: `It tells of the decision alone, so that \`Prefer: wait\` waits for that and no longer. ${KEY_HINT}`,
        tags: ['Webhooks'],
        security: [],
        headers: WAITS,
        querystring: Type.Object({ ...AccountQuery.properties, eventId: Type.String({ minLength: 1 }) }),
        response: answers(successOf(WebhookEventProcessingDetails)),
      },
    },
    async (request, reply) => {
      const event = await readAsPreferred(deps, request, reply, request.query.eventId, decisionAsPreferred);
      return success(request, webhookProcessingDetails(event, await seesCause(request, event)));
    },
  );

  app.get(
    '/pipeline/api/webhook/triggerExecutionDetails/:eventId',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Execution details of a trigger event',
        description: `400 until the event has been processed. ${KEY_HINT}`,
        tags: ['Webhooks'],
        security: [],
        headers: WAITS,
        params: EventParams,
        querystring: AccountQuery,
        response: taggedAnswers(successOf(TriggerExecutionDetails)),
      },
    },
    async (request, reply) => {
      const event = await readAsPreferred(deps, request, reply, request.params.eventId);
      if (event.state === 'queued') throw noSuchEvent(event.id);
      const sees = await seesCause(request, event);
      const madeOf = [await triggerDetailsMadeOf(deps, event), sees];
      if (isKnown(request, reply, madeOf)) return reply.code(304).send(null);
      return success(request, await triggerExecutionDetails(deps, event, sees));
    },
  );

  app.get(
    '/pipeline/api/webhook/triggerExecutionDetailsV2/:eventId',
    {
      config: { access: 'open', wrongKeyCode: 'INVALID_CREDENTIAL' },
      schema: {
        summary: 'Execution details of a trigger event, also while it is queued',
        description: KEY_HINT,
        tags: ['Webhooks'],
        security: [],
        headers: WAITS,
        params: EventParams,
        querystring: AccountQuery,
        response: taggedAnswers(successOf(TriggerExecutionDetails)),
      },
    },
    async (request, reply) => {
      const event = await readAsPreferred(deps, request, reply, request.params.eventId);
      const sees = await seesCause(request, event);
      const madeOf = [await triggerDetailsMadeOf(deps, event), sees];
      if (isKnown(request, reply, madeOf)) return reply.code(304).send(null);
      return success(request, await triggerExecutionDetails(deps, event, sees));
    },
  );
}

/** Whether the caller is one to whom the history would say the same. */
async function seesCause(request: FastifyRequest, event: EventAnswer): Promise<boolean> {
  return request.principal !== undefined && (await mayCaller(request, viewOf(request, event)));
}

/** What the history of the trigger asks of its readers; of an event that no trigger answers to, of the whole account. */
function viewOf(request: FastifyRequest, { scope, pipelineIdentifier }: EventAnswer): Question {
  const { orgIdentifier, projectIdentifier } = scope;
  return {
    permission: 'core_pipeline_view',
    scope: ownerOf(request, { orgIdentifier, projectIdentifier }),
    ...(pipelineIdentifier === undefined ? {} : { identifier: pipelineIdentifier }),
  };
}

/** Before anybody waits: somebody must be known. What they may is asked when it is known of which project the event is. */
function requireCaller(request: FastifyRequest, { kind }: EventAnswer): void {
  if (kind === 'custom' || request.principal !== undefined) return;
  throw new ApiError(
    'INVALID_TOKEN',
    'This event is not of a custom webhook: send a token in the header x-api-key that may view the pipeline.',
  );
}

/** The event after the wait the request prefers. */
async function readAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  eventId: string,
  asPreferred: typeof eventAsPreferred = eventAsPreferred,
): Promise<EventAnswer> {
  let event = await getTriggerEvent(deps, request.accountId, eventId);
  requireCaller(request, event);
  const preferences = applyPreferences(request, reply);
  if (preferences.waitSeconds !== undefined) {
    await asPreferred(deps, reply, eventId, preferences);
    event = await getTriggerEvent(deps, request.accountId, eventId);
  }
  if (event.kind !== 'custom') await authorize(request, viewOf(request, event));
  return event;
}
