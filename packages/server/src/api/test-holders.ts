/** People of a test who were given something of their own: a role, for some resources, in a place. */
import { sql } from 'kysely';
import { issueToken } from '../auth/tokens.ts';
import { DEMO_SCOPE } from '../intake/demo.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { insertRoleAssignment } from '../store/role-assignments.ts';
import { insertUser } from '../store/users.ts';
import { ACCOUNT, type Answer, type Call, type TestApp } from './test-app.ts';

export interface Given {
  readonly role: string;
  /** Absent = all of the project's level. */
  readonly resources?: string;
  /** Absent = the demo's project. */
  readonly owner?: OwnerScope;
}

export interface Holder {
  readonly id: string;
  readonly token: string;
  call(method: Parameters<TestApp['call']>[0], path: string, call?: Call): Promise<Answer>;
}

/** A user with a token, whom somebody has given this. */
export async function addHolder(server: TestApp, id: string, ...given: readonly Given[]): Promise<Holder> {
  const user = { id, accountId: ACCOUNT, name: id, email: `${id}@example.test`, isAdmin: false };
  await insertUser(server.db, user);
  for (const each of given) await giveRole(server, id, each);
  return holderOf(server, id, await issueToken(server.db, user, 'test'));
}

export function holderOf(server: TestApp, id: string, token: string): Holder {
  const call: Holder['call'] = (method, path, sent = {}) =>
    server.call(method, path, { ...sent, headers: { 'x-api-key': token, ...sent.headers } });
  return { id, token, call };
}

export async function giveRole(server: TestApp, id: string, { role, resources, owner }: Given): Promise<void> {
  await insertRoleAssignment(server.db, {
    owner: owner ?? { accountId: ACCOUNT, ...DEMO_SCOPE },
    identifier: `given_${id}_${role}`.replaceAll(/\W/g, '_'),
    roleIdentifier: role,
    resourceGroupIdentifier: resources ?? '_all_project_level_resources',
    principal: { type: 'USER', id, scope: 'account' },
    isManaged: false,
    isDisabled: false,
  });
}

/** A role of the account with these permissions. */
export async function addRole({ db }: TestApp, identifier: string, permissions: readonly string[]): Promise<void> {
  await sql`insert into roles (account_id, org_identifier, project_identifier, identifier, name, description, permissions, scopes, created_at, updated_at)
    values (${ACCOUNT}, '', '', ${identifier}, ${identifier}, '', ${permissions}::text[], '{account,org,project}', 0, 0)`.execute(
    db,
  );
}

/** A resource group of the demo's project with these identifiers by type. */
export async function addResources(
  { db }: TestApp,
  identifier: string,
  resources: Readonly<Record<string, readonly string[] | null>>,
): Promise<void> {
  const { orgIdentifier, projectIdentifier } = DEMO_SCOPE;
  await sql`insert into resource_groups (account_id, org_identifier, project_identifier, identifier, name, description, included_scopes, resources, created_at, updated_at)
    values (${ACCOUNT}, ${orgIdentifier}, ${projectIdentifier}, ${identifier}, ${identifier}, '',
      ${JSON.stringify([{ org: orgIdentifier, project: projectIdentifier, children: false }])}, ${JSON.stringify(resources)}, 0, 0)`.execute(
    db,
  );
}
