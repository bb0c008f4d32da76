/**
 * No wake-up is lost (R14, N1): the replicas here never look by themselves, so a poll that is answered was woken. What a poll
 * would have found a second later shows up as a test that does not end.
 */
import { ExecutionContendedError } from '@bridle/runtime';
import { sql, type KyselyPlugin, type QueryId } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DatabaseHandle } from '../store/database.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import {
  insertAccount,
  pipelineYaml,
  registerDelegate,
  shellStep,
  startReplica,
  startRequest,
  TestDelegate,
  type Replica,
  type ReplicaOptions,
} from './test-replica.ts';

const NEVER_MS = 3_600_000;
const NEVER = new AbortController().signal;

let database: TestDatabase;
const replicas: Replica[] = [];
const handles: DatabaseHandle[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  await insertAccount(database);
});
afterEach(async () => {
  const problems = replicas.flatMap((replica) => replica.problems);
  for (const replica of replicas.splice(0)) await replica.close();
  for (const handle of handles.splice(0)) await handle.close();
  await database.close();
  expect(problems).toEqual([]);
});

interface Watched extends Replica {
  /** Looks at the queue that were answered. */
  readonly looks: number;
}

/** A replica with connections of its own that is woken or sleeps. */
async function open(
  options: ReplicaOptions = {},
  change: (handle: DatabaseHandle) => Partial<DatabaseHandle> = () => ({}),
): Promise<Watched> {
  const handle = database.openAnother();
  handles.push(handle);
  let looks = 0;
  const looking = new WeakSet<QueryId>();
  const counter: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      if (JSON.stringify(node).includes('row_number() over (partition by project')) looking.add(queryId);
      return node;
    },
    transformResult: async ({ result, queryId }) => {
      if (looking.has(queryId)) looks += 1;
      return result;
    },
  };
  const replica = await startReplica(
    { ...handle, db: handle.db.withPlugin(counter), ...change(handle) },
    { safetyPollMs: NEVER_MS, ...options },
  );
  replicas.push(replica);
  return {
    ...replica,
    get looks() {
      return looks;
    },
  };
}

/** Starts executions of one step each, of which no replica hears. */
async function startQuietly(count = 1): Promise<void> {
  const quiet = await open({ isNotifyEnabled: false, hasLoops: false });
  for (let index = 0; index < count; index += 1)
    await quiet.executions.start(startRequest(pipelineYaml([shellStep('a')])));
}

/** The poll of a delegate that has looked at the empty queue and waits. */
async function waiting(
  replica: Watched,
  delegate: TestDelegate,
  options: Parameters<TestDelegate['poll']>[0] = {},
): Promise<{ readonly answer: ReturnType<TestDelegate['poll']> }> {
  const before = replica.looks;
  const answer = delegate.poll({ free: 1, waitMs: 25_000, ...options });
  await expect.poll(() => replica.looks, { interval: 1 }).toBeGreaterThan(before);
  return { answer };
}

async function tasksOf(answer: ReturnType<TestDelegate['poll']>): Promise<number> {
  const poll = await answer;
  return poll.kind === 'ok' ? poll.body.tasks.length : 0;
}

/** As delegates do when two replicas wrote to one execution too often at once. */
async function saidAgain(report: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await report();
      return;
    } catch (error) {
      if (!(error instanceof ExecutionContendedError)) throw error;
    }
  }
}

test('W2 work of a poll that broke off while it was leased wakes the polls of other replicas', async () => {
  const broken = new AbortController();
  let isArmed = false;
  const one = await open({}, (handle) => ({
    pipelined: async (work) => {
      const result = await handle.pipelined(work);
      if (isArmed) broken.abort();
      return result;
    },
  }));
  const two = await open();
  const patient = await registerDelegate(two.dispatch, 'patient');
  const impatient = await registerDelegate(one.dispatch, 'impatient');
  const poll = await waiting(two, patient);
  await startQuietly();
  isArmed = true;
  expect(await tasksOf(impatient.poll({ signal: broken.signal }))).toBe(0);
  expect(await tasksOf(poll.answer)).toBe(1);
});

test('W2 work of a poll that breaks off while it is dressed goes to the next one', async () => {
  const broken = new AbortController();
  const one = await open({
    dresser: {
      dress: async (leases) => {
        if (!broken.signal.aborted) broken.abort();
        return leases.map(() => ({}));
      },
    },
  });
  const [first, second] = [await registerDelegate(one.dispatch, 'one'), await registerDelegate(one.dispatch, 'two')];
  const poll = await waiting(one, first, { signal: broken.signal });
  await startQuietly();
  // Whose coming makes the room look; the first in the room gets it.
  const later = second.poll({ free: 1, waitMs: 25_000 });
  expect(await tasksOf(poll.answer)).toBe(0);
  expect(await tasksOf(later)).toBe(1);
});

