/** Users of an account, an organization, a project (Harness's `/ng/api/user`). */
import {
  AccessFilter,
  AddUsersRequest,
  AddUsersResponse,
  ngPageOf,
  successOf,
  UserAggregate,
  UserMetadata,
} from '@bridle/protocol';
import { levelOf, parseScopedIdentifier } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { makeSignInCode } from '../auth/browser-sessions.ts';
import type { Giver } from '../auth/giving.ts';
import { makeId } from '../store/make-id.ts';
import type { Transaction } from '../store/database.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { insertRoleAssignment, listGrantsBy } from '../store/role-assignments.ts';
import { addMember, findUserGroup } from '../store/user-groups.ts';
import {
  findUser,
  findUserByEmail,
  insertUser,
  listUsers,
  removeUserFrom,
  restoreUser,
  switchUser,
  type KeptUser,
} from '../store/users.ts';
import {
  changeAccess,
  grantRowOf,
  missing,
  requireAdmin,
  requireGivable,
  usualResourceGroup,
} from './access-changes.ts';
import { assignmentsOf } from './access-metadata.ts';
import { answers, describeOwner, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound } from './errors.ts';
import { userMetadata } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['Users'];
const PageQuery = ownerQuery({
  pageIndex: PageNumber,
  pageSize: pageSize(50),
  searchTerm: Type.Optional(Type.String()),
});
const Params = Type.Object({ userId: Type.String() });

