/** Executions that wait for each other, in two processes over one store that fails on demand. */
import {
  compilePlan,
  executionId,
  isFinal,
  type EngineEvent,
  type Execution,
  type ExecutionHeader,
  type ExecutionId,
  type NodeExecutionId,
  type Plan,
} from '@bridle/pipeline';
import { expect, onTestFinished, test } from 'vitest';
import { AdmissionLoop } from './admission-loop.ts';
import { ChildForbiddenError } from './errors.ts';
import type { ExecutionRunner } from './execution-runner.ts';
import { MemoryAdmissionQueue } from './memory/memory-admission-queue.ts';
import { MemoryExecutionStore } from './memory/memory-execution-store.ts';
import { MemoryRequestQueue } from './memory/memory-request-queue.ts';
import { MemoryResourceQueue } from './memory/memory-resource-queue.ts';
import type { ChildStart, ChildStarter, ChildStartResult } from './ports.ts';
import { RequestLoop } from './request-loop.ts';
import { childExecutionId, requestId } from './requests.ts';
import { ResourceLoop } from './resource-loop.ts';
import { settled, World } from './test-world.ts';
import { TimerLoop } from './timer-loop.ts';

const QUEUE = `- step:
                  identifier: queue
                  name: queue
                  type: Queue
                  timeout: 10d
                  spec:
                    key: the key`;
const wait = (duration: string): string => `- step:
                  identifier: wait
                  name: wait
                  type: Wait
                  spec:
                    duration: ${duration}`;

function planOf(stageType: 'Custom' | 'Pipeline', spec: string): Plan {
  const yaml = `pipeline:
  identifier: sample
  name: sample
  orgIdentifier: default
  projectIdentifier: one
  stages:
    - stage:
        identifier: only
        name: only
        type: ${stageType}
        spec:
          ${spec}
`;
  const compiled = compilePlan({ yaml, inputYaml: '', seed: 'seed' });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return compiled.plan;
}

const stepsPlan = (...steps: readonly string[]): Plan =>
  planOf('Custom', `execution:\n            steps:\n              ${steps.join('\n              ')}`);
const CHAIN = planOf(
  'Pipeline',
  'org: default\n          project: one\n          pipeline: child\n          outputs:\n            - name: told\n              value: <+pipeline.name>',
);

let count = 0;
function headerOf(plan: Plan, world: World, change: Partial<ExecutionHeader> = {}): ExecutionHeader {
  count += 1;
  return world.header({ id: executionId(`waits${count}`.padEnd(22, '-')), seed: `seed ${count}`, plan, ...change });
}

/** Starts children as the server does, from the plan given; `slow` keeps a start from being answered until it is let go. */
class Children implements ChildStarter {
  starts = 0;
  result: ChildStartResult | undefined;
  readonly #world: World;
  readonly #plan: Plan;
  slow: Promise<void> | undefined;

  constructor(world: World, plan: Plan) {
    this.#world = world;
    this.#plan = plan;
  }

  async startChild({ parent, nodeExecutionId, childExecutionId: id, request }: ChildStart): Promise<ChildStartResult> {
    this.starts += 1;
    await this.slow;
    if (this.result !== undefined) return this.result;
    const link = { executionId: parent.id, nodeExecutionId, outputs: request.outputs };
    try {
      await this.#world.runner.start(headerOf(this.#plan, this.#world, { id, parent: link }));
      return { kind: 'started' };
    } catch (error) {
      if (error instanceof ChildForbiddenError) return { kind: 'refused', reason: error.message };
      throw error;
    }
  }
}

interface Process {
  readonly resources: ResourceLoop;
  readonly requests: RequestLoop;
  readonly admissions: AdmissionLoop;
}

