import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../store/installation.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { insertRoleAssignment, type RoleAssignmentRow } from '../store/role-assignments.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { insertUser } from '../store/users.ts';
import { createAuthorizer, type Authorizer } from './authorizer.ts';
import type { Permission } from './permissions.ts';

const ACCOUNT = { accountId: 'acct' };
const ORG = { ...ACCOUNT, orgIdentifier: 'default' };
const PROJECT = { ...ORG, projectIdentifier: 'shop' };
const ADA = { accountId: 'acct', kind: 'USER', userId: 'ada' } as const;

let database: TestDatabase;
let authorizer: Authorizer;
let now = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await insertAccount(database.db, 'acct', 'Account');
  await insertUser(database.db, {
    id: 'ada',
    accountId: 'acct',
    name: 'ada',
    email: 'ada@example.com',
    isAdmin: false,
  });
});
afterAll(() => database.close());

beforeEach(async () => {
  await sql`delete from role_assignments`.execute(database.db);
  await sql`delete from user_group_members`.execute(database.db);
  authorizer = createAuthorizer(database.db, () => now);
});

async function give(
  owner: OwnerScope,
  roleIdentifier: string,
  resourceGroupIdentifier: string,
  principal: RoleAssignmentRow['principal'] = { type: 'USER', id: 'ada', scope: 'account' },
): Promise<void> {
  await insertRoleAssignment(database.db, {
    owner,
    identifier: `${roleIdentifier} ${resourceGroupIdentifier} ${principal.id}`,
    roleIdentifier,
    resourceGroupIdentifier,
    principal,
    isManaged: false,
    isDisabled: false,
  });
}

function may(permission: Permission, scope: OwnerScope, identifier?: string): Promise<boolean> {
  return authorizer.isAllowed(ADA, { permission, scope, ...(identifier === undefined ? {} : { identifier }) });
}

