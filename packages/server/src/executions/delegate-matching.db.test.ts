/** Who may take what, whose turn it is, and what a revoked token ends. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { leaseRound } from '../dispatch/lease-round.ts';
import { listNodeExecutions } from '../store/execution-rows.ts';
import { findTask } from '../store/task-queue-statements.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import {
  insertAccount,
  insertProject,
  pipelineYaml,
  registerDelegate,
  shellStep,
  startReplica,
  startRequest,
  TestDelegate,
  TEST_SCOPE,
  type GivenTask,
  type Replica,
} from './test-replica.ts';

const NEVER = new AbortController().signal;
const DOCKER = { binaries: ['git'], docker: { version: '27', os: 'linux', arch: 'x64' } };

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

type Id = ReturnType<typeof startRequest>['executionId'];

async function start(
  steps: readonly string[] = [shellStep('a')],
  stageType: 'Custom' | 'CI' = 'Custom',
  project = TEST_SCOPE.projectIdentifier,
): Promise<Id> {
  const yaml = pipelineYaml(steps, stageType).replace('projectIdentifier: one', `projectIdentifier: ${project}`);
  const scope = { ...TEST_SCOPE, projectIdentifier: project };
  await insertProject(database, project);
  return (await replica.executions.start(startRequest(yaml, { scope }))).executionId;
}

/** Makes one task of an execution so many, in one statement: the queue of a large installation. */
async function multiplyTasks(project: string, count: number): Promise<void> {
  await sql`
    insert into delegate_tasks (id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, log_key, queued_at)
    select 'copy-' || ${project} || n, execution_id, account_id, org_identifier, project_identifier, state,
      (request::jsonb || jsonb_build_object('taskId', 'copy-' || ${project} || n))::json, selectors, requirements, log_key, queued_at
    from (select * from delegate_tasks where project_identifier = ${project} order by position limit 1) t, generate_series(1, ${count}::int) n`.execute(
    database.db,
  );
  await sql`analyze delegate_tasks`.execute(database.db);
}

async function projectsOf(tasks: readonly GivenTask[]): Promise<readonly string[]> {
  const result = await sql<{ id: string; project_identifier: string }>`
    select id, project_identifier from delegate_tasks where id = any(${tasks.map(({ taskId }) => taskId)}::text[])`.execute(
    database.db,
  );
  return result.rows.map((row) => row.project_identifier).toSorted();
}

