import { expect, test } from 'vitest';
import { replay, type EngineEvent, type ExecutionId } from '@bridle/pipeline';
import { sampleTaskId } from './conformance/samples.ts';
import { ExecutionRunner } from './execution-runner.ts';
import type { CommitOutcome, Transition } from './ports.ts';
import { FaultyStore, settled, START_AT, World } from './test-world.ts';

/** An event that changes nothing but the version. */
const idle = (at: number): EngineEvent => ({
  kind: 'taskUnassignable',
  at,
  nodeExecutionId: sampleTaskId(),
  reason: 'nobody',
});

const interrupt = (at: number): EngineEvent => ({
  kind: 'interruptRequested',
  at,
  interrupt: { interruptId: 'interrupt', type: 'AbortAll', at, by: { userId: 'u', name: 'n', email: 'e' } },
});

async function start(world: World): Promise<ExecutionId> {
  const result = await world.runner.start(world.header());
  expect(result.kind).toBe('started');
  return result.execution.id;
}

test('start creates the execution and enqueues its first step in one commit (E3)', async () => {
  const world = new World();
  const id = await start(world);
  const execution = await world.execution(id);
  expect(execution).toMatchObject({ version: 1, status: 'Running', createdAt: START_AT, startedAt: START_AT });
  expect([...world.database.tasks.values()]).toMatchObject([{ executionId: id, state: 'queued' }]);
  expect(world.store.batches).toEqual([1]);
  expect(world.changes.map((change) => change.execution)).toEqual([execution]);
});

test('a repeated start finds the execution that is there', async () => {
  const world = new World();
  const header = world.header();
  world.store.faults.push('fails after the save');
  await expect(world.runner.start(header)).rejects.toThrow('fails after the save');
  expect(await world.runner.start(header)).toMatchObject({ kind: 'exists', execution: { id: header.id, version: 1 } });
  expect(await world.store.listEvents(header.id)).toHaveLength(1);
});

test('deliver applies the event at the time of the clock and answers with the new state', async () => {
  const world = new World();
  const id = await start(world);
  await world.time.pass(500, settled);
  const result = await world.runner.deliver(id, interrupt);
  expect(result).toMatchObject({ kind: 'applied', execution: { status: 'Aborted', endedAt: START_AT + 500 } });
  expect(await world.isOver(id)).toBe(true);
});

test('an unknown execution is a value, and so is nothing to say', async () => {
  const world = new World();
  expect(await world.runner.deliver(world.header().id, idle)).toEqual({ kind: 'unknownExecution' });
  const id = await start(world);
  expect(await world.runner.deliver(id, () => undefined)).toMatchObject({
    kind: 'declined',
    execution: { id, version: 1 },
  });
  expect((await world.execution(id)).version).toBe(1);
});

test('a hot execution is not read again; a final one is forgotten', async () => {
  const world = new World();
  const id = await start(world);
  await world.runner.deliver(id, idle);
  expect(world.store.finds).toBe(0);
  await world.runner.deliver(id, interrupt);
  await world.runner.deliver(id, idle);
  expect(world.store.finds).toBe(1);
});

test('E2 on conflict the event is applied anew to what the other replica left', async () => {
  const world = new World();
  const id = await start(world);
  const other = world.replica();
  await other.deliver(id, idle);
  let calls = 0;
  const result = await world.runner.deliver(id, (at) => {
    calls += 1;
    return idle(at);
  });
  expect(calls).toBe(2);
  expect(result).toMatchObject({ kind: 'applied', execution: { version: 3 } });
});

test('E2 X1 events that come all at once to several replicas are each applied exactly once', async () => {
  const world = new World();
  const header = world.header();
  await world.runner.start(header);
  const replicas = [world.runner, world.replica(), world.replica()];
  const deliveries = replicas.flatMap((replica) => Array.from({ length: 10 }, () => replica.deliver(header.id, idle)));
  const results = await Promise.all(deliveries);
  expect(results.every((result) => result.kind === 'applied')).toBe(true);
  const events = await world.store.listEvents(header.id);
  expect(events).toHaveLength(31);
  const kept = await world.execution(header.id);
  expect(kept.version).toBe(31);
  expect(replay(header, START_AT, events)).toEqual(kept);
});

test('X2 a failed commit rejects its own deliveries and the state is read anew', async () => {
  const world = new World();
  const [id, other] = [await start(world), await start(world)];
  world.store.faults.push('fails after the save');
  const failed = await Promise.allSettled([world.runner.deliver(id, idle), world.runner.deliver(other, idle)]);
  expect(failed.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  expect((await world.execution(id)).version).toBe(2);
  world.store.finds = 0;
  expect(await world.runner.deliver(id, idle)).toMatchObject({ kind: 'applied', execution: { version: 3 } });
  expect(world.store.finds).toBe(1);
});

test('a commit that failed before the save changed nothing', async () => {
  const world = new World();
  const id = await start(world);
  world.store.faults.push('fails before the save');
  await expect(world.runner.deliver(id, idle)).rejects.toThrow('fails before the save');
  expect((await world.execution(id)).version).toBe(1);
  expect(await world.runner.deliver(id, idle)).toMatchObject({ kind: 'applied', execution: { version: 2 } });
});

test('transitions of many executions share commits', async () => {
  const world = new World();
  const ids = await Promise.all(Array.from({ length: 40 }, () => start(world)));
  world.store.batches.length = 0;
  await Promise.all(ids.map((id) => world.runner.deliver(id, idle)));
  expect(world.store.batches.reduce((sum, size) => sum + size, 0)).toBe(40);
  expect(world.store.batches.length).toBeLessThan(5);
});

test('endless conflicts end as an error with a code', async () => {
  class ContendedStore extends FaultyStore {
    override commit(transitions: readonly Transition[]): Promise<readonly CommitOutcome[]> {
      return Promise.resolve(transitions.map(() => ({ kind: 'conflict' })));
    }
  }
  const world = new World();
  const id = await start(world);
  const runner = world.replica(new ContendedStore(world.database));
  await expect(runner.deliver(id, idle)).rejects.toMatchObject({ code: 'EXECUTION_CONTENDED' });
});

test('an event that breaks the engine’s rules hurts only its own delivery', async () => {
  const world = new World();
  const id = await start(world);
  await expect(world.runner.deliver(id, (at) => ({ kind: 'executionStarted', at }))).rejects.toThrow('E2');
  expect(await world.runner.deliver(id, idle)).toMatchObject({ kind: 'applied', execution: { version: 2 } });
});

test('X4 a replica whose clock is behind makes nothing end before it began', async () => {
  const world = new World();
  const id = await start(world);
  const behind = new ExecutionRunner({ store: world.store, clock: { now: () => START_AT - 5_000 } });
  await behind.deliver(id, interrupt);
  expect(await world.execution(id)).toMatchObject({ status: 'Aborted', startedAt: START_AT, endedAt: START_AT });
});

test('X4 a turn of a loop that began late does not end before it', async () => {
  const world = new World();
  const id = await start(world);
  const before = await world.execution(id);
  const [node] = Object.values(before.nodes).filter(({ children }) => children.length === 0);
  if (node === undefined) throw new Error('nothing has begun');
  const late = { ...node, startedAt: START_AT + 9_000 };
  world.runner.adopt({ ...before, nodes: { ...before.nodes, [node.id]: late } });
  const result = await world.runner.deliver(id, interrupt);
  const ended = result.kind === 'applied' ? result.execution.nodes[node.id] : undefined;
  expect(ended).toMatchObject({ status: 'Aborted', endedAt: START_AT + 9_000 });
});
