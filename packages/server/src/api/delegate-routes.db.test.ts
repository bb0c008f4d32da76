import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { DELEGATE_GRACE_MS, type DelegateTask } from '@bridle/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { insertDelegateToken, revokeDelegateToken } from '../store/delegate-tokens.ts';
import { findTask, listLostTasks } from '../store/task-queue-statements.ts';
import { ACCOUNT, createTestApp, type TestApp } from './test-app.ts';

const SECRET = 'dlt.account.id.secret-of-a-test';
const IDENTITY = {
  name: 'mine',
  tags: [],
  incarnation: 'first-process',
  installation: 'home-of-mine',
  version: '0',
  hostName: 'h',
  os: 'linux',
  arch: 'x64',
  shells: ['Bash'],
  capacity: 5,
};
const POLL = { incarnation: IDENTITY.incarnation, free: 5, cancelling: [], waitMs: 0, released: [] };
const SUCCEEDED = { kind: 'succeeded', outputs: {} };
const TASK_ID = 'x'.repeat(22);

describe('/delegate/api', () => {
  let server: TestApp;
  let delegateId: string;
  beforeEach(async () => {
    server = await createTestApp();
    const secretHash = createHash('sha256').update(SECRET).digest('hex');
    await insertDelegateToken(server.db, { id: 'token', accountId: ACCOUNT, name: 'token', secretHash });
    delegateId = (await post('register', IDENTITY)).body['delegateId'] as string;
  });
  afterEach(async () => {
    await server.close();
  });

  async function post(
    path: string,
    payload: object,
    authorization: string | undefined = `Bearer ${SECRET}`,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const headers = authorization === '' ? {} : { authorization };
    const response = await server.app.inject({ method: 'POST', url: `/delegate/api/${path}`, payload, headers });
    return { status: response.statusCode, body: JSON.parse(response.body) as Record<string, unknown> };
  }

  const mine = (call: string): string => `${delegateId}/${call}`;

  async function leaseOne(): Promise<DelegateTask> {
    await server.call('POST', '/gateway/api/webhook/custom', {
      isPublic: true,
      query: { pipelineIdentifier: 'test', triggerIdentifier: 'myhook' },
      body: {},
    });
    const { body } = await post(mine('poll'), { ...POLL, free: 1, waitMs: 20_000 });
    const [task] = body['tasks'] as DelegateTask[];
    if (task === undefined) throw new Error('There was no task.');
    return task;
  }

  test('S18 without a token, with a wrong one or a revoked one: 401', async () => {
    expect((await post(mine('poll'), POLL, '')).status).toBe(401);
    expect((await post(mine('poll'), POLL, 'Bearer ')).status).toBe(401);
    expect((await post(mine('poll'), POLL, `Bearer ${SECRET}x`)).status).toBe(401);
    expect((await post(mine('poll'), POLL, `Basic ${SECRET}`)).status).toBe(401);
    expect((await post(mine('poll'), POLL)).status).toBe(200);
    await revokeDelegateToken(server.db, ACCOUNT, 'token');
    // S18: within five seconds.
    await expect.poll(async () => (await post(mine('poll'), POLL)).status, { timeout: 5_000 }).toBe(401);
  });

  test('an admin key is no delegate token, and a delegate token no key', async () => {
    expect((await post(mine('poll'), POLL, `Bearer ${server.token}`)).status).toBe(401);
    const list = await server.call('POST', '/pipeline/api/pipelines/list', {
      isPublic: true,
      headers: { 'x-api-key': SECRET },
      body: {},
    });
    expect(list.status).toBe(401);
  });

  describe('R7 a delegate that was not heard of', () => {
    /** A started task, and the silence after it: only the database's time counts (T1). */
    async function silentFor(ms: number): Promise<DelegateTask> {
      const task = await leaseOne();
      await post(mine(`tasks/${task.taskId}/started`), { incarnation: IDENTITY.incarnation, fence: task.fence });
      await server.db
        .updateTable('delegates')
        .set((eb) => ({ heartbeat_at: eb('heartbeat_at', '-', ms) }))
        .execute();
      return task;
    }

    const logOf = ({ taskId, fence, logKey }: DelegateTask): object => {
      const content = Buffer.from('while it was cut off\n').toString('base64');
      const chunk = { taskId, fence, logKey, byteOffset: 0, content, lineTimes: [1], final: true };
      return { incarnation: IDENTITY.incarnation, chunks: [chunk] };
    };

    test('for five minutes goes on where it was: nothing is lost, nothing runs twice', async () => {
      const task = await silentFor(300_000);
      const { incarnation } = IDENTITY;
      const held = [{ taskId: task.taskId, fence: task.fence }];
      expect(await listLostTasks(server.db, DELEGATE_GRACE_MS, 10)).toEqual([]);
      expect((await post(mine('heartbeat'), { incarnation, held })).body).toEqual({ lost: [], cancel: [] });
      expect((await post(mine('logs'), logOf(task))).body).toEqual({ received: { [task.logKey]: 21 } });
      const report = { incarnation, fence: task.fence, outcome: SUCCEEDED };
      expect((await post(mine(`tasks/${task.taskId}/complete`), report)).status).toBe(200);
      expect((await post(mine(`tasks/${task.taskId}/complete`), report)).status).toBe(200);
      expect(await findTask(server.db, task.taskId)).toEqual({ state: 'done', fence: task.fence });
    });

    test('for longer than the grace has lost its step: a late report is refused, what it printed is not', async () => {
      const task = await silentFor(DELEGATE_GRACE_MS + 60_000);
      await expect.poll(async () => (await findTask(server.db, task.taskId))?.state, { timeout: 15_000 }).toBe('lost');
      const report = { incarnation: IDENTITY.incarnation, fence: task.fence, outcome: SUCCEEDED };
      expect((await post(mine(`tasks/${task.taskId}/complete`), report)).status).toBe(409);
      expect((await post(mine('logs'), logOf(task))).status).toBe(200);
      expect((await findTask(server.db, task.taskId))?.state).toBe('lost');
    });
  });

  test('the rest of a log is taken in the name of a process that is gone, until its end', async () => {
    const task = await leaseOne();
    const { incarnation } = IDENTITY;
    await post(mine(`tasks/${task.taskId}/started`), { incarnation, fence: task.fence });
    const send = (text: string, byteOffset: number, final: boolean): ReturnType<typeof post> => {
      const content = Buffer.from(text).toString('base64');
      const { taskId, fence, logKey } = task;
      const chunk = { taskId, fence, logKey, byteOffset, content, lineTimes: text === '' ? [] : [1], final };
      return post(mine('logs'), { incarnation, chunks: [chunk] });
    };
    expect((await send('one\n', 0, false)).body).toEqual({ received: { [task.logKey]: 4 } });
    await post(mine('leave'), { incarnation });
    const state = (): Promise<{ readonly state: string } | undefined> => findTask(server.db, task.taskId);
    await expect.poll(async () => (await state())?.state).toBe('lost');
    expect((await send('two\n', 4, false)).body).toEqual({ received: { [task.logKey]: 8 } });
    expect((await send('', 8, true)).status).toBe(200);
    expect((await send('three\n', 8, false)).status).toBe(410);
    expect((await post(mine('poll'), POLL)).status).toBe(410);
  });

  test('another incarnation, or a delegate of nobody: 410 for every call', async () => {
    const other = { ...POLL, incarnation: 'other-process' };
    expect((await post(mine('poll'), other)).status).toBe(410);
    expect((await post('unknown/poll', POLL)).status).toBe(410);
    expect((await post(mine('heartbeat'), { incarnation: 'other-process', held: [] })).status).toBe(410);
    expect((await post(mine('logs'), { incarnation: 'other-process', chunks: [] })).status).toBe(410);
    const report = { incarnation: 'other-process', fence: 1 };
    expect((await post(mine(`tasks/${TASK_ID}/started`), report)).status).toBe(410);
    expect((await post(mine(`tasks/${TASK_ID}/complete`), { ...report, outcome: SUCCEEDED })).status).toBe(410);
    expect((await post(mine('leave'), { incarnation: 'other-process' })).status).toBe(410);
    expect((await post(mine('leave'), { incarnation: IDENTITY.incarnation })).status).toBe(200);
    expect((await post(mine('poll'), POLL)).status).toBe(410);
  });

  test('stale reports and logs: 409; what makes no sense: 400', async () => {
    const task = await leaseOne();
    const report = { incarnation: IDENTITY.incarnation, fence: task.fence };
    const chunk = {
      taskId: task.taskId,
      fence: task.fence,
      logKey: task.logKey,
      byteOffset: 0,
      content: 'YQo=',
      lineTimes: [1],
      final: false,
    };
    const logs = (change: object): object => ({ incarnation: IDENTITY.incarnation, chunks: [{ ...chunk, ...change }] });
    const started = mine(`tasks/${task.taskId}/started`);
    expect((await post(started, { ...report, fence: 99 })).status).toBe(409);
    expect((await post(started, { ...report, fence: 'one' })).status).toBe(400);
    expect((await post(started, report)).status).toBe(200);
    expect((await post(mine('logs'), logs({ fence: 99 }))).status).toBe(409);
    expect((await post(mine('logs'), logs({ logKey: 'accountId:other/x' }))).status).toBe(409);
    expect((await post(mine('logs'), logs({ lineTimes: [] }))).status).toBe(400);
    expect(await post(mine('logs'), logs({}))).toEqual({ status: 200, body: { received: { [task.logKey]: 2 } } });
    const complete = mine(`tasks/${task.taskId}/complete`);
    expect((await post(complete, { ...report, fence: 99, outcome: SUCCEEDED })).status).toBe(409);
    expect((await post(complete, { ...report, outcome: { kind: 'perfect' } })).status).toBe(400);
    expect((await post(complete, { ...report, outcome: SUCCEEDED })).status).toBe(200);
    expect((await post(complete, { ...report, outcome: SUCCEEDED })).status).toBe(200);
    expect((await post(mine('register'), {})).status).toBe(404);
    expect((await post('register', { ...IDENTITY, name: '' })).status).toBe(400);
    expect((await post(mine('heartbeat'), { padding: 'x'.repeat(2_000_000) })).status).toBe(413);
  });

  test('a long-poll whose connection is cut gives its place up, and its task goes to the next poll', async () => {
    await server.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.app.server.address() as AddressInfo;
    const controller = new AbortController();
    const cut = fetch(`http://127.0.0.1:${port}/delegate/api/${mine('poll')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` },
      body: JSON.stringify({ ...POLL, waitMs: 25_000 }),
      signal: controller.signal,
    }).catch((error: unknown) => error);
    await expect.poll(() => countConnections()).toBe(1);
    controller.abort();
    expect(await cut).toBeInstanceOf(Error);
    await expect.poll(() => countConnections()).toBe(0);
    expect(await leaseOne()).toMatchObject({ fence: 1 });
  });

  function countConnections(): Promise<number> {
    return new Promise((resolve, reject) => {
      server.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  }
});
