/**
 * Stages that run after a failure. Here an ignored failure counts as one for them, in the sources it does not: where something
 * before such a stage ignores failures, it asks which of its needs have failed in earnest.
 */
import type { StageDraft } from './draft.ts';
import { bothHold } from './jexl.ts';
import type { Ledger } from './ledger.ts';
import { neededBy } from './levels.ts';

/** Turns of a stage that a condition asks for one by one. */
export const ASKED_TURNS_MAX = 32;
const BROKEN = '["FAILED", "ERRORED", "EXPIRED"]';

export function askForRealFailures(stages: readonly StageDraft[], ledger: Ledger): readonly StageDraft[] {
  return stages.map((stage) => {
    if (stage.when?.status !== 'Failure') return stage;
    const needed = neededBy(stages, stage);
    const before = stages.filter(({ key, type }) => needed.has(key) && type === 'CI');
    if (!before.some(ignoresFailures)) return stage;
    const tests = before.map(statusesOf);
    if (tests.includes(undefined)) {
      const how =
        'It also runs when all that failed before it was ignored: a stage that runs several times has no single status.';
      ledger.emulated(stage, `${stage.key} after a failure`, how);
      return stage;
    }
    const failed = tests.flatMap((places) => places ?? []).map((place) => `${place} =~ ${BROKEN}`);
    const condition = bothHold(failed.join(' || '), stage.when.condition);
    return { ...stage, when: { ...stage.when, ...(condition === undefined ? {} : { condition }) } };
  });
}

/** Where its status is read, turn by turn; `undefined` when the turns cannot be counted, or are too many to ask. */
function statusesOf({ identifier, strategy, turns = 0 }: StageDraft): readonly string[] | undefined {
  if (strategy === undefined) return [`<+pipeline.stages.${identifier}.status>`];
  if (turns === 0 || turns > ASKED_TURNS_MAX) return undefined;
  return Array.from({ length: turns }, (_, turn) => `<+pipeline.stages.${identifier}_${String(turn)}.status>`);
}

function ignoresFailures({ failureStrategies, steps }: StageDraft): boolean {
  const all = [...failureStrategies, ...steps.flat().flatMap((step) => step.failureStrategies ?? [])];
  return all.some((strategy) => JSON.stringify(strategy).includes('"Ignore"'));
}
