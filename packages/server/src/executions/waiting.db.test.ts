/** Replicas that share what executions wait for: nothing is lost with one of them, and nothing is given twice. */
import type { ExecutionId, NodeExecution } from '@bridle/pipeline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { findExecution } from '../store/execution-statements.ts';
import type { RunningExecutions } from './execution-service.ts';
import { PostgresAdmissionQueue } from './postgres-queues.ts';
import {
  insertAccount,
  pipelineYaml,
  shellStep,
  startReplica,
  startRequest,
  WAIT_STEP,
  type Replica,
  type ReplicaOptions,
} from './test-replica.ts';

const QUEUED = 'QueuedExecutionConcurrencyReached';
/** Of an execution whose `Wait` step runs. */
const WAITS = 'WaitStepRunning';
const BY = { userId: 'u', name: 'n', email: 'e' };
const QUEUE_STEP = 'identifier: q\nname: q\ntype: Queue\ntimeout: 1h\nspec:\n  key: one at a time';

let database: TestDatabase;
const replicas: Replica[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  await insertAccount(database);
});

afterEach(async () => {
  const problems = replicas.flatMap((replica) => replica.problems);
  await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  await database.close();
  expect(problems).toEqual([]);
});

/** Deaf to each other: whatever is found, is found by looking (N1). */
async function replica(options: ReplicaOptions = {}): Promise<RunningExecutions> {
  const started = await startReplica(database, { isNotifyEnabled: false, ...options });
  replicas.push(started);
  return started.executions;
}

const abort = (executions: RunningExecutions, id: ExecutionId): Promise<unknown> =>
  executions.interrupt(id, { type: 'AbortAll', by: BY });

async function statuses(): Promise<readonly string[]> {
  const rows = await database.db.selectFrom('executions').select('status').orderBy('run_sequence').execute();
  return rows.map(({ status }) => status);
}

/** Waits until a node of the execution has the status, by looking at the store. */
async function until(
  executions: RunningExecutions,
  id: ExecutionId,
  isReached: (node: NodeExecution) => boolean,
): Promise<void> {
  for await (const { nodes } of executions.watch(id, 0, AbortSignal.timeout(10_000))) if (nodes.some(isReached)) return;
  throw new Error(`Execution ${id} ended, or nothing happened for too long.`);
}

describe('the limit', () => {
  test('A1 holds whatever number of replicas start executions at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => replica({ executionsMax: 5 })));
    const request = startRequest(pipelineYaml([WAIT_STEP('w', '1h')]));
    const started = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (all[index % 3] as RunningExecutions).start({ ...startRequest(request.pipelineYaml), plan: request.plan }),
      ),
    );
    expect(started.filter(({ status }) => status === WAITS)).toHaveLength(5);
    expect(started.filter(({ status }) => status === QUEUED)).toHaveLength(25);
    // Sequence numbers are taken at the start; who runs came first.
    const running = started.filter(({ status }) => status === WAITS).map(({ runSequence }) => runSequence);
    expect(running.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5]);
  });

  test('A2 a place that a replica which died did not give on is given by another', async () => {
    const dead = await replica({ executionsMax: 1, hasLoops: false });
    const yaml = pipelineYaml([WAIT_STEP('w', '1h')]);
    const [first, second, third] = [startRequest(yaml), startRequest(yaml), startRequest(yaml)];
    for (const request of [first, second, third]) await dead.start(request);
    expect(await statuses()).toEqual([WAITS, QUEUED, QUEUED]);
    await abort(dead, first.executionId);
    const alive = await replica({ executionsMax: 1 });
    await until(alive, second.executionId, ({ status }) => status === WAITS);
    expect(await statuses()).toEqual(['Aborted', WAITS, QUEUED]);
    await abort(dead, second.executionId);
    await until(alive, third.executionId, ({ status }) => status === WAITS);
    expect(await statuses()).toEqual(['Aborted', 'Aborted', WAITS]);
  });
});

describe('a place that was given', () => {
  test('A2 is waited for by those who come before its owner knows', async () => {
    const executions = await replica({ executionsMax: 2, hasLoops: false });
    const yaml = pipelineYaml([WAIT_STEP('w', '1h')]);
    const [one, two, three, four] = [startRequest(yaml), startRequest(yaml), startRequest(yaml), startRequest(yaml)];
    for (const request of [one, two, three]) await executions.start(request);
    await abort(executions, one.executionId);
    await abort(executions, two.executionId);
    // One place is the third one's, another is free; a process that gave them died before it told.
    expect(await new PostgresAdmissionQueue(database.db, 2).admit(10)).toEqual([three.executionId]);
    await executions.start(four);
    expect(await statuses()).toEqual(['Aborted', 'Aborted', QUEUED, QUEUED]);
    await replica({ executionsMax: 2 });
    await until(executions, four.executionId, ({ status }) => status === WAITS);
    expect(await statuses()).toEqual(['Aborted', 'Aborted', WAITS, WAITS]);
  });
});

describe('a queue', () => {
  test('Q1 Q2 is given on in its order by any replica', async () => {
    const dead = await replica({ hasLoops: false });
    const yaml = pipelineYaml([QUEUE_STEP, WAIT_STEP('w', '1h')]);
    const requests = Array.from({ length: 4 }, () => startRequest(yaml));
    for (const request of requests) await dead.start(request);
    const [alive] = await Promise.all([replica(), replica()]);
    for (const { executionId } of requests) {
      await until(alive, executionId, ({ status }) => status === WAITS);
      const granted = await database.db
        .selectFrom('resource_claims')
        .select('execution_id')
        .where('granted_at', 'is not', null)
        .execute();
      expect(granted).toEqual([{ execution_id: executionId }]);
      await abort(dead, executionId);
    }
    expect(await database.db.selectFrom('resource_claims').selectAll().execute()).toEqual([]);
  });
});

describe('a state', () => {
  test('with people in it is the fold of its events', async () => {
    const executions = await replica();
    const request = startRequest(pipelineYaml([shellStep('a')]));
    await executions.start(request);
    expect(await executions.interrupt(request.executionId, { type: 'Pause', by: BY })).toMatchObject({ kind: 'done' });
    expect((await findExecution(database.db, request.executionId))?.pause).toMatchObject({ type: 'Pause', by: BY });
    expect(await executions.interrupt(request.executionId, { type: 'Pause', by: BY })).toMatchObject({
      kind: 'refused',
    });
    expect(await executions.interrupt(request.executionId, { type: 'Resume', by: BY })).toMatchObject({ kind: 'done' });
    expect(await findExecution(database.db, request.executionId)).not.toHaveProperty('pause');
  });
});
