/**
 * Tokens of users (`pat.…`) and of service accounts (`sat.…`) (Harness's `/ng/api/token`). The text is answered once, by the call
 * that makes it; what is stored is its hash. One that was revoked is refused from the next request on.
 */
import { ngPageOf, successOf, TokenAggregate, TokenDetails, TokenRequest } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit, type AuditAction } from '../auth/audit.ts';
import { makeTokenText } from '../auth/tokens.ts';
import type { Database, Transaction } from '../store/database.ts';
import { readNow } from '../store/clock.ts';
import {
  deleteToken,
  insertToken,
  listHolders,
  listTokens,
  rotateToken,
  updateToken,
  type HolderRow,
  type TokenRow,
} from '../store/token-holders.ts';
import { changeAccess, missing, scopeOfBody, taken } from './access-changes.ts';
import { ParentQuery } from './access-api-key-routes.ts';
import { requireTokenGivable, tokenParent, type TokenParent } from './access-token-parents.ts';
import { answers, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { accessScope } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['API keys and tokens'];
const URL = '/ng/api/token';
const Params = Type.Object({ identifier: Type.String() });
const TokenQuery = { ...ParentQuery, apiKeyIdentifier: Type.String() };
/** In one API key. */
const TOKENS_MAX = 100;

export function accessTokenRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  readRoutes(app, deps);
  rotateRoute(app, deps);

  app.post(
    URL,
    {
      schema: {
        summary: 'Make a token',
        description: '`data` of the answer is the token. It is shown this once.',
        tags,
        querystring: ownerQuery({}),
        body: TokenRequest,
        response: answers(successOf(Type.String())),
      },
    },
    async (request) => {
      const { body } = request;
      const parent = await tokenParent(db, request, scopeOfBody(request, request.query, body), body, 'change');
      const holder = await holderNamed(db, parent, body.apiKeyIdentifier);
      const expiresAt = await expiryOf(db, body);
      const made = makeTokenText(parent.type, parent.owner.accountId);
      await changeAccess(deps, request, parent.owner, async (tx, giver) => {
        await requireTokenGivable(tx, giver, parent);
        if ((await listTokens(tx, [holder.id])).length >= TOKENS_MAX)
          throw invalidRequest(`There may be ${TOKENS_MAX} tokens in one API key.`);
        const row = await insertToken(tx, {
          id: made.id,
          holder,
          ...contentOf(body),
          secretHash: made.secretHash,
          ...(expiresAt === null || expiresAt === undefined ? {} : { expiresAt }),
        });
        if (row === undefined)
          throw taken(`token ${body.identifier} in the API key ${holder.identifier}`, parent.owner);
        await record(request, tx, 'CREATE_TOKEN', parent, body.identifier);
      });
      return success(request, made.token);
    },
  );

  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change what a token is called, and until when it is valid',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        body: TokenRequest,
        response: answers(successOf(TokenDetails)),
      },
    },
    async (request) => {
      const { body } = request;
      const { identifier } = request.params;
      const parent = await tokenParent(db, request, scopeOfBody(request, request.query, body), body, 'change');
      const holder = await holderNamed(db, parent, body.apiKeyIdentifier);
      const expiresAt = await expiryOf(db, body);
      const row = await changeAccess(deps, request, parent.owner, async (tx, giver) => {
        await requireTokenGivable(tx, giver, parent);
        const changed = await updateToken(tx, holder.id, { ...contentOf(body), identifier }, expiresAt);
        if (changed === undefined) throw noToken(identifier, holder, parent);
        await record(request, tx, 'UPDATE', parent, identifier);
        return changed;
      });
      return success(request, tokenDetails(row, holder, parent));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Revoke a token',
        tags,
        params: Params,
        querystring: ownerQuery(TokenQuery),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const { query } = request;
      const { identifier } = request.params;
      const parent = await tokenParent(db, request, ownerOf(request, query), query, 'change');
      const holder = await holderNamed(db, parent, query.apiKeyIdentifier);
      await changeAccess(deps, request, parent.owner, async (tx) => {
        if (!(await deleteToken(tx, holder.id, identifier))) throw noToken(identifier, holder, parent);
        await record(request, tx, 'REVOKE_TOKEN', parent, identifier);
      });
      return success(request, true);
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    `${URL}/aggregate`,
    {
      schema: {
        summary: 'List the tokens in an API key, or in all of a user or a service account',
        tags,
        querystring: ownerQuery({
          ...ParentQuery,
          apiKeyIdentifier: Type.Optional(Type.String()),
          identifiers: Type.Optional(Type.Array(Type.String())),
          pageIndex: PageNumber,
          pageSize: pageSize(50),
        }),
        response: answers(successOf(ngPageOf(TokenAggregate))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, identifiers, apiKeyIdentifier = '' } = request.query;
      const parent = await tokenParent(db, request, ownerOf(request, request.query), request.query, 'view');
      const holders = await listHolders(db, parent, apiKeyIdentifier === '' ? [] : [apiKeyIdentifier]);
      const byId = new Map(holders.map((holder) => [holder.id, holder]));
      const rows = await listTokens(db, [...byId.keys()], identifiers);
      const content = rows.slice(pageIndex * size, (pageIndex + 1) * size).flatMap((row) => {
        const holder = byId.get(row.holderId);
        if (holder === undefined) return [];
        const token = tokenDetails(row, holder, parent);
        const { createdAt, expiresAt = null, lastUsedAt = null } = row;
        return [{ token, createdAt, lastModifiedAt: createdAt, expiryAt: expiresAt, lastUsedAt }];
      });
      return success(request, ngPage(content, pageIndex, size, rows.length));
    },
  );
}

