import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_SCOPE } from '../intake/demo.ts';
import { deleteOldAuditEvents } from '../store/audit-events.ts';
import { addHolder, holderOf, type Holder } from './test-holders.ts';
import { ACCOUNT, createTestApp, type Answer, type Call, type TestApp } from './test-app.ts';

let bridle: TestApp;
let adminId = '';

beforeAll(async () => {
  bridle = await createTestApp();
  adminId = (await bridle.call('GET', '/ng/api/user/currentUser')).body.data?.['uuid'] ?? '';
});
afterAll(() => bridle.close());

const ACCOUNT_ONLY = { orgIdentifier: '', projectIdentifier: '' };
const UUID = expect.stringMatching(/^[A-Za-z0-9_-]{10,}$/) as string;

function data<T = Record<string, never>>(answer: Answer): T {
  expect(answer.body).toMatchObject({ status: 'SUCCESS' });
  return answer.body.data as T;
}

/** A service account of the demo's project with these roles, and a token of it. */
async function serviceAccountWith(
  identifier: string,
  roles: readonly string[],
  resourceGroupIdentifier = '_all_project_level_resources',
): Promise<string> {
  data(await bridle.call('POST', '/ng/api/serviceaccount', { body: { identifier, name: identifier } }));
  for (const roleIdentifier of roles) {
    const principal = { identifier, type: 'SERVICE_ACCOUNT', scopeLevel: 'project' };
    const body = { roleIdentifier, resourceGroupIdentifier, principal };
    data(await bridle.call('POST', '/authz/api/roleassignments', { body }));
  }
  return await tokenOf(identifier);
}

async function tokenOf(identifier: string, more: Record<string, unknown> = {}): Promise<string> {
  const of = { apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: identifier, ...DEMO_SCOPE };
  await bridle.call('POST', '/ng/api/apikey', { body: { identifier: 'key', name: 'Key', ...of } });
  const body = { identifier: 'token', name: 'Token', apiKeyIdentifier: 'key', ...of, ...more };
  return data<string>(await bridle.call('POST', '/ng/api/token', { body }));
}

function as(token: string, call: Call = {}): Call {
  return { ...call, headers: { ...call.headers, 'x-api-key': token } };
}

