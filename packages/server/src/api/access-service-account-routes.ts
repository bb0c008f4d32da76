/** Service accounts: whom programs act as (Harness's `/ng/api/serviceaccount`). */
import { ngPageOf, ServiceAccount, ServiceAccountAggregate, ServiceAccountRequest, successOf } from '@bridle/protocol';
import { levelOf } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { makeId } from '../store/make-id.ts';
import type { Database, Transaction } from '../store/database.ts';
import { deleteNamed } from '../store/named-rows.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { deleteAssignmentsOf } from '../store/role-assignments.ts';
import {
  findServiceAccount,
  insertServiceAccount,
  listServiceAccounts,
  updateServiceAccount,
  type ServiceAccountRow,
} from '../store/service-accounts.ts';
import { deleteHoldersOf, listHolders, listTokens } from '../store/token-holders.ts';
import { changeAccess, missing, scopeOfBoth, taken } from './access-changes.ts';
import { assignmentsOf } from './access-metadata.ts';
import { answers, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { serviceAccount } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['Service accounts'];
const URL = '/ng/api/serviceaccount';
const Query = ownerQuery({});
const Params = Type.Object({ identifier: Type.String() });
/** Of one scope; a list without pages ends here. */
const ACCOUNTS_MAX = 1_000;

export function accessServiceAccountRoutes(app: App, deps: ApiDependencies): void {
  readRoutes(app, deps);

  app.post(
    URL,
    {
      schema: {
        summary: 'Make a service account',
        tags,
        querystring: Query,
        body: ServiceAccountRequest,
        response: answers(successOf(ServiceAccount)),
      },
    },
    async (request) => {
      const owner = scopeOfBoth(request, request.query, request.body);
      const { identifier } = request.body;
      const row = await changeAccess(deps, request, owner, async (tx) => {
        if ((await listServiceAccounts(tx, owner, {}, 0, 1)).total >= ACCOUNTS_MAX)
          throw invalidRequest(`There may be ${ACCOUNTS_MAX} service accounts in one scope.`);
        const email = request.body.email ?? `${identifier}@service.bridle.local`;
        const made = await insertServiceAccount(tx, owner, contentOf(request.body), { id: makeId(), email });
        if (made === undefined) throw taken(`service account ${identifier}`, owner);
        await record(request, tx, 'CREATE', owner, identifier);
        return made;
      });
      return success(request, serviceAccount(row));
    },
  );

  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change a service account',
        tags,
        params: Params,
        querystring: Query,
        body: ServiceAccountRequest,
        response: answers(successOf(ServiceAccount)),
      },
    },
    async (request) => {
      const owner = scopeOfBoth(request, request.query, request.body);
      const { identifier } = request.params;
      if (request.body.identifier !== identifier)
        throw invalidRequest(`The body has the identifier ${request.body.identifier}, but the path has ${identifier}.`);
      const row = await changeAccess(deps, request, owner, async (tx) => {
        const changed = await updateServiceAccount(tx, owner, contentOf(request.body));
        if (changed === undefined) throw missing(`service account ${identifier}`, owner);
        await record(request, tx, 'UPDATE', owner, identifier);
        return changed;
      });
      return success(request, serviceAccount(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a service account with its API keys and tokens',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      await changeAccess(deps, request, owner, async (tx) => {
        const found = await findServiceAccount(tx, owner, identifier);
        if (found === undefined) throw missing(`service account ${identifier}`, owner);
        const type = 'SERVICE_ACCOUNT';
        await deleteAssignmentsOf(tx, owner, { principal: { type, id: found.id, scope: levelOf(owner) } });
        await deleteHoldersOf(tx, { owner, type, id: found.id });
        await deleteNamed(tx, 'service_accounts', owner, identifier);
        await record(request, tx, 'DELETE', owner, identifier);
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
        summary: 'List the service accounts of a scope',
        tags,
        querystring: ownerQuery({ identifiers: Type.Optional(Type.Array(Type.String())) }),
        response: answers(successOf(Type.Array(ServiceAccount))),
      },
    },
    async (request) => {
      const { identifiers = [] } = request.query;
      const { rows } = await listServiceAccounts(db, ownerOf(request, request.query), { identifiers }, 0, ACCOUNTS_MAX);
      return success(request, rows.map(serviceAccount));
    },
  );

  app.get(
    `${URL}/aggregate`,
    {
      schema: {
        summary: 'List service accounts with their tokens and what they were given',
        tags,
        querystring: ownerQuery({
          identifiers: Type.Optional(Type.Array(Type.String())),
          pageIndex: PageNumber,
          pageSize: pageSize(50),
          searchTerm: Type.Optional(Type.String()),
        }),
        response: answers(successOf(ngPageOf(ServiceAccountAggregate))),
      },
    },
    async (request) => {
      const { identifiers = [], pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const { rows, total } = await listServiceAccounts(db, owner, { identifiers, search }, pageIndex, size);
      return success(request, ngPage(await aggregates(db, owner, rows), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/aggregate/:identifier`,
    {
      schema: {
        summary: 'A service account with its tokens and what it was given',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(ServiceAccountAggregate)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const row = await findServiceAccount(db, owner, identifier);
      const [aggregate] = row === undefined ? [] : await aggregates(db, owner, [row]);
      if (aggregate === undefined) throw missing(`service account ${identifier}`, owner);
      return success(request, aggregate);
    },
  );
}

async function aggregates(
  db: Database,
  owner: OwnerScope,
  rows: readonly ServiceAccountRow[],
): Promise<ServiceAccountAggregate[]> {
  const given = await assignmentsOf(
    db,
    owner,
    'SERVICE_ACCOUNT',
    rows.map(({ id }) => id),
  );
  const found: ServiceAccountAggregate[] = [];
  for (const row of rows) {
    const holders = await listHolders(db, { owner, type: 'SERVICE_ACCOUNT', id: row.id });
    const tokens = await listTokens(
      db,
      holders.map(({ id }) => id),
    );
    found.push({
      serviceAccount: serviceAccount(row),
      createdAt: row.createdAt,
      lastModifiedAt: row.updatedAt,
      tokensCount: tokens.length,
      roleAssignmentsMetadataDTO: [...(given.get(row.id) ?? [])],
    });
  }
  return found;
}

function contentOf({ identifier, name, description, tags: given }: ServiceAccountRequest): {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
} {
  return { identifier, name, description: description ?? '', tags: given ?? {} };
}

function record(
  request: FastifyRequest,
  tx: Transaction,
  action: 'CREATE' | 'UPDATE' | 'DELETE',
  scope: OwnerScope,
  identifier: string,
): Promise<void> {
  return recordAudit(tx, request, { action, scope, resource: { type: 'SERVICEACCOUNT', identifier } });
}
