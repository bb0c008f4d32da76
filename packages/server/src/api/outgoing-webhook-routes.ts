/** Outgoing webhooks (docs/guides/events.md): of the account, an organization or a project, as the query names it. */
import { successOf, Webhook, WebhookRequest, WebhookSecretRotation, WebhookWithSecret } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit, type AuditAction } from '../auth/audit.ts';
import { makeId } from '../store/make-id.ts';
import type { Transaction } from '../store/database.ts';
import { ownerExists } from '../store/owner-scope.ts';
import {
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  updateEndpoint,
  type EndpointKey,
  type EndpointRow,
  type EndpointSettings,
} from '../store/webhook-endpoints.ts';
import { answers, describeOwner, noOwner, ownerOf, ownerQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound, RequestError } from './errors.ts';
import { webhook } from './wire/outgoing-webhook.ts';

export const WEBHOOKS = '/bridle/api/webhooks';
export const WebhookParams = Type.Object({ webhookId: Type.String() });
export const webhookTags: string[] = ['Outgoing webhooks'];
const tags = webhookTags;
const config = { account: 'own' } as const;
/** Of one owner (P1). */
const WEBHOOKS_MAX = 50;
const OLD_SECRET_HOURS = 24;
const HOUR_MS = 3_600_000;

export function outgoingWebhookRoutes(app: App, deps: ApiDependencies): void {
  readRoutes(app, deps);
  saveRoutes(app, deps);

  app.post(
    `${WEBHOOKS}/:webhookId/rotate-secret`,
    {
      config,
      schema: {
        summary: 'Give a webhook a new secret',
        description: 'The secrets before it sign as well for a while, so that receivers can change at their leisure.',
        tags,
        params: WebhookParams,
        querystring: ownerQuery({}),
        body: WebhookSecretRotation,
        response: answers(successOf(WebhookWithSecret)),
      },
    },
    async (request) => {
      const row = await getEndpoint(deps, request);
      const { keepOldHours = OLD_SECRET_HOURS } = request.body;
      const secret = await deps.db.transaction().execute(async (tx) => {
        await recordWebhook(tx, request, row, 'ROTATE_TOKEN');
        return await deps.webhooks.rotateSecret(tx, row, keepOldHours * HOUR_MS);
      });
      return success(request, { webhook: webhook(row), secret });
    },
  );
}

function readRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    WEBHOOKS,
    {
      config,
      schema: {
        summary: 'The webhooks of the account, an organization or a project',
        tags,
        querystring: ownerQuery({}),
        response: answers(successOf(Type.Array(Webhook))),
      },
    },
    async (request) => success(request, (await listEndpoints(deps.db, ownerOf(request, request.query))).map(webhook)),
  );

  app.get(
    `${WEBHOOKS}/:webhookId`,
    {
      config,
      schema: {
        summary: 'A webhook',
        tags,
        params: WebhookParams,
        querystring: ownerQuery({}),
        response: answers(successOf(Webhook)),
      },
    },
    async (request) => success(request, webhook(await getEndpoint(deps, request))),
  );
}

function saveRoutes(app: App, deps: ApiDependencies): void {
  const { db, webhooks } = deps;

  app.post(
    WEBHOOKS,
    {
      config,
      schema: {
        summary: 'Create a webhook: it is called for what happens from now on',
        tags,
        querystring: ownerQuery({}),
        body: WebhookRequest,
        response: answers(successOf(WebhookWithSecret)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      if (!(await ownerExists(db, owner))) throw noOwner(owner);
      const settings = settingsOf(request.body);
      const made = await db.transaction().execute(async (tx) => {
        const row = await insertEndpoint(tx, { owner, id: makeId() }, settings, WEBHOOKS_MAX);
        if (row === undefined) return undefined;
        await recordWebhook(tx, request, row, 'CREATE');
        return { row, secret: await webhooks.rotateSecret(tx, row, 0) };
      });
      if (made === undefined)
        throw invalidRequest(
          `There are ${String(WEBHOOKS_MAX)} webhooks of ${describeOwner(owner)}, which is the most there may be.`,
        );
      return success(request, { webhook: webhook(made.row), secret: made.secret });
    },
  );

  app.put(
    `${WEBHOOKS}/:webhookId`,
    {
      config,
      schema: {
        summary: 'Change, enable or disable a webhook',
        description: 'What waited for it is sent when it is enabled again.',
        tags,
        params: WebhookParams,
        querystring: ownerQuery({}),
        body: WebhookRequest,
        response: answers(successOf(Webhook)),
      },
    },
    async (request) => {
      const key = keyOf(request);
      const settings = settingsOf(request.body);
      const row = await db.transaction().execute(async (tx) => {
        const saved = await updateEndpoint(tx, key, settings);
        if (saved !== undefined) await recordWebhook(tx, request, saved, 'UPDATE');
        return saved;
      });
      if (row === undefined) throw noWebhook(key);
      webhooks.wake();
      return success(request, webhook(row));
    },
  );

  app.delete(
    `${WEBHOOKS}/:webhookId`,
    {
      config,
      schema: {
        summary: 'Delete a webhook, with what was and is to be sent to it',
        tags,
        params: WebhookParams,
        querystring: ownerQuery({}),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const key = keyOf(request);
      const isGone = await db.transaction().execute(async (tx) => {
        if (!(await deleteEndpoint(tx, key))) return false;
        await recordWebhook(tx, request, key, 'DELETE');
        return true;
      });
      if (!isGone) throw noWebhook(key);
      return success(request, true);
    },
  );
}

/** Of a key is recorded what was done to which one; addresses may hold what is nobody's business. */
export async function recordWebhook(
  tx: Transaction,
  request: FastifyRequest,
  { owner, id }: EndpointKey,
  action: AuditAction,
): Promise<void> {
  await recordAudit(tx, request, { action, scope: owner, resource: { type: 'WEBHOOK', identifier: id } });
}

type WebhookCall = FastifyRequest<{
  Params: { readonly webhookId: string };
  Querystring: { readonly orgIdentifier?: string; readonly projectIdentifier?: string };
}>;

function keyOf(request: WebhookCall): EndpointKey {
  return { owner: ownerOf(request, request.query), id: request.params.webhookId };
}

/** Throws a 404 also for one of another owner. */
export async function getEndpoint({ db }: ApiDependencies, request: WebhookCall): Promise<EndpointRow> {
  const key = keyOf(request);
  const row = await findEndpoint(db, key);
  if (row === undefined) throw noWebhook(key);
  return row;
}

function noWebhook({ owner, id }: EndpointKey): Error {
  return notFound(`There is no webhook ${id} of ${describeOwner(owner)}.`);
}

function settingsOf({
  name,
  description = '',
  url,
  eventTypes = [],
  pipelineIdentifiers = [],
  enabled = true,
}: WebhookRequest): EndpointSettings {
  return { name, description, url: addressOf(url), eventTypes, pipelineIdentifiers, isEnabled: enabled };
}

function addressOf(text: string): string {
  const url = URL.parse(text);
  const error =
    url === null || !['http:', 'https:'].includes(url.protocol)
      ? 'is no address that begins with http:// or https://'
      : url.username !== '' || url.password !== ''
        ? 'holds a name or a password, which lists would show; calls are signed instead'
        : undefined;
  if (url === null || error !== undefined)
    throw new RequestError('INVALID_REQUEST', `url: ${error ?? ''}`, [{ fieldId: 'url', error: error ?? '' }]);
  return url.href;
}