function rotateRoute(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  app.post(
    `${URL}/rotate/:identifier`,
    {
      schema: {
        summary: 'Replace a token by a new one',
        description:
          '`data` of the answer is the new token, shown this once; it is valid for as long as the old one was made for. The old one goes on until `rotateTimestamp`, never longer than it would have; without it, it ends now.',
        tags,
        params: Params,
        querystring: ownerQuery({
          ...TokenQuery,
          rotateTimestamp: Type.Optional(Type.Integer({ minimum: 0, maximum: 253_402_300_799_999 })),
        }),
        response: answers(successOf(Type.String())),
      },
    },
    async (request) => {
      const { query } = request;
      const { identifier } = request.params;
      const parent = await tokenParent(db, request, ownerOf(request, query), query, 'change');
      const holder = await holderNamed(db, parent, query.apiKeyIdentifier);
      const made = makeTokenText(parent.type, parent.owner.accountId);
      const { rotateTimestamp = 0 } = query;
      const next = {
        id: made.id,
        secretHash: made.secretHash,
        ...(rotateTimestamp === 0 ? {} : { oldUntil: rotateTimestamp }),
      };
      await changeAccess(deps, request, parent.owner, async (tx, giver) => {
        await requireTokenGivable(tx, giver, parent);
        if (!(await rotateToken(tx, holder.id, identifier, next))) throw noToken(identifier, holder, parent);
        await record(request, tx, 'ROTATE_TOKEN', parent, identifier);
      });
      return success(request, made.token);
    },
  );
}

async function holderNamed(db: Database, parent: TokenParent, identifier: string): Promise<HolderRow> {
  const [holder] = identifier === '' ? [] : await listHolders(db, parent, [identifier]);
  if (holder === undefined) throw missing(`API key ${identifier} of ${parent.name}`, parent.owner);
  return holder;
}

/** `null` = it does not expire, `undefined` = it is not said. Judged by the database's clock (T1). */
async function expiryOf(db: Database, { validTo }: TokenRequest): Promise<number | null | undefined> {
  if (validTo === undefined) return undefined;
  if (validTo === null || validTo === 0) return null;
  if (validTo <= (await readNow(db))) throw invalidRequest('validTo is in the past: the token would be of no use.');
  return validTo;
}

function contentOf({ identifier, name, description, tags: given }: TokenRequest): {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
} {
  return { identifier, name, description: description ?? '', tags: given ?? {} };
}

function noToken(identifier: string, holder: HolderRow, parent: TokenParent): Error {
  return missing(`token ${identifier} in the API key ${holder.identifier} of ${parent.name}`, parent.owner);
}

function record(
  request: FastifyRequest,
  tx: Transaction,
  action: AuditAction,
  { owner }: TokenParent,
  identifier: string,
): Promise<void> {
  return recordAudit(tx, request, { action, scope: owner, resource: { type: 'TOKEN', identifier } });
}

function tokenDetails(row: TokenRow, holder: HolderRow, parent: TokenParent): TokenDetails {
  return {
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: { ...row.tags },
    apiKeyIdentifier: holder.identifier,
    apiKeyType: parent.type,
    parentIdentifier: parent.named,
    validFrom: row.createdAt,
    validTo: row.expiresAt ?? null,
    scheduledExpireTime: null,
    valid: row.isValid,
    email: parent.email,
    username: parent.name,
    encodedPassword: null,
    ...accessScope(parent.owner),
  };
}
