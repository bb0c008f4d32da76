import { expect, test } from 'vitest';
import { CALM, type Scenario } from './scenario.ts';
import { simulateSeed } from './simulate.ts';

const DAY_MS = 86_400_000;
const POLL_MS = 600_000;

/** The replicas die again and again, spread over the weeks. */
const RESTARTS = 100;

test('R10 a wait of 35 days over 100 restarts ends within a second of its time', async () => {
  const pollsBetween = Math.floor((35 * DAY_MS) / POLL_MS / RESTARTS);
  const scenario: Partial<Scenario> = {
    replicas: 1,
    delegates: [],
    isCompiled: true,
    pipelines: [
      {
        identifier: 'simulated',
        timeout: '40d',
        stages: [
          {
            kind: 'stage',
            identifier: 'hold',
            type: 'Custom',
            status: 'Success',
            children: [{ kind: 'wait', identifier: 'patience', status: 'Success', duration: '35d' }],
          },
        ],
      },
    ],
    latencyMs: 0,
    skewMs: 0,
    pollMs: POLL_MS,
    crashesAt: Array.from({ length: RESTARTS }, (_, index) => ({
      point: 'beforeDueTimers',
      nth: (index + 1) * pollsBetween,
    })),
    horizonMs: 36 * DAY_MS,
    faults: CALM,
  };
  const result = await simulateSeed('patience', scenario);
  expect(result.violations).toEqual([]);
  expect(result.counts.get('crash')).toBe(RESTARTS);
  expect(result.counts.get('execution Success')).toBe(1);
  const times = result.log.split('\n').flatMap((line) => {
    const [at, kind, , version] = line.split(' ');
    return kind === 'state' ? [{ at: Number(at), version }] : [];
  });
  expect(times.map((time) => time.version)).toEqual(['1', '2']);
  const waited = (times[1]?.at ?? 0) - (times[0]?.at ?? 0);
  expect(waited).toBeGreaterThanOrEqual(35 * DAY_MS);
  expect(waited).toBeLessThanOrEqual(35 * DAY_MS + 1_000);
});
