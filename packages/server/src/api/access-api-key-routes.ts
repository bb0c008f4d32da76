/** API keys: containers of tokens (Harness's `/ng/api/apikey`). */
import { ApiKey, ApiKeyAggregate, ApiKeyRequest, ngPageOf, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { makeId } from '../store/make-id.ts';
import {
  deleteHolder,
  insertHolder,
  listHolders,
  listTokens,
  updateHolder,
  type HolderRow,
} from '../store/token-holders.ts';
import { changeAccess, missing, scopeOfBody, taken } from './access-changes.ts';
import { tokenParent, type TokenParent } from './access-token-parents.ts';
import { answers, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { accessScope } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['API keys and tokens'];
const URL = '/ng/api/apikey';
const Params = Type.Object({ identifier: Type.String() });
export const ParentQuery = {
  apiKeyType: Type.Enum(['USER', 'SERVICE_ACCOUNT']),
  parentIdentifier: Type.String({ description: 'Id of the user, identifier of the service account.' }),
};
/** Of one user or service account. */
const KEYS_MAX = 100;

export function accessApiKeyRoutes(app: App, deps: ApiDependencies): void {
  readRoutes(app, deps);
  const { db } = deps;

  app.post(
    URL,
    {
      schema: {
        summary: 'Make an API key: a container of tokens',
        tags,
        querystring: ownerQuery({}),
        body: ApiKeyRequest,
        response: answers(successOf(ApiKey)),
      },
    },
    async (request) => {
      const owner = scopeOfBody(request, request.query, request.body);
      const parent = await tokenParent(db, request, owner, request.body, 'change');
      const { identifier, name, description, tags: given } = request.body;
      const row = await changeAccess(deps, request, owner, async (tx) => {
        if ((await listHolders(tx, parent)).length >= KEYS_MAX)
          throw invalidRequest(`There may be ${KEYS_MAX} API keys of ${parent.name}.`);
        const content = { identifier, name, description: description ?? '', tags: given ?? {} };
        const made = await insertHolder(tx, parent, makeId(), content);
        if (made === undefined) throw taken(`API key ${identifier} of ${parent.name}`, parent.owner);
        const resource = { type: 'API_KEY', identifier };
        await recordAudit(tx, request, { action: 'CREATE', scope: parent.owner, resource });
        return made;
      });
      return success(request, apiKey(row, parent));
    },
  );

  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change what an API key is called',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        body: ApiKeyRequest,
        response: answers(successOf(ApiKey)),
      },
    },
    async (request) => {
      const owner = scopeOfBody(request, request.query, request.body);
      const parent = await tokenParent(db, request, owner, request.body, 'change');
      const { name, description, tags: given } = request.body;
      const { identifier } = request.params;
      const row = await changeAccess(deps, request, owner, async (tx) => {
        const content = { identifier, name, description: description ?? '', tags: given ?? {} };
        const changed = await updateHolder(tx, parent, content);
        if (changed === undefined) throw missing(`API key ${identifier} of ${parent.name}`, parent.owner);
        const resource = { type: 'API_KEY', identifier };
        await recordAudit(tx, request, { action: 'UPDATE', scope: parent.owner, resource });
        return changed;
      });
      return success(request, apiKey(row, parent));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete an API key with its tokens',
        tags,
        params: Params,
        querystring: ownerQuery(ParentQuery),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const parent = await tokenParent(db, request, owner, request.query, 'change');
      const { identifier } = request.params;
      await changeAccess(deps, request, owner, async (tx) => {
        if (!(await deleteHolder(tx, parent, identifier)))
          throw missing(`API key ${identifier} of ${parent.name}`, parent.owner);
        const resource = { type: 'API_KEY', identifier };
        await recordAudit(tx, request, { action: 'DELETE', scope: parent.owner, resource });
      });
      return success(request, true);
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    URL,
    {
      schema: {
        summary: 'List the API keys of a user or a service account',
        tags,
        querystring: ownerQuery({ ...ParentQuery, identifiers: Type.Optional(Type.Array(Type.String())) }),
        response: answers(successOf(Type.Array(ApiKey))),
      },
    },
    async (request) => {
      const parent = await tokenParent(db, request, ownerOf(request, request.query), request.query, 'view');
      const rows = await listHolders(db, parent, request.query.identifiers);
      return success(
        request,
        rows.map((row) => apiKey(row, parent)),
      );
    },
  );

  app.get(
    `${URL}/aggregate`,
    {
      schema: {
        summary: 'List API keys with how many tokens they hold',
        tags,
        querystring: ownerQuery({
          ...ParentQuery,
          identifiers: Type.Optional(Type.Array(Type.String())),
          pageIndex: PageNumber,
          pageSize: pageSize(50),
        }),
        response: answers(successOf(ngPageOf(ApiKeyAggregate))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, identifiers } = request.query;
      const parent = await tokenParent(db, request, ownerOf(request, request.query), request.query, 'view');
      const rows = await listHolders(db, parent, identifiers);
      const page = rows.slice(pageIndex * size, (pageIndex + 1) * size);
      const tokens = await listTokens(
        db,
        page.map(({ id }) => id),
      );
      const content = page.map((row) => ({
        apiKey: apiKey(row, parent),
        createdAt: row.createdAt,
        lastModifiedAt: row.updatedAt,
        tokensCount: tokens.filter(({ holderId }) => holderId === row.id).length,
      }));
      return success(request, ngPage(content, pageIndex, size, rows.length));
    },
  );

  app.get(
    `${URL}/aggregate/:identifier`,
    {
      schema: {
        summary: 'An API key with how many tokens it holds',
        tags,
        params: Params,
        querystring: ownerQuery(ParentQuery),
        response: answers(successOf(ApiKeyAggregate)),
      },
    },
    async (request) => {
      const parent = await tokenParent(db, request, ownerOf(request, request.query), request.query, 'view');
      const { identifier } = request.params;
      const [row] = await listHolders(db, parent, [identifier]);
      if (row === undefined) throw missing(`API key ${identifier} of ${parent.name}`, parent.owner);
      return success(request, {
        apiKey: apiKey(row, parent),
        createdAt: row.createdAt,
        lastModifiedAt: row.updatedAt,
        tokensCount: (await listTokens(db, [row.id])).length,
      });
    },
  );
}

function apiKey(
  { identifier, name, description, tags: given }: HolderRow,
  { owner, type, named }: TokenParent,
): ApiKey {
  return {
    identifier,
    name,
    description,
    tags: { ...given },
    apiKeyType: type,
    parentIdentifier: named,
    defaultTimeToExpireToken: null,
    governanceMetadata: null,
    ...accessScope(owner),
  };
}