describe('matching', () => {
  const IMAGE = 'identifier: a\nname: a\ntype: Run\nspec:\n  image: alpine\n  shell: Sh\n  command: "true"';

  test('an image needs a delegate with a container engine; one that comes within the window takes it', async () => {
    const plain = await registerDelegate(replica.dispatch, 'plain');
    await start([IMAGE], 'CI');
    expect(await plain.take({ waitMs: 50 })).toEqual([]);
    const docker = await registerDelegate(replica.dispatch, 'docker', [], undefined, DOCKER);
    expect(await docker.takeOne()).toMatchObject({ stepType: 'Run' });
  });

  test('a delegate that finds an engine later registers again and takes what waited', async () => {
    const delegate = await registerDelegate(replica.dispatch, 'worker');
    await start([IMAGE], 'CI');
    expect(await delegate.take({ waitMs: 50 })).toEqual([]);
    const poll = delegate.take({ waitMs: 10_000 });
    await delegate.register([], DOCKER);
    // Sent away, it asks anew with what it can do now; unless that was known already when its call arrived.
    const given = await poll;
    expect(given.length === 0 ? [await delegate.takeOne()] : given).toMatchObject([{ stepType: 'Run' }]);
  });

  test('nobody can: the reasons per delegate, those that came closest first', async () => {
    const impatient = database.openAnother();
    const other = await startReplica(impatient, { unassignableMs: 300 });
    await registerDelegate(other.dispatch, 'elsewhere', [], { ...TEST_SCOPE, projectIdentifier: 'two' }, DOCKER);
    await registerDelegate(other.dispatch, 'plain', ['gpu']);
    await registerDelegate(other.dispatch, 'untagged', [], undefined, DOCKER);
    const gone = await registerDelegate(other.dispatch, 'gone', ['gpu'], undefined, DOCKER);
    await gone.leave();
    await sql`update delegates set left_at = left_at - 10000 where name = 'gone'`.execute(database.db);
    const id = await start([`${IMAGE}`], 'CI');
    await sql`update delegate_tasks set selectors = '{gpu}'`.execute(database.db);
    expect(await other.executions.waitUntilFinal(id, 20_000, NEVER)).toBe(true);
    const [step] = (await listNodeExecutions(database.db, id)).filter((node) => node.children.length === 0);
    expect(step?.failure).toEqual({
      types: ['DELEGATE_PROVISIONING'],
      message:
        'No delegate can run this step with the selectors gpu: plain has no container engine; untagged lacks gpu; gone has shut down; elsewhere serves only default/two.',
    });
    await other.close();
    await impatient.close();
  });

  test('a stage whose delegate cannot run its next step fails, and says where the workspace is', async () => {
    const impatient = database.openAnother();
    const other = await startReplica(impatient, { unassignableMs: 300 });
    const plain = await registerDelegate(other.dispatch, 'plain');
    const host = 'identifier: first\nname: first\ntype: Run\nspec:\n  shell: Sh\n  command: "true"';
    const python = host.replaceAll('first', 'second').replace('shell: Sh', 'shell: Python');
    const id = await start([host, python], 'CI');
    const first = await plain.takeOne();
    await plain.started(first);
    await plain.complete(first);
    expect(await other.executions.waitUntilFinal(id, 20_000, NEVER)).toBe(true);
    const failed = (await listNodeExecutions(database.db, id)).find(
      (node) => node.status === 'Failed' && node.children.length === 0,
    );
    expect(failed?.failure?.message).toContain('plain has no python, but has the workspace of this stage');
    await other.close();
    await impatient.close();
  });

  test('a stage whose later step needs an engine begins where there is one', async () => {
    const plain = await registerDelegate(replica.dispatch, 'plain');
    await start([IMAGE.replaceAll('identifier: a', 'identifier: b').replace('  image: alpine\n', ''), IMAGE], 'CI');
    expect(await plain.take({ waitMs: 50 })).toEqual([]);
    const docker = await registerDelegate(replica.dispatch, 'docker', [], undefined, DOCKER);
    expect(await docker.takeOne()).toMatchObject({ identifier: 'b' });
  });

  test('busy delegates keep a task waiting', async () => {
    const impatient = database.openAnother();
    const other = await startReplica(impatient, { unassignableMs: 200 });
    const worker = await registerDelegate(other.dispatch, 'worker');
    await start();
    const running = await worker.takeOne();
    await worker.started(running);
    const waiting = await start();
    expect(await other.executions.waitUntilFinal(waiting, 1_000, NEVER)).toBe(false);
    await worker.complete(running);
    expect((await worker.takeOne()).taskId).not.toBe(running.taskId);
    await other.close();
    await impatient.close();
  });
});

