import type { EngineEvent } from '@bridle/pipeline';
import { expect, test } from 'vitest';
import {
  approval,
  DAY_MS,
  fails,
  headerOf,
  HOUR_MS,
  nodeOf,
  performing,
  script,
  statusesOf,
  succeeds,
} from './test-virtual.ts';
import { START_AT } from './test-world.ts';
import { runVirtually } from './virtual-run.ts';

test('a wait of days ends when it is due, to the millisecond', async () => {
  const steps = ['- step: {identifier: w, name: w, type: Wait, timeout: 10d, spec: {duration: 3d}}', script('a')];
  const { root, endedAt } = await runVirtually({ header: headerOf(steps), startAt: START_AT, perform: performing({}) });
  expect(nodeOf(root, 'w')).toMatchObject({ startedAt: START_AT, endedAt: START_AT + 3 * DAY_MS, status: 'Success' });
  expect(endedAt).toBe(START_AT + 3 * DAY_MS + 1_000);
  expect(root.execution.status).toBe('Success');
});

test('V1 the same input gives the same events', async () => {
  const run = async (): Promise<readonly EngineEvent[]> => {
    const header = headerOf([script('a'), approval('ask'), script('b')]);
    const answer = () => [{ kind: 'approval', action: 'APPROVE', afterMs: DAY_MS }] as const;
    return (await runVirtually({ header, startAt: START_AT, perform: performing({ b: fails(7) }), answer })).root
      .events;
  };
  expect(await run()).toEqual(await run());
});

test('V2 a step that ends with its timeout has ended; one millisecond later it has expired', async () => {
  const statusAfter = async (afterMs: number): Promise<string> => {
    const header = headerOf([script('a', 'timeout: 1h, ')]);
    const perform = performing({ a: succeeds(afterMs) });
    return nodeOf((await runVirtually({ header, startAt: START_AT, perform })).root, 'a').status;
  };
  expect(await statusAfter(HOUR_MS)).toBe('Success');
  expect(await statusAfter(HOUR_MS + 1)).toBe('Expired');
});

test('a step that hangs is ended by its timeout', async () => {
  const header = headerOf([script('a', 'timeout: 2h, ')]);
  const { root, endedAt } = await runVirtually({
    header,
    startAt: START_AT,
    perform: performing({ a: { kind: 'hangs', stopAfterMs: 5_000 } }),
  });
  expect(nodeOf(root, 'a').status).toBe('Expired');
  expect(endedAt).toBe(START_AT + 2 * HOUR_MS + 5_000);
});

test('a task is performed whatever its selectors', async () => {
  const steps = [script('a', 'delegateSelectors: ["Big Iron"], '), script('b')];
  const { root } = await runVirtually({ header: headerOf(steps), startAt: START_AT, perform: performing({}) });
  expect(root.execution.status).toBe('Success');
});

test('an act that is arranged beforehand happens at its time', async () => {
  const header = headerOf([script('a'), script('b')]);
  const by = { userId: 'ada', name: 'Ada', email: 'ada@example.com' };
  const { root, endedAt } = await runVirtually({
    header,
    startAt: START_AT,
    perform: performing({ a: succeeds(10_000) }),
    acts: [
      {
        afterMs: 4_000,
        make: (at) => ({ kind: 'interruptRequested', at, interrupt: { interruptId: 'i', type: 'AbortAll', at, by } }),
      },
    ],
  });
  expect(root.execution.status).toBe('Aborted');
  expect(endedAt).toBe(START_AT + 4_000);
});

test('V3 a run in which nothing can happen any more says so', async () => {
  const { root, stuck } = await runVirtually({
    header: headerOf([script('a')]),
    startAt: START_AT,
    perform: performing({}),
    admittedAfterMs: Number.POSITIVE_INFINITY,
  });
  expect(stuck).toBe('nothingHappens');
  expect(root.execution.status).toBe('QueuedExecutionConcurrencyReached');
});

test('V3 a run that goes round in circles is stopped', async () => {
  const retry =
    'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 10000, onRetryFailure: {action: {type: Abort}}}}}}], ';
  const { root, stuck } = await runVirtually({
    header: headerOf([script('a', retry)]),
    startAt: START_AT,
    perform: performing({ a: fails(1) }),
    eventsMax: 50,
  });
  expect(stuck).toBe('tooManyEvents');
  expect(root.events.length).toBeLessThan(60);
  expect(statusesOf(root.execution)).toContain('a Failed');
});