test('work that cannot be dressed goes to the next poll', async () => {
  let isBroken = true;
  const one = await open({
    dresser: {
      dress: async (leases) => {
        if (!isBroken) return leases.map(() => ({}));
        isBroken = false;
        throw new Error('no secrets');
      },
    },
  });
  const [first, second] = [await registerDelegate(one.dispatch, 'one'), await registerDelegate(one.dispatch, 'two')];
  const poll = await waiting(one, first);
  const refused = poll.answer.catch((error: unknown) => error);
  await startQuietly();
  // Whose coming makes the room look; the first in the room gets it.
  const later = second.poll({ free: 1, waitMs: 25_000 });
  expect(await refused).toEqual(new Error('no secrets'));
  expect(await tasksOf(later)).toBe(1);
});

test('R14 the poll of a process that another one took the place of keeps no work from the others', async () => {
  const [one, two] = [await open(), await open()];
  const old = await registerDelegate(one.dispatch, 'again');
  const other = await registerDelegate(one.dispatch, 'other');
  const [gone, here] = [await waiting(one, old), await waiting(one, other)];
  await new TestDelegate(two.dispatch, old.token, 'again').register();
  const before = one.looks;
  await one.executions.start(startRequest(pipelineYaml([shellStep('a')])));
  expect(await tasksOf(here.answer)).toBe(1);
  expect(await tasksOf(gone.answer)).toBe(0);
  // Once in vain, once for the other, and a few for the wake-ups of the start: nobody turned in circles.
  expect(one.looks - before).toBeLessThan(10);
});

test('R14 a task whose row is locked hides no other, and is given when it is free again', async () => {
  const one = await open();
  await startQuietly(2);
  const [first, second] = [await registerDelegate(one.dispatch, 'one'), await registerDelegate(one.dispatch, 'two')];
  const { poll, oldest } = await database.db.transaction().execute(async (tx) => {
    const locked = await sql<{ id: string }>`
      select id from delegate_tasks order by position limit 1 for update`.execute(tx);
    const [task] = await first.take({ free: 1, waitMs: 25_000 });
    expect(task).toBeDefined();
    expect(task?.taskId).not.toBe(locked.rows[0]?.id);
    return { poll: await waiting(one, second), oldest: locked.rows[0]?.id };
  });
  const answer = await poll.answer;
  expect(answer).toMatchObject({ kind: 'ok', body: { tasks: [{ taskId: oldest }] } });
});

test(
  'R14 a matrix over the delegates of two replicas is worked off by wake-ups alone',
  { timeout: 120_000 },
  async () => {
    const [DELEGATES, CELLS, ROUNDS] = [20, 40, 2];
    const here = [await open(), await open()];
    const cells = Array.from({ length: CELLS }, (_, index) => `c${index}`).join(', ');
    const yaml = pipelineYaml([
      `${shellStep('cell')}\nstrategy:\n  matrix:\n    cell: [${cells}]\n  maxConcurrency: ${CELLS}`,
    ]);
    const delegates = await Promise.all(
      Array.from({ length: DELEGATES }, (_, index) => {
        const replica = here[index % here.length];
        if (replica === undefined) throw new Error();
        return registerDelegate(replica.dispatch, `worker ${index}`);
      }),
    );
    const over = new AbortController();
    let inVain = 0;
    const working = delegates.map(async (delegate) => {
      while (!over.signal.aborted) {
        const poll = await delegate.poll({ free: 1, waitMs: 25_000, signal: over.signal });
        if (poll.kind === 'ok' && poll.body.tasks.length === 0 && !over.signal.aborted) inVain += 1;
        for (const task of poll.kind === 'ok' ? poll.body.tasks : []) {
          await saidAgain(() => delegate.started(task));
          await saidAgain(() => delegate.complete(task));
        }
      }
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      const replica = here[round % here.length];
      const started = await replica?.executions.start(startRequest(yaml));
      if (started === undefined) throw new Error();
      expect(await replica?.executions.waitUntilFinal(started.executionId, 100_000, NEVER)).toBe(true);
    }
    over.abort();
    await Promise.all(working);
    expect(inVain).toBe(0);
  },
);
