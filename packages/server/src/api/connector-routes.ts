/** Connectors: create, change, read, delete, list (`/ng/api/connectors`). */
import { CONNECTOR_TYPES, connectorOwner } from '@bridle/pipeline';
import { ConnectorCatalogue, ConnectorFilter, ConnectorResponse, ngPageOf, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { changeConnector, createConnector, type SaveConnectorResult } from '../connectors/save-connector.ts';
import { deleteConnector, findConnector, listConnectors, type ConnectorRow } from '../store/connectors.ts';
import { ownersAbove, type OwnerScope } from '../store/owner-scope.ts';
import {
  answers,
  describeOwner,
  expectedVersion,
  noOwner,
  ownerOf,
  ownerQuery,
  PageNumber,
  pageSize,
  staleVersion,
  success,
  tellVersion,
} from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, notFound, RequestError } from './errors.ts';
import { filterOf } from './saved-filter.ts';
import { connectorResponse } from './wire/connector.ts';
import { ngPage } from './wire/pages.ts';

const URL = '/ng/api/connectors';
const tags = ['Connectors'];
const Params = Type.Object({ identifier: Type.String() });
const Text = Type.String({ description: '`connector:` as YAML, or the same as JSON, whatever the content type.' });
const one = answers(successOf(ConnectorResponse));
const config = { body: 'text' } as const;

export function connectorRoutes(app: App, deps: ApiDependencies): void {
  saveRoutes(app, deps);
  catalogueRoute(app);
  readRoutes(app, deps);
  listRoutes(app, deps);
}

function saveRoutes(app: App, { db }: ApiDependencies): void {
  app.post(
    URL,
    {
      config,
      schema: { summary: 'Create a connector', tags, querystring: ownerQuery({}), body: Text, response: one },
    },
    async (request, reply) => {
      const owner = ownerOf(request, connectorOwner(request.body, request.query));
      await authorize(request, { permission: 'core_connector_edit', scope: owner });
      const row = saved(await createConnector(db, owner, request.body), owner);
      tellVersion(reply, row.version);
      return success(request, connectorResponse(row));
    },
  );

  app.put(
    URL,
    {
      config,
      schema: {
        summary: 'Change a connector: the one that the document names',
        tags,
        querystring: ownerQuery({}),
        body: Text,
        response: one,
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request, connectorOwner(request.body, request.query));
      await authorize(request, { permission: 'core_connector_edit', scope: owner });
      const row = saved(await changeConnector(db, owner, request.body, expectedVersion(request)), owner);
      tellVersion(reply, row.version);
      return success(request, connectorResponse(row));
    },
  );
}

function catalogueRoute(app: App): void {
  app.get(
    `${URL}/catalogue`,
    {
      schema: {
        summary: 'The types of connectors that steps can use',
        tags,
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()) }),
        response: answers(successOf(ConnectorCatalogue)),
      },
    },
    async (request) => {
      const groups = Map.groupBy(Object.entries(CONNECTOR_TYPES), ([, { category }]) => category);
      const catalogue = [...groups].map(([category, types]) => ({ category, connectors: types.map(([type]) => type) }));
      return success(request, { catalogue });
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'A connector; its secrets are references',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        response: one,
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const row = await findConnector(db, { owner, identifier });
      if (row === undefined) throw noConnector(owner, identifier);
      tellVersion(reply, row.version);
      return success(request, connectorResponse(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a connector; steps that use it fail from then on',
        tags,
        params: Params,
        querystring: ownerQuery({ forceDelete: Type.Optional(Type.Boolean()) }),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const outcome = await deleteConnector(db, { owner, identifier }, expectedVersion(request));
      if (outcome === 'missing') throw noConnector(owner, identifier);
      if (outcome === 'stale') throw staleVersion(`The connector ${identifier}`);
      return success(request, true);
    },
  );
}

