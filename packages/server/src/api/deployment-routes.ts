/** Services, environments and infrastructures: create, read, change, delete, list (api.md §9). */
import {
  EnvironmentFilter,
  EnvironmentRequest,
  EnvironmentResponse,
  InfrastructureRequest,
  InfrastructureResponse,
  ngPageOf,
  ServiceRequest,
  ServiceResponse,
  successOf,
} from '@bridle/protocol';
import { Type, type TSchema } from 'typebox';
import {
  changeDeploymentDocument,
  createDeploymentDocument,
  removeDeploymentDocument,
  upsertDeploymentDocument,
} from '../intake/save-deployment-document.ts';
import { findDeploymentDocument, listDeploymentDocuments, type DeploymentRow } from '../store/deployment-documents.ts';
import {
  answers,
  expectedVersion,
  ownerOf,
  ownerQuery,
  PageNumber,
  pageSize,
  PAGE_SIZE_MAX,
  success,
  tellVersion,
} from './answers.ts';
import type { App } from './app-types.ts';
import {
  bodyKey,
  deleted,
  givenText,
  noDocument,
  pathKey,
  saved,
  scopedEnvironment,
  type DeploymentBody,
  type DeploymentWords,
} from './deployment-requests.ts';
import type { ApiDependencies } from './dependencies.ts';
import { filterOf } from './saved-filter.ts';
import { environmentResponse, infrastructureResponse, serviceResponse } from './wire/deployment.ts';
import { ngPage } from './wire/pages.ts';

interface Resource extends DeploymentWords {
  readonly url: string;
  readonly tag: string;
  readonly body: TSchema;
  readonly answer: TSchema;
  readonly print: (row: DeploymentRow) => object;
}

const RESOURCES: readonly Resource[] = [
  {
    kind: 'service',
    word: 'service',
    root: 'service',
    url: '/ng/api/servicesV2',
    tag: 'Services',
    body: ServiceRequest,
    answer: ServiceResponse,
    print: serviceResponse,
  },
  {
    kind: 'environment',
    word: 'environment',
    root: 'environment',
    url: '/ng/api/environmentsV2',
    tag: 'Environments',
    body: EnvironmentRequest,
    answer: EnvironmentResponse,
    print: environmentResponse,
  },
  {
    kind: 'infrastructure',
    word: 'infrastructure',
    url: '/ng/api/infrastructures',
    tag: 'Infrastructures',
    body: InfrastructureRequest,
    answer: InfrastructureResponse,
    print: infrastructureResponse,
  },
];

const Params = Type.Object({ identifier: Type.String() });

export function deploymentRoutes(app: App, deps: ApiDependencies): void {
  for (const resource of RESOURCES) {
    saveRoutes(app, deps, resource);
    readRoutes(app, deps, resource);
    listRoute(app, deps, resource);
    if (resource.kind !== 'infrastructure') accessListRoute(app, deps, resource);
  }
  filteredListRoute(app, deps);
}

function saveRoutes(app: App, { db }: ApiDependencies, resource: Resource): void {
  const { url, word, tag, print } = resource;
  const schema = {
    tags: [tag],
    querystring: ownerQuery({}),
    body: Type.Unsafe<DeploymentBody>(resource.body),
    response: answers(successOf(Type.Unsafe<object>(resource.answer))),
  };

  app.post(url, { schema: { ...schema, summary: `Create ${withArticle(word)}` } }, async (request, reply) => {
    const key = bodyKey(request, resource);
    const row = saved(await createDeploymentDocument(db, key, givenText(request, resource)), key, resource);
    tellVersion(reply, row.version);
    return success(request, print(row));
  });

  app.put(url, { schema: { ...schema, summary: `Change ${withArticle(word)}` } }, async (request, reply) => {
    const key = bodyKey(request, resource);
    const given = givenText(request, resource);
    const row = saved(await changeDeploymentDocument(db, key, given, expectedVersion(request)), key, resource);
    tellVersion(reply, row.version);
    return success(request, print(row));
  });

  app.put(
    `${url}/upsert`,
    { schema: { ...schema, summary: `Change ${withArticle(word)}, or create it` } },
    async (request, reply) => {
      const key = bodyKey(request, resource);
      const given = givenText(request, resource);
      const row = saved(await upsertDeploymentDocument(db, key, given, expectedVersion(request)), key, resource);
      tellVersion(reply, row.version);
      return success(request, print(row));
    },
  );
}

