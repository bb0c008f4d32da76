import { expect, test } from 'vitest';
import { PLAIN_ACTIONS } from '@bridle/pipeline';
import { simulateSeed } from './simulate.ts';

/** An engine that knows nothing of one failure action must be found within so many histories. */
const SEEDS_MAX = 120;

const ACTIONS = [...PLAIN_ACTIONS, 'Retry', 'RetryStepGroup', 'ManualIntervention'] as const;

test('there are eleven failure actions', () => {
  expect(ACTIONS).toHaveLength(11);
});

test.for(ACTIONS)('the oracle sees an engine without the failure action %s', { timeout: 120_000 }, async (action) => {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { violations } = await simulateSeed(String(seed), { disabledAction: action });
    if (violations.length === 0) continue;
    expect(violations.join('\n')).toMatch(new RegExp(`^oracle: .* had to be decided about by ${action}$`, 'm'));
    return;
  }
  expect.unreachable(`${SEEDS_MAX} histories without ${action} broke no rule`);
});
