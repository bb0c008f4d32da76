/** Organizations and projects with their people and counts: the whole shape, and what is shown to whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { addUser } from './test-principals.ts';

let server: TestApp;
const tokens: Record<string, string> = {};

const ORGANIZATIONS = '/ng/api/aggregate/organizations';
const PROJECTS = '/ng/api/aggregate/projects';
const inOrganization = { orgIdentifier: 'payments', projectIdentifier: '' };
const inProject = { orgIdentifier: 'payments', projectIdentifier: 'checkout' };

const inLedger = { orgIdentifier: 'payments', projectIdentifier: 'ledger' };

async function give(
  query: Readonly<Record<string, string>>,
  identifier: string,
  role: string,
  type = 'USER',
): Promise<void> {
  const level = query === inOrganization ? 'organization' : 'project';
  const { status, text } = await server.call('POST', '/authz/api/roleassignments', {
    query,
    body: {
      roleIdentifier: role,
      resourceGroupIdentifier: `_all_${level}_level_resources`,
      principal: { identifier, type, scopeLevel: level },
    },
  });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
}

beforeAll(async () => {
  server = await createTestApp({ isIntakeStopped: true });
  for (const name of ['zoe', 'ada', 'bob', 'eve']) tokens[name] = await addUser(server, name);
  await server.call('POST', '/ng/api/organizations', {
    body: { organization: { identifier: 'payments', name: 'Payments' } },
  });
  for (const identifier of ['checkout', 'ledger']) {
    await server.call('POST', '/ng/api/projects', {
      query: inOrganization,
      body: { project: { identifier, name: identifier, modules: ['CD'] } },
    });
  }
  await give(inOrganization, 'ada', '_organization_admin');
  await give(inOrganization, 'bob', '_organization_viewer');
  await give(inProject, 'zoe', '_project_admin');
  await give(inProject, 'eve', '_pipeline_executor');
  for (const query of [inProject, inLedger]) {
    const owners = { identifier: 'owners', name: 'Owners', users: ['bob'] };
    await server.call('POST', '/ng/api/user-groups', { query, body: owners });
  }
  await give(inLedger, 'owners', '_project_admin', 'USER_GROUP');
  const secret = {
    type: 'SecretText',
    identifier: 'key',
    name: 'Key',
    orgIdentifier: 'payments',
    spec: { secretManagerIdentifier: 'harnessSecretManager', valueType: 'Inline', value: 'a-value' },
  };
  const made = await server.call('POST', '/ng/api/v2/secrets', { query: inOrganization, body: { secret } });
  expect(made.status).toBe(200);
});
afterAll(() => server.close());

const as = (name: string): { readonly 'x-api-key': string } => ({ 'x-api-key': tokens[name] ?? '' });
const person = (name: string): Record<string, unknown> => ({
  uuid: name,
  name,
  email: `${name}@example.test`,
  locked: false,
  disabled: false,
  externallyManaged: false,
  twoFactorAuthenticationEnabled: false,
});
const time = expect.any(Number) as number;
const organization = { identifier: 'payments', name: 'Payments', description: '', tags: {} };
const OF_PAYMENTS = {
  organizationResponse: { organization, createdAt: time, lastModifiedAt: time, harnessManaged: false },
  projectsCount: 2,
  connectorsCount: 0,
  secretsCount: 1,
  delegatesCount: 0,
  templatesCount: 0,
  admins: [person('ada')],
  collaborators: [person('bob')],
};
const OF_CHECKOUT = {
  projectResponse: {
    project: {
      orgIdentifier: 'payments',
      identifier: 'checkout',
      name: 'checkout',
      color: expect.any(String) as string,
      modules: ['CD'],
      description: '',
      tags: {},
    },
    createdAt: time,
    lastModifiedAt: time,
  },
  organization,
  harnessManagedOrg: false,
  admins: [person('zoe')],
  collaborators: [person('bob'), person('eve')],
};

describe('organizations', () => {
  it('are told with their people and counts, alone and in a page', async () => {
    expect((await server.call('GET', `${ORGANIZATIONS}/payments`)).body.data).toEqual(OF_PAYMENTS);
    const page = await server.call('GET', ORGANIZATIONS, { query: { searchTerm: 'pay' } });
    expect(page.body.data).toEqual({
      totalPages: 1,
      totalItems: 1,
      pageItemCount: 1,
      pageSize: 50,
      content: [OF_PAYMENTS],
      pageIndex: 0,
      empty: false,
      pageToken: null,
    });
    const { status, body } = await server.call('GET', `${ORGANIZATIONS}/none`);
    expect([status, body.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
  });

  it('are told to those who may see them', async () => {
    const list = (name: string): Promise<Answer> => server.call('GET', ORGANIZATIONS, { headers: as(name) });
    expect((await list('ada')).body.data).toMatchObject({ content: [OF_PAYMENTS] });
    expect((await list('eve')).body.data).toMatchObject({ totalItems: 0 });
    const { status } = await server.call('GET', `${ORGANIZATIONS}/payments`, { headers: as('eve') });
    expect(status).toBe(403);
  });
});

describe('projects', () => {
  it('are told with their people and organization, alone and in a page', async () => {
    const query = { ...inOrganization };
    expect((await server.call('GET', `${PROJECTS}/checkout`, { query })).body.data).toEqual(OF_CHECKOUT);
    const page = await server.call('GET', PROJECTS, { query: { ...query, identifiers: 'checkout' } });
    expect(page.body.data).toMatchObject({ totalItems: 1, content: [OF_CHECKOUT] });
    const sorted = { ...query, sortOrders: 'identifier,DESC', moduleType: 'CD', hasModule: 'true' };
    const both = await server.call('GET', PROJECTS, { query: sorted });
    expect(both.body.data).toMatchObject({
      content: [
        { projectResponse: { project: { identifier: 'ledger' } }, admins: [person('bob')], collaborators: [] },
        OF_CHECKOUT,
      ],
    });
    expect((await server.call('GET', `${PROJECTS}/none`, { query })).status).toBe(404);
  });

  it('show no people to those who may not view users there', async () => {
    const query = { ...inOrganization };
    // Who runs pipelines sees the project by it.
    const { body } = await server.call('GET', `${PROJECTS}/checkout`, { query, headers: as('eve') });
    expect(body.data).toEqual({ ...OF_CHECKOUT, admins: [], collaborators: [] });
    const list = await server.call('GET', PROJECTS, { query: { orgIdentifier: '' }, headers: as('zoe') });
    expect(list.body.data).toMatchObject({ totalItems: 1, content: [OF_CHECKOUT] });
  });
});