/** An infrastructure is named by its environment and its identifier; the other kinds do not ask for an environment. */
function readRoutes(app: App, { db }: ApiDependencies, resource: Resource): void {
  const { url, word, tag, print, kind } = resource;
  const querystring = ownerQuery({
    environmentIdentifier: Type.Optional(
      Type.String(kind === 'infrastructure' ? { description: 'The environment it belongs to; required.' } : {}),
    ),
  });
  app.get(
    `${url}/:identifier`,
    {
      schema: {
        summary: `Read ${withArticle(word)}`,
        tags: [tag],
        params: Params,
        querystring,
        response: answers(successOf(Type.Unsafe<object>(resource.answer))),
      },
    },
    async (request, reply) => {
      const key = pathKey(request, resource);
      const row = await findDeploymentDocument(db, key);
      if (row === undefined) throw noDocument(key, resource);
      tellVersion(reply, row.version);
      return success(request, print(row));
    },
  );

  app.delete(
    `${url}/:identifier`,
    {
      schema: {
        summary: `Delete ${withArticle(word)}; executions that run are not concerned`,
        tags: [tag],
        params: Params,
        querystring,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const key = pathKey(request, resource);
      return success(
        request,
        deleted(await removeDeploymentDocument(db, key, expectedVersion(request)), key, resource),
      );
    },
  );
}

function listRoute(app: App, { db }: ApiDependencies, resource: Resource): void {
  const { url, word, tag, print, kind } = resource;
  app.get(
    url,
    {
      schema: {
        summary: `List ${word}s of an account, an organization or a project`,
        tags: [tag],
        querystring: ownerQuery({
          page: PageNumber,
          size: pageSize(100),
          searchTerm: Type.Optional(Type.String()),
          identifiers: Type.Optional(Type.Array(Type.String())),
          environmentIdentifier: Type.Optional(Type.String()),
        }),
        response: answers(successOf(ngPageOf(Type.Unsafe<object>(resource.answer)))),
      },
    },
    async (request) => {
      const { page, size, searchTerm = '', identifiers = [], environmentIdentifier = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const filter = {
        owner,
        kind,
        search: searchTerm,
        ...(identifiers.length === 0 ? {} : { identifiers }),
        ...(environmentIdentifier === '' ? {} : { environmentRef: scopedEnvironment(owner, environmentIdentifier) }),
      };
      const { rows, total } = await listDeploymentDocuments(db, filter, page, size);
      return success(request, ngPage(rows.map(print), page, size, total));
    },
  );
}

/** Without pages, for whoever chooses one. */
function accessListRoute(app: App, { db }: ApiDependencies, { url, word, tag, print, kind, answer }: Resource): void {
  app.get(
    `${url}/list/access`,
    {
      schema: {
        summary: `List ${word}s to choose from`,
        tags: [tag],
        querystring: ownerQuery({
          searchTerm: Type.Optional(Type.String()),
          identifiers: Type.Optional(Type.Array(Type.String())),
        }),
        response: answers(successOf(Type.Array(Type.Unsafe<object>(answer)))),
      },
    },
    async (request) => {
      const { searchTerm: search = '', identifiers = [] } = request.query;
      const owner = ownerOf(request, request.query);
      const filter = { owner, kind, search, ...(identifiers.length === 0 ? {} : { identifiers }) };
      const { rows } = await listDeploymentDocuments(db, filter, 0, PAGE_SIZE_MAX);
      return success(request, rows.map(print));
    },
  );
}

function filteredListRoute(app: App, { db }: ApiDependencies): void {
  app.post(
    '/ng/api/environmentsV2/listV2',
    {
      schema: {
        summary: 'List environments by a filter',
        tags: ['Environments'],
        querystring: ownerQuery({
          page: PageNumber,
          size: pageSize(100),
          searchTerm: Type.Optional(Type.String()),
          filterIdentifier: Type.Optional(Type.String({ description: 'A saved filter in place of the body.' })),
        }),
        body: EnvironmentFilter,
        response: answers(successOf(ngPageOf(EnvironmentResponse))),
      },
    },
    async (request) => {
      const { page, size, searchTerm: search = '', filterIdentifier: identifier } = request.query;
      const owner = ownerOf(request, request.query);
      const use = { owner, type: 'Environment', identifier, schema: EnvironmentFilter, body: request.body };
      const { environmentIdentifiers, environmentNames, environmentTypes } = await filterOf(db, request, use);
      const some = (values: readonly string[] | null | undefined): values is readonly string[] =>
        values !== undefined && values !== null && values.length > 0;
      const filter = {
        owner,
        kind: 'environment' as const,
        search,
        ...(some(environmentIdentifiers) ? { identifiers: environmentIdentifiers } : {}),
        ...(some(environmentNames) ? { names: environmentNames } : {}),
        ...(some(environmentTypes) ? { types: environmentTypes } : {}),
      };
      const { rows, total } = await listDeploymentDocuments(db, filter, page, size);
      return success(request, ngPage(rows.map(environmentResponse), page, size, total));
    },
  );
}

function withArticle(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`;
}