describe('turns (R15)', () => {
  test('a long queue of one project does not hold up another; what is in hand counts', async () => {
    await start([shellStep('a')], 'Custom', 'one');
    await multiplyTasks('one', 2_000);
    await start([shellStep('a')], 'Custom', 'two');
    await start([shellStep('a')], 'Custom', 'two');
    const worker = await registerDelegate(replica.dispatch, 'worker');
    const first = await worker.take({ free: 2 });
    expect(await projectsOf(first)).toEqual(['one', 'two']);
    // One task of each is in hand: two more of each side would be even, but `two` has one only.
    expect(await projectsOf(await worker.take({ free: 3 }))).toEqual(['one', 'one', 'two']);
  });

  test('a matrix does not hold up another execution of its project', async () => {
    await start();
    await multiplyTasks('one', 255);
    const late = await start();
    const worker = await registerDelegate(replica.dispatch, 'worker');
    const tasks = await worker.take({ free: 2 });
    const holders = await sql<{ execution_id: string }>`
      select execution_id from delegate_tasks where id = any(${tasks.map(({ taskId }) => taskId)}::text[])`.execute(
      database.db,
    );
    expect(holders.rows.filter((row) => row.execution_id === late)).toHaveLength(1);
  });

  test('R14 sixty delegates, a hundred cells: nobody stays idle while a cell waits', { timeout: 120_000 }, async () => {
    const [DELEGATES, CELLS] = [60, 100];
    const cells = Array.from({ length: CELLS }, (_, index) => `c${index}`).join(', ');
    const matrix = `${shellStep('cell')}\nstrategy:\n  matrix:\n    cell: [${cells}]\n  maxConcurrency: ${CELLS}`;
    const delegates = await Promise.all(
      Array.from({ length: DELEGATES }, (_, index) => registerDelegate(replica.dispatch, `worker ${index}`)),
    );
    const first = Promise.all(delegates.map((delegate) => delegate.take({ free: 1, waitMs: 25_000 })));
    const id = await start([matrix]);
    // As many cells as hands are taken at once, one by each, though there is work for more.
    const taken = (await first).map(([task], index) => ({ task, delegate: delegates[index] }));
    expect(taken.filter(({ task }) => task === undefined)).toEqual([]);
    const again = await Promise.all(
      taken.map(async ({ task, delegate }) => {
        if (task === undefined || delegate === undefined) return 0;
        await delegate.started(task);
        await delegate.complete(task);
        // Whoever is free gets one of the rest; when there is none, nobody has to be told.
        const [next] = await delegate.take({ free: 1, waitMs: 3_000 });
        if (next === undefined) return 0;
        await delegate.started(next);
        await delegate.complete(next);
        return 1;
      }),
    );
    expect(again.reduce<number>((sum, count) => sum + count, 0)).toBe(CELLS - DELEGATES);
    expect(await replica.executions.waitUntilFinal(id, 30_000, NEVER)).toBe(true);
  });

  // How long it takes is for the bench (backlog-lease).
  test('R12 of tens of thousands of queued tasks each is given once, in turns', { timeout: 120_000 }, async () => {
    const ROUNDS = 5;
    await start([shellStep('a')], 'Custom', 'one');
    await start([shellStep('a')], 'Custom', 'two');
    await multiplyTasks('one', 39_000);
    await multiplyTasks('two', 1_000);
    const worker = await registerDelegate(replica.dispatch, 'worker');
    const asker = {
      delegateId: worker.delegateId,
      incarnation: worker.incarnation,
      accountId: TEST_SCOPE.accountId,
      tags: ['worker'],
      capabilities: ['shell:bash'],
      free: 10,
    };
    const given: { readonly taskId: string; readonly project: string }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { leases } = await leaseRound(database, [asker], 15_000);
      given.push(...leases.map(({ taskId, scope }) => ({ taskId, project: scope.projectIdentifier })));
    }
    expect(new Set(given.map(({ taskId }) => taskId)).size).toBe(ROUNDS * asker.free);
    expect(given.filter(({ project }) => project === 'two')).toHaveLength((ROUNDS * asker.free) / 2);
  });
});

test('R14 however much of other projects waits longer, a delegate that serves one of them gets the work of that one', async () => {
  const [PROJECTS, EACH] = [21, 500];
  for (let index = 0; index < PROJECTS; index += 1) {
    await start([shellStep('a')], 'Custom', `other${index}x`);
    await multiplyTasks(`other${index}x`, EACH);
  }
  await start([shellStep('a')], 'Custom', 'mine');
  const worker = await registerDelegate(replica.dispatch, 'worker', [], { ...TEST_SCOPE, projectIdentifier: 'mine' });
  expect(await projectsOf(await worker.take({ free: 1 }))).toEqual(['mine']);
});