export function accessUserRoutes(app: App, deps: ApiDependencies): void {
  readRoutes(app, deps);

  app.post(
    '/ng/api/user/users',
    {
      schema: {
        summary: 'Add users, with what they are given and the groups they are in',
        description:
          'Who is not known yet becomes a user of the account; the answer has a link that signs them in once. Harness sends an invitation by mail instead; the key `signInLinks` is Bridle’s own. Nobody may give away what they do not have.',
        tags,
        querystring: ownerQuery({}),
        body: AddUsersRequest,
        response: answers(successOf(AddUsersResponse)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const answer = await changeAccess(deps, request, owner, (tx, giver) =>
        addUsers(deps, request, tx, giver, owner, request.body),
      );
      return success(request, answer);
    },
  );

  app.delete(
    '/ng/api/user/:userId',
    {
      schema: {
        summary: 'Take a user out of a scope and what is below it',
        description:
          'They lose what they were given there themselves, and their places in groups of there. Out of the account: they are a user no more, and their tokens and sessions end.',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { userId } = request.params;
      await changeAccess(deps, request, owner, async (tx) => {
        if (owner.orgIdentifier === undefined) refuseSelf(request, userId);
        if (!(await removeUserFrom(tx, owner, userId))) throw missing(`user ${userId}`, owner);
        await requireAdmin(tx, owner.accountId);
        await recordAudit(tx, request, {
          action: 'DELETE',
          scope: owner,
          resource: { type: 'USER', identifier: userId },
        });
      });
      return success(request, true);
    },
  );

  app.put(
    '/bridle/api/users/:userId/status',
    {
      schema: {
        summary: 'Disable a user, or enable them again',
        description: 'A disabled user is known and may do nothing; their sessions end, their tokens wait.',
        tags,
        params: Params,
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()), enabled: Type.Boolean() }),
        response: answers(successOf(UserMetadata)),
      },
    },
    async (request) => {
      const owner = { accountId: request.accountId };
      const { userId } = request.params;
      const { enabled } = request.query;
      await authorize(request, { permission: 'core_user_manage', scope: owner, identifier: userId });
      const user = await changeAccess(deps, request, owner, async (tx) => {
        if (!enabled) refuseSelf(request, userId);
        await switchUser(tx, owner.accountId, userId, enabled);
        const found = await findUser(tx, owner.accountId, userId);
        if (found === undefined) throw missing(`user ${userId}`, owner);
        await requireAdmin(tx, owner.accountId);
        await recordAudit(tx, request, {
          action: enabled ? 'ENABLED' : 'DISABLED',
          scope: owner,
          resource: { type: 'USER', identifier: userId },
        });
        return found;
      });
      return success(request, userMetadata(user));
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    '/ng/api/user/users',
    {
      schema: {
        summary: 'List the users of an account, or those who belong to an organization or a project',
        tags,
        querystring: PageQuery,
        response: answers(successOf(ngPageOf(UserMetadata))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const { rows, total } = await listUsers(db, ownerOf(request, request.query), { search }, pageIndex, size);
      return success(request, ngPage(rows.map(userMetadata), pageIndex, size, total));
    },
  );

  app.post(
    '/ng/api/user/aggregate',
    {
      schema: {
        summary: 'List users with what they were given in the scope',
        tags,
        querystring: PageQuery,
        body: AccessFilter,
        response: answers(successOf(ngPageOf(UserAggregate))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const { roleIdentifiers, resourceGroupIdentifiers } = request.body;
      const filter = { search, roles: roleIdentifiers ?? [], resourceGroups: resourceGroupIdentifiers ?? [] };
      const { rows, total } = await listUsers(db, owner, filter, pageIndex, size);
      const given = await assignmentsOf(
        db,
        owner,
        'USER',
        rows.map(({ id }) => id),
      );
      const content = rows.map((user) => ({
        user: userMetadata(user),
        roleAssignmentMetadata: [...(given.get(user.id) ?? [])],
      }));
      return success(request, ngPage(content, pageIndex, size, total));
    },
  );

  app.get(
    '/ng/api/user/aggregate/:userId',
    {
      schema: {
        summary: 'A user with what they were given in the scope',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        response: answers(successOf(UserAggregate)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { userId } = request.params;
      const { rows } = await listUsers(db, owner, { ids: [userId] }, 0, 1);
      const [user] = rows;
      if (user === undefined) throw missing(`user ${userId}`, owner);
      const given = await assignmentsOf(db, owner, 'USER', [userId]);
      return success(request, {
        user: userMetadata(user),
        roleAssignmentMetadata: [...(given.get(userId) ?? [])],
      });
    },
  );
}

function refuseSelf(request: FastifyRequest, userId: string): void {
  if (callerOf(request).userId === userId)
    throw invalidRequest('Nobody shuts themselves out. Let somebody else do it.');
}

async function addUsers(
  deps: ApiDependencies,
  request: FastifyRequest,
  tx: Transaction,
  giver: Giver,
  owner: OwnerScope,
  { emails, userGroups, roleBindings }: AddUsersRequest,
): Promise<AddUsersResponse> {
  const bindings = (roleBindings ?? []).map(({ roleIdentifier, resourceGroupIdentifier }) => ({
    roleIdentifier,
    resourceGroupIdentifier: resourceGroupIdentifier ?? usualResourceGroup(owner),
  }));
  for (const { roleIdentifier, resourceGroupIdentifier } of bindings) {
    requireGivable(giver, [await grantRowOf(tx, owner, roleIdentifier, resourceGroupIdentifier)]);
  }
  const groups = await groupsNamed(request, tx, giver, owner, userGroups ?? []);
  const answer: AddUsersResponse = { addUserResponseMap: {}, signInLinks: {} };
  for (const email of new Set(emails)) {
    const { user, isNew } = await userOf(tx, owner.accountId, email);
    let isAdded = isNew;
    for (const binding of bindings) {
      const made = await insertRoleAssignment(tx, {
        owner,
        identifier: `role_assignment_${makeId()}`,
        ...binding,
        principal: { type: 'USER', id: user.id, scope: 'account' },
        isManaged: false,
        isDisabled: false,
      });
      isAdded ||= made !== undefined;
    }
    for (const group of groups) {
      isAdded ||= !group.users.includes(user.id);
      await addMember(tx, group.owner, group.identifier, user.id);
    }
    answer.addUserResponseMap[email] = isAdded ? 'USER_ADDED_SUCCESSFULLY' : 'USER_ALREADY_ADDED';
    if (isNew) {
      const code = await makeSignInCode(tx, user);
      answer.signInLinks[email] = `${deps.publicUrl()}/login?code=${code}`;
    }
    await recordAudit(tx, request, {
      action: 'INVITE',
      scope: owner,
      resource: { type: 'USER', identifier: user.id },
      newYaml: JSON.stringify({ email, roleBindings: bindings, userGroups: userGroups ?? [] }),
    });
  }
  return answer;
}

async function groupsNamed(
  request: FastifyRequest,
  tx: Transaction,
  giver: Giver,
  owner: OwnerScope,
  references: readonly string[],
): Promise<readonly { readonly owner: OwnerScope; readonly identifier: string; readonly users: readonly string[] }[]> {
  const found = [];
  for (const reference of references) {
    const { scope, identifier } = parseScopedIdentifier(reference);
    const of: OwnerScope =
      scope === 'account'
        ? { accountId: owner.accountId }
        : scope === 'org' && owner.orgIdentifier !== undefined
          ? { accountId: owner.accountId, orgIdentifier: owner.orgIdentifier }
          : owner;
    // Putting somebody into a group is a change of the group.
    await authorize(request, { permission: 'core_usergroup_manage', scope: of, identifier });
    const group = await findUserGroup(tx, of, identifier);
    if (group === undefined) throw notFound(`There is no user group ${identifier} in ${describeOwner(of)}.`);
    requireGivable(giver, await listGrantsBy(tx, of, { group: identifier, scope: levelOf(of) }));
    found.push(group);
  }
  return found;
}

/** New ones are called by what stands before the at sign until they say otherwise. */
async function userOf(
  tx: Transaction,
  accountId: string,
  email: string,
): Promise<{ readonly user: KeptUser; readonly isNew: boolean }> {
  const found = await findUserByEmail(tx, accountId, email);
  const name = email.split('@')[0] ?? email;
  if (found !== undefined && !found.isRemoved) return { user: found, isNew: false };
  const id = found?.id ?? makeId();
  if (found === undefined) await insertUser(tx, { id, accountId, name, email, isAdmin: false });
  else await restoreUser(tx, id, name);
  const user = await findUser(tx, accountId, id);
  if (user === undefined) throw new Error(`The user ${id} is gone right after they were made.`);
  return { user, isNew: true };
}
