/** Failure strategies from a seed: each of the actions, with and without errors chosen, alone and after another one. */
import { PLAIN_ACTIONS, type ErrorName, type FailureAction, type FailureStrategy } from '@bridle/pipeline';
import type { Random } from './random.ts';
import type { SketchCondition } from './sketch.ts';

export interface StrategyPlace {
  readonly isInGroup: boolean;
  readonly isInRollback: boolean;
}

/** Conditions of repetitions, by what they come to. */
export const RETRY_CONDITIONS: readonly SketchCondition[] = [
  { text: '<+pipeline.variables.flag> == "on"', truth: 'holds' },
  { text: '<+pipeline.variables.flag> == "off"', truth: 'fails' },
  { text: '<+pipeline.variables.flag> == (', truth: 'broken' },
];

const ERRORS: readonly (readonly ErrorName[])[] = [
  ['AllErrors'],
  ['AllErrors'],
  ['AllErrors'],
  ['Unknown'],
  ['Timeout'],
  ['DelegateRestart', 'DelegateProvisioning'],
  ['Connectivity', 'Unknown'],
  ['Authentication'],
  ['ApprovalRejection', 'UserMarkedFailure'],
];

/** Where no person is asked and nothing is repeated. */
const AFTERWARDS = ['Ignore', 'MarkAsSuccess', 'MarkAsFailure', 'Abort', 'StageRollback', 'PipelineRollback'] as const;

/** What does something only in some places comes more often there. */
const ROLLBACKS = ['StageRollback', 'PipelineRollback'] as const;
const ROLLBACKS_IN_GROUPS = ['StepGroupRollback', 'StepGroupRollback', 'StageRollback', 'PipelineRollback'] as const;

const REPEATS = ['Retry', 'Retry', 'RetryStepGroup'] as const;

/** For what is asked for when its node is reached. */
export const PROCEED: FailureStrategy = {
  errors: ['InputTimeoutError'],
  action: { kind: 'ProceedWithDefaultValues' },
};

export function randomStrategies(
  random: Random,
  place: StrategyPlace,
): { readonly strategies: readonly FailureStrategy[] } {
  const count = random.chance(0.3) ? 2 : 1;
  return { strategies: Array.from({ length: count }, () => randomStrategy(random, place)) };
}

function randomStrategy(random: Random, place: StrategyPlace): FailureStrategy {
  if (random.chance(0.12)) {
    const answer = random.chance(0.7) ? { kind: 'ProceedWithDefaultValues' as const } : randomAction(random, place);
    return { errors: ['InputTimeoutError'], action: answer };
  }
  return { errors: random.pick(ERRORS), action: randomAction(random, place) };
}

function randomAction(random: Random, place: StrategyPlace): FailureAction {
  const choice = random.next();
  if (choice < 0.3) {
    const kind = random.pick(REPEATS);
    const condition = random.chance(0.25) ? random.pick(RETRY_CONDITIONS).text : undefined;
    return {
      kind: place.isInGroup && !place.isInRollback ? kind : 'Retry',
      count: random.chance(0.2) ? '<+pipeline.variables.count>' : random.between(1, 2),
      intervals: random.pick([[], [fixed(2_000)], [fixed(1_000), fixed(20_000)]]),
      ...(condition === undefined ? {} : { condition }),
      ...(random.chance(0.5) ? { onExhausted: { kind: random.pick(AFTERWARDS) } } : {}),
    };
  }
  if (choice < 0.42) {
    return {
      kind: 'ManualIntervention',
      timeout: fixed(random.pick([10_000, 60_000])),
      onTimeout: { kind: random.pick(AFTERWARDS) },
    };
  }
  const kinds = PLAIN_ACTIONS.filter(
    (kind) =>
      kind !== 'ProceedWithDefaultValues' && (kind !== 'StepGroupRollback' || (place.isInGroup && !place.isInRollback)),
  );
  const rollbacks = place.isInGroup && !place.isInRollback ? ROLLBACKS_IN_GROUPS : ROLLBACKS;
  return { kind: random.pick([...kinds, ...rollbacks]) };
}

function fixed(ms: number): { readonly kind: 'fixed'; readonly ms: number } {
  return { kind: 'fixed', ms };
}
