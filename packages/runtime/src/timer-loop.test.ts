import { expect, onTestFinished, test } from 'vitest';
import { TimerLoop } from './timer-loop.ts';
import { settled, START_AT, World } from './test-world.ts';

const LIMITS = { pipelineTimeoutMs: 60_000, stepTimeoutMs: 30_000 };

/** Runs a loop in the background until the test is over. */
function run(
  world: World,
  options: { readonly replica?: boolean; readonly pollMs?: number } = {},
): { readonly loop: TimerLoop; readonly errors: unknown[] } {
  const errors: unknown[] = [];
  const runner = options.replica === true ? world.replica() : world.runner;
  const { store, time } = world;
  const loop = new TimerLoop({
    store,
    clock: time,
    runner,
    scheduler: time,
    onError: (error) => void errors.push(error),
    pollMs: options.pollMs ?? 1_000,
  });
  const controller = new AbortController();
  const running = loop.run(controller.signal);
  onTestFinished(async () => {
    controller.abort();
    await running;
  });
  return { loop, errors };
}

test('T1 a due timer fires at its time, not before', async () => {
  const world = new World();
  run(world);
  const { execution } = await world.runner.start(world.header({ defaults: LIMITS }));
  await world.time.pass(29_999, settled);
  expect(await world.isOver(execution.id)).toBe(false);
  await world.time.pass(1, settled);
  expect(await world.execution(execution.id)).toMatchObject({ status: 'Expired', endedAt: START_AT + 30_000 });
  expect(world.database.timers.size).toBe(0);
});

test('N1 without any wake-up a timer is found by the safety poll', async () => {
  const world = new World();
  run(world, { pollMs: 4_000 });
  await world.time.pass(1_000, settled);
  const { execution } = await world.runner.start(world.header({ defaults: { ...LIMITS, stepTimeoutMs: 10 } }));
  await world.time.pass(2_999, settled);
  expect(await world.isOver(execution.id)).toBe(false);
  await world.time.pass(1, settled);
  expect(await world.isOver(execution.id)).toBe(true);
});

test('a wake-up makes a new timer fire on time', async () => {
  const world = new World();
  const { loop } = run(world, { pollMs: 4_000 });
  await world.time.pass(1_000, settled);
  const { execution } = await world.runner.start(world.header({ defaults: { ...LIMITS, stepTimeoutMs: 10 } }));
  loop.wake();
  await world.time.pass(10, settled);
  expect(await world.execution(execution.id)).toMatchObject({ status: 'Expired', endedAt: START_AT + 1_010 });
});

test('a timer that several replicas see is one event', async () => {
  const world = new World();
  run(world);
  run(world, { replica: true });
  run(world, { replica: true });
  const { execution } = await world.runner.start(world.header({ defaults: LIMITS }));
  await world.time.pass(60_000, settled);
  const events = await world.store.listEvents(execution.id);
  expect(events.map((event) => event.kind)).toEqual(['executionStarted', 'timerFired']);
});

test('a failing store is told of and tried again after the poll', async () => {
  const world = new World();
  const { errors } = run(world);
  const { execution } = await world.runner.start(world.header({ defaults: LIMITS }));
  world.store.faults.push('fails before the save', 'fails before the save');
  await world.time.pass(30_000, settled);
  expect(errors).toHaveLength(1);
  await world.time.pass(1_000, settled);
  expect(errors).toHaveLength(2);
  expect(await world.isOver(execution.id)).toBe(false);
  await world.time.pass(1_000, settled);
  expect(await world.execution(execution.id)).toMatchObject({ status: 'Expired', endedAt: START_AT + 32_000 });
});

test('many due timers are all fired', async () => {
  const world = new World();
  for (let count = 0; count < 450; count += 1)
    await world.runner.start(world.header({ defaults: { ...LIMITS, stepTimeoutMs: 10 } }));
  run(world);
  await world.time.pass(100, settled);
  expect(world.database.timers.size).toBe(0);
});