/** All loops of two processes, until the test is over. Nobody rings: what happens, happens by the safety polls (N1). */
function runProcesses(
  world: World,
  options: { readonly children?: ChildStarter; readonly executionsMax?: number } = {},
): { readonly processes: readonly Process[]; readonly errors: unknown[] } {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const { store, time: scheduler, database } = world;
  const children = options.children ?? new Children(world, stepsPlan(wait('1s')));
  const controller = new AbortController();
  const running: Promise<void>[] = [];
  const start = (runner: ExecutionRunner): Process => {
    const common = { store, runner, scheduler, onError };
    const line = new MemoryAdmissionQueue(database, options.executionsMax ?? 1_000);
    const process = {
      resources: new ResourceLoop({ ...common, queue: new MemoryResourceQueue(database) }),
      requests: new RequestLoop({ ...common, queue: new MemoryRequestQueue(database), children, leaseMs: 5_000 }),
      admissions: new AdmissionLoop({ ...common, queue: line }),
    };
    const timers = new TimerLoop({ ...common, clock: scheduler });
    for (const loop of [process.resources, process.requests, process.admissions, timers])
      running.push(loop.run(controller.signal));
    return process;
  };
  const processes = [start(world.runner), start(world.replica())];
  onTestFinished(async () => {
    controller.abort();
    await Promise.all(running);
  });
  return { processes, errors };
}

function nodeOf(execution: Execution, identifier: string): Execution['nodes'][NodeExecutionId] {
  const node = Object.values(execution.nodes).find(
    ({ nodeId }) => execution.plan.nodes[nodeId]?.identifier === identifier,
  );
  if (node === undefined) throw new Error(`${identifier} has not begun`);
  return node;
}

const statusOf = async (world: World, id: ExecutionId, identifier: string): Promise<string> =>
  nodeOf(await world.execution(id), identifier).status;

const abort = (world: World, id: ExecutionId): Promise<unknown> =>
  world.runner.deliver(id, (at) => ({
    kind: 'interruptRequested',
    at,
    interrupt: { interruptId: 'i', type: 'AbortAll', at, by: { userId: 'u', name: 'n', email: 'e' } },
  }));

test('Q1 Q2 one at a time, in the order of their coming, none is lost', async () => {
  const world = new World();
  const { errors } = runProcesses(world);
  const plan = stepsPlan(QUEUE, wait('10s'));
  const ids: ExecutionId[] = [];
  for (let index = 0; index < 5; index += 1) ids.push((await world.runner.start(headerOf(plan, world))).execution.id);
  for (let second = 0; second < 80; second += 1) {
    await world.time.pass(1_000, settled);
    const executions = await Promise.all(ids.map((id) => world.execution(id)));
    const holding = executions.filter(
      (execution) => !isFinal(execution.status) && nodeOf(execution, 'queue').status === 'Success',
    );
    expect(holding.length).toBeLessThanOrEqual(1);
  }
  const executions = await Promise.all(ids.map((id) => world.execution(id)));
  expect(executions.map(({ status }) => status)).toEqual(Array.from(ids, () => 'Success'));
  const turns = executions.map((execution) => nodeOf(execution, 'queue').endedAt ?? 0);
  expect(turns).toEqual(turns.toSorted((one, other) => one - other));
  expect(world.database.claims.size).toBe(0);
  expect(errors).toEqual([]);
});

test.each(['fails before the save', 'fails after the save'] as const)(
  'Q2 a turn is told until it was heard: the commit that tells it %s',
  async (fault) => {
    const world = new World();
    const { errors } = runProcesses(world);
    const { execution } = await world.runner.start(headerOf(stepsPlan(QUEUE, wait('1s')), world));
    world.store.faults.push(fault);
    await world.time.pass(5_000, settled);
    expect(errors).toHaveLength(1);
    expect(await world.isOver(execution.id)).toBe(true);
    const events = await world.store.listEvents(execution.id);
    expect(events.filter(({ kind }) => kind === 'resourceAcquired').length).toBeGreaterThanOrEqual(1);
  },
);

