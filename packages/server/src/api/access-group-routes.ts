/** Groups of users (Harness's `/ng/api/user-groups`). */
import { ngPageOf, successOf, UserGroup, UserGroupFilter, UserGroupRequest, UserMetadata } from '@bridle/protocol';
import { levelOf } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit, type AuditAction } from '../auth/audit.ts';
import type { Giver } from '../auth/giving.ts';
import type { Transaction } from '../store/database.ts';
import {
  ALL_USERS_OF_ACCOUNT,
  ALL_USERS_OF_ORGANIZATION,
  ALL_USERS_OF_PROJECT,
  BUILT_IN_GROUPS,
} from '../store/grants.ts';
import { deleteNamed } from '../store/named-rows.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { deleteAssignmentsOf, listGrantsBy } from '../store/role-assignments.ts';
import {
  addMember,
  findUserGroup,
  listUserGroups,
  removeMember,
  saveUserGroup,
  type UserGroupRow,
} from '../store/user-groups.ts';
import { listUsers, listUsersById } from '../store/users.ts';
import { changeAccess, missing, requireGivable, scopeOfBoth, taken } from './access-changes.ts';
import { answers, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound } from './errors.ts';
import { builtInGroup, userGroup, userMetadata } from './wire/access.ts';
import { ngPage } from './wire/pages.ts';

const tags = ['User groups'];
const URL = '/ng/api/user-groups';
const Query = ownerQuery({});
const PageQuery = ownerQuery({
  pageIndex: PageNumber,
  pageSize: pageSize(50),
  searchTerm: Type.Optional(Type.String()),
});
const Params = Type.Object({ identifier: Type.String() });
const MemberParams = Type.Object({ identifier: Type.String(), userIdentifier: Type.String() });
const OF_EVERYBODY = { account: ALL_USERS_OF_ACCOUNT, org: ALL_USERS_OF_ORGANIZATION, project: ALL_USERS_OF_PROJECT };

export function accessGroupRoutes(app: App, deps: ApiDependencies): void {
  readRoutes(app, deps);
  memberRoutes(app, deps);

  for (const [method, how, summary, action] of [
    ['POST', 'insert', 'Make a user group', 'CREATE'],
    ['PUT', 'update', 'Change a user group and its members', 'UPDATE'],
  ] as const) {
    app.route({
      method,
      url: URL,
      schema: {
        summary,
        description:
          'Who puts somebody into a group gives them what the group has, so they must have it themselves. What a group is told by mail or chat (notificationConfigs) and single sign-on are not kept.',
        tags,
        querystring: Query,
        body: UserGroupRequest,
        response: answers(successOf(UserGroup)),
      },
      handler: async (request) => {
        // Typed by the schema above; `route` in a loop does not see it.
        const body = request.body as UserGroupRequest;
        const owner = scopeOfBoth(request, request.query as { readonly orgIdentifier?: string }, body);
        const { identifier, name, description, tags: given, users } = body;
        if (identifier.startsWith('_'))
          throw invalidRequest(`The identifier ${identifier} begins with an underscore: those are of built-in groups.`);
        const content = { identifier, name, description: description ?? '', tags: given ?? {} };
        const row = await changeAccess(deps, request, owner, async (tx, giver) => {
          const before = await findUserGroup(tx, owner, identifier);
          const members = users ?? before?.users ?? [];
          await requireUsers(tx, owner.accountId, members);
          const isGrowing = members.some((id) => before?.users.includes(id) !== true);
          if (isGrowing) await requireGroupGivable(tx, giver, owner, identifier);
          const saved = await saveUserGroup(tx, how, owner, content, members);
          if (saved === undefined) {
            throw how === 'insert'
              ? taken(`user group ${identifier}`, owner)
              : missing(`user group ${identifier}`, owner);
          }
          await record(request, tx, action, owner, identifier);
          return saved;
        });
        return success(request, userGroup(row));
      },
    });
  }

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a user group; its members lose what it had',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(UserGroup)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const row = await changeAccess(deps, request, owner, async (tx) => {
        const found = await findUserGroup(tx, owner, identifier);
        if (found === undefined) throw missing(`user group ${identifier} that can be deleted`, owner);
        const principal = { type: 'USER_GROUP', id: identifier, scope: levelOf(owner) } as const;
        await deleteAssignmentsOf(tx, owner, { principal });
        await deleteNamed(tx, 'user_groups', owner, identifier);
        await record(request, tx, 'DELETE', owner, identifier);
        return found;
      });
      return success(request, userGroup(row));
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    URL,
    {
      schema: {
        summary: 'List the user groups of a scope, that of everybody first',
        tags,
        querystring: PageQuery,
        response: answers(successOf(ngPageOf(UserGroup))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const everybody = builtInGroup(OF_EVERYBODY[levelOf(owner)], owner);
      const isFound = `${everybody.name} ${everybody.identifier}`.toLowerCase().includes(search.toLowerCase());
      // It takes the first place of the first page.
      const before = isFound && pageIndex === 0 ? [everybody] : [];
      const { rows, total } = await listUserGroups(db, owner, { search }, pageIndex, size);
      const page = [...before, ...rows.map(userGroup)];
      return success(request, ngPage(page, pageIndex, size, total + (isFound ? 1 : 0)));
    },
  );

  app.post(
    `${URL}/batch`,
    {
      schema: {
        summary: 'User groups by their identifiers',
        tags,
        querystring: Query,
        body: UserGroupFilter,
        response: answers(successOf(Type.Array(UserGroup))),
      },
    },
    async (request) => {
      const { identifierFilter, searchTerm } = request.body;
      const filter = { identifiers: identifierFilter ?? [], search: searchTerm ?? '' };
      const { rows } = await listUserGroups(db, ownerOf(request, request.query), filter, 0, 1_000);
      return success(request, rows.map(userGroup));
    },
  );

  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'A user group',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(UserGroup)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      if (identifier === OF_EVERYBODY[levelOf(owner)]) return success(request, builtInGroup(identifier, owner));
      const row = await findUserGroup(db, owner, identifier);
      if (row === undefined) throw missing(`user group ${identifier}`, owner);
      return success(request, userGroup(row));
    },
  );
}

function memberRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.post(
    `${URL}/:identifier/users`,
    {
      schema: {
        summary: 'The users in a group',
        tags,
        params: Params,
        querystring: PageQuery,
        response: answers(successOf(ngPageOf(UserMetadata))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const isBuiltIn = BUILT_IN_GROUPS.includes(identifier);
      const group = isBuiltIn ? undefined : await findUserGroup(db, owner, identifier);
      if (!isBuiltIn && group === undefined) throw missing(`user group ${identifier}`, owner);
      if (group?.users.length === 0) return success(request, ngPage([], pageIndex, size, 0));
      const { rows, total } =
        group === undefined
          ? await listUsers(db, owner, { search }, pageIndex, size)
          : await listUsers(db, { accountId: owner.accountId }, { search, ids: group.users }, pageIndex, size);
      return success(request, ngPage(rows.map(userMetadata), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/:identifier/member/:userIdentifier`,
    {
      schema: {
        summary: 'Whether a user is in a group',
        tags,
        params: MemberParams,
        querystring: Query,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const { identifier, userIdentifier } = request.params;
      const owner = ownerOf(request, request.query);
      const group = await findUserGroup(db, owner, identifier);
      if (group === undefined) throw missing(`user group ${identifier}`, owner);
      return success(request, group.users.includes(userIdentifier));
    },
  );

  for (const [method, summary, action] of [
    ['PUT', 'Put a user into a group', 'ADD_MEMBERSHIP'],
    ['DELETE', 'Take a user out of a group', 'REMOVE_MEMBERSHIP'],
  ] as const) {
    app.route({
      method,
      url: `${URL}/:identifier/member/:userIdentifier`,
      schema: { summary, tags, params: MemberParams, querystring: Query, response: answers(successOf(UserGroup)) },
      handler: async (request) => {
        const { identifier, userIdentifier } = request.params as {
          readonly identifier: string;
          readonly userIdentifier: string;
        };
        const owner = ownerOf(request, request.query as { readonly orgIdentifier?: string });
        const row = await changeAccess(deps, request, owner, async (tx, giver) => {
          if ((await findUserGroup(tx, owner, identifier)) === undefined)
            throw missing(`user group ${identifier} whose members can be chosen`, owner);
          await requireUsers(tx, owner.accountId, [userIdentifier]);
          if (action === 'ADD_MEMBERSHIP') {
            await requireGroupGivable(tx, giver, owner, identifier);
            await addMember(tx, owner, identifier, userIdentifier);
          } else await removeMember(tx, owner, identifier, userIdentifier);
          await record(request, tx, action, owner, identifier);
          return await findUserGroup(tx, owner, identifier);
        });
        return success(request, userGroup(row as UserGroupRow));
      },
    });
  }
}

async function requireGroupGivable(tx: Transaction, giver: Giver, owner: OwnerScope, group: string): Promise<void> {
  requireGivable(giver, await listGrantsBy(tx, owner, { group, scope: levelOf(owner) }));
}

async function requireUsers(tx: Transaction, accountId: string, ids: readonly string[]): Promise<void> {
  const known = new Set((await listUsersById(tx, accountId, ids)).map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) throw notFound(`There is no user ${unknown.join(', ')}.`);
}

function record(
  request: FastifyRequest,
  tx: Transaction,
  action: AuditAction,
  scope: OwnerScope,
  identifier: string,
): Promise<void> {
  return recordAudit(tx, request, { action, scope, resource: { type: 'USERGROUP', identifier } });
}