describe('the authorizer', () => {
  it('grants what built-in roles say, where they were given', async () => {
    await give(PROJECT, '_project_viewer', '_all_project_level_resources');
    expect(await may('core_pipeline_view', PROJECT, 'build')).toBe(true);
    expect(await may('core_pipeline_edit', PROJECT, 'build')).toBe(false);
    expect(await may('core_pipeline_view', ORG)).toBe(false);
    expect(await may('core_pipeline_view', { ...ORG, projectIdentifier: 'other' })).toBe(false);
    expect(await may('core_pipeline_view', { ...PROJECT, accountId: 'another' })).toBe(false);
  });

  it('does not grant a built-in role where it cannot be given', async () => {
    await give(PROJECT, '_account_admin', '_all_project_level_resources');
    await give(PROJECT, '_project_viewer', '_all_resources_including_child_scopes');
    expect(await may('core_pipeline_view', PROJECT)).toBe(false);
  });

  it('grants by groups of people, the one of everybody included', async () => {
    await sql`insert into user_groups (account_id, org_identifier, project_identifier, identifier, name, description, created_at, updated_at)
      values ('acct', 'default', '', 'builders', 'Builders', '', 0, 0)`.execute(database.db);
    await give(PROJECT, '_project_viewer', '_all_project_level_resources', {
      type: 'USER_GROUP',
      id: 'builders',
      scope: 'org',
    });
    expect(await may('core_pipeline_view', PROJECT)).toBe(false);
    await sql`insert into user_group_members values ('acct', 'default', '', 'builders', 'ada')`.execute(database.db);
    authorizer.forget();
    expect(await may('core_pipeline_view', PROJECT)).toBe(true);
    await give(ACCOUNT, '_account_basic', '_all_account_level_resources', {
      type: 'USER_GROUP',
      id: '_account_all_users',
      scope: 'account',
    });
    authorizer.forget();
    expect(await may('core_account_view', ACCOUNT)).toBe(true);
  });

  it.each([
    ['_organization_all_users', ORG, '_organization_viewer', '_all_resources_including_child_scopes', 'org'],
    ['_project_all_users', PROJECT, '_project_viewer', '_all_project_level_resources', 'project'],
  ] as const)(
    'has in %s whoever was given something there, and nobody else',
    async (group, owner, role, all, level) => {
      await give(owner, role, all, { type: 'USER_GROUP', id: group, scope: level });
      // Being in the group makes nobody belong: else everybody would.
      expect(await may('core_pipeline_view', PROJECT)).toBe(false);
      // Of a project beside it, which is of the organization as well.
      await give({ ...ORG, projectIdentifier: 'beside' }, '_project_basic', '_all_project_level_resources');
      authorizer.forget();
      expect(await may('core_pipeline_view', PROJECT)).toBe(level === 'org');
      await give(PROJECT, '_project_basic', '_all_project_level_resources');
      authorizer.forget();
      expect(await may('core_pipeline_view', PROJECT)).toBe(true);
      expect(await may('core_pipeline_view', { ...PROJECT, orgIdentifier: 'other' })).toBe(false);
      await sql`delete from role_assignments where principal_type = 'USER' and org_identifier = 'default'`.execute(
        database.db,
      );
      authorizer.forget();
      expect(await may('core_pipeline_view', PROJECT)).toBe(false);
    },
  );

  it('has in them whoever is there by a group of theirs, and no service account', async () => {
    await give(PROJECT, '_project_viewer', '_all_project_level_resources', {
      type: 'USER_GROUP',
      id: '_project_all_users',
      scope: 'project',
    });
    await sql`insert into user_groups (account_id, org_identifier, project_identifier, identifier, name, description, created_at, updated_at)
      values ('acct', 'default', 'shop', 'testers', 'Testers', '', 0, 0) on conflict do nothing`.execute(database.db);
    expect(await may('core_pipeline_view', PROJECT)).toBe(false);
    await sql`insert into user_group_members values ('acct', 'default', 'shop', 'testers', 'ada')`.execute(database.db);
    authorizer.forget();
    expect(await may('core_pipeline_view', PROJECT)).toBe(true);
    const robot = { ...ADA, kind: 'SERVICE_ACCOUNT' as const };
    expect(await authorizer.isAllowed(robot, { permission: 'core_pipeline_view', scope: PROJECT })).toBe(false);
  });

  it('grants roles and resource groups of one’s own, which reach no further than where they were given', async () => {
    await sql`insert into roles (account_id, org_identifier, project_identifier, identifier, name, description, permissions, scopes, created_at, updated_at)
      values ('acct', '', '', 'runner', 'Runner', '', '{core_pipeline_execute}', '{account,org,project}', 0, 0)`.execute(
      database.db,
    );
    await sql`insert into resource_groups (account_id, org_identifier, project_identifier, identifier, name, description, included_scopes, resources, created_at, updated_at)
      values ('acct', 'default', 'shop', 'one', 'One', '', '[{"org":"default","project":"shop","children":false},{"children":true}]', '{"PIPELINE":["build"]}', 0, 0)`.execute(
      database.db,
    );
    await give(PROJECT, 'runner', 'one');
    expect(await may('core_pipeline_execute', PROJECT, 'build')).toBe(true);
    expect(await may('core_pipeline_execute', PROJECT, 'other')).toBe(false);
    expect(await may('core_pipeline_view', PROJECT, 'build')).toBe(false);
    expect(await may('core_pipeline_execute', { ...ORG, projectIdentifier: 'other' }, 'build')).toBe(false);
    await sql`delete from roles where identifier = 'runner'`.execute(database.db);
    authorizer.forget();
    expect(await may('core_pipeline_execute', PROJECT, 'build')).toBe(false);
  });

  it('forgets within seconds what was taken away', async () => {
    await give(PROJECT, '_project_viewer', '_all_project_level_resources');
    expect(await may('core_pipeline_view', PROJECT)).toBe(true);
    await sql`delete from role_assignments`.execute(database.db);
    now += 5_000;
    expect(await may('core_pipeline_view', PROJECT)).toBe(false);
  });
});
