/** Who has which role for which resources, and whether somebody may (Harness's `/authz/api`). */
import {
  AccessCheckRequest,
  AccessCheckResponse,
  ngPageOf,
  RoleAssignmentFilter,
  RoleAssignmentRequest,
  RoleAssignmentResponse,
  successOf,
} from '@bridle/protocol';
import { levelOf } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import type { Giver } from '../auth/giving.ts';
import { isPermission, type Permission } from '../auth/permissions.ts';
import { makeId } from '../store/make-id.ts';
import type { Transaction } from '../store/database.ts';
import { BUILT_IN_GROUPS } from '../store/grants.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import {
  deleteRoleAssignment,
  insertRoleAssignment,
  listRoleAssignments,
  type AssignedPrincipal,
  type KeptRoleAssignment,
} from '../store/role-assignments.ts';
import { findServiceAccount, findServiceAccountById } from '../store/service-accounts.ts';
import { findUserGroup } from '../store/user-groups.ts';
import { findUser } from '../store/users.ts';
import {
  changeAccess,
  grantRowOf,
  missing,
  requireAdmin,
  requireGivable,
  usualResourceGroup,
} from './access-changes.ts';
import { answers, describeOwner, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize, mayCaller } from './authorization.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { accessScope, levelNamed, roleAssignmentResponse } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['Access'];
const URL = '/authz/api/roleassignments';
const Query = ownerQuery({});
const PageQuery = ownerQuery({ pageIndex: PageNumber, pageSize: pageSize(50) });
const Params = Type.Object({ identifier: Type.String() });
const RULE = 'Nobody may give away what they do not have themselves, in that scope and for those resources.';

/** To give something to a kind of principal asks this, where it is given. */
const MANAGES: Readonly<Record<AssignedPrincipal['type'], Permission>> = {
  USER: 'core_user_manage',
  USER_GROUP: 'core_usergroup_manage',
  SERVICE_ACCOUNT: 'core_serviceaccount_edit',
};