const ListQuery = ownerQuery({
  pageIndex: PageNumber,
  pageSize: pageSize(50),
  searchTerm: Type.Optional(Type.String()),
  filterIdentifier: Type.Optional(Type.String({ description: 'A saved filter in place of the body.' })),
  type: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  includeAllConnectorsAvailableAtScope: Type.Optional(
    Type.Boolean({ description: 'Those of the organization and the account too.' }),
  ),
});

function listRoutes(app: App, { db }: ApiDependencies): void {
  const summary = 'List connectors of an account, an organization or a project';
  const response = answers(successOf(ngPageOf(ConnectorResponse)));
  const list = async (
    owner: OwnerScope,
    query: {
      readonly pageIndex: number;
      readonly pageSize: number;
      readonly searchTerm?: string;
      readonly includeAllConnectorsAvailableAtScope?: boolean;
    },
    filter: ConnectorFilter,
  ): Promise<ReturnType<typeof ngPage<ConnectorResponse>>> => {
    const { pageIndex, pageSize: size, searchTerm = '', includeAllConnectorsAvailableAtScope: isWide = false } = query;
    const identifiers = filter.connectorIdentifiers ?? [];
    const types = typesOf(filter);
    const { rows, total } = await listConnectors(
      db,
      {
        owners: isWide ? ownersAbove(owner) : [owner],
        search: searchTerm,
        ...(identifiers.length === 0 ? {} : { identifiers }),
        ...(types === undefined ? {} : { types }),
      },
      pageIndex,
      size,
    );
    return ngPage(rows.map(connectorResponse), pageIndex, size, total);
  };

  app.get(URL, { schema: { summary, tags, querystring: ListQuery, response } }, async (request) => {
    const { query } = request;
    const { type = '', category = '' } = query;
    const filter = {
      ...(type === '' ? {} : { types: [type] }),
      ...(category === '' ? {} : { categories: [category] }),
    };
    return success(request, await list(ownerOf(request, query), query, filter));
  });

  app.post(
    `${URL}/listV2`,
    { schema: { summary, tags, querystring: ListQuery, body: ConnectorFilter, response } },
    async (request) => {
      const { query } = request;
      const owner = ownerOf(request, query);
      const use = { owner, type: 'Connector', identifier: query.filterIdentifier, schema: ConnectorFilter };
      const filter = await filterOf(db, request, { ...use, body: request.body });
      return success(request, await list(owner, query, filter));
    },
  );
}

/** `undefined` = of any type. */
function typesOf({ types, categories }: ConnectorFilter): readonly string[] | undefined {
  const given = types ?? [];
  const groups = categories ?? [];
  if (given.length === 0 && groups.length === 0) return undefined;
  const ofGroups = Object.entries(CONNECTOR_TYPES).flatMap(([type, { category }]) =>
    groups.includes(category) ? [type] : [],
  );
  return [...given, ...ofGroups];
}

function saved(result: SaveConnectorResult, owner: OwnerScope): ConnectorRow {
  switch (result.kind) {
    case 'saved':
      return result.row;
    case 'invalid': {
      const fields = result.objections.map(({ field, reason }) => ({ fieldId: field, error: reason }));
      throw new RequestError(
        'INVALID_REQUEST',
        fields.map(({ fieldId, error }) => `${fieldId}: ${error}`).join(', '),
        fields,
      );
    }
    case 'duplicate':
      throw new ApiError(
        'DUPLICATE_FIELD',
        `The connector [${result.identifier}] already exists in ${describeOwner(owner)}.`,
      );
    case 'noOwner':
      throw noOwner(owner);
    case 'missing':
      throw noConnector(owner, result.identifier);
    case 'stale':
      throw staleVersion(`The connector ${result.identifier}`);
  }
}

export function noConnector(owner: OwnerScope, identifier: string): Error {
  return notFound(
    `Connector with the given ID: ${identifier} does not exist in ${describeOwner(owner)} or has been deleted.`,
  );
}
