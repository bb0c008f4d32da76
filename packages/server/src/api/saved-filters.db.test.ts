/** Saved filters over HTTP, and lists that are asked with them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const FILTERS = '/ng/api/filters';

function filter(
  identifier: string,
  properties: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return { name: identifier, identifier, filterProperties: { filterType: 'Connector', ...properties }, ...more };
}

const save = (body: Record<string, unknown>, query: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', FILTERS, { body, query });

describe('filters', () => {
  it.each(['/ng/api/filters', '/pipeline/api/filters', '/template/api/filters'])('are kept below %s', async (url) => {
    const scope = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
    const body = filter('docker', { types: ['DockerRegistry'] }, scope);
    const created = await server.call('POST', url, { body, query: { orgIdentifier: '', projectIdentifier: '' } });
    expect(created.body.data).toEqual({
      name: 'docker',
      identifier: 'docker',
      ...scope,
      filterProperties: { filterType: 'Connector', types: ['DockerRegistry'] },
      filterVisibility: 'EveryOne',
    });
    expect((await server.call('POST', url, { body })).body.code).toBe('DUPLICATE_FIELD');
    const changed = { ...body, name: 'Docker', filterVisibility: 'OnlyCreator' };
    const put = await server.call('PUT', url, { body: changed });
    expect(put.body.data).toMatchObject({ name: 'Docker', filterVisibility: 'OnlyCreator' });
    const query = { type: 'Connector' };
    expect((await server.call('GET', `${url}/docker`, { query })).body.data).toEqual(put.body.data);
    expect((await server.call('GET', `${url}/docker`, { query: { type: 'Secret' } })).status).toBe(404);
    expect((await server.call('GET', url, { query })).body.data).toMatchObject({
      totalItems: 1,
      content: [put.body.data],
    });
    expect((await server.call('GET', url)).status).toBe(400);
    expect((await server.call('DELETE', `${url}/docker`, { query })).body.data).toBe(true);
    expect((await server.call('DELETE', `${url}/docker`, { query })).status).toBe(404);
  });

  it('that only their creator sees are not there for others', async () => {
    await save(filter('mine', { types: ['Github'] }, { filterVisibility: 'OnlyCreator' }));
    await server.db.updateTable('saved_filters').set({ user_id: 'another' }).where('identifier', '=', 'mine').execute();
    const query = { type: 'Connector' };
    expect((await server.call('GET', `${FILTERS}/mine`, { query })).status).toBe(404);
    expect((await server.call('GET', FILTERS, { query })).body.data).toMatchObject({ totalItems: 0 });
    expect((await server.call('DELETE', `${FILTERS}/mine`, { query })).status).toBe(404);
  });

  it('are what connectors are listed by', async () => {
    for (const type of ['DockerRegistry', 'HttpHelmRepo']) {
      const spec =
        type === 'DockerRegistry'
          ? { dockerRegistryUrl: 'https://registry.example', auth: { type: 'Anonymous' } }
          : { helmRepoUrl: 'https://charts.example', auth: { type: 'Anonymous' } };
      const body = { connector: { identifier: type.toLowerCase(), name: type, type, spec } };
      expect((await server.call('POST', '/ng/api/connectors', { body })).status).toBe(200);
    }
    await save(filter('registries', { types: ['DockerRegistry'], tags: {} }));
    const list = (filterIdentifier: string, body: Record<string, unknown>): Promise<Answer> =>
      server.call('POST', '/ng/api/connectors/listV2', { query: { filterIdentifier }, body });
    const found = await list('registries', { filterType: 'Connector', types: [] });
    expect(found.body.data).toMatchObject({ totalItems: 1, content: [{ connector: { type: 'DockerRegistry' } }] });
    expect((await list('registries', { types: ['Github'] })).body.message).toContain('cannot be applied beside it');
    expect((await list('nothing', {})).status).toBe(404);
    await save(filter('odd', { types: 'DockerRegistry' }));
    expect((await list('odd', {})).body.message).toContain('does not know');
  });

  it('have a limit', async () => {
    const large = await save(filter('large', { searchTerm: 'x'.repeat(70_000) }));
    expect(large.body.message).toContain('is longer than 65536 characters');
    expect((await save({ name: 'x', identifier: 'x', filterProperties: {} })).status).toBe(400);
    expect((await save(filter('x', {}), { projectIdentifier: 'nowhere' })).status).toBe(404);
  });
});