test('a claim that was left behind does not hold up the others', async () => {
  const world = new World();
  const plan = stepsPlan(QUEUE, wait('1s'));
  const { execution: ghost } = await world.runner.start(headerOf(plan, world));
  await abort(world, ghost.id);
  const [left] = [nodeOf(await world.execution(ghost.id), 'queue').id];
  world.database.claims.set(left, {
    nodeExecutionId: left,
    executionId: ghost.id,
    accountId: ghost.scope.accountId,
    key: 'the key',
    isGranted: false,
    isTold: false,
  });
  const { execution } = await world.runner.start(headerOf(plan, world));
  runProcesses(world);
  await world.time.pass(10_000, settled);
  expect(await world.isOver(execution.id)).toBe(true);
});

test('C1 a chained stage starts one execution and mirrors its end, whatever is done twice', async () => {
  const world = new World();
  const children = new Children(world, stepsPlan(wait('20s')));
  const { errors } = runProcesses(world, { children });
  const { execution } = await world.runner.start(headerOf(CHAIN, world));
  const stage = nodeOf(execution, 'only').id;
  // The start of the child gets through, the answer to its parent does not.
  await world.time.pass(0, settled);
  world.store.faults.push('fails after the save', 'fails before the save');
  await world.time.pass(60_000, settled);
  expect(children.starts).toBeGreaterThanOrEqual(1);
  expect([...world.database.executions.keys()]).toEqual([execution.id, childExecutionId(stage)]);
  expect(await world.execution(execution.id)).toMatchObject({ status: 'Success' });
  expect(nodeOf(await world.execution(execution.id), 'only')).toMatchObject({
    childExecutionId: childExecutionId(stage),
    outcomes: { output: { told: 'sample' } },
  });
  expect(world.database.requests.size).toBe(0);
  expect(errors.length).toBeLessThanOrEqual(2);
});

test('C1 a start that was refused fails the stage', async () => {
  const world = new World();
  const children = new Children(world, stepsPlan(wait('1s')));
  children.result = { kind: 'refused', reason: 'There is no such pipeline.' };
  runProcesses(world, { children });
  const { execution } = await world.runner.start(headerOf(CHAIN, world));
  await world.time.pass(2_000, settled);
  expect(nodeOf(await world.execution(execution.id), 'only')).toMatchObject({
    status: 'Failed',
    failure: { message: 'There is no such pipeline.' },
  });
  expect(world.database.requests.size).toBe(0);
});

test('C2 an abort that comes while the child is being started keeps it from starting', async () => {
  const world = new World();
  const children = new Children(world, stepsPlan(wait('1d')));
  const gate = Promise.withResolvers<void>();
  children.slow = gate.promise;
  runProcesses(world, { children });
  const { execution } = await world.runner.start(headerOf(CHAIN, world));
  await world.time.pass(1_000, settled);
  expect(children.starts).toBe(1);
  await abort(world, execution.id);
  await world.time.pass(2_000, settled);
  gate.resolve();
  await world.time.pass(2_000, settled);
  expect(world.database.executions.size).toBe(1);
  expect(await world.execution(execution.id)).toMatchObject({ status: 'Aborted' });
  await world.time.pass(20_000, settled);
  expect(world.database.requests.size).toBe(0);
});

test('C2 an abort of the parent aborts the child', async () => {
  const world = new World();
  runProcesses(world, { children: new Children(world, stepsPlan(wait('1d'))) });
  const { execution } = await world.runner.start(headerOf(CHAIN, world));
  await world.time.pass(1_000, settled);
  const child = childExecutionId(nodeOf(execution, 'only').id);
  expect(await statusOf(world, execution.id, 'only')).toBe('Running');
  await abort(world, execution.id);
  await world.time.pass(4_000, settled);
  expect(await world.execution(child)).toMatchObject({ status: 'Aborted', abort: { by: { name: 'parent pipeline' } } });
  expect(await world.execution(execution.id)).toMatchObject({ status: 'Aborted' });
});

