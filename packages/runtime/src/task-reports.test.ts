import { expect, test } from 'vitest';
import type { TaskOutcome } from '@bridle/pipeline';
import type { LeasedTask } from './ports.ts';
import type { TaskReport } from './task-reports.ts';
import { DELEGATE, START_AT, World } from './test-world.ts';

const SUCCEEDED: TaskOutcome = { kind: 'succeeded', exitCode: 0, outputs: { outputVariables: { colour: 'bay' } } };

const reportOf = (lease: LeasedTask): TaskReport => ({
  executionId: lease.executionId,
  taskId: lease.task.taskId,
  fence: lease.fence,
});

async function abort(world: World, lease: LeasedTask): Promise<void> {
  await world.runner.deliver(lease.executionId, (at) => ({
    kind: 'interruptRequested',
    at,
    interrupt: { interruptId: 'interrupt', type: 'AbortAll', at, by: { userId: 'u', name: 'n', email: 'e' } },
  }));
}

const taskOf = (world: World, lease: LeasedTask): unknown => world.database.tasks.get(lease.task.taskId)?.state;

test('D2 started is accepted once and may be repeated; the step runs', async () => {
  const world = new World();
  const lease = await world.leased();
  expect(await world.reports.started(reportOf(lease), DELEGATE)).toEqual({ kind: 'accepted' });
  expect(await world.node(lease)).toMatchObject({ status: 'Running', delegate: DELEGATE });
  expect(await world.reports.started(reportOf(lease), DELEGATE)).toEqual({ kind: 'repeated' });
  expect((await world.execution(lease.executionId)).version).toBe(2);
});

test('completed is accepted once and may be repeated; the execution ends', async () => {
  const world = new World();
  const lease = await world.started();
  expect(await world.reports.completed(reportOf(lease), SUCCEEDED)).toEqual({ kind: 'accepted' });
  expect(await world.execution(lease.executionId)).toMatchObject({ status: 'Success', version: 3 });
  expect(await world.reports.completed(reportOf(lease), SUCCEEDED)).toEqual({ kind: 'repeated' });
  expect((await world.execution(lease.executionId)).version).toBe(3);
});

test('a report whose answer was lost by the store is repeated without harm', async () => {
  const world = new World();
  const lease = await world.started();
  world.store.faults.push('fails after the save');
  await expect(world.reports.completed(reportOf(lease), SUCCEEDED)).rejects.toThrow();
  expect(await world.reports.completed(reportOf(lease), SUCCEEDED)).toEqual({ kind: 'repeated' });
});

test('D1 a stale fence is refused and changes nothing', async () => {
  const world = new World();
  const lease = await world.started();
  const stale = { ...reportOf(lease), fence: lease.fence - 1 };
  expect(await world.reports.completed(stale, SUCCEEDED)).toEqual({
    kind: 'refused',
    state: 'started',
    fence: lease.fence,
  });
  expect(await world.reports.started(stale, DELEGATE)).toEqual({
    kind: 'refused',
    state: 'started',
    fence: lease.fence,
  });
  expect((await world.execution(lease.executionId)).version).toBe(2);
  const unknown = { ...reportOf(lease), executionId: world.header().id };
  expect(await world.reports.completed(unknown, SUCCEEDED)).toMatchObject({ kind: 'refused' });
});

test('a completion without a start is refused', async () => {
  const world = new World();
  const lease = await world.leased();
  expect(await world.reports.completed(reportOf(lease), SUCCEEDED)).toMatchObject({ kind: 'refused', state: 'leased' });
});

test('R9 a completion after the abort ends the step as aborted, whatever it says', async () => {
  const world = new World();
  const lease = await world.started();
  await abort(world, lease);
  expect(taskOf(world, lease)).toBe('cancelling');
  expect(await world.reports.completed(reportOf(lease), SUCCEEDED)).toEqual({ kind: 'accepted' });
  expect(await world.execution(lease.executionId)).toMatchObject({ status: 'Aborted' });
});

test('a task aborted before its start never starts', async () => {
  const world = new World();
  const lease = await world.leased();
  await abort(world, lease);
  expect(await world.reports.started(reportOf(lease), DELEGATE)).toMatchObject({ kind: 'refused', state: 'cancelled' });
  expect(await world.execution(lease.executionId)).toMatchObject({ status: 'Aborted', startedAt: START_AT });
});

test('started repeated while the task is being cancelled is a repetition: the delegate hears of the cancel and reports', async () => {
  const world = new World();
  const lease = await world.started();
  await abort(world, lease);
  expect(await world.reports.started(reportOf(lease), DELEGATE)).toEqual({ kind: 'repeated' });
  expect(await world.reports.completed(reportOf(lease), { kind: 'cancelled' })).toEqual({ kind: 'accepted' });
});

test('D3 a lost task fails its step, and the late report is refused', async () => {
  const world = new World();
  const lease = await world.started();
  const lost = { ...reportOf(lease), from: 'started', reason: 'The delegate is gone.' } as const;
  expect(await world.reports.lost(lost)).toEqual({ kind: 'accepted' });
  expect(await world.reports.lost(lost)).toEqual({ kind: 'repeated' });
  expect(await world.node(lease)).toMatchObject({ status: 'Failed', failure: { types: ['DELEGATE_RESTART'] } });
  expect(await world.reports.completed(reportOf(lease), SUCCEEDED)).toMatchObject({ kind: 'refused', state: 'lost' });
});

test('a queued task that nobody may ever take fails its step', async () => {
  const world = new World();
  const { execution } = await world.runner.start(world.header());
  const [task] = world.database.tasks.values();
  if (task === undefined) throw new Error('no task');
  const report = {
    executionId: execution.id,
    taskId: task.task.taskId,
    fence: 0,
    from: 'queued',
    reason: 'Its workspace is gone.',
  } as const;
  expect(await world.reports.lost(report)).toEqual({ kind: 'accepted' });
  expect(await world.execution(execution.id)).toMatchObject({ status: 'Failed' });
  expect(task.state).toBe('lost');
});
