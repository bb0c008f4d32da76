/** Custom webhooks (api.md §1.1, §1.2), the founding document's first call. */
import { CustomWebhookAccepted, successOf, TriggerExecutionDetails, type Success } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { NewTriggerEvent } from '../store/trigger-events.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest } from './errors.ts';
import {
  applyPreferences,
  clientSignal,
  getTriggerEvent,
  triggerExecutionDetails,
  waitForEvent,
} from './webhook-details.ts';
import { projectPageUrl, triggerExecutionDetailsUrl } from './wire/urls.ts';

const WebhookQuery = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
  pipelineIdentifier: Type.Optional(Type.String()),
  triggerIdentifier: Type.Optional(Type.String()),
});
type WebhookQuery = Static<typeof WebhookQuery>;

const Representation = Type.Object({ ...TriggerExecutionDetails.properties, eventCorrelationId: Type.String() });

/** Never kept: a credential in an event would be readable by everybody who sees the event. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'cookie',
]);

const CONFIG = { access: 'open', body: 'bytes' } as const;

export function webhookRoutes(app: App, deps: ApiDependencies): void {
  for (const [url, isAlias] of [
    ['/pipeline/api/webhook/custom', false],
    ['/api/webhook/custom', true],
  ] as const) {
    app.post(
      url,
      {
        config: CONFIG,
        schema: {
          summary: 'Trigger pipelines by a custom webhook',
          description:
            'Answers with the event id. `Prefer: wait=SECONDS` waits for the execution; with `return=representation` its details are the answer.',
          tags: ['Webhooks'],
          hide: isAlias,
          security: [],
          querystring: WebhookQuery,
          response: answers(successOf(Type.Union([Type.String(), Representation]))),
        },
      },
      async (request, reply) => {
        const event = await acceptCall(deps, request, request.query);
        return success(request, (await waitAsPreferred(deps, request, reply, event.eventId)) ?? event.eventId);
      },
    );
  }

  app.post(
    '/pipeline/api/webhook/custom/v2',
    {
      config: CONFIG,
      schema: {
        summary: 'Trigger pipelines by a custom webhook, answered with links',
        tags: ['Webhooks'],
        security: [],
        querystring: WebhookQuery,
        response: answers(successOf(Type.Union([CustomWebhookAccepted, Representation]))),
      },
    },
    async (request, reply): Promise<Success<CustomWebhookAccepted | Static<typeof Representation>>> => {
      const { eventId, scope, pipelineIdentifier } = await acceptCall(deps, request, request.query);
      const representation = await waitAsPreferred(deps, request, reply, eventId);
      if (representation !== undefined) return success(request, representation);
      const page = projectPageUrl(deps.publicUrl(), scope);
      const pipeline = pipelineIdentifier ?? '';
      return success(request, {
        eventCorrelationId: eventId,
        apiUrl: triggerExecutionDetailsUrl(deps.publicUrl(), scope.accountId, eventId),
        uiUrl: `${page}/deployments?pipelineIdentifier=${encodeURIComponent(pipeline)}&page=0`,
        uiSetupUrl: `${page}/pipelines/${encodeURIComponent(pipeline)}/pipeline-studio/`,
      });
    },
  );
}

interface Accepted extends Pick<NewTriggerEvent, 'scope' | 'pipelineIdentifier'> {
  readonly eventId: string;
}

async function acceptCall(deps: ApiDependencies, request: FastifyRequest, query: WebhookQuery): Promise<Accepted> {
  const call = callOf(request, query);
  const result = await deps.intake.accept(call);
  switch (result.kind) {
    case 'accepted':
      return { eventId: result.eventId, ...call };
    case 'noTrigger':
      throw noTrigger(call);
    case 'busy':
      throw new ApiError('SERVICE_UNAVAILABLE', 'Too many webhook calls wait to be stored. Try again in a moment.');
  }
}

function callOf(request: FastifyRequest, query: WebhookQuery): Omit<NewTriggerEvent, 'id'> {
  const { orgIdentifier = '', projectIdentifier = '', pipelineIdentifier = '', triggerIdentifier = '' } = query;
  if (orgIdentifier.trim() === '' || projectIdentifier.trim() === '') {
    throw invalidRequest(
      'orgIdentifier and projectIdentifier are required query parameters for custom webhook triggers. Please provide valid orgIdentifier and projectIdentifier in the webhook URL.',
    );
  }
  const { principal } = request;
  return {
    scope: { accountId: request.accountId, orgIdentifier, projectIdentifier },
    ...(pipelineIdentifier === '' ? {} : { pipelineIdentifier }),
    ...(triggerIdentifier === '' ? {} : { triggerIdentifier }),
    payload: request.body as Buffer,
    headers: keptHeaders(request),
    sourceIp: request.ip,
    ...(principal === undefined
      ? {}
      : { principal: { userId: principal.userId, name: principal.name, email: principal.email } }),
  };
}

/** Node lower-cases the names; several values of one name are joined by commas. */
function keptHeaders({ headers }: FastifyRequest): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.has(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );
}

/** api.md §1.1 */
function noTrigger({ scope, pipelineIdentifier, triggerIdentifier }: Omit<NewTriggerEvent, 'id'>): Error {
  const pipeline = pipelineIdentifier === undefined ? '' : `, Pipeline: ${pipelineIdentifier}`;
  const trigger = triggerIdentifier === undefined ? '' : `, Trigger: ${triggerIdentifier}`;
  return invalidRequest(
    `No enabled custom trigger found for Account:${scope.accountId}, Org: ${scope.orgIdentifier}, Project: ${scope.projectIdentifier}${pipeline}${trigger}`,
  );
}

/** Waits where that is preferred; returns the details where they are. */
async function waitAsPreferred(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  eventId: string,
): Promise<Static<typeof Representation> | undefined> {
  const { waitSeconds, wantsRepresentation } = applyPreferences(request, reply, { representation: true });
  if (waitSeconds !== undefined) await waitForEvent(deps, eventId, waitSeconds, clientSignal(reply));
  if (!wantsRepresentation) return undefined;
  const event = await getTriggerEvent(deps, request.accountId, eventId);
  return { ...(await triggerExecutionDetails(deps, event)), eventCorrelationId: eventId };
}
