import { expect, onTestFinished, test } from 'vitest';
import { sampleDelegate } from './conformance/samples.ts';
import { LostTaskLoop } from './lost-task-loop.ts';
import { SCOPE, settled, World } from './test-world.ts';

const GRACE_MS = 600_000;

function run(world: World): { readonly loop: LostTaskLoop; readonly errors: unknown[]; readonly requeued: number[] } {
  const [errors, requeued]: [unknown[], number[]] = [[], []];
  const loop = new LostTaskLoop({
    queue: world.queue,
    reports: world.reports,
    scheduler: world.time,
    graceMs: GRACE_MS,
    onRequeued: (count) => void requeued.push(count),
    onError: (error) => void errors.push(error),
  });
  const controller = new AbortController();
  const running = loop.run(controller.signal);
  onTestFinished(async () => {
    controller.abort();
    await running;
  });
  return { loop, errors, requeued };
}

test('D2 a lease that ends before the start returns the task to the queue', async () => {
  const world = new World();
  const { requeued } = run(world);
  const lease = await world.leased();
  await world.time.pass(14_000, settled);
  expect(requeued).toEqual([]);
  await world.time.pass(2_000, settled);
  expect(requeued).toEqual([1]);
  const again = await world.queue.lease(sampleDelegate(SCOPE, 'worker'), 1, 15_000);
  expect(again).toMatchObject([{ task: { taskId: lease.task.taskId } }]);
});

test('D3 the started task of a dead process fails within the poll', async () => {
  const world = new World();
  run(world);
  const lease = await world.started();
  await world.queue.register(sampleDelegate(SCOPE, 'worker'), 'second process');
  await world.time.pass(1_000, settled);
  expect(await world.node(lease)).toMatchObject({ status: 'Failed', failure: { types: ['DELEGATE_RESTART'] } });
});

test('a wake-up makes it look at once', async () => {
  const world = new World();
  const { loop } = run(world);
  const lease = await world.started();
  await settled();
  await world.queue.leave('worker', 'first process');
  loop.wake();
  await settled();
  expect(await world.node(lease)).toMatchObject({ status: 'Failed' });
});

test('a failing store is told of and tried again', async () => {
  const world = new World();
  const { errors } = run(world);
  const lease = await world.started();
  await world.queue.leave('worker', 'first process');
  world.store.faults.push('fails before the save');
  await world.time.pass(1_000, settled);
  expect(errors).toHaveLength(1);
  expect(await world.node(lease)).toMatchObject({ status: 'Running' });
  await world.time.pass(1_000, settled);
  expect(await world.node(lease)).toMatchObject({ status: 'Failed' });
});