test('R14 of many kinds each is seen, and every task is given once', async () => {
  const [KINDS, EACH] = [30, 40];
  const wanted = Array.from({ length: KINDS }, (_, index) => `kind${index}`);
  for (const kind of wanted) {
    await start([shellStep('a', `\n  delegateSelectors: [${kind}]`)], 'Custom', 'one');
  }
  await sql`
    insert into delegate_tasks (id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, log_key, queued_at)
    select id || n, execution_id, account_id, org_identifier, project_identifier, state,
      (request::jsonb || jsonb_build_object('taskId', id || n))::json, selectors, requirements, log_key, queued_at
    from delegate_tasks, generate_series(2, ${EACH}::int) n`.execute(database.db);
  const worker = await registerDelegate(replica.dispatch, 'worker', wanted);
  const given: string[] = [];
  for (
    let tasks = await worker.take({ free: 256 });
    tasks.length > 0;
    tasks = await worker.take({ free: 256, waitMs: 0 })
  )
    given.push(...tasks.map(({ taskId }) => taskId));
  expect(given).toHaveLength(KINDS * EACH);
  expect(new Set(given).size).toBe(KINDS * EACH);
});

describe('tokens (S18)', () => {
  test('revoking one ends its polls on every replica, and what its delegates had started fails', async () => {
    const second = database.openAnother();
    const other = await startReplica(second, { isNotifyEnabled: false });
    const { tokenId, secret } = await replica.dispatch.createToken({ accountId: TEST_SCOPE.accountId }, 'shared');
    const token = await replica.dispatch.authenticate(secret);
    if (token === undefined) throw new Error('not accepted');
    const [here, there] = [
      new TestDelegate(replica.dispatch, token, 'here'),
      new TestDelegate(other.dispatch, token, 'there'),
    ];
    await here.register();
    await there.register();
    const id = await start();
    const task = await here.takeOne();
    await here.started(task);
    const leasedId = await start();
    const leased = await here.takeOne();
    const polls = Promise.all([here.poll({ free: 0, waitMs: 20_000 }), there.poll({ waitMs: 20_000 })]);
    const before = performance.now();
    expect(await replica.dispatch.revokeToken(TEST_SCOPE.accountId, tokenId)).toBe(true);
    await polls;
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(await here.heartbeat([task])).toEqual({ kind: 'gone' });
    expect(await there.heartbeat([])).toEqual({ kind: 'gone' });
    expect(await replica.executions.waitUntilFinal(id, 5_000, NEVER)).toBe(true);
    const [step] = (await listNodeExecutions(database.db, id)).filter((node) => node.children.length === 0);
    expect(step?.failure).toMatchObject({
      types: ['DELEGATE_RESTART'],
      message: expect.stringContaining('The token of delegate here was revoked.'),
    });
    expect(await here.complete(task)).toMatchObject({ kind: 'stale' });
    // What was leased only is somebody else's now.
    expect((await findTask(database.db, leased.taskId))?.state).toBe('queued');
    const next = await registerDelegate(replica.dispatch, 'next');
    expect((await next.takeOne()).taskId).toBe(leased.taskId);
    expect(await replica.executions.waitUntilFinal(leasedId, 0, NEVER)).toBe(false);
    await other.close();
    await second.close();
  });

  test('a token ends by itself at its time', async () => {
    const made = await replica.dispatch.addToken(
      { accountId: TEST_SCOPE.accountId },
      { name: 'short', revokeAfter: 32_503_680_000_000 },
    );
    const token = made === undefined ? undefined : await replica.dispatch.authenticate(made.secret);
    if (made === undefined || token === undefined) throw new Error('not accepted');
    const delegate = new TestDelegate(replica.dispatch, token, 'worker');
    await delegate.register();
    const poll = delegate.poll({ waitMs: 20_000 });
    await sql`update delegate_tokens set revoke_after = bridle_now() where id = ${token.tokenId}`.execute(database.db);
    expect(await poll).toMatchObject({ kind: 'ok', body: { tasks: [] } });
    expect(await delegate.poll({ waitMs: 0 })).toEqual({ kind: 'gone' });
    await expect.poll(() => replica.dispatch.authenticate(made.secret), { timeout: 5_000 }).toBeUndefined();
  });
});

test('a delegate of another version is refused with a text, before anything is written', async () => {
  const another = database.openAnother();
  const strict = await startReplica(another, { version: '3.4.0' });
  await expect(registerDelegate(strict.dispatch, 'old')).rejects.toThrow('old was refused: outdated');
  expect(await strict.dispatch.listDelegates(TEST_SCOPE)).toEqual([]);
  await strict.close();
  await another.close();
});
