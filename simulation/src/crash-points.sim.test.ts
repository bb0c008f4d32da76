import { expect, test } from 'vitest';
import { CALM, CRASH_POINTS, type CrashPoint, type Scenario } from './scenario.ts';
import { simulateSeed } from './simulate.ts';
import type { SketchPipeline, SketchStep } from './sketch.ts';

const step = (identifier: string, exitCode = 0): SketchStep => ({
  kind: 'step',
  identifier,
  status: 'Success',
  selectors: [],
  runs: [{ durationMs: 700, exitCode, output: identifier, stopMs: 100 }],
});

/**
 * Small, with one of everything: a fork, a wait, a queue, a timeout that fires, a failure and what follows it, and a chained
 * execution that is given up.
 */
const PIPELINE: SketchPipeline = {
  identifier: 'simulated',
  stages: [
    {
      kind: 'stage',
      identifier: 'build',
      type: 'CI',
      status: 'Success',
      children: [
        step('compile'),
        {
          kind: 'fork',
          children: [step('test'), { kind: 'wait', identifier: 'pause', status: 'Success', duration: '2s' }],
        },
      ],
    },
    {
      kind: 'stage',
      identifier: 'check',
      type: 'Custom',
      status: 'Success',
      children: [
        { kind: 'queue', identifier: 'turn', status: 'Success', key: 'database', scope: 'Stage' },
        { ...step('hang'), timeout: '3s', runs: [{ durationMs: 60_000, exitCode: 0, output: '', stopMs: 500 }] },
        step('skipped'),
      ],
    },
    { kind: 'chain', identifier: 'hand', status: 'All', timeout: '5s', pipeline: 'childA' },
    { kind: 'stage', identifier: 'tidy', type: 'Custom', status: 'All', children: [step('sweep', 1)] },
  ],
};

const CHILD: SketchPipeline = {
  identifier: 'childA',
  stages: [
    {
      kind: 'stage',
      identifier: 'long',
      type: 'Custom',
      status: 'Success',
      children: [{ ...step('endless'), runs: [{ durationMs: 60_000, exitCode: 0, output: '', stopMs: 500 }] }],
    },
  ],
};

/** Waits for the first one to end. */
const SECOND: SketchPipeline = {
  identifier: 'second',
  stages: [{ kind: 'stage', identifier: 'only', type: 'Custom', status: 'Success', children: [step('short')] }],
};

const SCENARIO: Partial<Scenario> = {
  replicas: 2,
  delegates: [{ name: 'delegate1', tags: [], capacity: 2 }],
  pipelines: [PIPELINE, SECOND],
  children: [CHILD],
  executionsMax: 1,
  answers: 0,
  retries: 0,
  latencyMs: 5,
  skewMs: 0,
  pollMs: 1_000,
  faults: { ...CALM, lostWake: 1 },
};

/** Some points are passed hundreds of times by polling: enough of them, spread over the whole history. */
const CRASHES_PER_POINT_MAX = 8;

test('without a crash the history ends as its pipeline says', async () => {
  const result = await simulateSeed('crash points', SCENARIO);
  expect(result.violations).toEqual([]);
  expect(result.counts.get('crash')).toBeUndefined();
  expect(result.counts.get('execution Failed')).toBe(1);
  expect(result.counts.get('node Expired')).toBeGreaterThan(0);
  expect(CRASH_POINTS.filter((point) => (result.passings.get(point) ?? 0) === 0)).toEqual([]);
});

type Crash = { readonly point: CrashPoint; readonly nth: number };

async function crash(...crashesAt: readonly Crash[]): Promise<void> {
  const result = await simulateSeed('crash points', { ...SCENARIO, crashesAt });
  expect({ crashesAt, violations: result.violations }).toEqual({ crashesAt, violations: [] });
  expect(result.counts.get('crash')).toBe(crashesAt.length);
  expect(result.counts.get('execution Failed')).toBe(1);
}

test.for(CRASH_POINTS)('habit 11: a replica that dies %s loses nothing, whenever it dies', async (point) => {
  const calm = await simulateSeed('crash points', SCENARIO);
  for (const nth of spread(calm.passings.get(point) ?? 0)) await crash({ point, nth });
});

test('R4 a replica that dies while it takes over from one that died loses nothing', async () => {
  const calm = await simulateSeed('crash points', SCENARIO);
  for (const nth of spread(calm.passings.get('beforeSave') ?? 0)) {
    await crash({ point: 'afterSave', nth }, { point: 'beforeSave', nth: nth + 1 });
    await crash({ point: 'beforeSave', nth }, { point: 'afterSave', nth });
  }
});

function spread(count: number): readonly number[] {
  const chosen = Math.min(count, CRASHES_PER_POINT_MAX);
  return Array.from({ length: chosen }, (_, index) => 1 + Math.floor((index * count) / chosen));
}
