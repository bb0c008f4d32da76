/** Organizations and projects: changes by version, filters, and what deleting one takes along. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DELETED_TABLES, KEPT_TABLES } from '../store/delete-scope.ts';
import { createTestApp, type Answer, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell, startRun, untilStatus } from './test-runs.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const ORGANIZATIONS = '/ng/api/organizations';
const PROJECTS = '/ng/api/projects';

async function organization(identifier: string, name = identifier): Promise<Answer> {
  return await server.call('POST', ORGANIZATIONS, { body: { organization: { identifier, name } } });
}

async function project(orgIdentifier: string, identifier: string, more: Record<string, unknown> = {}): Promise<Answer> {
  return await server.call('POST', PROJECTS, {
    query: { orgIdentifier },
    body: { project: { identifier, name: identifier, orgIdentifier, ...more } },
  });
}

function names({ body }: Answer): readonly string[] {
  const data = body.data as unknown as { content: unknown[] } | unknown[];
  const items = Array.isArray(data) ? data : data.content;
  return (items as { organization?: { identifier: string }; project?: { identifier: string } }[]).map(
    (each) => (each.organization ?? each.project)?.identifier ?? '',
  );
}

describe('organizations', () => {
  it('are changed by version', async () => {
    expect((await organization('team')).headers['etag']).toBe('1');
    const put = (body: Record<string, unknown>, version = '1'): Promise<Answer> =>
      server.call('PUT', `${ORGANIZATIONS}/team`, { body: { organization: body }, headers: { 'if-match': version } });
    const changed = await put({ identifier: 'team', name: 'Team', description: 'ours', tags: { a: 'b' } });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '2']);
    expect(changed.body.data).toEqual({
      organization: { identifier: 'team', name: 'Team', description: 'ours', tags: { a: 'b' } },
      createdAt: expect.any(Number),
      lastModifiedAt: expect.any(Number),
      harnessManaged: false,
    });
    expect((await put({ identifier: 'team', name: 'Team' })).body.message).toContain('was changed since it was read');
    expect((await put({ identifier: 'other', name: 'Team' }, '2')).body.message).toContain('It cannot be changed');
    expect((await server.call('GET', `${ORGANIZATIONS}/team`)).headers['etag']).toBe('2');
    const none = { body: { organization: { identifier: 'none', name: 'n' } } };
    expect((await server.call('PUT', `${ORGANIZATIONS}/none`, none)).status).toBe(404);
  });

  it('are listed without pages and sorted', async () => {
    expect(names(await server.call('GET', `${ORGANIZATIONS}/all-organizations`))).toContain('team');
    const sorted = { query: { sortOrders: 'identifier,DESC' } };
    expect(names(await server.call('GET', ORGANIZATIONS, sorted))).toEqual(['team', 'default']);
  });

  it('are deleted with their projects', async () => {
    await organization('gone');
    await project('gone', 'one');
    const deletion = await server.call('DELETE', `${ORGANIZATIONS}/gone`, { headers: { 'if-match': '2' } });
    expect(deletion.body.message).toContain('was changed since it was read');
    expect((await server.call('DELETE', `${ORGANIZATIONS}/gone`)).body.data).toBe(true);
    expect((await server.call('DELETE', `${ORGANIZATIONS}/gone`)).status).toBe(404);
    expect((await server.call('GET', `${PROJECTS}/one`, { query: { orgIdentifier: 'gone' } })).status).toBe(404);
    expect((await organization('gone')).status).toBe(200);
    await server.call('DELETE', `${ORGANIZATIONS}/gone`);
  });
});

describe('projects', () => {
  it('have a colour and modules, and are changed by version', async () => {
    const made = await project('team', 'web', { color: '#ff0000', modules: ['ci'] });
    expect(made.body.data).toEqual({
      project: {
        orgIdentifier: 'team',
        identifier: 'web',
        name: 'web',
        color: '#ff0000',
        modules: ['CI'],
        description: '',
        tags: {},
      },
      createdAt: expect.any(Number),
      lastModifiedAt: expect.any(Number),
    });
    const put = (body: Record<string, unknown>, version: string): Promise<Answer> =>
      server.call('PUT', `${PROJECTS}/web`, {
        query: { orgIdentifier: 'team' },
        body: { project: body },
        headers: { 'if-match': version },
      });
    const changed = await put({ identifier: 'web', name: 'web two', orgIdentifier: 'team' }, '1');
    expect(changed.headers['etag']).toBe('2');
    expect(changed.body.data).toMatchObject({ project: { name: 'web two', color: '#ff0000', modules: ['CI'] } });
    expect((await put({ identifier: 'web', name: 'Web' }, '1')).status).toBe(400);
    const moved = await put({ identifier: 'web', name: 'Web', orgIdentifier: 'default' }, '2');
    expect(moved.body.message).toContain('It cannot be changed');
  });

  it('are found by module and by several organizations', async () => {
    await project('team', 'plain');
    const list = (query: Record<string, string | readonly string[]>, path = PROJECTS): Promise<Answer> =>
      server.call('GET', path, { query: { orgIdentifier: 'team', ...query } });
    expect(names(await list({ moduleType: 'CI' }))).toEqual(['plain', 'web']);
    expect(names(await list({ moduleType: 'CD' }))).toEqual(['plain']);
    expect(names(await list({ moduleType: 'CD', hasModule: 'false' }))).toEqual(['web']);
    expect(names(await list({ sortOrders: 'identifier,DESC' }))).toEqual(['web', 'plain']);
    const several = await list({ orgIdentifiers: ['team', 'default'] }, `${PROJECTS}/list`);
    expect(names(several)).toEqual(['myproject', 'plain', 'web']);
    expect(names(await list({}, `${PROJECTS}/all-projects`))).toHaveLength(2);
  });

  it('are not deleted while something runs in them, and come back with what was run', async () => {
    const query = { orgIdentifier: 'default' };
    await savePipeline(server, pipelineOf('kept', [{ identifier: 'one', steps: shell('s') }]));
    const variable = { identifier: 'v', name: 'v', type: 'String', spec: { valueType: 'FIXED', fixedValue: 'x' } };
    await server.call('POST', '/ng/api/variables', { body: { variable } });
    const id = await startRun(server, 'kept');
    const refused = await server.call('DELETE', `${PROJECTS}/myproject`, { query });
    expect(refused.body.message).toContain('an execution in it has not ended');
    await server.runTasks();
    await untilStatus(server, id, 'Success');
    expect((await server.call('DELETE', `${PROJECTS}/myproject`, { query })).body.data).toBe(true);
    expect((await server.call('GET', '/pipeline/api/pipelines/kept')).status).toBe(404);

    expect((await project('default', 'myproject')).status).toBe(200);
    expect((await server.call('GET', '/pipeline/api/pipelines/kept')).status).toBe(404);
    expect((await server.call('GET', '/ng/api/variables')).body.data).toMatchObject({ totalItems: 0 });
    expect((await server.call('GET', `/pipeline/api/pipelines/execution/v2/${id}`)).status).toBe(200);
    await savePipeline(server, pipelineOf('kept', [{ identifier: 'one', steps: shell('s') }]));
    const again = await startRun(server, 'kept');
    const details = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${again}`);
    expect(details.body.data).toMatchObject({ pipelineExecutionSummary: { runSequence: 2 } });
  });

  it('have no table that deleting one does not know', async () => {
    const result = await sql<{ table_name: string }>`
      select table_name from information_schema.columns where table_schema = 'public' and column_name = 'project_identifier'`.execute(
      server.db,
    );
    const cascades = await sql<{ child: string; parent: string }>`
      select conrelid::regclass::text as child, confrelid::regclass::text as parent from pg_constraint
      where contype = 'f' and confdeltype = 'c'`.execute(server.db);
    const known = new Set<string>([...DELETED_TABLES, ...KEPT_TABLES]);
    // What hangs on what is deleted goes with it, in any depth.
    for (let size = 0; size < known.size;) {
      size = known.size;
      for (const { child, parent } of cascades.rows) if (known.has(parent)) known.add(child);
    }
    expect(result.rows.map((row) => row.table_name).filter((name) => !known.has(name))).toEqual([]);
  });
});
