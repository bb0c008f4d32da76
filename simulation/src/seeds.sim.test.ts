import { expect, test } from 'vitest';
import { NODE_STATUSES } from '@bridle/pipeline';
import { simulateSeed } from './simulate.ts';

/** Fixed, so that `npm test` says the same every time; `npm run simulate` goes on to any number. */
const FIRST_SEED = 1;
const SEEDS = 240;

/** How to see a failing seed again. */
const replayCommand = (seed: string): string => `npm run simulate -- --seed ${seed} --verbose`;

test(
  `R2 E1 E2 E3 E4 D1 D2 hold after every step of ${SEEDS} histories, and all that was started ends`,
  { timeout: 120_000 },
  async () => {
    const counts = new Map<string, number>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const result = await simulateSeed(String(seed));
      expect({ replay: replayCommand(result.seed), violations: result.violations }).toEqual({
        replay: replayCommand(result.seed),
        violations: [],
      });
      for (const [kind, count] of result.counts) counts.set(kind, (counts.get(kind) ?? 0) + count);
    }
    // What never happened was not tested: every fault, and every end that today's steps can come to.
    const faults = [
      'crash',
      'pause',
      'store-error',
      'lost-request',
      'lost-answer',
      'doubled',
      'death',
      'freeze',
      'lost-wake',
      'unassignable',
      'conflict',
      'stale',
    ];
    const ends = ['Success', 'Failed', 'Expired', 'Aborted', 'Skipped'];
    const happened = [
      ...faults,
      ...ends.map((status) => `node ${status}`),
      ...ends.slice(0, 4).map((status) => `execution ${status}`),
    ];
    expect(happened.filter((kind) => (counts.get(kind) ?? 0) < 10)).toEqual([]);
    expect(ends.filter((status) => !NODE_STATUSES.some((known) => known === status))).toEqual([]);
  },
);

test('R3 the same seed gives the same event log, byte for byte; another seed another one', async () => {
  for (const seed of ['7', '42', '1001']) {
    const first = await simulateSeed(seed);
    const second = await simulateSeed(seed);
    expect(second.log).toBe(first.log);
    expect(second.digest).toBe(first.digest);
    expect((await simulateSeed(`${seed}0`)).log).not.toBe(first.log);
  }
});
