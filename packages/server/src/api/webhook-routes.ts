/** Custom webhooks (api.md §1.1–§1.3), the founding document's first call. */
import { CustomWebhookAccepted, successOf, TriggerExecutionDetails, type Success } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { ProjectScope } from '@bridle/pipeline';
import { findTriggerByToken } from '../store/triggers.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { acceptCall, authorizeCall, limitPayload, webhookCall, type CallTarget } from './webhook-call.ts';
import { getTriggerEvent, triggerExecutionDetails } from './webhook-details.ts';
import { applyPreferences, eventAsPreferred, WAITS } from './waiting-answers.ts';
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
          headers: WAITS,
          querystring: WebhookQuery,
          response: answers(successOf(Type.Union([Type.String(), Representation]))),
        },
      },
      async (request, reply) => {
        const event = await acceptByNames(deps, request, request.query);
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
        headers: WAITS,
        querystring: WebhookQuery,
        response: answers(successOf(Type.Union([CustomWebhookAccepted, Representation]))),
      },
    },
    async (request, reply) => answerWithLinks(deps, request, reply, await acceptByNames(deps, request, request.query)),
  );

  app.post(
    '/pipeline/api/webhook/custom/:webhookToken/v3',
    {
      config: CONFIG,
      schema: {
        summary: 'Trigger the pipeline of the trigger that has this token',
        description: 'The token stands in the webhook URL that the details of the trigger show.',
        tags: ['Webhooks'],
        security: [],
        headers: WAITS,
        params: Type.Object({ webhookToken: Type.String() }),
        querystring: WebhookQuery,
        response: answers(successOf(Type.Union([CustomWebhookAccepted, Representation]))),
      },
    },
    async (request, reply) =>
      answerWithLinks(deps, request, reply, await acceptByToken(deps, request, request.params.webhookToken)),
  );
}

interface Accepted {
  readonly eventId: string;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier?: string;
}

async function acceptByNames(deps: ApiDependencies, request: FastifyRequest, query: WebhookQuery): Promise<Accepted> {
  const target = targetOf(request, query);
  await authorizeCall(deps, request, target);
  await limitPayload(deps, request, target);
  if (!(await deps.webhookSettings.isTokenlessOpen(target.scope))) {
    throw invalidRequest(
      'Webhook URLs without a token are closed here. Use the URL that the details of the trigger show: it has the token of the trigger in its path.',
    );
  }
  const eventId = await acceptCall(deps, webhookCall(request, target), () => noTrigger(target));
  return { ...target, eventId };
}

/** The token names the trigger; what the query says beside the account is not looked at (api.md §1.3). */
async function acceptByToken(deps: ApiDependencies, request: FastifyRequest, token: string): Promise<Accepted> {
  const disabled = (): Error =>
    invalidRequest(`No enabled custom trigger found for the used custom webhook token: ${token}`);
  const row = await findTriggerByToken(deps.db, request.accountId, token);
  if (row?.sourceType !== 'Custom') {
    throw invalidRequest(`No custom trigger found for the used custom webhook token: ${token}`);
  }
  if (!row.isEnabled) throw disabled();
  const { scope, pipelineIdentifier, identifier: triggerIdentifier } = row;
  const target = { scope, pipelineIdentifier, triggerIdentifier };
  await authorizeCall(deps, request, target);
  await limitPayload(deps, request, target);
  return { ...target, eventId: await acceptCall(deps, webhookCall(request, target), disabled) };
}

function targetOf(request: FastifyRequest, query: WebhookQuery): CallTarget {
  const { orgIdentifier = '', projectIdentifier = '', pipelineIdentifier = '', triggerIdentifier = '' } = query;
  if (orgIdentifier.trim() === '' || projectIdentifier.trim() === '') {
    throw invalidRequest(
      'orgIdentifier and projectIdentifier are required query parameters for custom webhook triggers. Please provide valid orgIdentifier and projectIdentifier in the webhook URL.',
    );
  }
  return {
    scope: { accountId: request.accountId, orgIdentifier, projectIdentifier },
    ...(pipelineIdentifier === '' ? {} : { pipelineIdentifier }),
    ...(triggerIdentifier === '' ? {} : { triggerIdentifier }),
  };
}

/** What v2 and v3 answer with. */
async function answerWithLinks(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { eventId, scope, pipelineIdentifier }: Accepted,
): Promise<Success<CustomWebhookAccepted | Static<typeof Representation>>> {
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
}

/** api.md §1.1 */
function noTrigger({ scope, pipelineIdentifier, triggerIdentifier }: CallTarget): Error {
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
  const preferences = applyPreferences(request, reply, { representation: true });
  await eventAsPreferred(deps, reply, eventId, preferences);
  if (!preferences.wantsRepresentation) return undefined;
  const event = await getTriggerEvent(deps, request.accountId, eventId);
  return { ...(await triggerExecutionDetails(deps, event)), eventCorrelationId: eventId };
}
