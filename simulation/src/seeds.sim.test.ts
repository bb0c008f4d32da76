import { expect, test } from 'vitest';
import { NODE_INTERRUPTS, NODE_STATUSES, PIPELINE_INTERRUPTS, PLAIN_ACTIONS } from '@bridle/pipeline';
import { simulateSeed } from './simulate.ts';

/** Fixed, so that `npm test` says the same every time; `npm run simulate` goes on to any number. */
const FIRST_SEED = 1;
const SEEDS = 500;

/** How to see a failing seed again. */
const replayCommand = (seed: string): string => `npm run simulate -- --seed ${seed} --verbose`;

const FAULTS = [
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
/** Statuses that nothing in the engine gives yet. */
const NEVER_GIVEN = ['AsyncWaiting', 'Suspended', 'Errored', 'AbortedByFreeze'];
/** Between two moments: no state that is saved shows it. */
const NEVER_SAVED = ['NotStarted'];
const STATUSES = NODE_STATUSES.filter((status) => ![...NEVER_GIVEN, ...NEVER_SAVED].includes(status));
const EXECUTION_ENDS = ['Success', 'IgnoreFailed', 'Failed', 'Expired', 'Aborted', 'ApprovalRejected'];
const ACTIONS = [...PLAIN_ACTIONS, 'Retry', 'RetryStepGroup', 'ManualIntervention'];
const CONSTRUCTS = [
  'pipeline',
  'fork',
  'stepGroup',
  'stage Custom',
  'stage CI',
  'stage Approval',
  'stage Pipeline',
  'step ShellScript',
  'step Run',
  'step Wait',
  'step HarnessApproval',
  'step CustomApproval',
  'step Barrier',
  'step Queue',
  'rollback of stage',
  'rollback of stepGroup',
  'rollback of pipeline',
  ...['matrix', 'times', 'items'].flatMap((kind) => [`loop ${kind} of stages`, `loop ${kind} of steps`]),
];
const EVENTS = [
  'executionStarted',
  'executionAdmitted',
  'taskStarted',
  'taskCompleted',
  'taskLost',
  'taskUnassignable',
  'timerFired',
  'interruptRequested',
  'approvalDecided',
  'inputSubmitted',
  'resourceAcquired',
  'childStarted',
  'childRefused',
  'childEnded',
];
const EFFECTS = [
  'enqueueTask',
  'cancelTask',
  'startTimer',
  'cancelTimer',
  'releaseWorkspace',
  'startChild',
  'abortChild',
  'reportToParent',
  'acquireResource',
  'releaseResource',
];
const TIMERS = ['wait', 'timeout', 'stop', 'retry', 'intervention', 'poll'];

const mustHappen: readonly string[] = [
  ...FAULTS,
  'again',
  ...STATUSES.map((status) => `status ${status}`),
  ...EXECUTION_ENDS.map((status) => `execution ${status}`),
  ...ACTIONS.map((action) => `action ${action}`),
  ...CONSTRUCTS.map((construct) => `construct ${construct}`),
  ...EVENTS.map((event) => `event ${event}`),
  ...EFFECTS.map((effect) => `effect ${effect}`),
  ...TIMERS.map((timer) => `timer ${timer}`),
  ...[...PIPELINE_INTERRUPTS, ...NODE_INTERRUPTS].map((type) => `interrupt ${type}`),
];

test(
  `R2 E1 E2 E3 E4 D1 D2 Q1 Q2 A1 A2 hold after every step of ${SEEDS} histories, all that was started ends as it must`,
  { timeout: 240_000 },
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
    // What never happened was not tested.
    expect(mustHappen.filter((kind) => (counts.get(kind) ?? 0) < 2)).toEqual([]);
    expect(NEVER_GIVEN.filter((status) => counts.has(`status ${status}`))).toEqual([]);
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