export function accessAssignmentRoutes(app: App, deps: ApiDependencies): void {
  readRoutes(app, deps);

  app.post(
    URL,
    {
      schema: {
        summary: 'Give somebody a role',
        description: RULE,
        tags,
        querystring: Query,
        body: RoleAssignmentRequest,
        response: answers(successOf(RoleAssignmentResponse)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      await authorizeGiving(request, owner, [request.body]);
      const row = await changeAccess(deps, request, owner, (tx, giver) =>
        assign(request, tx, giver, owner, request.body),
      );
      return success(request, roleAssignmentResponse(row));
    },
  );

  app.post(
    `${URL}/multi`,
    {
      schema: {
        summary: 'Give several at once; all or none',
        description: RULE,
        tags,
        querystring: Query,
        body: Type.Object({ roleAssignments: Type.Array(RoleAssignmentRequest, { maxItems: 200 }) }),
        response: answers(successOf(Type.Array(RoleAssignmentResponse))),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { roleAssignments } = request.body;
      await authorizeGiving(request, owner, roleAssignments);
      const rows = await changeAccess(deps, request, owner, async (tx, giver) => {
        const made: KeptRoleAssignment[] = [];
        for (const each of roleAssignments) made.push(await assign(request, tx, giver, owner, each));
        return made;
      });
      return success(request, rows.map(roleAssignmentResponse));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Take a role away again',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(RoleAssignmentResponse)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const { rows } = await listRoleAssignments(deps.db, owner, { identifiers: [identifier] }, 0, 1);
      const [found] = rows;
      // Who may take nothing away does not hear what there is.
      await authorize(request, { permission: MANAGES[found?.principal.type ?? 'USER'], scope: owner });
      const row = await changeAccess(deps, request, owner, async (tx) => {
        const deleted = await deleteRoleAssignment(tx, owner, identifier);
        if (deleted === undefined) throw missing(`role assignment ${identifier} that can be taken away`, owner);
        await requireAdmin(tx, owner.accountId);
        await recordAudit(tx, request, {
          action: 'ROLE_ASSIGNMENT_DELETED',
          scope: owner,
          resource: { type: 'ROLE_ASSIGNMENT', identifier },
        });
        return deleted;
      });
      return success(request, roleAssignmentResponse(row));
    },
  );

  checkRoute(app, deps);
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    URL,
    {
      schema: {
        summary: 'List what was given in a scope',
        tags,
        querystring: PageQuery,
        response: answers(successOf(ngPageOf(RoleAssignmentResponse))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size } = request.query;
      const { rows, total } = await listRoleAssignments(db, ownerOf(request, request.query), {}, pageIndex, size);
      return success(request, ngPage(rows.map(roleAssignmentResponse), pageIndex, size, total));
    },
  );

  app.post(
    `${URL}/filter`,
    {
      schema: {
        summary: 'List what was given in a scope, filtered',
        tags,
        querystring: PageQuery,
        body: RoleAssignmentFilter,
        response: answers(successOf(ngPageOf(RoleAssignmentResponse))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size } = request.query;
      const { resourceGroupFilter, roleFilter, principalTypeFilter, principalFilter } = request.body;
      const owner = ownerOf(request, request.query);
      const principals = [];
      for (const { identifier, type } of principalFilter ?? []) {
        const account = type === 'SERVICE_ACCOUNT' ? await findServiceAccount(db, owner, identifier) : undefined;
        principals.push({ type, id: account?.id ?? identifier });
      }
      const filter = {
        resourceGroups: resourceGroupFilter ?? [],
        roles: roleFilter ?? [],
        principalTypes: principalTypeFilter ?? [],
        principals,
      };
      const { rows, total } = await listRoleAssignments(db, owner, filter, pageIndex, size);
      return success(request, ngPage(rows.map(roleAssignmentResponse), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'One thing that was given',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(RoleAssignmentResponse)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const { rows } = await listRoleAssignments(db, owner, { identifiers: [identifier] }, 0, 1);
      if (rows[0] === undefined) throw missing(`role assignment ${identifier}`, owner);
      return success(request, roleAssignmentResponse(rows[0]));
    },
  );
}

function checkRoute(app: App, deps: ApiDependencies): void {
  app.post(
    '/authz/api/acl',
    {
      schema: {
        summary: 'Whether one may',
        description: 'Of the caller, or of another principal for those who may see users, groups and service accounts.',
        tags,
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()) }),
        body: AccessCheckRequest,
        response: answers(successOf(AccessCheckResponse)),
      },
    },
    async (request) => {
      const { permissions, principal } = request.body;
      const caller = callerOf(request);
      const asked = { principalIdentifier: caller.userId, principalType: caller.kind as string, ...principal };
      const isOwn = asked.principalIdentifier === caller.userId && asked.principalType === caller.kind;
      if (!isOwn) await authorizeAsking(request, asked.principalType);
      const of = {
        accountId: caller.accountId,
        kind: asked.principalType === 'SERVICE_ACCOUNT' ? ('SERVICE_ACCOUNT' as const) : ('USER' as const),
        userId: asked.principalIdentifier,
      };
      const accessControlList = [];
      for (const { permission, resourceScope, resourceType, resourceIdentifier } of permissions) {
        const { accountIdentifier, orgIdentifier, projectIdentifier } = resourceScope ?? {};
        const owner = ownerOf(request, {
          orgIdentifier: orgIdentifier ?? '',
          projectIdentifier: projectIdentifier ?? '',
        });
        const scope = { ...owner, accountId: accountIdentifier ?? owner.accountId };
        const identifier = resourceIdentifier ?? '';
        const question = { scope, ...(identifier === '' ? {} : { identifier }) };
        const permitted =
          isPermission(permission) &&
          (isOwn
            ? await mayCaller(request, { ...question, permission })
            : await deps.authorizer.isAllowed(of, { ...question, permission }));
        accessControlList.push({
          permission,
          resourceScope: accessScope(scope),
          resourceType: resourceType ?? null,
          resourceIdentifier: identifier === '' ? null : identifier,
          permitted,
        });
      }
      return success(request, { principal: asked, accessControlList });
    },
  );
}

async function authorizeAsking(request: FastifyRequest, type: string): Promise<void> {
  const permission =
    type === 'USER' ? 'core_user_view' : type === 'SERVICE_ACCOUNT' ? 'core_serviceaccount_view' : undefined;
  if (permission === undefined)
    throw invalidRequest(`Access is checked of a USER or a SERVICE_ACCOUNT, not of a ${type}.`);
  await authorize(request, { permission, scope: { accountId: request.accountId } });
}

async function authorizeGiving(
  request: FastifyRequest,
  owner: OwnerScope,
  given: readonly RoleAssignmentRequest[],
): Promise<void> {
  const types = new Set(given.map(({ principal }) => principal.type));
  if (types.size === 0) throw invalidRequest('There is nothing to give.');
  for (const type of types) await authorize(request, { permission: MANAGES[type], scope: owner });
}

async function assign(
  request: FastifyRequest,
  tx: Transaction,
  giver: Giver,
  owner: OwnerScope,
  given: RoleAssignmentRequest,
): Promise<KeptRoleAssignment> {
  const { roleIdentifier, disabled } = given;
  const resourceGroupIdentifier = given.resourceGroupIdentifier ?? usualResourceGroup(owner);
  requireGivable(giver, [await grantRowOf(tx, owner, roleIdentifier, resourceGroupIdentifier)]);
  const principal = await principalOf(tx, owner, given.principal);
  const identifier = given.identifier ?? `role_assignment_${makeId()}`;
  const row = await insertRoleAssignment(tx, {
    owner,
    identifier,
    roleIdentifier,
    resourceGroupIdentifier,
    principal,
    isManaged: false,
    isDisabled: disabled ?? false,
  });
  if (row === undefined)
    throw new ApiError(
      'DUPLICATE_FIELD',
      `This was given in ${describeOwner(owner)} before, or its identifier is taken.`,
    );
  await recordAudit(tx, request, {
    action: 'ROLE_ASSIGNMENT_CREATED',
    scope: owner,
    resource: { type: 'ROLE_ASSIGNMENT', identifier },
    newYaml: JSON.stringify({ roleIdentifier, resourceGroupIdentifier, principal }),
  });
  return row;
}

/** A service account is named by its identifier, or by its id. */
async function principalOf(
  tx: Transaction,
  owner: OwnerScope,
  { identifier, type, scopeLevel }: RoleAssignmentRequest['principal'],
): Promise<AssignedPrincipal> {
  const level = levelOf(owner);
  const named = scopeLevel === undefined || scopeLevel === null ? level : levelNamed(scopeLevel);
  const seen = ownerAt(owner, named);
  if (seen === undefined)
    throw invalidRequest(`A principal of level ${named} is not known in ${describeOwner(owner)}.`);
  switch (type) {
    case 'USER':
      if ((await findUser(tx, owner.accountId, identifier)) === undefined)
        throw notFound(`There is no user ${identifier}.`);
      return { type, id: identifier, scope: 'account' };
    case 'SERVICE_ACCOUNT': {
      const account =
        (await findServiceAccount(tx, seen, identifier)) ?? (await findServiceAccountById(tx, seen, identifier));
      if (account === undefined) throw missing(`service account ${identifier}`, seen);
      return { type, id: account.id, scope: named };
    }
    case 'USER_GROUP': {
      const isBuiltIn = BUILT_IN_GROUPS.includes(identifier);
      if (!isBuiltIn && (await findUserGroup(tx, seen, identifier)) === undefined)
        throw missing(`user group ${identifier}`, seen);
      return { type, id: identifier, scope: named };
    }
  }
}

function ownerAt(
  { accountId, orgIdentifier, projectIdentifier }: OwnerScope,
  level: AssignedPrincipal['scope'],
): OwnerScope | undefined {
  if (level === 'account') return { accountId };
  if (orgIdentifier === undefined) return undefined;
  if (level === 'org') return { accountId, orgIdentifier };
  return projectIdentifier === undefined ? undefined : { accountId, orgIdentifier, projectIdentifier };
}
