/** Saved filters (`/ng/api/filters`, `/pipeline/api/filters`, `/template/api/filters`): whoever may see a list may keep filters of it. */
import { ngPageOf, SavedFilter, SavedFilterRequest, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Permission } from '../auth/permissions.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import {
  deleteSavedFilter,
  findSavedFilter,
  insertSavedFilter,
  listSavedFilters,
  updateSavedFilter,
  type SavedFilterContent,
  type SavedFilterKey,
  type SavedFilterRow,
} from '../store/saved-filters.ts';
import { answers, describeOwner, noOwner, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { bodyOwner } from './deployment-requests.ts';
import { ApiError, notFound, RequestError } from './errors.ts';
import { ngPage } from './wire/pages.ts';

export const FILTER_URLS = ['/ng/api/filters', '/pipeline/api/filters', '/template/api/filters'] as const;
const tags = ['Filters'];
const Params = Type.Object({ identifier: Type.String() });
const FilterType = Type.String({
  pattern: '^[A-Za-z]{1,64}$',
  description: 'What is listed: PipelineSetup, Connector, …',
});
const OneQuery = ownerQuery({ type: FilterType });
const one = answers(successOf(SavedFilter));
/** Characters of one filter as JSON. */
const PROPERTIES_LENGTH_MAX = 65_536;

export function savedFilterRoutes(app: App, deps: ApiDependencies): void {
  for (const url of FILTER_URLS) {
    saveRoutes(app, deps, url);
    readRoutes(app, deps, url);
  }
}

function saveRoutes(app: App, { db }: ApiDependencies, url: string): void {
  const schema = { tags, querystring: ownerQuery({}), body: SavedFilterRequest, response: one };
  app.post(url, { schema: { ...schema, summary: 'Keep a filter of a list' } }, async (request) => {
    const { key, content } = await given(request);
    if (!(await ownerExists(db, key.owner))) throw noOwner(key.owner);
    const row = await insertSavedFilter(db, key, content);
    if (row === undefined)
      throw new ApiError(
        'DUPLICATE_FIELD',
        `There is a filter ${key.identifier} of type ${key.type} in ${describeOwner(key.owner)} already.`,
      );
    return success(request, filterResponse(row));
  });

  app.put(
    url,
    { schema: { ...schema, summary: 'Change a kept filter: the one that the body names' } },
    async (request) => {
      const { key, content } = await given(request);
      const row = await updateSavedFilter(db, key, content, callerOf(request).userId);
      if (row === undefined) throw noFilter(key);
      return success(request, filterResponse(row));
    },
  );

  app.delete(
    `${url}/:identifier`,
    {
      schema: {
        summary: 'Delete a kept filter',
        tags,
        params: Params,
        querystring: OneQuery,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const key = await keyOf(request);
      if (!(await deleteSavedFilter(db, key, callerOf(request).userId))) throw noFilter(key);
      return success(request, true);
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies, url: string): void {
  app.get(
    url,
    {
      schema: {
        summary: 'List kept filters: those of everybody and the caller’s own',
        tags,
        querystring: ownerQuery({
          type: FilterType,
          pageIndex: PageNumber,
          pageSize: pageSize(100),
          searchTerm: Type.Optional(Type.String()),
        }),
        response: answers(successOf(ngPageOf(SavedFilter))),
      },
    },
    async (request) => {
      const { type, pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const owner = ownerOf(request, request.query);
      await mayView(request, owner, type);
      const viewerId = callerOf(request).userId;
      const { rows, total } = await listSavedFilters(db, { owner, type, search, viewerId }, pageIndex, size);
      return success(request, ngPage(rows.map(filterResponse), pageIndex, size, total));
    },
  );

  app.get(
    `${url}/:identifier`,
    { schema: { summary: 'A kept filter', tags, params: Params, querystring: OneQuery, response: one } },
    async (request) => {
      const key = await keyOf(request);
      const row = await findSavedFilter(db, key, callerOf(request).userId);
      if (row === undefined) throw noFilter(key);
      return success(request, filterResponse(row));
    },
  );
}

async function given(
  request: FastifyRequest<{
    Body: SavedFilterRequest;
    Querystring: { readonly orgIdentifier?: string; readonly projectIdentifier?: string };
  }>,
): Promise<{ readonly key: SavedFilterKey; readonly content: SavedFilterContent }> {
  const { name, identifier, filterProperties: properties, filterVisibility, ...scope } = request.body;
  if (JSON.stringify(properties).length > PROPERTIES_LENGTH_MAX) {
    const error = `is longer than ${String(PROPERTIES_LENGTH_MAX)} characters`;
    throw new RequestError('INVALID_REQUEST', `filterProperties: ${error}`, [{ fieldId: 'filterProperties', error }]);
  }
  const owner = bodyOwner(request, request.query, scope, 'filter');
  const type = properties.filterType;
  await mayView(request, owner, type);
  return {
    key: { owner, type, identifier },
    content: { name, properties, ...(filterVisibility === 'OnlyCreator' ? { userId: callerOf(request).userId } : {}) },
  };
}

async function keyOf(
  request: FastifyRequest<{
    Params: { readonly identifier: string };
    Querystring: { readonly type: string; readonly orgIdentifier?: string; readonly projectIdentifier?: string };
  }>,
): Promise<SavedFilterKey> {
  const { type } = request.query;
  const owner = ownerOf(request, request.query);
  await mayView(request, owner, type);
  return { owner, type, identifier: request.params.identifier };
}

const VIEWS: Readonly<Record<string, Permission>> = {
  PipelineSetup: 'core_pipeline_view',
  PipelineExecution: 'core_pipeline_view',
  InputSet: 'core_pipeline_view',
  Template: 'core_template_view',
  Connector: 'core_connector_view',
  Secret: 'core_secret_view',
  Service: 'core_service_view',
  Environment: 'core_environment_view',
  EnvironmentGroup: 'core_environmentgroup_view',
  Delegate: 'core_delegate_view',
  FileStore: 'core_file_view',
  Variable: 'core_variable_view',
  Audit: 'core_audit_view',
};

/** Filters of lists that Bridle does not have are kept for whoever sees the scope. */
async function mayView(request: FastifyRequest, scope: OwnerScope, type: string): Promise<void> {
  const ofScope: Permission =
    scope.projectIdentifier !== undefined
      ? 'core_project_view'
      : scope.orgIdentifier !== undefined
        ? 'core_organization_view'
        : 'core_account_view';
  const permission = Object.hasOwn(VIEWS, type) ? VIEWS[type] : undefined;
  await authorize(request, { permission: permission ?? ofScope, scope });
}

function filterResponse({ name, identifier, owner, properties, userId }: SavedFilterRow): SavedFilter {
  return {
    name,
    identifier,
    orgIdentifier: owner.orgIdentifier ?? null,
    projectIdentifier: owner.projectIdentifier ?? null,
    filterProperties: { ...properties },
    filterVisibility: userId === undefined ? 'EveryOne' : 'OnlyCreator',
  };
}

function noFilter({ owner, type, identifier }: SavedFilterKey): Error {
  return notFound(`Filter with the given ID: ${identifier} of type ${type} does not exist in ${describeOwner(owner)}.`);
}
