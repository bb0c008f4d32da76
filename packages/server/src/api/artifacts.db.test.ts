import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DelegateTask } from '@bridle/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifacts, isArtifactName, type Artifacts } from '../artifacts/artifacts.ts';
import { openFolderFiles } from '../files/folder-files.ts';
import { ARTIFACT_BYTES_MAX, createTestApp, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

interface Started {
  readonly path: string;
  readonly task: DelegateTask;
}

async function startStep(): Promise<Started> {
  const started = await server.call('POST', '/pipeline/api/pipeline/execute/test', { body: '' });
  const { planExecution } = started.body.data as unknown as { planExecution: { uuid: string } };
  return { path: `/bridle/api/executions/${planExecution.uuid}/artifacts`, task: await server.startTask() };
}

const keep = async (
  { task }: Started,
  name: string,
  content: string | Buffer,
  fence?: number,
): ReturnType<TestApp['upload']> =>
  server.upload('PUT', task, 'artifacts', {
    query: { name },
    body: Buffer.from(content),
    ...(fence === undefined ? {} : { fence }),
  });

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function list({ path }: Started): Promise<readonly Listed[]> {
  return ((await server.call('GET', path)).body as unknown as { artifacts: readonly Listed[] }).artifacts;
}

async function filesOf(): Promise<readonly string[]> {
  const entries = await readdir(join(server.home, 'files'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('an artifact', () => {
  it('is listed with its checksum and comes back byte for byte (A1)', async () => {
    const step = await startStep();
    const content = Buffer.from([0, 255, 10, 13, 0xc3, 0x28]);
    expect((await keep(step, 'dist/grün 1.bin', content)).status).toBe(200);
    expect((await keep(step, 'empty', '')).status).toBe(200);
    const [first, second] = await list(step);
    expect(first).toMatchObject({
      nodeExecutionId: step.task.taskId,
      name: 'dist/grün 1.bin',
      bytes: 6,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(second).toMatchObject({ name: 'empty', bytes: 0 });
    const answer = await server.app.inject({
      method: 'GET',
      url: `${step.path}/${String(first?.id)}/content`,
      headers: { 'x-api-key': server.token },
    });
    expect(answer.rawPayload.equals(content)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="gr_n_1.bin"; filename*=UTF-8\'\'gr%C3%BCn%201.bin',
      'x-content-type-options': 'nosniff',
    });
    expect((await server.call('GET', `${step.path}/${String(first?.id)}/content`, { isPublic: true })).status).toBe(
      401,
    );
    expect((await server.call('GET', `${step.path}/nobody/content`)).status).toBe(404);
    await server.completeTask(step.task);
  });

  it('is replaced by another of its name', async () => {
    const step = await startStep();
    await keep(step, 'a', 'one');
    await keep(step, 'a', 'two!');
    expect(await list(step)).toMatchObject([{ name: 'a', bytes: 4 }]);
    await server.completeTask(step.task);
  });

  it('is refused from a process that does not hold the task (A2)', async () => {
    const step = await startStep();
    expect((await keep(step, 'a', 'x', step.task.fence + 1)).status).toBe(409);
    expect(await list(step)).toEqual([]);
    await server.completeTask(step.task);
  });

  it('of a name that leads out of a folder is refused, with the reason (S12)', async () => {
    const step = await startStep();
    for (const name of ['../a', '/a', 'a//b', 'a/./b', 'a\\b', 'a/', 'a\nb', '..']) {
      const answer = await keep(step, name, 'x');
      expect([name, answer.status]).toEqual([name, 400]);
    }
    expect(['a', '.a', 'a/b.c', 'a..b'].every(isArtifactName)).toBe(true);
    await server.completeTask(step.task);
  });

  it('that would be too much for its execution is refused, and leaves nothing', async () => {
    const step = await startStep();
    await keep(step, 'a', Buffer.alloc(ARTIFACT_BYTES_MAX - 10));
    const answer = await keep(step, 'b', Buffer.alloc(11));
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(/together/);
    expect((await keep(step, 'c', Buffer.alloc(10))).status).toBe(200);
    await server.completeTask(step.task);
  });
});

describe('what is over (A3)', () => {
  let artifacts: Artifacts;
  const due = (): Promise<unknown> => sql`update dropped_files set due_at = 0`.execute(server.db);

  beforeAll(async () => {
    const files = await openFolderFiles(join(server.home, 'files'));
    artifacts = createArtifacts(server.database, files, { keepMs: 1, bytesPerExecutionMax: 1 });
    await due();
    await artifacts.sweep();
  });

  it('replaced and refused files are deleted, the others stay', async () => {
    const step = await startStep();
    const before = (await filesOf()).length;
    await keep(step, 'a', 'one');
    await keep(step, 'a', 'two');
    await keep(step, 'b', Buffer.alloc(ARTIFACT_BYTES_MAX + 1));
    await due();
    await artifacts.sweep();
    expect((await filesOf()).length).toBe(before + 1);
    const [kept] = await list(step);
    expect((await server.call('GET', `${step.path}/${String(kept?.id)}/content`)).text).toBe('two');
    await server.completeTask(step.task);
  });

  it('an expired artifact is gone at once, and its file with the next sweep', async () => {
    const step = await startStep();
    await keep(step, 'a', 'one');
    const [kept] = await list(step);
    await sql`update artifacts set expires_at = 1 where id = ${kept?.id}`.execute(server.db);
    expect(await list(step)).toEqual([]);
    expect((await server.call('GET', `${step.path}/${String(kept?.id)}/content`)).status).toBe(404);
    const before = (await filesOf()).length;
    await artifacts.sweep();
    expect((await filesOf()).length).toBe(before - 1);
    await server.completeTask(step.task);
  });

  it('an upload whose file was swept meanwhile is not kept', async () => {
    const step = await startStep();
    await sql
      .raw(`
      create function lose_note() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger lose_note before insert on dropped_files for each row execute function lose_note()`)
      .execute(server.db);
    const answer = await keep(step, 'late', 'x');
    await sql.raw('drop trigger lose_note on dropped_files; drop function lose_note()').execute(server.db);
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(/too long/)]);
    expect(await list(step)).toEqual([]);
    await server.completeTask(step.task);
  });
});
