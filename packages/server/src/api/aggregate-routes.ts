/** Organizations and projects with what a list of cards shows beside each: who is there, and how much (Harness's `/ng/api/aggregate`). */
import { ngPageOf, OrganizationAggregate, ProjectAggregate, successOf, type UserMetadata } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import {
  findOrganization,
  listOrganizations,
  listOrganizationsById,
  type OrganizationRow,
} from '../store/organizations.ts';
import { findProject, listProjects, type ProjectRow } from '../store/projects.ts';
import {
  countInOrganizations,
  listScopeMembers,
  scopeKey,
  type NamedScope,
  type ScopeMember,
} from '../store/scope-people.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { mayCaller } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import {
  AccountQuery,
  ListQuery,
  nameSort,
  noOrganization,
  organizationResponse,
  Params,
} from './organization-routes.ts';
import { filterOf, noProject, ProjectListQuery, projectResponse, ProjectQuery } from './project-routes.ts';
import { seenScopes } from './seen-scopes.ts';
import { userMetadata } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const ORGANIZATIONS = '/ng/api/aggregate/organizations';
const PROJECTS = '/ng/api/aggregate/projects';
const tags = ['Organizations and projects'];
const description = 'People are shown to those who may view users there, and some thirty of each at most.';
/** What Harness calls the administrators of such a scope. */
const ADMINS = ['_organization_admin', '_project_admin'] as const;

export function aggregateRoutes(app: App, deps: ApiDependencies): void {
  organizationAggregates(app, deps);
  projectAggregates(app, deps);
}

function organizationAggregates(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  app.get(
    ORGANIZATIONS,
    {
      schema: {
        summary: 'List organizations with their people and how much they have',
        description,
        tags,
        querystring: ListQuery,
        response: answers(successOf(ngPageOf(OrganizationAggregate))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '', identifiers = [], sortOrders } = request.query;
      const seen = await seenScopes(request);
      const filter = { search, identifiers, ...(seen === undefined ? {} : { seen }) };
      const sort = nameSort(sortOrders);
      const { rows, total } = await listOrganizations(db, request.accountId, filter, pageIndex, size, sort);
      return success(request, ngPage(await ofOrganizations(deps, request, rows), pageIndex, size, total));
    },
  );

  app.get(
    `${ORGANIZATIONS}/:identifier`,
    {
      schema: {
        summary: 'An organization with its people and how much it has',
        description,
        tags,
        params: Params,
        querystring: AccountQuery,
        response: answers(successOf(OrganizationAggregate)),
      },
    },
    async (request) => {
      const { identifier } = request.params;
      const row = await findOrganization(db, request.accountId, identifier);
      const [aggregate] = row === undefined ? [] : await ofOrganizations(deps, request, [row]);
      if (aggregate === undefined) throw noOrganization(identifier);
      return success(request, aggregate);
    },
  );
}

async function ofOrganizations(
  deps: ApiDependencies,
  request: FastifyRequest,
  rows: readonly OrganizationRow[],
): Promise<OrganizationAggregate[]> {
  const identifiers = rows.map(({ identifier }) => identifier);
  const scopes = identifiers.map((orgIdentifier) => ({ orgIdentifier }));
  const [counts, people] = await Promise.all([
    countInOrganizations(deps.db, request.accountId, identifiers),
    peopleOf(deps, request, scopes),
  ]);
  return rows.map((row) => {
    const found = counts.get(row.identifier);
    return {
      organizationResponse: organizationResponse(row),
      projectsCount: found?.projects ?? 0,
      connectorsCount: found?.connectors ?? 0,
      secretsCount: found?.secrets ?? 0,
      delegatesCount: found?.delegates ?? 0,
      templatesCount: found?.templates ?? 0,
      ...shownPeople(people.get(scopeKey({ orgIdentifier: row.identifier }))),
    };
  });
}

function projectAggregates(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  app.get(
    PROJECTS,
    {
      schema: {
        summary: 'List projects with their organizations and people',
        description,
        tags,
        querystring: ProjectListQuery,
        response: answers(successOf(ngPageOf(ProjectAggregate))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, orgIdentifier = '', sortOrders } = request.query;
      const filter = {
        ...(await filterOf(request, request.query)),
        ...(orgIdentifier === '' ? {} : { orgIdentifier }),
      };
      const { rows, total } = await listProjects(db, request.accountId, filter, pageIndex, size, nameSort(sortOrders));
      return success(request, ngPage(await ofProjects(deps, request, rows), pageIndex, size, total));
    },
  );

  app.get(
    `${PROJECTS}/:identifier`,
    {
      schema: {
        summary: 'A project with its organization and people',
        description,
        tags,
        params: Params,
        querystring: ProjectQuery,
        response: answers(successOf(ProjectAggregate)),
      },
    },
    async (request) => {
      const { orgIdentifier } = request.query;
      const projectIdentifier = request.params.identifier;
      const row = await findProject(db, { accountId: request.accountId, orgIdentifier, projectIdentifier });
      const [aggregate] = row === undefined ? [] : await ofProjects(deps, request, [row]);
      if (aggregate === undefined) throw noProject(orgIdentifier, projectIdentifier);
      return success(request, aggregate);
    },
  );
}

async function ofProjects(
  deps: ApiDependencies,
  request: FastifyRequest,
  rows: readonly ProjectRow[],
): Promise<ProjectAggregate[]> {
  const scopes = rows.map(({ orgIdentifier, identifier }) => ({ orgIdentifier, projectIdentifier: identifier }));
  const [organizations, people] = await Promise.all([
    listOrganizationsById(deps.db, request.accountId, [...new Set(rows.map(({ orgIdentifier }) => orgIdentifier))]),
    peopleOf(deps, request, scopes),
  ]);
  const byIdentifier = new Map(organizations.map((row) => [row.identifier, organizationResponse(row).organization]));
  return rows.map((row) => {
    const { orgIdentifier, identifier: projectIdentifier } = row;
    const organization = byIdentifier.get(orgIdentifier);
    return {
      projectResponse: projectResponse(row),
      ...(organization === undefined ? {} : { organization }),
      harnessManagedOrg: false,
      ...shownPeople(people.get(scopeKey({ orgIdentifier, projectIdentifier }))),
    };
  });
}

/** Of the scopes whose users the caller may view. */
async function peopleOf(
  { db }: ApiDependencies,
  request: FastifyRequest,
  scopes: readonly NamedScope[],
): Promise<ReadonlyMap<string, readonly ScopeMember[]>> {
  const { accountId } = request;
  const shown: NamedScope[] = [];
  for (const scope of scopes) {
    if (await mayCaller(request, { permission: 'core_user_view', scope: { accountId, ...scope } })) shown.push(scope);
  }
  return await listScopeMembers(db, accountId, shown, ADMINS);
}

function shownPeople(members: readonly ScopeMember[] = []): {
  readonly admins: UserMetadata[];
  readonly collaborators: UserMetadata[];
} {
  const named = (hasRole: boolean): UserMetadata[] =>
    members.filter((member) => member.hasRole === hasRole).map(({ user }) => userMetadata(user));
  return { admins: named(true), collaborators: named(false) };
}
