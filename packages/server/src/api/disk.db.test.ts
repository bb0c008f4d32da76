/** While the disk is nearly full, new work is refused and what runs goes on. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';
import { pipelineOf, savePipeline, shell, startRun, untilStatus } from './test-runs.ts';
import type { LowDisk } from '../disk/disk-watch.ts';

let low: LowDisk | undefined;
let server: TestApp;
let onAsked = (): void => undefined;

/** Resolves when the disk was asked about so many times more. */
async function hearQuestions(times: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = times;
  onAsked = () => {
    left -= 1;
    if (left === 0) resolve();
  };
  await promise;
}

beforeAll(async () => {
  server = await createTestApp({
    disk: {
      low: () => {
        onAsked();
        return low;
      },
    },
  });
  const steps = `${shell('first')}\n${shell('second')}`;
  await savePipeline(server, pipelineOf('work', [{ identifier: 'one', steps }]));
});

afterAll(async () => {
  await server.close();
});

it('is said by webhooks, starts and /readyz; running work goes on; it ends by itself', async () => {
  const id = await startRun(server, 'work');
  const failed = await startRun(server, 'work');
  for (let number = 0; number < 2; number += 1) {
    const task = await server.startTask();
    if (number === 1)
      await server.completeTask(task, {
        kind: 'failed',
        exitCode: 1,
        outputs: {},
        failure: { message: 'no', types: [] },
      });
    else await server.completeTask(task);
  }
  await untilStatus(server, failed, 'Failed');
  low = { place: '/secret/home', freeBytes: 1_000_000, wantedBytes: 9_000_000 };
  const calls = {
    webhook: await server.call('POST', '/pipeline/api/webhook/custom', { body: {} }),
    git: await server.call('POST', '/ng/api/webhook', { body: {}, headers: { 'x-github-event': 'push' } }),
    start: await server.call('POST', '/pipeline/api/pipeline/execute/work', { body: '' }),
    rerun: await server.call('POST', `/pipeline/api/pipeline/execute/rerun/${id}/work`, { body: '' }),
    retry: await server.call('POST', '/pipeline/api/pipeline/execute/retry/work', {
      query: { planExecutionId: failed, retryStages: 'one' },
      body: '',
    }),
  };
  for (const [name, answer] of Object.entries(calls)) {
    expect([name, answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
      name,
      503,
      'DISK_FULL',
      '30',
    ]);
    expect(answer.body.message).toContain('1 MB are free, 9 MB must be');
    expect(answer.text).not.toContain('/secret/home');
  }
  const ready = await server.call('GET', '/readyz', { isPublic: true });
  expect([ready.status, ready.body]).toEqual([
    200,
    { status: 'ready', newWork: expect.stringContaining('nearly full') },
  ]);

  await server.runTasks();
  await untilStatus(server, id, 'Success');
  const count = async (): Promise<number> => (await server.db.selectFrom('executions').select('id').execute()).length;
  expect(await count()).toBe(2);

  low = undefined;
  await startRun(server, 'work');
  expect((await server.call('POST', '/pipeline/api/webhook/custom', { body: {} })).status).toBe(200);
  expect((await server.call('GET', '/readyz', { isPublic: true })).body).toEqual({ status: 'ready' });
});

it('leaves events that were accepted before in the queue until there is room', async () => {
  low = { place: '/', freeBytes: 1, wantedBytes: 2 };
  // Every loop has seen it by then.
  await hearQuestions(6);
  await sql`insert into trigger_events (id, account_id, org_identifier, project_identifier, state, status, message, payload, headers, received_at)
    values ('waits', ${ACCOUNT}, 'default', 'myproject', 'queued', 'QUEUED', '', '{}', '{}', bridle_now())`.execute(
    server.db,
  );
  await hearQuestions(6);
  const state = async (): Promise<string | undefined> =>
    (await server.db.selectFrom('trigger_events').select('state').where('id', '=', 'waits').executeTakeFirst())?.state;
  expect(await state()).toBe('queued');
  low = undefined;
  await vi.waitFor(async () => expect(await state()).toBe('final'), { timeout: 10_000 });
});