test('C3 a parent hears that its child has started before it hears that it has ended', async () => {
  const world = new World();
  const { execution } = await world.runner.start(headerOf(CHAIN, world));
  const stage = nodeOf(execution, 'only').id;
  // Another process has started the child and died before it told the parent; its lease still holds.
  const link = { executionId: execution.id, nodeExecutionId: stage, outputs: [] };
  await world.runner.start(headerOf(stepsPlan(wait('1s')), world, { id: childExecutionId(stage), parent: link }));
  const request = world.database.requests.get(requestId('startChild', stage));
  if (request === undefined) throw new Error('the start is asked for');
  request.dueAt += 30_000;
  runProcesses(world);
  await world.time.pass(10_000, settled);
  const kinds = (await world.store.listEvents(execution.id)).map(({ kind }: EngineEvent) => kind);
  expect(kinds.slice(0, 3)).toEqual(['executionStarted', 'childStarted', 'childEnded']);
  expect(await world.isOver(execution.id)).toBe(true);
  await world.time.pass(30_000, settled);
  expect(world.database.requests.size).toBe(0);
});

test('A1 A2 executions above the limit begin in their order as others end', async () => {
  const world = new World();
  const { errors } = runProcesses(world, { executionsMax: 2 });
  const line = new MemoryAdmissionQueue(world.database, 2);
  const plan = stepsPlan(wait('10s'));
  const ids: ExecutionId[] = [];
  for (let index = 0; index < 6; index += 1) {
    const header = headerOf(plan, world);
    const isQueued = line.mustWait(header.scope.accountId);
    ids.push((await world.runner.start(header, isQueued)).execution.id);
    await world.time.pass(100, settled);
  }
  const goneId = ids[3];
  if (goneId === undefined) throw new Error('six were started');
  await abort(world, goneId);
  const begun: ExecutionId[] = [];
  for (let second = 0; second < 60; second += 1) {
    const executions = await Promise.all(ids.map((id) => world.execution(id)));
    const running = executions.filter(
      ({ status }) => !isFinal(status) && status !== 'QueuedExecutionConcurrencyReached',
    );
    expect(running.length).toBeLessThanOrEqual(2);
    for (const { id } of running) if (!begun.includes(id)) begun.push(id);
    await world.time.pass(1_000, settled);
  }
  expect(begun).toEqual(ids.filter((id) => id !== goneId));
  for (const id of ids) expect(await world.isOver(id)).toBe(true);
  expect(world.database.waiting.size).toBe(0);
  expect(errors).toEqual([]);
});

/** Reads the earlier ones later. */
class SlowStore extends MemoryExecutionStore {
  #slow = 8;

  override async find(id: ExecutionId): Promise<Execution | undefined> {
    this.#slow -= 1;
    for (let turn = 0; turn < this.#slow; turn += 1) await Promise.resolve();
    return super.find(id);
  }
}

test('A2 those that are admitted together begin in their order', async () => {
  const world = new World();
  const plan = stepsPlan(wait('10s'));
  const ids: ExecutionId[] = [];
  for (let index = 0; index < 8; index += 1)
    ids.push((await world.runner.start(headerOf(plan, world), true)).execution.id);
  const told = world.changes.length;
  const errors: unknown[] = [];
  const loop = new AdmissionLoop({
    queue: new MemoryAdmissionQueue(world.database, 8),
    runner: world.replica(new SlowStore(world.database)),
    scheduler: world.time,
    onError: (error) => void errors.push(error),
  });
  const controller = new AbortController();
  const running = loop.run(controller.signal);
  await world.time.pass(1_000, settled);
  controller.abort();
  await running;
  expect(world.changes.slice(told).map(({ execution }) => execution.id)).toEqual(ids);
  expect(errors).toEqual([]);
});