describe('service accounts and their tokens', () => {
  it('are made, listed, changed and deleted', async () => {
    const made = data(
      await bridle.call('POST', '/ng/api/serviceaccount', {
        body: { identifier: 'robot', name: 'Robot', description: 'Turns.', tags: { a: 'b' } },
      }),
    );
    const robot = {
      identifier: 'robot',
      name: 'Robot',
      email: 'robot@service.bridle.local',
      description: 'Turns.',
      tags: { a: 'b' },
      accountIdentifier: ACCOUNT,
      ...DEMO_SCOPE,
      governanceMetadata: null,
    };
    expect(made).toEqual(robot);
    expect(data(await bridle.call('GET', '/ng/api/serviceaccount'))).toContainEqual(robot);
    const twice = await bridle.call('POST', '/ng/api/serviceaccount', { body: { identifier: 'robot', name: 'R' } });
    expect(twice.body).toMatchObject({ code: 'DUPLICATE_FIELD' });
    const changed = await bridle.call('PUT', '/ng/api/serviceaccount/robot', {
      body: { identifier: 'robot', name: 'Robot 2' },
    });
    expect(data(changed)).toMatchObject({ name: 'Robot 2', tags: {} });
    expect(data(await bridle.call('GET', '/ng/api/serviceaccount/aggregate/robot'))).toMatchObject({
      serviceAccount: { identifier: 'robot' },
      tokensCount: 0,
      roleAssignmentsMetadataDTO: [],
    });
    expect(data(await bridle.call('DELETE', '/ng/api/serviceaccount/robot'))).toBe(true);
    expect((await bridle.call('DELETE', '/ng/api/serviceaccount/robot')).status).toBe(404);
  });

  it('may do what they were given, from the first request until the token is revoked', async () => {
    const token = await serviceAccountWith('viewer', ['_project_viewer']);
    expect(token).toMatch(new RegExp(`^sat\\.${ACCOUNT}\\.[A-Za-z0-9]{24}\\.`));
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(200);
    const refused = await bridle.call('POST', '/pipeline/api/pipeline/execute/test', as(token));
    expect(refused.body).toMatchObject({
      code: 'NG_ACCESS_DENIED',
      message: 'Missing permission core_pipeline_execute on pipeline with identifier test',
    });
    const query = { apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: 'viewer', apiKeyIdentifier: 'key' };
    expect(data(await bridle.call('GET', '/ng/api/token/aggregate', { query }))).toMatchObject({
      totalItems: 1,
      content: [{ token: { identifier: 'token', valid: true, validTo: null, encodedPassword: null } }],
    });
    // Noted to the minute: each further call of the same minute writes nothing.
    const uses = async (): Promise<readonly unknown[]> =>
      data<{ content: readonly { lastUsedAt: number | null }[] }>(
        await bridle.call('GET', '/ng/api/token/aggregate', { query }),
      ).content.map(({ lastUsedAt }) => lastUsedAt);
    const setUse = async (at: number | null): Promise<unknown> =>
      await bridle.db
        .updateTable('api_keys')
        .set({ last_used_at: at })
        .where('id', '=', token.split('.')[2] ?? '')
        .execute();
    const [first] = await uses();
    expect(first).toEqual(expect.any(Number));
    await setUse(Number(first) - 50_000);
    await bridle.call('GET', '/pipeline/api/pipelines/test', as(token));
    expect(await uses()).toEqual([Number(first) - 50_000]);
    await setUse(Number(first) - 60_001);
    await bridle.call('GET', '/pipeline/api/pipelines/test', as(token));
    expect(Number((await uses())[0])).toBeGreaterThanOrEqual(Number(first));
    await setUse(null);
    expect(await uses()).toEqual([null]);
    expect(data(await bridle.call('DELETE', '/ng/api/token/token', { query }))).toBe(true);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(401);
  });

  it('have tokens that end at their time, and can be replaced', async () => {
    await serviceAccountWith('rotated', ['_project_viewer']);
    const past = await bridle.call('POST', '/ng/api/token', {
      body: {
        identifier: 'old',
        name: 'Old',
        apiKeyIdentifier: 'key',
        apiKeyType: 'SERVICE_ACCOUNT',
        parentIdentifier: 'rotated',
        validTo: 1_000,
        ...DEMO_SCOPE,
      },
    });
    expect(past.body).toMatchObject({ code: 'INVALID_REQUEST' });
    const query = { apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: 'rotated', apiKeyIdentifier: 'key' };
    const first = await tokenOf('rotated', { identifier: 'second' });
    const next = data<string>(await bridle.call('POST', '/ng/api/token/rotate/second', { query }));
    expect(next).not.toBe(first);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(first))).status).toBe(401);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(next))).status).toBe(200);
  });
});

