/** Resource groups: what a role is given for (Harness's `/resourcegroup/api/v2`). */
import {
  ngPageOf,
  ResourceGroupRequest,
  ResourceGroupResponse,
  successOf,
  type ResourceGroupContent as Given,
} from '@bridle/protocol';
import { levelOf } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { BUILT_IN_RESOURCE_GROUPS } from '../auth/built-in-roles.ts';
import { RESOURCE_TYPES } from '../auth/permissions.ts';
import { deleteNamed, isTakenAlong } from '../store/named-rows.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { deleteAssignmentsOf, listGrantsBy } from '../store/role-assignments.ts';
import {
  findResourceGroup,
  listResourceGroups,
  saveResourceGroup,
  type ResourceGroupContent,
  type ResourceGroupRow,
} from '../store/roles.ts';
import { changeAccess, missing, requireGivable, scopeOfBoth, taken } from './access-changes.ts';
import { answers, describeOwner, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { builtInResourceGroup, resourceGroupResponse } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['Access'];
const URL = '/resourcegroup/api/v2/resourcegroup';
const Query = ownerQuery({});
const Params = Type.Object({ identifier: Type.String() });
const GROUPS_MAX = 500;

export function accessResourceGroupRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.get(
    URL,
    {
      schema: {
        summary: 'List the resource groups of a scope, the built-in ones first',
        tags,
        querystring: ownerQuery({
          pageIndex: PageNumber,
          pageSize: pageSize(50),
          searchTerm: Type.Optional(Type.String()),
        }),
        response: answers(successOf(ngPageOf(ResourceGroupResponse))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const wanted = search.toLowerCase();
      const builtIn = BUILT_IN_RESOURCE_GROUPS.filter(
        ({ scopes, name, identifier }) =>
          scopes.includes(levelOf(owner)) && `${name} ${identifier}`.toLowerCase().includes(wanted),
      );
      const { rows } = await listResourceGroups(db, owner, { search }, 0, GROUPS_MAX);
      const all = [...builtIn.map((group) => builtInResourceGroup(group, owner)), ...rows.map(response)];
      return success(request, ngPage(all.slice(pageIndex * size, (pageIndex + 1) * size), pageIndex, size, all.length));
    },
  );

  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'A resource group',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(ResourceGroupResponse)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const builtIn = BUILT_IN_RESOURCE_GROUPS.find((group) => group.identifier === identifier);
      if (builtIn !== undefined) return success(request, builtInResourceGroup(builtIn, owner));
      const row = await findResourceGroup(db, owner, identifier);
      if (row === undefined) throw missing(`resource group ${identifier}`, owner);
      return success(request, response(row));
    },
  );

  app.post(
    URL,
    {
      schema: {
        summary: 'Make a resource group',
        description:
          'The scopes it includes are its own or below it. Attribute filters (of environments and connectors) are refused: they are not told apart here.',
        tags,
        querystring: Query,
        body: ResourceGroupRequest,
        response: answers(successOf(ResourceGroupResponse)),
      },
    },
    async (request) => {
      const { owner, content } = read(request);
      const row = await changeAccess(deps, request, owner, async (tx) => {
        if ((await listResourceGroups(tx, owner, {}, 0, 1)).total >= GROUPS_MAX)
          throw invalidRequest(`There may be ${GROUPS_MAX} resource groups in one scope.`);
        const isTaken = await isTakenAlong(tx, 'resource_groups', owner, content.identifier);
        const saved = isTaken ? undefined : await saveResourceGroup(tx, 'insert', owner, content);
        if (saved === undefined) throw taken(`resource group ${content.identifier}`, owner);
        await record(request, tx, 'CREATE', owner, content.identifier);
        return saved;
      });
      return success(request, response(row));
    },
  );

  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change a resource group',
        description: 'One that is in use may be changed only by somebody who has what it then gives.',
        tags,
        params: Params,
        querystring: Query,
        body: ResourceGroupRequest,
        response: answers(successOf(ResourceGroupResponse)),
      },
    },
    async (request) => {
      const { owner, content } = read(request);
      const { identifier } = request.params;
      if (content.identifier !== identifier)
        throw invalidRequest(`The body has the identifier ${content.identifier}, but the path has ${identifier}.`);
      const row = await changeAccess(deps, request, owner, async (tx, giver) => {
        const saved = await saveResourceGroup(tx, 'update', owner, content);
        if (saved === undefined) throw missing(`resource group ${identifier}`, owner);
        requireGivable(giver, await listGrantsBy(tx, owner, { resourceGroup: identifier }));
        await record(request, tx, 'UPDATE', owner, identifier);
        return saved;
      });
      return success(request, response(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a resource group; what was given for it is lost',
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
        await deleteAssignmentsOf(tx, owner, { resourceGroup: identifier });
        if (!(await deleteNamed(tx, 'resource_groups', owner, identifier)))
          throw missing(`resource group ${identifier} that can be deleted`, owner);
        await record(request, tx, 'DELETE', owner, identifier);
      });
      return success(request, true);
    },
  );
}

