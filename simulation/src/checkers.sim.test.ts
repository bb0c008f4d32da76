import { expect, test } from 'vitest';
import { SABOTAGES } from './scenario.ts';
import { simulateSeed } from './simulate.ts';
import { PLAN_SPOILS } from './spoil-plan.ts';

/** A broken store must be found within so many histories. */
const SEEDS_MAX = 80;

const RULES = {
  'ignores versions': /^E2:/,
  'ignores fences': /^(D1|D2|E1|E3):/,
  'forgets effects': /^E3:/,
  'keeps fences': /^D1:/,
  'grants a queue twice': /^(Q1|Q2):/,
  'grants a queue out of order': /^Q2:/,
  'loses a claim': /^Q2:/,
  'forgets timers': /^E3:/,
  'admits too many': /^A1:/,
  'admits the last first': /^A2:/,
  'loses a request': /^liveness:/,
} as const;

test.for(SABOTAGES)('the checkers see a store that %s', { timeout: 30_000 }, async (sabotage) => {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { violations } = await simulateSeed(String(seed), { sabotage });
    if (violations.length === 0) continue;
    expect(violations[0]).toMatch(RULES[sabotage]);
    return;
  }
  expect.unreachable(`${SEEDS_MAX} histories with a store that ${sabotage} broke no rule`);
});

const RULES_OF_PLANS = {
  'ignores maxConcurrency': /^L2:/,
  'turns rollback steps around': /^rollback:/,
  'tears barriers apart': /^barrier:/,
} as const;

test.for(PLAN_SPOILS)('the checkers see an engine that %s', { timeout: 60_000 }, async (spoil) => {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { violations } = await simulateSeed(String(seed), { spoil });
    if (violations.length === 0) continue;
    expect(violations[0]).toMatch(RULES_OF_PLANS[spoil]);
    return;
  }
  expect.unreachable(`${SEEDS_MAX} histories with an engine that ${spoil} broke no rule`);
});