describe('nobody gives away what they do not have', () => {
  it('by role assignments, tokens, groups, roles and resource groups', async () => {
    const manager = await serviceAccountWith('manager', ['_project_viewer']);
    data(
      await bridle.call('POST', '/authz/api/roles', {
        body: {
          identifier: 'people_manager',
          name: 'People manager',
          permissions: [
            'core_user_manage',
            'core_user_invite',
            'core_usergroup_manage',
            'core_serviceaccount_edit',
            'core_serviceaccount_manageapikey',
            'core_role_edit',
            'core_resourcegroup_edit',
          ],
        },
      }),
    );
    const give = (roleIdentifier: string, identifier: string, type = 'SERVICE_ACCOUNT'): Call => ({
      body: { roleIdentifier, principal: { identifier, type, scopeLevel: 'project' } },
    });
    data(await bridle.call('POST', '/authz/api/roleassignments', give('people_manager', 'manager')));
    const escalate = await bridle.call(
      'POST',
      '/authz/api/roleassignments',
      as(manager, give('_project_admin', 'manager')),
    );
    expect(escalate.body).toMatchObject({ code: 'NG_ACCESS_DENIED' });
    expect(escalate.body.message).toMatch(/^Nobody may give away what they do not have/);
    // What it has it may give.
    await serviceAccountWith('colleague', []);
    data(await bridle.call('POST', '/authz/api/roleassignments', as(manager, give('_project_viewer', 'colleague'))));

    // The token of a mightier service account.
    await serviceAccountWith('mighty', ['_project_admin']);
    const of = { apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: 'mighty', ...DEMO_SCOPE };
    const stolen = { identifier: 'stolen', name: 'Stolen', apiKeyIdentifier: 'key', ...of };
    const tokenRefused = await bridle.call('POST', '/ng/api/token', as(manager, { body: stolen }));
    expect(tokenRefused.status).toBe(403);
    const query = { apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: 'mighty', apiKeyIdentifier: 'key' };
    const rotateRefused = await bridle.call('POST', '/ng/api/token/rotate/token', as(manager, { query }));
    expect(rotateRefused.status).toBe(403);

    // A place in a mightier group.
    const group = { identifier: 'admins', name: 'Admins', users: [] };
    data(await bridle.call('POST', '/ng/api/user-groups', { body: group }));
    data(await bridle.call('POST', '/authz/api/roleassignments', give('_project_admin', 'admins', 'USER_GROUP')));
    const member = `/ng/api/user-groups/admins/member/${adminId}`;
    expect((await bridle.call('PUT', member, as(manager))).status).toBe(403);
    const put = as(manager, { body: { ...group, users: [adminId] } });
    expect((await bridle.call('PUT', '/ng/api/user-groups', put)).status).toBe(403);
    const invite = as(manager, { body: { emails: ['eve@example.com'], userGroups: ['admins'], roleBindings: [] } });
    expect((await bridle.call('POST', '/ng/api/user/users', invite)).status).toBe(403);
    const bind = { emails: ['eve@example.com'], roleBindings: [{ roleIdentifier: '_project_admin' }] };
    expect((await bridle.call('POST', '/ng/api/user/users', as(manager, { body: bind }))).status).toBe(403);

    // A role of one's own made mightier.
    const mightier = {
      identifier: 'people_manager',
      name: 'People manager',
      permissions: ['core_user_manage', 'core_pipeline_delete'],
    };
    const changed = await bridle.call('PUT', '/authz/api/roles/people_manager', as(manager, { body: mightier }));
    expect(changed.status).toBe(403);
    expect(data(await bridle.call('GET', '/authz/api/roles/people_manager'))).not.toMatchObject({
      role: { permissions: ['core_user_manage', 'core_pipeline_delete'] },
    });

    // A resource group made wider.
    const narrow = {
      identifier: 'one',
      name: 'One',
      includedScopes: [{ filter: 'EXCLUDING_CHILD_SCOPES', accountIdentifier: ACCOUNT, ...DEMO_SCOPE }],
      resourceFilter: { includeAllResources: false, resources: [{ resourceType: 'PIPELINE', identifiers: ['test'] }] },
    };
    data(await bridle.call('POST', '/resourcegroup/api/v2/resourcegroup', { body: { resourceGroup: narrow } }));
    const runner = await serviceAccountWith('runner', ['_pipeline_executor'], 'one');
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(runner))).status).toBe(200);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/showcase', as(runner))).status).toBe(403);
    const wide = { ...narrow, resourceFilter: { includeAllResources: true } };
    const widened = await bridle.call(
      'PUT',
      '/resourcegroup/api/v2/resourcegroup/one',
      as(manager, { body: { resourceGroup: wide } }),
    );
    expect(widened.status).toBe(403);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/showcase', as(runner))).status).toBe(403);
  });

  it('nor shuts out the last administrator, or themselves', async () => {
    const gone = await bridle.call('DELETE', `/ng/api/user/${adminId}`, { query: ACCOUNT_ONLY });
    expect(gone.status).toBe(400);
    const disabled = await bridle.call('PUT', `/bridle/api/users/${adminId}/status`, { query: { enabled: 'false' } });
    expect(disabled.status).toBe(400);
    const list = await bridle.call('GET', '/authz/api/roleassignments', { query: ACCOUNT_ONLY });
    const [managed] = data<{ content: { roleAssignment: { identifier: string } }[] }>(list).content;
    const path = `/authz/api/roleassignments/${managed?.roleAssignment.identifier ?? ''}`;
    expect((await bridle.call('DELETE', path, { query: ACCOUNT_ONLY })).status).toBe(404);
  });
});

describe('administrators', () => {
  it('are told by what they were given, whoever made the installation', async () => {
    const flags = async (who: Holder): Promise<readonly unknown[]> => {
      const current = data<{ admin: boolean }>(await who.call('GET', '/ng/api/user/currentUser')).admin;
      const session = data<{ user: { admin: boolean } }>(await who.call('GET', '/bridle/api/session'));
      return [current, session.user.admin];
    };
    const all = { resources: '_all_resources_including_child_scopes', owner: { accountId: ACCOUNT } };
    const second = await addHolder(bridle, 'second_admin', { role: '_account_admin', ...all });
    const viewer = await addHolder(bridle, 'sees_all', { role: '_account_viewer', ...all });
    expect(await flags(second)).toEqual([true, true]);
    expect(await flags(viewer)).toEqual([false, false]);
    expect(await flags(holderOf(bridle, adminId, bridle.token))).toEqual([true, true]);
  });
});

