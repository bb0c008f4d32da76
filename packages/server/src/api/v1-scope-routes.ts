/** Organizations and projects of the v1 surface (api.md §4.3), as Terraform manages them. */
import { V1Organization, V1OrganizationRequest, V1Project, V1ProjectRequest, v1Paging } from '@bridle/protocol';
import { Type } from 'typebox';
import { createOrganization, findOrganization, listOrganizations, updateOrganization } from '../store/organizations.ts';
import { createProject, findProject, listProjects, updateProject } from '../store/projects.ts';
import { expectedVersion, staleVersion, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import { removeScope } from './delete-scope.ts';
import type { ApiDependencies } from './dependencies.ts';
import { fixed, noOrganization, taken } from './organization-routes.ts';
import { contentOf, noProject } from './project-routes.ts';
import { seenScopes } from './seen-scopes.ts';
import { projectParams, tellPage, V1_PROJECT, v1Answers, v1Scope } from './v1-answers.ts';
import { v1Organization, v1Project } from './wire/v1.ts';

const OrgParams = Type.Object({ org: projectParams.org });
const ProjectParams = Type.Object(projectParams);
const tags = ['v1 organizations and projects'];
const config = { account: 'own' } as const;

export function v1ScopeRoutes(app: App, deps: ApiDependencies): void {
  organizationRoutes(app, deps);
  projectRoutes(app, deps);
}

function organizationRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  app.get(
    '/v1/orgs',
    {
      config,
      schema: {
        summary: 'List organizations; totals and neighbouring pages are in the headers',
        tags,
        querystring: v1Paging({ org: Type.Optional(Type.Array(Type.String())) }),
        response: v1Answers(200, Type.Array(V1Organization)),
      },
    },
    async (request, reply) => {
      const { page, limit, search_term: search = '', org: identifiers = [] } = request.query;
      const seen = await seenScopes(request);
      const filter = { search, identifiers, ...(seen === undefined ? {} : { seen }) };
      const { rows, total } = await listOrganizations(db, request.accountId, filter, page, limit);
      tellPage(request, reply, { page, limit, total });
      return rows.map(v1Organization);
    },
  );

  app.post(
    '/v1/orgs',
    {
      config,
      schema: {
        summary: 'Create an organization',
        tags,
        body: V1OrganizationRequest,
        response: v1Answers(201, V1Organization),
      },
    },
    async (request, reply) => {
      const { identifier, name, description = '', tags: given = {} } = request.body.org;
      const row = await createOrganization(db, request.accountId, { identifier, name, description, tags: given });
      if (row === undefined) throw taken(`organization ${identifier}`);
      tellVersion(reply, row.version);
      return reply.status(201).send(v1Organization(row));
    },
  );

  app.get(
    '/v1/orgs/:org',
    {
      config,
      schema: { summary: 'An organization', tags, params: OrgParams, response: v1Answers(200, V1Organization) },
    },
    async (request, reply) => {
      const row = await findOrganization(db, request.accountId, request.params.org);
      if (row === undefined) throw noOrganization(request.params.org);
      tellVersion(reply, row.version);
      return v1Organization(row);
    },
  );

  app.put(
    '/v1/orgs/:org',
    {
      config,
      schema: {
        summary: 'Change an organization',
        tags,
        params: OrgParams,
        body: V1OrganizationRequest,
        response: v1Answers(200, V1Organization),
      },
    },
    async (request, reply) => {
      const { org } = request.params;
      const { identifier, name, description = '', tags: given = {} } = request.body.org;
      if (identifier !== org) throw fixed('identifier', identifier, org);
      const content = { identifier, name, description, tags: given };
      const outcome = await updateOrganization(db, request.accountId, content, expectedVersion(request));
      if (outcome.kind === 'missing') throw noOrganization(org);
      if (outcome.kind === 'stale') throw staleVersion(`The organization ${org}`);
      tellVersion(reply, outcome.row.version);
      return v1Organization(outcome.row);
    },
  );

  app.delete(
    '/v1/orgs/:org',
    {
      config,
      schema: {
        summary: 'Delete an organization with its projects; what was run in them is kept',
        tags,
        params: OrgParams,
        response: v1Answers(200, V1Organization),
      },
    },
    async (request) => {
      const { org } = request.params;
      const row = await findOrganization(db, request.accountId, org);
      if (row === undefined) throw noOrganization(org);
      await removeScope(deps, request, { orgIdentifier: org }, () => noOrganization(org));
      return v1Organization(row);
    },
  );
}

function projectRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  app.get(
    '/v1/orgs/:org/projects',
    {
      config,
      schema: {
        summary: 'List the projects of an organization; totals and neighbouring pages are in the headers',
        tags,
        params: OrgParams,
        querystring: v1Paging({ project: Type.Optional(Type.Array(Type.String())) }),
        response: v1Answers(200, Type.Array(V1Project)),
      },
    },
    async (request, reply) => {
      const { page, limit, search_term: search = '', project: identifiers = [] } = request.query;
      const seen = await seenScopes(request);
      const filter = {
        search,
        identifiers,
        orgIdentifier: request.params.org,
        ...(seen === undefined ? {} : { seen }),
      };
      const { rows, total } = await listProjects(db, request.accountId, filter, page, limit);
      tellPage(request, reply, { page, limit, total });
      return rows.map(v1Project);
    },
  );

  app.post(
    '/v1/orgs/:org/projects',
    {
      config,
      schema: {
        summary: 'Create a project',
        tags,
        params: OrgParams,
        body: V1ProjectRequest,
        response: v1Answers(201, V1Project),
      },
    },
    async (request, reply) => {
      const { identifier, org = '' } = request.body.project;
      const orgIdentifier = request.params.org;
      if (org !== '' && org !== orgIdentifier) throw fixed('org', org, orgIdentifier);
      if ((await findOrganization(db, request.accountId, orgIdentifier)) === undefined)
        throw noOrganization(orgIdentifier);
      const scope = { accountId: request.accountId, orgIdentifier, projectIdentifier: identifier };
      const row = await createProject(db, scope, contentOf(request.body.project));
      if (row === undefined) throw taken(`project ${identifier} in organization ${orgIdentifier}`);
      tellVersion(reply, row.version);
      return reply.status(201).send(v1Project(row));
    },
  );

  app.get(
    V1_PROJECT,
    {
      config,
      schema: { summary: 'A project', tags, params: ProjectParams, response: v1Answers(200, V1Project) },
    },
    async (request, reply) => {
      const { org, project } = request.params;
      const row = await findProject(db, v1Scope(request, request.params));
      if (row === undefined) throw noProject(org, project);
      tellVersion(reply, row.version);
      return v1Project(row);
    },
  );

  app.put(
    V1_PROJECT,
    {
      config,
      schema: {
        summary: 'Change a project',
        tags,
        params: ProjectParams,
        body: V1ProjectRequest,
        response: v1Answers(200, V1Project),
      },
    },
    async (request, reply) => {
      const { org, project } = request.params;
      const { identifier, org: inBody = '' } = request.body.project;
      if (identifier !== project) throw fixed('identifier', identifier, project);
      if (inBody !== '' && inBody !== org) throw fixed('org', inBody, org);
      const content = contentOf(request.body.project);
      const outcome = await updateProject(db, v1Scope(request, request.params), content, expectedVersion(request));
      if (outcome.kind === 'missing') throw noProject(org, project);
      if (outcome.kind === 'stale') throw staleVersion(`The project ${project}`);
      tellVersion(reply, outcome.row.version);
      return v1Project(outcome.row);
    },
  );

  app.delete(
    V1_PROJECT,
    {
      config,
      schema: {
        summary: 'Delete a project with all that is defined in it; what was run in it is kept',
        tags,
        params: ProjectParams,
        response: v1Answers(200, V1Project),
      },
    },
    async (request) => {
      const { org, project } = request.params;
      const row = await findProject(db, v1Scope(request, request.params));
      if (row === undefined) throw noProject(org, project);
      await removeScope(deps, request, { orgIdentifier: org, projectIdentifier: project }, () =>
        noProject(org, project),
      );
      return v1Project(row);
    },
  );
}
