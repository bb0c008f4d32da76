/** Roles and permissions (Harness's `/authz/api`). */
import { ngPageOf, PermissionResponse, RoleRequest, RoleResponse, successOf } from '@bridle/protocol';
import { levelOf } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { BUILT_IN_ROLES } from '../auth/built-in-roles.ts';
import { factsOf, isPermission, PERMISSIONS, RESOURCE_TYPES } from '../auth/permissions.ts';
import { deleteNamed, isTakenAlong } from '../store/named-rows.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { deleteAssignmentsOf, listGrantsBy } from '../store/role-assignments.ts';
import { findRole, listRoles, saveRole, type RoleContent } from '../store/roles.ts';
import { changeAccess, missing, requireGivable, scopeOfBoth, taken } from './access-changes.ts';
import { answers, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { builtInRole, levelName, levelNamed, roleResponse } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['Access'];
const URL = '/authz/api/roles';
const Query = ownerQuery({});
const Params = Type.Object({ identifier: Type.String() });
const RULE =
  'A role that is in use may be changed only by somebody who has what it gives. Built-in roles, which begin with an underscore, cannot be changed.';

export function accessRoleRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.get(
    '/authz/api/permissions',
    {
      schema: {
        summary: 'What one may be allowed to do',
        tags,
        querystring: ownerQuery({ scopeFilterDisabled: Type.Optional(Type.Boolean()) }),
        response: answers(successOf(Type.Array(PermissionResponse))),
      },
    },
    async (request) => success(request, PERMISSIONS.map(permissionResponse)),
  );

  app.get(
    '/authz/api/permissions/resourcetypes',
    {
      schema: {
        summary: 'What permissions are about',
        tags,
        querystring: Query,
        response: answers(successOf(Type.Array(Type.String()))),
      },
    },
    async (request) => success(request, [...RESOURCE_TYPES]),
  );

  app.get(
    URL,
    {
      schema: {
        summary: 'List the roles of a scope, the built-in ones first',
        tags,
        querystring: ownerQuery({
          pageIndex: PageNumber,
          pageSize: pageSize(50),
          searchTerm: Type.Optional(Type.String()),
        }),
        response: answers(successOf(ngPageOf(RoleResponse))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const wanted = search.toLowerCase();
      const builtIn = BUILT_IN_ROLES.filter(
        ({ scopes, name, identifier }) =>
          scopes.includes(levelOf(owner)) && `${name} ${identifier}`.toLowerCase().includes(wanted),
      );
      // Few per scope: one page of all, cut here, keeps the built-in ones in front.
      const { rows } = await listRoles(db, owner, { search }, 0, ROLES_MAX);
      const all = [...builtIn.map(builtInRole), ...rows.map(roleResponse)];
      return success(request, ngPage(all.slice(pageIndex * size, (pageIndex + 1) * size), pageIndex, size, all.length));
    },
  );

  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'A role',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(RoleResponse)),
      },
    },
    async (request) => {
      const { identifier } = request.params;
      const builtIn = BUILT_IN_ROLES.find((role) => role.identifier === identifier);
      if (builtIn !== undefined) return success(request, builtInRole(builtIn));
      const owner = ownerOf(request, request.query);
      const row = await findRole(db, owner, identifier);
      if (row === undefined) throw missing(`role ${identifier}`, owner);
      return success(request, roleResponse(row));
    },
  );

  app.post(
    URL,
    {
      schema: {
        summary: 'Make a role',
        tags,
        querystring: Query,
        body: RoleRequest,
        response: answers(successOf(RoleResponse)),
      },
    },
    async (request) => {
      const owner = scopeOfBoth(request, request.query, {});
      const content = contentOf(request.body, owner);
      const row = await changeAccess(deps, request, owner, async (tx) => {
        if ((await listRoles(tx, owner, {}, 0, 1)).total >= ROLES_MAX)
          throw invalidRequest(`There may be ${ROLES_MAX} roles in one scope.`);
        const isTaken = await isTakenAlong(tx, 'roles', owner, content.identifier);
        const saved = isTaken ? undefined : await saveRole(tx, 'insert', owner, content);
        if (saved === undefined) throw taken(`role ${content.identifier}`, owner);
        await record(request, tx, 'CREATE', owner, content.identifier);
        return saved;
      });
      return success(request, roleResponse(row));
    },
  );

  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change a role',
        description: RULE,
        tags,
        params: Params,
        querystring: Query,
        body: RoleRequest,
        response: answers(successOf(RoleResponse)),
      },
    },
    async (request) => {
      const owner = scopeOfBoth(request, request.query, {});
      const { identifier } = request.params;
      if (request.body.identifier !== identifier)
        throw invalidRequest(`The body has the identifier ${request.body.identifier}, but the path has ${identifier}.`);
      const content = contentOf(request.body, owner);
      const row = await changeAccess(deps, request, owner, async (tx, giver) => {
        const saved = await saveRole(tx, 'update', owner, content);
        if (saved === undefined) throw missing(`role ${identifier}`, owner);
        requireGivable(giver, await listGrantsBy(tx, owner, { role: identifier }));
        await record(request, tx, 'UPDATE', owner, identifier);
        return saved;
      });
      return success(request, roleResponse(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a role; whoever has it loses it',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(RoleResponse)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const row = await changeAccess(deps, request, owner, async (tx) => {
        const found = await findRole(tx, owner, identifier);
        if (found === undefined) throw missing(`role ${identifier} that can be deleted`, owner);
        await deleteAssignmentsOf(tx, owner, { role: identifier });
        await deleteNamed(tx, 'roles', owner, identifier);
        await record(request, tx, 'DELETE', owner, identifier);
        return found;
      });
      return success(request, roleResponse(row));
    },
  );
}

const ROLES_MAX = 500;

function record(
  request: FastifyRequest,
  tx: Parameters<typeof recordAudit>[0],
  action: 'CREATE' | 'UPDATE' | 'DELETE',
  scope: OwnerScope,
  identifier: string,
): Promise<void> {
  return recordAudit(tx, request, { action, scope, resource: { type: 'ROLE', identifier } });
}

function contentOf(body: RoleRequest, owner: OwnerScope): RoleContent {
  const { identifier, name, description, tags: given, permissions, allowedScopeLevels } = body;
  if (identifier.startsWith('_'))
    throw invalidRequest(`The identifier ${identifier} begins with an underscore: those are of built-in roles.`);
  const unknown = (permissions ?? []).filter((permission) => !isPermission(permission));
  if (unknown.length > 0) throw invalidRequest(`There is no permission ${unknown.join(', ')}.`);
  const levels = (allowedScopeLevels ?? []).map(levelNamed);
  return {
    identifier,
    name,
    description: description ?? '',
    tags: given ?? {},
    permissions: [...new Set(permissions ?? [])],
    scopes: levels.length === 0 ? [levelOf(owner)] : [...new Set(levels)],
  };
}

function permissionResponse(identifier: (typeof PERMISSIONS)[number]): PermissionResponse {
  const { resourceType, action, resource } = factsOf(identifier);
  const levels = BUILT_IN_ROLES.filter(({ permissions }) => permissions.includes(identifier)).flatMap(
    ({ scopes }) => scopes,
  );
  return {
    permission: {
      identifier,
      name: `${action} ${resource}`,
      status: 'ACTIVE',
      allowedScopeLevels: [...new Set(levels)].map(levelName),
      resourceType,
      action,
      includeInAllRoles: false,
    },
    createdAt: 0,
    lastModifiedAt: 0,
  };
}