describe('users', () => {
  it('are added with roles and groups, sign in by a link, make tokens, and are disabled and taken out', async () => {
    const body = {
      emails: ['ada@example.com'],
      roleBindings: [{ roleIdentifier: '_project_viewer', resourceGroupIdentifier: '_all_project_level_resources' }],
    };
    const added = data<{ addUserResponseMap: unknown; signInLinks: Record<string, string> }>(
      await bridle.call('POST', '/ng/api/user/users', { body }),
    );
    expect(added.addUserResponseMap).toEqual({ 'ada@example.com': 'USER_ADDED_SUCCESSFULLY' });
    const code = /code=(.+)$/.exec(added.signInLinks['ada@example.com'] ?? '')?.[1] ?? '';
    const again = data(await bridle.call('POST', '/ng/api/user/users', { body }));
    expect(again).toEqual({ addUserResponseMap: { 'ada@example.com': 'USER_ALREADY_ADDED' }, signInLinks: {} });

    const session = await bridle.call('POST', '/bridle/api/session', { isPublic: true, body: { code } });
    const id = data<{ user: { id: string } }>(session).user.id;
    const cookie = String(session.headers['set-cookie']).split(';')[0] ?? '';
    const browser: Call = { isPublic: true, headers: { cookie, 'sec-fetch-site': 'same-origin' } };
    const mine = { apiKeyType: 'USER', parentIdentifier: id };
    data(await bridle.call('POST', '/ng/api/apikey', { ...browser, body: { identifier: 'k', name: 'K', ...mine } }));
    const token = data<string>(
      await bridle.call('POST', '/ng/api/token', {
        ...browser,
        body: { identifier: 't', name: 'T', apiKeyIdentifier: 'k', ...mine },
      }),
    );
    expect(token).toMatch(/^pat\./);
    // Nobody makes one for somebody else, not even an administrator.
    const other = await bridle.call('POST', '/ng/api/apikey', { body: { identifier: 'x', name: 'X', ...mine } });
    expect(other.status).toBe(403);

    const users = data<{ content: unknown[] }>(await bridle.call('GET', '/ng/api/user/users'));
    expect(users.content).toContainEqual({
      uuid: id,
      name: 'ada',
      email: 'ada@example.com',
      locked: false,
      disabled: false,
      externallyManaged: false,
      twoFactorAuthenticationEnabled: false,
    });
    expect(data(await bridle.call('POST', '/ng/api/user/aggregate', { query: { searchTerm: 'ada' } }))).toMatchObject({
      content: [
        {
          user: { uuid: id },
          roleAssignmentMetadata: [
            {
              identifier: UUID,
              roleIdentifier: '_project_viewer',
              roleName: 'Project Viewer',
              resourceGroupIdentifier: '_all_project_level_resources',
              resourceGroupName: 'All Project Level Resources',
              managedRole: true,
              managedRoleAssignment: false,
            },
          ],
        },
      ],
    });

    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(200);
    const status = `/bridle/api/users/${id}/status`;
    expect(data(await bridle.call('PUT', status, { query: { enabled: 'false' } }))).toMatchObject({ disabled: true });
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(401);
    expect((await bridle.call('GET', '/bridle/api/session', browser)).status).toBe(401);
    data(await bridle.call('PUT', status, { query: { enabled: 'true' } }));
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(200);

    // Out of the project: known to the account, allowed nothing.
    expect(data(await bridle.call('DELETE', `/ng/api/user/${id}`))).toBe(true);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(403);
    expect(data(await bridle.call('DELETE', `/ng/api/user/${id}`, { query: ACCOUNT_ONLY }))).toBe(true);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(401);
    const back = data<{ signInLinks: Record<string, string> }>(
      await bridle.call('POST', '/ng/api/user/users', { body: { emails: ['Ada@example.com'] } }),
    );
    expect(Object.keys(back.signInLinks)).toEqual(['Ada@example.com']);
    // What they had before does not come back with them.
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(401);
  });
});

