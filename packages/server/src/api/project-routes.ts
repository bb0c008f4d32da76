/** Projects (api.md §9): list, read, create, change, delete. */
import { ngPageOf, ProjectResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { findOrganization } from '../store/organizations.ts';
import {
  createProject,
  findProject,
  listProjects,
  updateProject,
  type ProjectContent,
  type ProjectFilter,
  type ProjectRow,
} from '../store/projects.ts';
import { answers, expectedVersion, staleVersion, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import { removeScope } from './delete-scope.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import {
  AccountQuery,
  ALL_MAX,
  fixed,
  ListQuery,
  named,
  nameSort,
  noOrganization,
  Params,
  taken,
} from './organization-routes.ts';
import { seenScopes } from './seen-scopes.ts';
import { ngPage } from './wire/pages.ts';

const URL = '/ng/api/projects';
const tags = ['Organizations and projects'];
const one = answers(successOf(ProjectResponse));
/** Modules of one project. */
const MODULES_MAX = 32;

/** Clients may leave it out; the organization `default` is then meant. */
const OrganizationOfProject = Type.String({ default: 'default' });
export const ProjectQuery = Type.Object({ ...AccountQuery.properties, orgIdentifier: OrganizationOfProject });
const Body = Type.Object(
  {
    project: Type.Object({
      ...named,
      orgIdentifier: Type.Optional(Type.String()),
      color: Type.Optional(Type.String({ pattern: '^(#[0-9a-fA-F]{3,8})?$' })),
      modules: Type.Optional(
        Type.Array(Type.String({ pattern: '^[A-Za-z_]{1,32}$' }), {
          maxItems: MODULES_MAX,
          description: 'What it is for, such as CI and CD; without any: everything.',
        }),
      ),
    }),
  },
  {
    examples: [
      { project: { orgIdentifier: 'payments', identifier: 'checkout', name: 'Checkout', modules: ['CI', 'CD'] } },
    ],
  },
);
const filters = {
  hasModule: Type.Optional(Type.Boolean({ description: 'false: those that are not for moduleType. Default true.' })),
  moduleType: Type.Optional(Type.String()),
};
export const ProjectListQuery = Type.Object({
  ...ListQuery.properties,
  ...filters,
  orgIdentifier: Type.Optional(Type.String()),
});

export function projectRoutes(app: App, deps: ApiDependencies): void {
  listRoutes(app, deps);
  readRoutes(app, deps);
  createRoute(app, deps);
  changeRoutes(app, deps);
}

function listRoutes(app: App, { db }: ApiDependencies): void {
  const page = answers(successOf(ngPageOf(ProjectResponse)));
  app.get(
    URL,
    {
      schema: {
        summary: 'List projects, of one organization or of all',
        tags,
        querystring: ProjectListQuery,
        response: page,
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, orgIdentifier = '', sortOrders } = request.query;
      const filter = {
        ...(await filterOf(request, request.query)),
        ...(orgIdentifier === '' ? {} : { orgIdentifier }),
      };
      const { rows, total } = await listProjects(db, request.accountId, filter, pageIndex, size, nameSort(sortOrders));
      return success(request, ngPage(rows.map(projectResponse), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/list`,
    {
      schema: {
        summary: 'List projects, of several organizations or of all',
        tags,
        querystring: Type.Object({
          ...ListQuery.properties,
          ...filters,
          orgIdentifiers: Type.Optional(Type.Array(Type.String())),
        }),
        response: page,
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, orgIdentifiers = [], sortOrders } = request.query;
      const filter = { ...(await filterOf(request, request.query)), orgIdentifiers };
      const { rows, total } = await listProjects(db, request.accountId, filter, pageIndex, size, nameSort(sortOrders));
      return success(request, ngPage(rows.map(projectResponse), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/all-projects`,
    {
      schema: {
        summary: 'List projects without pages',
        tags,
        querystring: Type.Object({ ...AccountQuery.properties, orgIdentifier: Type.Optional(Type.String()) }),
        response: answers(successOf(Type.Array(ProjectResponse))),
      },
    },
    async (request) => {
      const { orgIdentifier = '' } = request.query;
      const filter = { ...(await filterOf(request, {})), ...(orgIdentifier === '' ? {} : { orgIdentifier }) };
      const { rows } = await listProjects(db, request.accountId, filter, 0, ALL_MAX);
      return success(request, rows.map(projectResponse));
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    `${URL}/:identifier`,
    { schema: { summary: 'A project', tags, params: Params, querystring: ProjectQuery, response: one } },
    async (request, reply) => {
      const { orgIdentifier } = request.query;
      const projectIdentifier = request.params.identifier;
      const row = await findProject(db, { accountId: request.accountId, orgIdentifier, projectIdentifier });
      if (row === undefined) throw noProject(orgIdentifier, projectIdentifier);
      tellVersion(reply, row.version);
      return success(request, projectResponse(row));
    },
  );
}

function createRoute(app: App, { db }: ApiDependencies): void {
  app.post(
    URL,
    { schema: { summary: 'Create a project', tags, querystring: ProjectQuery, body: Body, response: one } },
    async (request, reply) => {
      const { accountId } = request;
      const { identifier } = request.body.project;
      const orgIdentifier = request.body.project.orgIdentifier ?? request.query.orgIdentifier;
      await authorize(request, { permission: 'core_project_create', scope: { accountId, orgIdentifier } });
      if ((await findOrganization(db, accountId, orgIdentifier)) === undefined) throw noOrganization(orgIdentifier);
      const scope = { accountId, orgIdentifier, projectIdentifier: identifier };
      const row = await db.transaction().execute(async (tx) => {
        const created = await createProject(tx, scope, contentOf(request.body.project));
        if (created === undefined) throw taken(`project ${identifier} in organization ${orgIdentifier}`);
        await recordAudit(tx, request, { action: 'CREATE', resource: { type: 'PROJECT', identifier }, scope });
        return created;
      });
      tellVersion(reply, row.version);
      return success(request, projectResponse(row));
    },
  );
}

function changeRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change a project',
        tags,
        params: Params,
        querystring: ProjectQuery,
        body: Body,
        response: one,
      },
    },
    async (request, reply) => {
      const { identifier } = request.params;
      const { orgIdentifier } = request.query;
      const { project } = request.body;
      if (project.identifier !== identifier) throw fixed('identifier', project.identifier, identifier);
      if (project.orgIdentifier !== undefined && project.orgIdentifier !== orgIdentifier)
        throw fixed('orgIdentifier', project.orgIdentifier, orgIdentifier);
      const scope = { accountId: request.accountId, orgIdentifier, projectIdentifier: identifier };
      const row = await db.transaction().execute(async (tx) => {
        const outcome = await updateProject(tx, scope, contentOf(project), expectedVersion(request));
        if (outcome.kind === 'missing') throw noProject(orgIdentifier, identifier);
        if (outcome.kind === 'stale') throw staleVersion(`The project ${identifier}`);
        await recordAudit(tx, request, { action: 'UPDATE', resource: { type: 'PROJECT', identifier }, scope });
        return outcome.row;
      });
      tellVersion(reply, row.version);
      return success(request, projectResponse(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a project with all that is defined in it; what was run in it is kept',
        tags,
        params: Params,
        querystring: ProjectQuery,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const { orgIdentifier } = request.query;
      const projectIdentifier = request.params.identifier;
      await removeScope(deps, request, { orgIdentifier, projectIdentifier }, () =>
        noProject(orgIdentifier, projectIdentifier),
      );
      return success(request, true);
    },
  );
}

/** What of a list the caller asks for and may see. */
export async function filterOf(
  request: FastifyRequest,
  {
    searchTerm: search = '',
    identifiers = [],
    moduleType = '',
    hasModule = true,
  }: {
    readonly searchTerm?: string;
    readonly identifiers?: readonly string[];
    readonly moduleType?: string;
    readonly hasModule?: boolean;
  },
): Promise<ProjectFilter> {
  const seen = await seenScopes(request);
  return {
    search,
    identifiers,
    ...(moduleType === '' ? {} : { module: { name: moduleType.toUpperCase(), isIn: hasModule } }),
    ...(seen === undefined ? {} : { seen }),
  };
}

export function contentOf({
  name,
  description = '',
  tags: given = {},
  color = '',
  modules,
}: {
  readonly name: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly color?: string;
  readonly modules?: readonly string[];
}): ProjectContent {
  return {
    name,
    description,
    tags: given,
    ...(color === '' ? {} : { color }),
    ...(modules === undefined ? {} : { modules: modules.map((each) => each.toUpperCase()) }),
  };
}

export function projectResponse({
  orgIdentifier,
  identifier,
  name,
  description,
  tags: given,
  color,
  modules,
  ...row
}: ProjectRow): ProjectResponse {
  return {
    project: { orgIdentifier, identifier, name, color, modules: [...modules], description, tags: { ...given } },
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
  };
}

export function noProject(orgIdentifier: string, identifier: string): Error {
  return notFound(`Project ${identifier} does not exist in organization ${orgIdentifier}.`);
}
