/** Services, environments, infrastructures and service overrides over HTTP (api.md §9). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const SERVICES = '/ng/api/servicesV2';
const ENVIRONMENTS = '/ng/api/environmentsV2';
const INFRASTRUCTURES = '/ng/api/infrastructures';
const OVERRIDES = '/ng/api/serviceOverrides';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };

const service = (identifier: string, port = '80'): string => `service:
  name: ${identifier}
  identifier: ${identifier}
  tags: { tier: web }
  serviceDefinition:
    type: CustomDeployment
    spec:
      variables:
        - { name: port, type: String, value: "${port}" }
`;
const environment = (identifier: string, type = 'Production'): string =>
  `environment:\n  name: ${identifier}\n  identifier: ${identifier}\n  type: ${type}\n`;
const infrastructure = (identifier: string, environmentRef: string): string => `infrastructureDefinition:
  name: ${identifier}
  identifier: ${identifier}
  environmentRef: ${environmentRef}
  deploymentType: CustomDeployment
  type: CustomDeployment
  spec:
    customDeploymentRef: { templateRef: hosts, versionLabel: "1" }
    variables: []
`;
const overrides = (environmentRef: string, serviceRef: string): string => `serviceOverrides:
  environmentRef: ${environmentRef}
  serviceRef: ${serviceRef}
  type: ENV_SERVICE_OVERRIDE
  spec:
    variables:
      - { name: port, type: String, value: "8080" }
`;

describe('services', () => {
  it('are created, read, changed by version and deleted', async () => {
    const yaml = service('life');
    const body = { identifier: 'life', name: 'life', orgIdentifier: 'default', projectIdentifier: 'myproject', yaml };
    const created = await server.call('POST', SERVICES, { body });
    expect([created.status, created.headers['etag']]).toEqual([200, '1']);
    expect(created.body.data).toEqual({
      service: {
        accountId: ACCOUNT,
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        identifier: 'life',
        name: 'life',
        tags: { tier: 'web' },
        deleted: false,
        yaml,
      },
      createdAt: expect.any(Number),
      lastModifiedAt: expect.any(Number),
    });
    const change = { ...body, yaml: service('life', '81') };
    const changed = await server.call('PUT', SERVICES, { body: change, headers: { 'if-match': '1' } });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '2']);
    const stale = await server.call('PUT', SERVICES, { body, headers: { 'if-match': '1' } });
    expect([stale.status, stale.body.message]).toEqual([400, expect.stringContaining('The service life was changed')]);
    expect((await server.call('GET', `${SERVICES}/life`)).body.data).toMatchObject({ service: { yaml: change.yaml } });
    expect((await server.call('DELETE', `${SERVICES}/life`, { headers: { 'if-match': '1' } })).status).toBe(400);
    expect((await server.call('DELETE', `${SERVICES}/life`)).body.data).toBe(true);
    const gone = await server.call('GET', `${SERVICES}/life`);
    expect([gone.status, gone.body.code, gone.body.message]).toEqual([
      404,
      'ENTITY_NOT_FOUND',
      'Service with the given ID: life does not exist in project myproject in organization default or has been deleted.',
    ]);
  });

  it('may be sent as YAML, and made of a name alone', async () => {
    const created = await server.call('POST', SERVICES, {
      body: 'identifier: named\nname: Named one\ndescription: only a name\n',
      headers: { 'content-type': 'application/yaml' },
    });
    expect(created.body.data).toMatchObject({
      service: { name: 'Named one', description: 'only a name', yaml: expect.stringContaining('identifier: named') },
    });
  });

  it('are created or changed by upsert, and listed by scope', async () => {
    const body = { identifier: 'up', yaml: service('up') };
    expect((await server.call('PUT', `${SERVICES}/upsert`, { body })).headers['etag']).toBe('1');
    expect((await server.call('PUT', `${SERVICES}/upsert`, { body })).headers['etag']).toBe('2');
    await server.call('POST', SERVICES, {
      body: { identifier: 'up_above', yaml: service('up_above') },
      query: IN_ACCOUNT,
    });
    const list = async (query: Record<string, string>): Promise<unknown> =>
      (await server.call('GET', SERVICES, { query: { searchTerm: 'UP', ...query } })).body.data;
    expect(await list({})).toMatchObject({ totalItems: 1, pageIndex: 0, content: [{ service: { identifier: 'up' } }] });
    expect(await list(IN_ACCOUNT)).toMatchObject({ content: [{ service: { identifier: 'up_above' } }] });
    expect(await list({ searchTerm: '', identifiers: 'up' })).toMatchObject({ totalItems: 1 });
  });

  it.each([
    [
      'that exists',
      { identifier: 'taken', yaml: service('taken') },
      {},
      400,
      'DUPLICATE_FIELD',
      'service [taken] already exists',
    ],
    [
      'of another name',
      { identifier: 'other', yaml: service('taken') },
      {},
      400,
      'INVALID_REQUEST',
      'identifier taken',
    ],
    [
      'of another project',
      { identifier: 'x', projectIdentifier: 'theirs', yaml: service('x') },
      {},
      400,
      'INVALID_REQUEST',
      'projectIdentifier theirs',
    ],
    [
      'of a project that is not there',
      { identifier: 'x', yaml: service('x') },
      { projectIdentifier: 'none' },
      404,
      'ENTITY_NOT_FOUND',
      'none',
    ],
    ['that is no service', { identifier: 'x', yaml: 'pipeline: {}' }, {}, 400, 'SCHEMA_VALIDATION_FAILED', 'service'],
    ['with a bad identifier', { identifier: 'a b', yaml: service('x') }, {}, 400, 'INVALID_REQUEST', 'identifier'],
  ] as const)('refuse one %s', async (_, body, query, status, code, message) => {
    await server.call('POST', SERVICES, { body: { identifier: 'taken', yaml: service('taken') } });
    const answer = await server.call('POST', SERVICES, { body, query });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.message).toContain(message);
  });
});

describe('environments', () => {
  it('have a type, and take their infrastructures and overrides with them', async () => {
    const made = await server.call('POST', ENVIRONMENTS, {
      body: { identifier: 'live', type: 'Production', yaml: environment('live') },
    });
    expect(made.body.data).toMatchObject({ environment: { identifier: 'live', type: 'Production', deleted: false } });
    const mixed = await server.call('POST', ENVIRONMENTS, {
      body: { identifier: 'x', type: 'PreProduction', yaml: environment('x') },
    });
    expect([mixed.status, mixed.body.message]).toEqual([400, expect.stringContaining('type Production')]);

    const infra = { identifier: 'hosts', environmentRef: 'live', yaml: infrastructure('hosts', 'live') };
    expect((await server.call('POST', INFRASTRUCTURES, { body: infra })).status).toBe(200);
    const over = { environmentRef: 'live', serviceRef: 'web', yaml: overrides('live', 'web') };
    expect((await server.call('POST', OVERRIDES, { body: over })).body.data).toMatchObject({
      identifier: 'live_web',
      type: 'ENV_SERVICE_OVERRIDE',
    });
    expect((await server.call('DELETE', `${ENVIRONMENTS}/live`)).body.data).toBe(true);
    expect(
      (await server.call('GET', `${INFRASTRUCTURES}/hosts`, { query: { environmentIdentifier: 'live' } })).status,
    ).toBe(404);
    expect((await server.call('GET', `${OVERRIDES}/live_web`)).status).toBe(404);
  });
});

describe('infrastructures', () => {
  it('belong to an environment of their own scope', async () => {
    for (const query of [{}, IN_ACCOUNT]) {
      await server.call('POST', ENVIRONMENTS, { body: { identifier: 'stage', yaml: environment('stage') }, query });
    }
    const body = { identifier: 'one', environmentRef: 'stage', yaml: infrastructure('one', 'stage') };
    for (const query of [{}, IN_ACCOUNT]) {
      expect((await server.call('POST', INFRASTRUCTURES, { body, query })).body.data).toMatchObject({
        infrastructure: { identifier: 'one', environmentRef: 'stage', deploymentType: 'CustomDeployment' },
      });
    }
    const list = await server.call('GET', INFRASTRUCTURES, { query: { environmentIdentifier: 'stage' } });
    expect(list.body.data).toMatchObject({ totalItems: 1 });
    const elsewhere = await server.call('POST', INFRASTRUCTURES, {
      body: { ...body, environmentRef: 'account.stage' },
    });
    expect([elsewhere.status, elsewhere.body.message]).toEqual([
      400,
      expect.stringContaining('The environment account.stage does not belong to project myproject'),
    ]);
    const nowhere = await server.call('POST', INFRASTRUCTURES, {
      body: { identifier: 'two', environmentRef: 'void', yaml: infrastructure('two', 'void') },
    });
    expect([nowhere.status, nowhere.body.message]).toEqual([404, expect.stringContaining('ID: void')]);
    const unnamed = await server.call('GET', `${INFRASTRUCTURES}/one`);
    expect([unnamed.status, unnamed.body.message]).toEqual([400, expect.stringContaining('environmentIdentifier')]);
    const empty = await server.call('POST', INFRASTRUCTURES, { body: { identifier: 'two', environmentRef: 'stage' } });
    expect([empty.status, empty.body.message]).toEqual([400, expect.stringContaining('has no yaml')]);
  });
});

describe('service overrides', () => {
  it('are created, changed, listed and deleted by environment and service', async () => {
    const body = { environmentRef: 'account.live', serviceRef: 'web', yaml: overrides('account.live', 'web') };
    expect((await server.call('POST', OVERRIDES, { body })).body.data).toMatchObject({
      identifier: 'account_live_web',
      environmentRef: 'account.live',
      serviceRef: 'web',
    });
    expect((await server.call('POST', OVERRIDES, { body })).body.code).toBe('DUPLICATE_FIELD');
    expect((await server.call('PUT', OVERRIDES, { body, headers: { 'if-match': '1' } })).headers['etag']).toBe('2');
    expect((await server.call('POST', `${OVERRIDES}/upsert`, { body })).headers['etag']).toBe('3');
    const list = await server.call('POST', `${OVERRIDES}/list`, { body: { environmentRef: 'account.live' } });
    expect(list.body.data).toMatchObject({ totalItems: 1, content: [{ identifier: 'account_live_web' }] });
    const other = await server.call('POST', OVERRIDES, { body: { ...body, serviceRef: 'api' } });
    expect([other.status, other.body.message]).toEqual([400, expect.stringContaining('serviceRef web')]);
    const type = await server.call('POST', OVERRIDES, { body: { ...body, type: 'ENV_GLOBAL_OVERRIDE' } });
    expect([type.status, type.body.message]).toEqual([400, expect.stringContaining('type')]);
    expect((await server.call('DELETE', `${OVERRIDES}/account_live_web`)).body.data).toBe(true);
    expect((await server.call('DELETE', `${OVERRIDES}/account_live_web`)).status).toBe(404);
  });
});

describe('lists to choose from', () => {
  it('have no pages, and environments are filtered by a body', async () => {
    await server.call('POST', SERVICES, { body: { identifier: 'chosen', name: 'chosen', yaml: service('chosen') } });
    for (const type of ['Production', 'PreProduction']) {
      const identifier = `of_${type}`;
      const yaml = environment(identifier, type);
      await server.call('POST', ENVIRONMENTS, { body: { identifier, name: identifier, type, yaml } });
    }
    const services = await server.call('GET', `${SERVICES}/list/access`, { query: { identifiers: 'chosen' } });
    expect(services.body.data).toEqual([
      expect.objectContaining({ service: expect.objectContaining({ name: 'chosen' }) }),
    ]);
    const environments = await server.call('GET', `${ENVIRONMENTS}/list/access`, { query: { searchTerm: 'of_pro' } });
    expect(environments.body.data).toMatchObject([{ environment: { identifier: 'of_Production' } }]);
    const list = (body: Record<string, unknown>, query = {}): ReturnType<TestApp['call']> =>
      server.call('POST', `${ENVIRONMENTS}/listV2`, { body, query: { searchTerm: 'of_', ...query } });
    expect((await list({})).body.data).toMatchObject({ totalItems: 2 });
    const byType = { filterType: 'Environment', environmentTypes: ['PreProduction'] };
    const found = {
      totalItems: 1,
      content: [{ environment: { identifier: 'of_PreProduction', type: 'PreProduction' } }],
    };
    expect((await list(byType)).body.data).toMatchObject(found);
    expect((await list({ environmentNames: ['of_PreProduction'] })).body.data).toMatchObject(found);
    expect((await list({ environmentIdentifiers: ['of_PreProduction'] })).body.data).toMatchObject(found);
    const filter = { name: 'f', identifier: 'pre', filterProperties: byType };
    await server.call('POST', '/ng/api/filters', { body: filter });
    expect((await list({}, { filterIdentifier: 'pre' })).body.data).toMatchObject(found);
    expect((await list({ environmentTypes: ['Other'] })).status).toBe(400);
  });
});