describe('roles and resource groups', () => {
  it('are listed with the built-in ones, and take with them what was given by them', async () => {
    const body = { identifier: 'r1', name: 'R1', permissions: ['core_pipeline_view'], tags: { x: 'y' } };
    expect(data(await bridle.call('POST', '/authz/api/roles', { body }))).toEqual({
      role: { ...body, description: '', allowedScopeLevels: ['project'] },
      scope: { accountIdentifier: ACCOUNT, ...DEMO_SCOPE },
      createdAt: expect.any(Number) as number,
      lastModifiedAt: expect.any(Number) as number,
      harnessManaged: false,
    });
    const list = data<{ content: { role: { identifier: string } }[] }>(await bridle.call('GET', '/authz/api/roles'));
    expect(list.content.map(({ role }) => role.identifier)).toEqual(
      expect.arrayContaining(['_project_admin', '_project_viewer', '_pipeline_executor', 'r1']),
    );
    const unknown = await bridle.call('POST', '/authz/api/roles', { body: { ...body, permissions: ['core_x_y'] } });
    expect(unknown.body.message).toBe('Invalid request: There is no permission core_x_y.');
    const builtIn = await bridle.call('POST', '/authz/api/roles', { body: { ...body, identifier: '_r1' } });
    expect(builtIn.status).toBe(400);
    // One of the account with the same name would make the name mean two things.
    const above = await bridle.call('POST', '/authz/api/roles', { body, query: ACCOUNT_ONLY });
    expect(above.body).toMatchObject({ code: 'DUPLICATE_FIELD' });

    const token = await serviceAccountWith('holder', ['r1']);
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(200);
    data(await bridle.call('DELETE', '/authz/api/roles/r1'));
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(403);
    data(await bridle.call('POST', '/authz/api/roles', { body }));
    expect((await bridle.call('GET', '/pipeline/api/pipelines/test', as(token))).status).toBe(403);
  });

  it('refuses resource groups that reach beyond their scope', async () => {
    const resourceGroup = {
      identifier: 'beyond',
      name: 'Beyond',
      includedScopes: [{ filter: 'INCLUDING_CHILD_SCOPES', accountIdentifier: ACCOUNT }],
      resourceFilter: { includeAllResources: true },
    };
    const answer = await bridle.call('POST', '/resourcegroup/api/v2/resourcegroup', { body: { resourceGroup } });
    expect(answer.status).toBe(400);
  });

  it('says whether one may', async () => {
    const token = await serviceAccountWith('asker', ['_project_viewer']);
    const resourceScope = { accountIdentifier: ACCOUNT, ...DEMO_SCOPE };
    const of = { resourceScope, resourceType: 'PIPELINE', resourceIdentifier: 'test' };
    const body = {
      permissions: [
        { ...of, permission: 'core_pipeline_view' },
        { ...of, permission: 'core_pipeline_edit' },
        { ...of, permission: 'core_nothing_view' },
      ],
    };
    expect(data(await bridle.call('POST', '/authz/api/acl', as(token, { body })))).toEqual({
      principal: { principalIdentifier: UUID, principalType: 'SERVICE_ACCOUNT' },
      accessControlList: [
        { ...of, permission: 'core_pipeline_view', permitted: true },
        { ...of, permission: 'core_pipeline_edit', permitted: false },
        { ...of, permission: 'core_nothing_view', permitted: false },
      ],
    });
    const principal = { principalIdentifier: adminId, principalType: 'USER' };
    expect((await bridle.call('POST', '/authz/api/acl', as(token, { body: { ...body, principal } }))).status).toBe(403);
  });
});

describe('user groups', () => {
  it('have members, and give them what the group has', async () => {
    const body = { identifier: 'g1', name: 'G1', users: [adminId] };
    expect(data(await bridle.call('POST', '/ng/api/user-groups', { body }))).toEqual({
      identifier: 'g1',
      name: 'G1',
      description: '',
      tags: {},
      users: [adminId],
      notificationConfigs: [],
      ssoLinked: false,
      externallyManaged: false,
      harnessManaged: false,
      accountIdentifier: ACCOUNT,
      ...DEMO_SCOPE,
    });
    const list = data<{ content: { identifier: string }[] }>(await bridle.call('GET', '/ng/api/user-groups'));
    expect(list.content[0]).toMatchObject({ identifier: '_project_all_users', harnessManaged: true });
    const member = `/ng/api/user-groups/g1/member/${adminId}`;
    expect(data(await bridle.call('GET', member))).toBe(true);
    data(await bridle.call('DELETE', member));
    expect(data(await bridle.call('GET', member))).toBe(false);
    expect((await bridle.call('PUT', '/ng/api/user-groups/g1/member/nobody')).status).toBe(404);
    expect((await bridle.call('DELETE', '/ng/api/user-groups/g1')).status).toBe(200);
    expect((await bridle.call('GET', '/ng/api/user-groups/g1')).status).toBe(404);
  });
});

