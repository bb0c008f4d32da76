import { setImmediate as anotherTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { chainHeader, headerOf, HOUR_MS, nodeOf, performing, script, succeeds } from './test-virtual.ts';
import { START_AT } from './test-world.ts';
import type { VirtualChild } from './virtual-children.ts';
import { runVirtually, type VirtualAct, type VirtualRun } from './virtual-run.ts';

const ABORT: VirtualAct = {
  afterMs: 2_000,
  make: (at) => ({
    kind: 'interruptRequested',
    at,
    interrupt: { interruptId: 'i', type: 'AbortAll', at, by: { userId: 'ada', name: 'Ada', email: 'a@example.com' } },
  }),
};

const run = (
  child: () => VirtualChild | Promise<VirtualChild>,
  acts: readonly VirtualAct[] = [],
): Promise<VirtualRun> =>
  runVirtually({
    header: chainHeader('[{name: v, value: <+execution.steps.a.output.outputVariables.v>}]'),
    startAt: START_AT,
    perform: performing({ slow: succeeds(HOUR_MS) }),
    startChild: child,
    acts,
  });

function runs(step: string): VirtualChild {
  const { id: _, ...header } = headerOf([script(step)], { pipelineIdentifier: 'child', seed: 'another' });
  return { kind: 'runs', header };
}

test('a chained pipeline runs in the same world, however long it takes to be read', async () => {
  const { root, executions, endedAt } = await run(async () => {
    await anotherTurn();
    await anotherTurn();
    return runs('slow');
  });
  const [, child] = [...executions.values()];
  expect(child?.execution).toMatchObject({ pipelineIdentifier: 'child', status: 'Success' });
  expect(nodeOf(root, 's')).toMatchObject({ status: 'Success', childExecutionId: child?.execution.id });
  expect(endedAt).toBe(START_AT + HOUR_MS);
});

test('a chained pipeline is aborted with its parent', async () => {
  const { root, executions, endedAt } = await run(() => runs('slow'), [ABORT]);
  const statuses = [...executions.values()].map(({ execution }) => execution.status);
  expect(statuses).toEqual(['Aborted', 'Aborted']);
  expect(root.execution.status).toBe('Aborted');
  expect(endedAt).toBe(START_AT + 2_000);
});

test('a chained pipeline may be made up', async () => {
  const { root, executions, endedAt } = await run(() => ({
    kind: 'ends',
    afterMs: 5_000,
    status: 'Failed',
    outputs: {},
  }));
  expect(executions.size).toBe(1);
  expect(nodeOf(root, 's').status).toBe('Failed');
  expect(endedAt).toBe(START_AT + 5_000);
});

test('a made-up chained pipeline that hangs is aborted with its parent', async () => {
  const { root, endedAt } = await run(() => ({ kind: 'hangs' }), [ABORT]);
  expect(root.execution.status).toBe('Aborted');
  expect(endedAt).toBe(START_AT + 2_000);
});

test('a chained pipeline that cannot run fails its stage', async () => {
  const { root } = await run(() => ({ kind: 'refused', reason: 'It is not there.' }));
  expect(nodeOf(root, 's')).toMatchObject({ status: 'Failed', failure: { message: 'It is not there.' } });
});

test('a chained pipeline that cannot be read ends the run', async () => {
  await expect(run(() => Promise.reject(new Error('the disk is gone')))).rejects.toThrow('the disk is gone');
});
