/** Variables over HTTP, and what executions see of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell, startRun, untilStatus } from './test-runs.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const VARIABLES = '/ng/api/variables';
const IN_ACCOUNT = { orgIdentifier: '', projectIdentifier: '' };
const IN_ORGANIZATION = { projectIdentifier: '' };

function variable(identifier: string, value: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    variable: {
      identifier,
      name: identifier,
      type: 'String',
      spec: { valueType: 'FIXED', fixedValue: value },
      ...more,
    },
  };
}

const create = (body: Record<string, unknown>, query: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', VARIABLES, { body, query });

describe('variables', () => {
  it('are created, read, changed by version, listed and deleted', async () => {
    const created = await create(variable('life', 'one', { description: 'about' }));
    expect([created.status, created.headers['etag']]).toEqual([200, '1']);
    expect(created.body.data).toEqual({
      variable: {
        identifier: 'life',
        name: 'life',
        description: 'about',
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        type: 'String',
        spec: { valueType: 'FIXED', fixedValue: 'one' },
      },
      createdAt: expect.any(Number),
      lastModifiedAt: expect.any(Number),
    });
    expect((await create(variable('life', 'two'))).body.code).toBe('DUPLICATE_FIELD');
    const put = (body: Record<string, unknown>, version?: string): Promise<Answer> =>
      server.call('PUT', VARIABLES, { body, headers: version === undefined ? {} : { 'if-match': version } });
    expect((await put(variable('life', 'two'), '1')).headers['etag']).toBe('2');
    expect((await put(variable('life', 'three'), '1')).body.message).toContain('was changed since it was read');
    expect((await put(variable('nothing', 'x'))).status).toBe(404);
    const read = await server.call('GET', `${VARIABLES}/life`);
    expect(read.body.data).toMatchObject({ variable: { spec: { fixedValue: 'two' }, description: '' } });
    const list = await server.call('GET', VARIABLES, { query: { searchTerm: 'LIF', pageSize: '1' } });
    expect(list.body.data).toEqual({
      totalPages: 1,
      totalItems: 1,
      pageItemCount: 1,
      pageSize: 1,
      content: [read.body.data],
      pageIndex: 0,
      empty: false,
      pageToken: null,
    });
    expect((await server.call('DELETE', `${VARIABLES}/life`, { headers: { 'if-match': '1' } })).status).toBe(400);
    expect((await server.call('DELETE', `${VARIABLES}/life`)).body.data).toBe(true);
    expect((await server.call('GET', `${VARIABLES}/life`)).status).toBe(404);
  });

  it('may name their scope in the body alone', async () => {
    const scope = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
    const created = await create(variable('scoped', 'x', scope), IN_ACCOUNT);
    expect(created.body.data).toMatchObject({ variable: scope });
    expect((await server.call('GET', `${VARIABLES}/scoped`)).status).toBe(200);
    expect((await server.call('GET', `${VARIABLES}/scoped`, { query: IN_ACCOUNT })).status).toBe(404);
    expect((await create(variable('other', 'x', { projectIdentifier: 'another' }))).status).toBe(400);
    expect((await create(variable('other', 'x'), { projectIdentifier: 'nowhere' })).status).toBe(404);
  });

  it('are refused where they make no sense', async () => {
    expect((await create(variable('org', 'x'))).body.message).toContain(
      'variable.org stands for the variables of the organization',
    );
    expect((await create(variable('1x', 'x'))).body.message).toContain('variable.identifier');
    expect((await create(variable('x', 'x', { type: 'Secret' }))).status).toBe(400);
    const large = 'x'.repeat(16_384);
    const inAccount = (name: string): Promise<Answer> => create(variable(name, large), IN_ACCOUNT);
    for (let index = 0; index < 15; index += 1) expect((await inAccount(`v${String(index)}`)).status).toBe(200);
    expect((await inAccount('last')).body.message).toContain('262144 are the limit');
    for (let index = 0; index < 15; index += 1)
      await server.call('DELETE', `${VARIABLES}/v${String(index)}`, { query: IN_ACCOUNT });
  });

  it('are what a run reads, as they were when it began', async () => {
    await create(variable('region', 'eu <+pipeline.name>'));
    await create(variable('region', 'org-eu'), IN_ORGANIZATION);
    await create(variable('region', 'account-eu'), IN_ACCOUNT);
    const script = 'echo <+variable.region> <+variable.org.region> <+variable.account.region>';
    const steps = shell('s').replace('echo s', script);
    await savePipeline(server, pipelineOf('variables', [{ identifier: 'one', steps }]));
    const id = await startRun(server, 'variables');
    await server.call('PUT', VARIABLES, { body: variable('region', 'us') });
    const [task] = await server.runTasks();
    expect(JSON.stringify(task?.spec)).toContain('echo eu variables org-eu account-eu');
    await untilStatus(server, id, 'Success');
    await startRun(server, 'variables');
    const [later] = await server.runTasks();
    expect(JSON.stringify(later?.spec)).toContain('echo us org-eu account-eu');
  });
});