describe('the audit log', () => {
  it('has every change with who, what and where, and no secret', async () => {
    const value = 'hunter2-canary-5309';
    data(
      await bridle.call('POST', '/ng/api/v2/secrets', {
        body: {
          secret: {
            type: 'SecretText',
            identifier: 'canary',
            name: 'canary',
            ...DEMO_SCOPE,
            spec: { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value },
          },
        },
      }),
    );
    data(await bridle.call('POST', '/pipeline/api/pipeline/execute/test'));
    const list = await bridle.call('POST', '/audit/api/audits/list', {
      query: { pageSize: '1000' },
      body: { scopes: [{ accountIdentifier: ACCOUNT, ...DEMO_SCOPE }] },
    });
    const { content } = data<{ content: Record<string, unknown>[] }>(list);
    expect(content).toContainEqual({
      auditId: UUID,
      insertId: UUID,
      resourceScope: { accountIdentifier: ACCOUNT, ...DEMO_SCOPE },
      httpRequestInfo: { requestMethod: 'POST' },
      requestMetadata: { clientIP: '127.0.0.1' },
      timestamp: expect.any(Number) as number,
      authenticationInfo: { principal: { type: 'USER', identifier: adminId }, labels: { username: 'admin' } },
      module: 'CORE',
      resource: { type: 'SECRET', identifier: 'canary', labels: {} },
      action: 'CREATE',
      yamlDiff: false,
    });
    expect(content).toContainEqual(
      expect.objectContaining({ action: 'START', resource: { type: 'PIPELINE', identifier: 'test', labels: {} } }),
    );
    const everything = await bridle.db.selectFrom('audit_events').selectAll().execute();
    expect(JSON.stringify(everything)).not.toContain(value);
    expect(JSON.stringify(everything)).not.toMatch(/[ps]at\.kmpy/);
    const deleted = await bridle.call('POST', '/audit/api/audits/list', {
      body: { actions: ['DELETE'], resources: [{ type: 'USERGROUP', identifier: 'g1' }] },
    });
    expect(data(deleted)).toMatchObject({ totalItems: 1 });
    const later = await bridle.call('POST', '/audit/api/audits/list', { body: { startTime: 9_999_999_999_999 } });
    expect(data(later)).toMatchObject({ totalItems: 0 });
  });

  it('can only be added to', async () => {
    await expect(bridle.db.updateTable('audit_events').set({ action: 'X' }).execute()).rejects.toThrow(/only be added/);
    await expect(bridle.db.deleteFrom('audit_events').execute()).rejects.toThrow(/only be added/);
  });

  it('is swept of what is older than it has to be kept', async () => {
    const count = async (): Promise<number> =>
      (await bridle.db.selectFrom('audit_events').select('id').execute()).length;
    const before = await count();
    const remove = (keepMs: number, limit: number): Promise<number> =>
      deleteOldAuditEvents(bridle.db, ACCOUNT, keepMs, limit);
    expect(await remove(3_600_000, before)).toBe(0);
    expect(await deleteOldAuditEvents(bridle.db, 'another', -3_600_000, before)).toBe(0);
    const newest = await bridle.db
      .selectFrom('audit_events')
      .select('id')
      .orderBy('position', 'desc')
      .executeTakeFirst();
    expect(await remove(-3_600_000, before - 1)).toBe(before - 1);
    expect(await bridle.db.selectFrom('audit_events').select('id').execute()).toEqual([newest]);
    expect(await remove(-3_600_000, before)).toBe(1);
    expect(await count()).toBe(0);
  });

  it('is read by those who may', async () => {
    const token = await serviceAccountWith('nosy', ['_project_viewer']);
    expect((await bridle.call('POST', '/audit/api/audits/list', as(token, { body: {} }))).status).toBe(403);
  });
});