function response(row: ResourceGroupRow): ResourceGroupResponse {
  return resourceGroupResponse(row, levelOf(row.owner));
}

function record(
  request: FastifyRequest,
  tx: Parameters<typeof recordAudit>[0],
  action: 'CREATE' | 'UPDATE' | 'DELETE',
  scope: OwnerScope,
  identifier: string,
): Promise<void> {
  return recordAudit(tx, request, { action, scope, resource: { type: 'RESOURCEGROUP', identifier } });
}

function read(
  request: FastifyRequest<{ Body: Static<typeof ResourceGroupRequest>; Querystring: Static<typeof Query> }>,
): { readonly owner: OwnerScope; readonly content: ResourceGroupContent } {
  const given = request.body.resourceGroup;
  const owner = scopeOfBoth(request, request.query, given);
  const { identifier, name, description, tags: givenTags, color } = given;
  if (identifier.startsWith('_'))
    throw invalidRequest(
      `The identifier ${identifier} begins with an underscore: those are of built-in resource groups.`,
    );
  return {
    owner,
    content: {
      identifier,
      name,
      description: description ?? '',
      tags: givenTags ?? {},
      color: color ?? '',
      includedScopes: includedScopes(given, owner),
      resources: resources(given),
    },
  };
}

function includedScopes(given: Given, owner: OwnerScope): ResourceGroupContent['includedScopes'] {
  const scopes = given.includedScopes ?? [];
  if (scopes.length === 0) return [{ ...words(owner), children: false }];
  return scopes.map(({ filter, accountIdentifier, orgIdentifier, projectIdentifier }) => {
    const org = orgIdentifier ?? '';
    const project = projectIdentifier ?? '';
    const isWithin =
      (accountIdentifier ?? owner.accountId) === owner.accountId &&
      (project === '' || org !== '') &&
      (owner.orgIdentifier === undefined || owner.orgIdentifier === org) &&
      (owner.projectIdentifier === undefined || owner.projectIdentifier === project);
    if (!isWithin)
      throw invalidRequest(`A resource group of ${describeOwner(owner)} includes scopes within it, and no others.`);
    return {
      ...(org === '' ? {} : { org }),
      ...(project === '' ? {} : { project }),
      children: filter === 'INCLUDING_CHILD_SCOPES',
    };
  });
}

function words({ orgIdentifier: org, projectIdentifier: project }: OwnerScope): {
  readonly org?: string;
  readonly project?: string;
} {
  return { ...(org === undefined ? {} : { org }), ...(project === undefined ? {} : { project }) };
}

function resources({ resourceFilter }: Given): ResourceGroupContent['resources'] {
  if (resourceFilter?.includeAllResources === true) return null;
  const listed = resourceFilter?.resources ?? [];
  const unknown = listed.filter(({ resourceType }) => !RESOURCE_TYPES.includes(resourceType));
  if (unknown.length > 0)
    throw invalidRequest(
      `There is no resource type ${unknown.map(({ resourceType }) => resourceType).join(', ')}. There are ${RESOURCE_TYPES.join(', ')}.`,
    );
  if (listed.some(({ attributeFilter }) => attributeFilter !== undefined && attributeFilter !== null))
    throw invalidRequest(
      'Attribute filters are not told apart here. Name the resources, or leave the identifiers out.',
    );
  return Object.fromEntries(
    listed.map(({ resourceType, identifiers }) => [
      resourceType,
      identifiers === undefined || identifiers === null || identifiers.length === 0 ? null : [...new Set(identifiers)],
    ]),
  );
}
