/** Organizations and projects (api.md §9): list, read, create. */
import { IDENTIFIER_PATTERN, ngPageOf, OrganizationResponse, ProjectResponse, successOf, Tags } from '@bridle/protocol';
import { Type } from 'typebox';
import {
  createOrganization,
  findOrganization,
  listOrganizations,
  type OrganizationRow,
} from '../store/organizations.ts';
import { createProject, findProject, listProjects, type ProjectRow } from '../store/projects.ts';
import { answers, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, notFound } from './errors.ts';
import { seenScopes } from './seen-scopes.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['Organizations and projects'];
const AccountQuery = Type.Object({ accountIdentifier: Type.Optional(Type.String()) });
const ListQuery = Type.Object({
  ...AccountQuery.properties,
  pageIndex: PageNumber,
  pageSize: pageSize(50),
  searchTerm: Type.Optional(Type.String()),
  identifiers: Type.Optional(Type.Array(Type.String())),
});
const Params = Type.Object({ identifier: Type.String() });
const named = {
  identifier: Type.String({ pattern: IDENTIFIER_PATTERN }),
  name: Type.String({ minLength: 1, maxLength: 128 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  tags: Type.Optional(Tags),
};

/** Clients print a dot in it; projects of Bridle have none of their own. */
export const PROJECT_COLOR = '#0063F7';

/** Clients may leave it out; the organization `default` is then meant. */
const OrganizationOfProject = Type.String({ default: 'default' });

export function organizationRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    '/ng/api/organizations',
    {
      schema: {
        summary: 'List organizations',
        tags,
        querystring: ListQuery,
        response: answers(successOf(ngPageOf(OrganizationResponse))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '', identifiers = [] } = request.query;
      const seen = await seenScopes(request);
      const filter = { search, identifiers, ...(seen === undefined ? {} : { seen }) };
      const { rows, total } = await listOrganizations(db, request.accountId, filter, pageIndex, size);
      return success(request, ngPage(rows.map(organizationResponse), pageIndex, size, total));
    },
  );

  app.get(
    '/ng/api/organizations/:identifier',
    {
      schema: {
        summary: 'An organization',
        tags,
        params: Params,
        querystring: AccountQuery,
        response: answers(successOf(OrganizationResponse)),
      },
    },
    async (request) => {
      const { identifier } = request.params;
      const row = await findOrganization(db, request.accountId, identifier);
      if (row === undefined) throw noOrganization(identifier);
      return success(request, organizationResponse(row));
    },
  );

  app.post(
    '/ng/api/organizations',
    {
      schema: {
        summary: 'Create an organization',
        tags,
        querystring: AccountQuery,
        body: Type.Object({ organization: Type.Object(named) }),
        response: answers(successOf(OrganizationResponse)),
      },
    },
    async (request) => {
      const { identifier, name, description = '', tags: given = {} } = request.body.organization;
      const row = await createOrganization(db, request.accountId, { identifier, name, description, tags: given });
      if (row === undefined) throw taken(`organization ${identifier}`);
      return success(request, organizationResponse(row));
    },
  );
}

export function projectRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    '/ng/api/projects',
    {
      schema: {
        summary: 'List projects, of one organization or of all',
        tags,
        querystring: Type.Object({ ...ListQuery.properties, orgIdentifier: Type.Optional(Type.String()) }),
        response: answers(successOf(ngPageOf(ProjectResponse))),
      },
    },
    async (request) => {
      const {
        pageIndex,
        pageSize: size,
        searchTerm: search = '',
        identifiers = [],
        orgIdentifier = '',
      } = request.query;
      const seen = await seenScopes(request);
      const filter = {
        search,
        identifiers,
        ...(orgIdentifier === '' ? {} : { orgIdentifier }),
        ...(seen === undefined ? {} : { seen }),
      };
      const { rows, total } = await listProjects(db, request.accountId, filter, pageIndex, size);
      return success(request, ngPage(rows.map(projectResponse), pageIndex, size, total));
    },
  );

  app.get(
    '/ng/api/projects/:identifier',
    {
      schema: {
        summary: 'A project',
        tags,
        params: Params,
        querystring: Type.Object({ ...AccountQuery.properties, orgIdentifier: OrganizationOfProject }),
        response: answers(successOf(ProjectResponse)),
      },
    },
    async (request) => {
      const { orgIdentifier } = request.query;
      const projectIdentifier = request.params.identifier;
      const row = await findProject(db, { accountId: request.accountId, orgIdentifier, projectIdentifier });
      if (row === undefined) {
        throw notFound(`Project ${projectIdentifier} does not exist in organization ${orgIdentifier}.`);
      }
      return success(request, projectResponse(row));
    },
  );

  app.post(
    '/ng/api/projects',
    {
      schema: {
        summary: 'Create a project',
        tags,
        querystring: Type.Object({ ...AccountQuery.properties, orgIdentifier: OrganizationOfProject }),
        body: Type.Object({ project: Type.Object({ ...named, orgIdentifier: Type.Optional(Type.String()) }) }),
        response: answers(successOf(ProjectResponse)),
      },
    },
    async (request) => {
      const { identifier, name, description = '', tags: given = {} } = request.body.project;
      const orgIdentifier = request.body.project.orgIdentifier ?? request.query.orgIdentifier;
      await authorize(request, {
        permission: 'core_project_create',
        scope: { accountId: request.accountId, orgIdentifier },
      });
      if ((await findOrganization(db, request.accountId, orgIdentifier)) === undefined)
        throw noOrganization(orgIdentifier);
      const scope = { accountId: request.accountId, orgIdentifier, projectIdentifier: identifier };
      const row = await createProject(db, scope, { name, description, tags: given });
      if (row === undefined) throw taken(`project ${identifier} in organization ${orgIdentifier}`);
      return success(request, projectResponse(row));
    },
  );
}

function organizationResponse({
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

function projectResponse({
  orgIdentifier,
  identifier,
  name,
  description,
  tags: given,
  ...row
}: ProjectRow): ProjectResponse {
  return {
    project: { orgIdentifier, identifier, name, color: PROJECT_COLOR, modules: [], description, tags: { ...given } },
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
  };
}

export function noOrganization(identifier: string): Error {
  return notFound(`Organization ${identifier} does not exist.`);
}

export function taken(what: string): Error {
  return new ApiError('DUPLICATE_FIELD', `There is a ${what} already.`);
}
