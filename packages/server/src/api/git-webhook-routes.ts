/** Where Git providers send their events (api.md §1.8). */
import { EventId, IDENTIFIER_PATTERN, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { applyPreferences, eventAsPreferred, WAITS } from './waiting-answers.ts';
import { acceptCall, webhookCall, type CallTarget } from './webhook-call.ts';

const GitWebhookQuery = Type.Object({
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
});

/** By these headers providers name themselves. Those that are not served are heard too: the event's history says so. */
const PROVIDER_HEADERS = [
  'x-github-event',
  'x-gitlab-event',
  'x-event-key',
  'x-amz-sns-message-type',
  'x-vss-subscriptionid',
  'x-harness-trigger',
] as const;

const IDENTIFIER = new RegExp(IDENTIFIER_PATTERN);
const TRIGGER_HEADER = 'x-harness-trigger-id';

export function gitWebhookRoutes(app: App, deps: ApiDependencies): void {
  for (const [url, hide] of [
    ['/ng/api/webhook', false],
    ['/pipeline/api/webhook/trigger', true],
  ] as const) {
    app.post(
      url,
      {
        config: { access: 'open', body: 'bytes' },
        schema: {
          summary: 'Trigger pipelines by an event of a Git provider',
          description:
            'One address for all repositories of the account. GitHub, GitLab and Bitbucket are told by their headers; the event history says what came of it.',
          tags: ['Webhooks'],
          hide,
          security: [],
          headers: WAITS,
          querystring: GitWebhookQuery,
          response: answers(successOf(EventId)),
        },
      },
      async (request, reply) => {
        if (!PROVIDER_HEADERS.some((header) => request.headers[header] !== undefined)) {
          throw invalidRequest('Unrecognized Webhook: no header says which Git provider sends it');
        }
        const target = targetOf(request, request.query);
        const noAccount = (): Error => invalidRequest(`The account ${request.accountId} does not exist`);
        const eventId = await acceptCall(deps, webhookCall(request, target), noAccount);
        await eventAsPreferred(deps, reply, eventId, applyPreferences(request, reply));
        return success(request, eventId);
      },
    );
  }
}

function targetOf(
  request: FastifyRequest,
  {
    orgIdentifier = '',
    projectIdentifier = '',
  }: { readonly orgIdentifier?: string; readonly projectIdentifier?: string },
): CallTarget {
  const triggerIdentifier = request.headers[TRIGGER_HEADER];
  for (const [name, value] of Object.entries({
    orgIdentifier,
    projectIdentifier,
    [TRIGGER_HEADER]: triggerIdentifier,
  })) {
    // Kept in an index, which takes no long ones: one would take the calls that are stored with it along.
    if (typeof value === 'string' && value !== '' && !IDENTIFIER.test(value))
      throw invalidRequest(`${name}: is no identifier`);
  }
  return {
    kind: 'git',
    scope: { accountId: request.accountId, orgIdentifier, projectIdentifier },
    ...(typeof triggerIdentifier === 'string' && triggerIdentifier !== '' ? { triggerIdentifier } : {}),
  };
}
