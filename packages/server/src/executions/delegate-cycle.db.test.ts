import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { listNodeExecutions } from '../store/execution-rows.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { findTask } from '../store/task-queue-statements.ts';
import {
  insertAccount,
  pipelineYaml,
  registerDelegate,
  shellStep,
  startReplica,
  startRequest,
  TestDelegate,
  TEST_SCOPE,
  type Replica,
} from './test-replica.ts';

const NEVER = new AbortController().signal;
const BY = { userId: 'u', name: 'Ada', email: 'ada@example.test' };

describe('delegates and their tasks', () => {
  let database: TestDatabase;
  let replica: Replica;
  beforeEach(async () => {
    database = await createTestDatabase();
    await insertAccount(database);
    replica = await startReplica(database);
  });
  afterEach(async () => {
    await replica.close();
    await database.close();
    expect(replica.problems).toEqual([]);
  });

  async function start(
    steps: readonly string[] = [shellStep('a')],
    stageType: 'Custom' | 'CI' = 'Custom',
  ): Promise<ReturnType<typeof startRequest>['executionId']> {
    return (await replica.executions.start(startRequest(pipelineYaml(steps, stageType)))).executionId;
  }

  async function stateOf(taskId: string): Promise<string | undefined> {
    return (await findTask(database.db, taskId))?.state;
  }

  async function setLeasesBack(): Promise<void> {
    await sql`update delegate_tasks set lease_until = lease_until - 60000`.execute(database.db);
  }

  test('a waiting poll gets the task of an execution that starts, at once', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const poll = delegate.takeOne();
    const id = await start();
    const task = await poll;
    expect(task).toMatchObject({ identifier: 'a', stepType: 'ShellScript', fence: 1 });
    expect(task.logKey).toContain('runSequence:1');
    expect(await delegate.started(task)).toMatchObject({ kind: 'ok' });
    expect(await stateOf(task.taskId)).toBe('started');
    expect(await delegate.complete(task, { x: 'y' })).toMatchObject({ kind: 'ok' });
    expect(await replica.executions.waitUntilFinal(id, 10_000, NEVER)).toBe(true);
    expect(await stateOf(task.taskId)).toBe('done');
  });

  test('D1 many workers on two replicas: each task is given once, and all are given', async () => {
    const TASKS = 120;
    const second = database.openAnother();
    const other = await startReplica(second);
    const delegates = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        registerDelegate((index % 2 === 0 ? replica : other).dispatch, `worker ${index}`),
      ),
    );
    const given: string[] = [];
    const workers = delegates.map(async (delegate) => {
      while (given.length < TASKS)
        given.push(...(await delegate.take({ free: 5, waitMs: 300 })).map((task) => task.taskId));
    });
    await Promise.all(Array.from({ length: TASKS }, () => start()));
    await Promise.all(workers);
    expect(given).toHaveLength(TASKS);
    expect(new Set(given).size).toBe(TASKS);
    await other.close();
    await second.close();
    expect(other.problems).toEqual([]);
  });

  test('work spreads over the delegates that wait', async () => {
    const delegates = await Promise.all(
      ['one', 'two', 'three'].map((name) => registerDelegate(replica.dispatch, name)),
    );
    await start([
      `parallel:\n${['a', 'b', 'c'].map((name) => `  - step:\n      ${shellStep(name).replaceAll('\n', '\n      ')}`).join('\n')}`,
    ]).catch(() => undefined);
    await Promise.all(['x', 'y', 'z'].map(() => start()));
    const taken = await Promise.all(delegates.map((delegate) => delegate.take({ free: 1 })));
    expect(taken.map((tasks) => tasks.length)).toEqual([1, 1, 1]);
  });

  test('D1 a report with a stale fence is refused and changes nothing', async () => {
    const [one, two] = [
      await registerDelegate(replica.dispatch, 'one'),
      await registerDelegate(replica.dispatch, 'two'),
    ];
    await start();
    const old = await one.takeOne();
    await setLeasesBack();
    const fresh = await two.takeOne();
    expect(fresh.taskId).toBe(old.taskId);
    expect(fresh.fence).toBeGreaterThan(old.fence);
    expect(await one.started(old)).toMatchObject({ kind: 'stale' });
    expect(await two.started(fresh)).toMatchObject({ kind: 'ok' });
    expect(await one.complete(old)).toMatchObject({ kind: 'stale' });
    expect(await one.complete(fresh)).toMatchObject({ kind: 'stale' });
    expect(await stateOf(old.taskId)).toBe('started');
    expect(await two.complete(fresh)).toMatchObject({ kind: 'ok' });
  });

  test('a report repeated because its answer was lost is answered as the first time', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const id = await start([shellStep('a'), shellStep('b')]);
    const task = await delegate.takeOne();
    for (let time = 0; time < 3; time += 1) expect(await delegate.started(task)).toMatchObject({ kind: 'ok' });
    for (let time = 0; time < 3; time += 1) expect(await delegate.complete(task)).toMatchObject({ kind: 'ok' });
    const next = await delegate.takeOne();
    expect(next.identifier).toBe('b');
    const starts = await sql<{ count: number }>`
      select count(*) from execution_events where execution_id = ${id} and event->>'kind' in ('taskStarted', 'taskCompleted')`.execute(
      database.db,
    );
    expect(starts.rows[0]?.count).toBe(2);
  });

  test('D2 a lease that ends before the start returns the task; heartbeats keep it', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    await start();
    const task = await delegate.takeOne();
    await sql`update delegate_tasks set lease_until = bridle_now() + 1000`.execute(database.db);
    expect(await delegate.heartbeat([task])).toEqual({ kind: 'ok', body: { lost: [], cancel: [] } });
    const row = await database.db
      .selectFrom('delegate_tasks')
      .select(sql<number>`lease_until - bridle_now()`.as('left'))
      .executeTakeFirstOrThrow();
    expect(row.left).toBeGreaterThan(10_000);
    await setLeasesBack();
    const again = await delegate.takeOne();
    expect(again.taskId).toBe(task.taskId);
    expect(await delegate.heartbeat([task])).toEqual({ kind: 'ok', body: { lost: [task.taskId], cancel: [] } });
  });

  test('D2/D3 started, then dead: the new incarnation hears it, the step fails, and the dead process is refused', async () => {
    const before = await registerDelegate(replica.dispatch, 'worker');
    const id = await start();
    const idle = await start();
    const task = await before.takeOne();
    await before.started(task);
    const leased = await before.takeOne();
    const after = new TestDelegate(replica.dispatch, before.token, before.name);
    expect(await after.register()).toMatchObject({ abandoned: [task.taskId] });
    expect(after.delegateId).toBe(before.delegateId);
    expect(await replica.executions.waitUntilFinal(id, 10_000, NEVER)).toBe(true);
    const [step] = (await listNodeExecutions(database.db, id)).filter((node) => node.children.length === 0);
    expect(step).toMatchObject({
      status: 'Failed',
      failure: { types: ['DELEGATE_RESTART'], message: expect.stringContaining('restarted') },
    });
    expect(await before.complete(task)).toMatchObject({ kind: 'stale' });
    expect(await before.poll({ waitMs: 0 })).toEqual({ kind: 'gone' });
    expect(await before.heartbeat([])).toEqual({ kind: 'gone' });
    expect(await before.started(leased)).toMatchObject({ kind: 'stale' });
    const again = await after.takeOne();
    expect(again.taskId).toBe(leased.taskId);
    await after.started(again);
    await after.complete(again);
    expect(await replica.executions.waitUntilFinal(idle, 10_000, NEVER)).toBe(true);
  });

  test('D3 silence: a started task keeps its fence within the grace and is given up after it', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'silent');
    const id = await start();
    const task = await delegate.takeOne();
    await delegate.started(task);
    await sql`update delegates set heartbeat_at = heartbeat_at - 590000`.execute(database.db);
    expect((await replica.dispatch.listDelegates(TEST_SCOPE)).map((info) => info.state)).toEqual(['disconnected']);
    expect(await replica.executions.waitUntilFinal(id, 1_500, NEVER)).toBe(false);
    await sql`update delegates set heartbeat_at = heartbeat_at - 20000`.execute(database.db);
    expect(await replica.executions.waitUntilFinal(id, 10_000, NEVER)).toBe(true);
    expect(await delegate.complete(task)).toMatchObject({ kind: 'stale' });
    expect(await stateOf(task.taskId)).toBe('lost');
  });

  test('an abort reaches a waiting poll at once, is told once, and the report ends the step', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const id = await start();
    const task = await delegate.takeOne();
    await delegate.started(task);
    const poll = delegate.poll({ free: 0, waitMs: 20_000 });
    await replica.executions.interrupt(id, { type: 'AbortAll', by: BY });
    expect(await poll).toEqual({ kind: 'ok', body: { tasks: [], cancel: [task.taskId], release: [] } });
    expect(await delegate.poll({ waitMs: 50, cancelling: [task.taskId] })).toEqual({
      kind: 'ok',
      body: { tasks: [], cancel: [], release: [] },
    });
    expect(await delegate.heartbeat([task])).toEqual({ kind: 'ok', body: { lost: [], cancel: [task.taskId] } });
    expect(await delegate.cancelled(task)).toMatchObject({ kind: 'ok' });
    expect(await replica.executions.waitUntilFinal(id, 10_000, NEVER)).toBe(true);
  });

  test('a task aborted before its start never starts', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const id = await start();
    const task = await delegate.takeOne();
    await replica.executions.interrupt(id, { type: 'AbortAll', by: BY });
    expect(await replica.executions.waitUntilFinal(id, 10_000, NEVER)).toBe(true);
    expect(await delegate.started(task)).toMatchObject({ kind: 'stale' });
  });

  test('CI: all steps of a stage go to one delegate, which is told to delete the workspace afterwards', async () => {
    const [one, two] = [
      await registerDelegate(replica.dispatch, 'one'),
      await registerDelegate(replica.dispatch, 'two'),
    ];
    const run = (name: string): string =>
      `identifier: ${name}\nname: ${name}\ntype: Run\nspec:\n  shell: Sh\n  command: echo ${name}`;
    const id = await start([run('a'), run('b')], 'CI');
    const first = await one.takeOne();
    expect(first.workspaceKey).toBeDefined();
    await one.started(first);
    await one.complete(first);
    expect(await two.take({ waitMs: 100 })).toEqual([]);
    const second = await one.takeOne();
    expect(second.workspaceKey).toBe(first.workspaceKey);
    await one.started(second);
    const poll = one.poll({ waitMs: 20_000 });
    await one.complete(second);
    const answer = await poll;
    expect(answer).toEqual({ kind: 'ok', body: { tasks: [], cancel: [], release: [first.workspaceKey] } });
    expect(await replica.executions.waitUntilFinal(id, 10_000, NEVER)).toBe(true);
    expect(await one.poll({ waitMs: 50 })).toEqual({ kind: 'ok', body: { tasks: [], cancel: [], release: [] } });
    await one.poll({ waitMs: 0, released: [first.workspaceKey ?? ''] });
    const row = await database.db.selectFrom('workspaces').select('deleted_at').executeTakeFirstOrThrow();
    expect(row.deleted_at).not.toBeNull();
  });

  test('tasks go only to delegates with all selectors, and in the scope of their token', async () => {
    const [plain, gpu] = [
      await registerDelegate(replica.dispatch, 'plain'),
      await registerDelegate(replica.dispatch, 'big', ['GPU ']),
    ];
    const elsewhere = await registerDelegate(replica.dispatch, 'elsewhere', ['gpu'], {
      ...TEST_SCOPE,
      projectIdentifier: 'two',
    });
    await start([shellStep('a').replace('spec:', 'spec:\n  delegateSelectors:\n    - Gpu')]);
    expect(await plain.take({ waitMs: 50 })).toEqual([]);
    expect(await elsewhere.take({ waitMs: 50 })).toEqual([]);
    expect(await gpu.take()).toHaveLength(1);
  });

  test('a task that no delegate could ever take fails with the reason per delegate', async () => {
    const impatient = database.openAnother();
    const other = await startReplica(impatient, { unassignableMs: 300 });
    await registerDelegate(other.dispatch, 'plain');
    const id = await start([shellStep('a').replace('spec:', 'spec:\n  delegateSelectors:\n    - gpu')]);
    const possible = await start();
    expect(await other.executions.waitUntilFinal(id, 20_000, NEVER)).toBe(true);
    const [step] = (await listNodeExecutions(database.db, id)).filter((node) => node.children.length === 0);
    expect(step).toMatchObject({
      status: 'Failed',
      failure: { types: ['DELEGATE_PROVISIONING'], message: expect.stringContaining('plain lacks gpu') },
    });
    expect(await other.executions.waitUntilFinal(possible, 0, NEVER)).toBe(false);
    await other.close();
    await impatient.close();
  });

  test('a delegate that leaves gives its leases back and loses what it had started', async () => {
    const [one, two] = [
      await registerDelegate(replica.dispatch, 'one'),
      await registerDelegate(replica.dispatch, 'two'),
    ];
    const id = await start();
    const running = await one.takeOne();
    await one.started(running);
    await start();
    const leased = await one.takeOne();
    const poll = two.takeOne();
    expect(await one.leave()).toMatchObject({ kind: 'ok' });
    expect((await poll).taskId).toBe(leased.taskId);
    expect(await replica.executions.waitUntilFinal(id, 10_000, NEVER)).toBe(true);
    expect(await one.poll()).toEqual({ kind: 'gone' });
  });

  test('W2 work leased for a poll that broke off goes to the next one', async () => {
    const [one, two] = [
      await registerDelegate(replica.dispatch, 'one'),
      await registerDelegate(replica.dispatch, 'two'),
    ];
    const controller = new AbortController();
    const broken = one.poll({ signal: controller.signal });
    await start();
    controller.abort();
    const answer = await broken;
    const taken = answer.kind === 'ok' ? answer.body.tasks : [];
    // Either it broke off before the work was leased for it, or the answer was on its way and the delegate has it.
    expect(taken.length + (await two.take({ waitMs: taken.length === 1 ? 50 : 10_000 })).length).toBe(1);
  });

  test('W2 a poll whose time ends while its work is being leased is answered with the work', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    for (let round = 0; round < 20; round += 1) {
      await start();
      // Asking takes longer than that: the time always ends while the queue is looked at.
      expect(await delegate.take({ free: 1, waitMs: 0 })).toHaveLength(1);
    }
  });

  test('a newer poll of the same delegate takes the place of the older one', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const older = delegate.poll({ waitMs: 20_000 });
    await expect.poll(() => replica.hub.size).toBeGreaterThan(0);
    const newer = delegate.takeOne();
    expect(await older).toMatchObject({ kind: 'ok', body: { tasks: [] } });
    await start();
    expect(await newer).toMatchObject({ identifier: 'a' });
  });

  test('a revoked token gets no work, and after a moment no answer', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    const { tokenId, secret } = await replica.dispatch.createToken({ accountId: TEST_SCOPE.accountId }, 'other');
    expect(await replica.dispatch.authenticate(secret)).toMatchObject({ tokenId });
    expect(await replica.dispatch.authenticate(`${secret}x`)).toBeUndefined();
    expect(await replica.dispatch.authenticate('')).toBeUndefined();
    const poll = delegate.take({ waitMs: 500 });
    expect(await replica.dispatch.revokeToken(TEST_SCOPE.accountId, delegate.token.tokenId)).toBe(true);
    expect(await replica.dispatch.revokeToken(TEST_SCOPE.accountId, delegate.token.tokenId)).toBe(false);
    await start();
    expect(await poll).toEqual([]);
    await replica.dispatch.revokeToken(TEST_SCOPE.accountId, tokenId);
    expect(await replica.dispatch.authenticate(secret)).toBeUndefined();
  });

  test('outputs that nobody could store are refused before they reach the engine', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    await start();
    const task = await delegate.takeOne();
    await delegate.started(task);
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100; level += 1) deep = [deep];
    expect(await delegate.complete(task, { deep })).toMatchObject({ kind: 'invalid' });
    expect(await stateOf(task.taskId)).toBe('started');
  });

  test('no poll leaves anything behind', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    await delegate.poll({ waitMs: 10 });
    const controller = new AbortController();
    const poll = delegate.poll({ signal: controller.signal });
    controller.abort();
    await poll;
    expect(replica.hub.size).toBe(0);
  });
});
