/** Organizations (api.md §9): list, read, create, change, delete. */
import { IDENTIFIER_PATTERN, ngPageOf, OrganizationResponse, successOf, Tags } from '@bridle/protocol';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import {
  createOrganization,
  findOrganization,
  listOrganizations,
  updateOrganization,
  type NameFilter,
  type NameSort,
  type OrganizationRow,
} from '../store/organizations.ts';
import { answers, expectedVersion, PageNumber, pageSize, staleVersion, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import { removeScope } from './delete-scope.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { seenScopes } from './seen-scopes.ts';
import { ngPage } from './wire/pages.ts';

const URL = '/ng/api/organizations';
const tags = ['Organizations and projects'];
export const AccountQuery = Type.Object({ accountIdentifier: Type.Optional(Type.String()) });
const NameQuery = Type.Object({
  ...AccountQuery.properties,
  searchTerm: Type.Optional(Type.String()),
  identifiers: Type.Optional(Type.Array(Type.String())),
});
export const ListQuery = Type.Object({
  ...NameQuery.properties,
  pageIndex: PageNumber,
  pageSize: pageSize(50),
  sortOrders: Type.Optional(
    Type.Array(Type.String(), { description: '`name,ASC`; a field that is not known is passed over.' }),
  ),
});
export const Params = Type.Object({ identifier: Type.String() });
export const named = {
  identifier: Type.String({ pattern: IDENTIFIER_PATTERN }),
  name: Type.String({ minLength: 1, maxLength: 128 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  tags: Type.Optional(Tags),
};
const Body = Type.Object(
  { organization: Type.Object(named) },
  { examples: [{ organization: { identifier: 'payments', name: 'Payments', description: 'What moves money' } }] },
);
const one = answers(successOf(OrganizationResponse));
/** Of lists without pages. */
export const ALL_MAX = 10_000;

export function organizationRoutes(app: App, deps: ApiDependencies): void {
  listRoutes(app, deps);
  readRoutes(app, deps);
  saveRoutes(app, deps);
}

function listRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    URL,
    {
      schema: {
        summary: 'List organizations',
        tags,
        querystring: ListQuery,
        response: answers(successOf(ngPageOf(OrganizationResponse))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '', identifiers = [], sortOrders } = request.query;
      const seen = await seenScopes(request);
      const filter: NameFilter = { search, identifiers, ...(seen === undefined ? {} : { seen }) };
      const { accountId } = request;
      const { rows, total } = await listOrganizations(db, accountId, filter, pageIndex, size, nameSort(sortOrders));
      return success(request, ngPage(rows.map(organizationResponse), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/all-organizations`,
    {
      schema: {
        summary: 'List organizations without pages',
        tags,
        querystring: NameQuery,
        response: answers(successOf(Type.Array(OrganizationResponse))),
      },
    },
    async (request) => {
      const { searchTerm: search = '', identifiers = [] } = request.query;
      const seen = await seenScopes(request);
      const filter: NameFilter = { search, identifiers, ...(seen === undefined ? {} : { seen }) };
      const { rows } = await listOrganizations(db, request.accountId, filter, 0, ALL_MAX);
      return success(request, rows.map(organizationResponse));
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    `${URL}/:identifier`,
    { schema: { summary: 'An organization', tags, params: Params, querystring: AccountQuery, response: one } },
    async (request, reply) => {
      const { identifier } = request.params;
      const row = await findOrganization(db, request.accountId, identifier);
      if (row === undefined) throw noOrganization(identifier);
      tellVersion(reply, row.version);
      return success(request, organizationResponse(row));
    },
  );
}

function saveRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  app.post(
    URL,
    { schema: { summary: 'Create an organization', tags, querystring: AccountQuery, body: Body, response: one } },
    async (request, reply) => {
      const { accountId } = request;
      const { identifier, name, description = '', tags: given = {} } = request.body.organization;
      const row = await db.transaction().execute(async (tx) => {
        const created = await createOrganization(tx, accountId, { identifier, name, description, tags: given });
        if (created === undefined) throw taken(`organization ${identifier}`);
        const resource = { type: 'ORGANIZATION', identifier };
        await recordAudit(tx, request, { action: 'CREATE', resource, scope: { accountId, orgIdentifier: identifier } });
        return created;
      });
      tellVersion(reply, row.version);
      return success(request, organizationResponse(row));
    },
  );

  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change an organization',
        tags,
        params: Params,
        querystring: AccountQuery,
        body: Body,
        response: one,
      },
    },
    async (request, reply) => {
      const { accountId } = request;
      const { identifier } = request.params;
      const { identifier: inBody, name, description = '', tags: given = {} } = request.body.organization;
      if (inBody !== identifier) throw fixed('identifier', inBody, identifier);
      const content = { identifier, name, description, tags: given };
      const row = await db.transaction().execute(async (tx) => {
        const outcome = await updateOrganization(tx, accountId, content, expectedVersion(request));
        if (outcome.kind === 'missing') throw noOrganization(identifier);
        if (outcome.kind === 'stale') throw staleVersion(`The organization ${identifier}`);
        const resource = { type: 'ORGANIZATION', identifier };
        await recordAudit(tx, request, { action: 'UPDATE', resource, scope: { accountId, orgIdentifier: identifier } });
        return outcome.row;
      });
      tellVersion(reply, row.version);
      return success(request, organizationResponse(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete an organization with its projects; what was run in them is kept',
        tags,
        params: Params,
        querystring: AccountQuery,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const { identifier } = request.params;
      await removeScope(deps, request, { orgIdentifier: identifier }, () => noOrganization(identifier));
      return success(request, true);
    },
  );
}

const SORTED: Readonly<Record<string, NameSort['field']>> = {
  name: 'name',
  identifier: 'identifier',
  createdAt: 'createdAt',
  lastModifiedAt: 'updatedAt',
};

export function nameSort(sortOrders: readonly string[] | undefined): NameSort | undefined {
  const [name = '', direction = ''] = sortOrders?.[0]?.split(',') ?? [];
  const field = Object.hasOwn(SORTED, name) ? SORTED[name] : undefined;
  return field === undefined ? undefined : { field, direction: direction.toUpperCase() === 'DESC' ? 'desc' : 'asc' };
}

export function organizationResponse({
  identifier,
  name,
  description,
  tags: given,
  ...row
}: OrganizationRow): OrganizationResponse {
  return {
    organization: { identifier, name, description, tags: { ...given } },
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
    harnessManaged: false,
  };
}

export function noOrganization(identifier: string): Error {
  return notFound(`Organization ${identifier} does not exist.`);
}

export function taken(what: string): Error {
  return new ApiError('DUPLICATE_FIELD', `The ${what} exists already.`);
}

/** What names a thing is not changed by changing the thing. */
export function fixed(field: string, inBody: string, inPath: string): Error {
  return invalidRequest(
    `The body has the ${field} ${inBody}, but the request is about ${inPath}. It cannot be changed.`,
  );
}
