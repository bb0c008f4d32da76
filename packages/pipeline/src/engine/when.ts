/** Does a node run? (pipelines.md §4.2: the status half and the condition half must both hold.) */
import type { When } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { evaluateAt } from './evaluation.ts';
import type { Failure, WhenRecord } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { isBroken } from './status.ts';

export type WhenDecision =
  | { readonly kind: 'run'; readonly record: WhenRecord }
  | { readonly kind: 'skip'; readonly record: WhenRecord }
  | { readonly kind: 'error'; readonly record: WhenRecord; readonly failure: Failure };

/** The condition is evaluated only when the status half holds: a node that is skipped anyway asks nothing. */
export function decideWhen(draft: Draft, id: NodeExecutionId): WhenDecision {
  const { kind, name, ...plan } = draft.planNode(draft.get(id).nodeId);
  // A fork is no node of the author's: its members decide for themselves.
  const when: When = kind === 'fork' ? { status: 'All' } : plan.when;
  const statusHolds = matchesStatus(when.status, isAnythingBrokenBefore(draft, id));
  const record: WhenRecord = { ...when, statusHolds, expressions: [] };
  if (!statusHolds) return { kind: 'skip', record };
  if (when.condition === undefined) return { kind: 'run', record };
  const result = evaluateAt(draft, id, when.condition);
  const evaluated = { ...record, expressions: result.expressions };
  if (result.kind === 'error') {
    const message = `The condition of ${name} cannot be evaluated: ${result.message}`;
    return { kind: 'error', record: evaluated, failure: { message, types: ['APPLICATION_ERROR'] } };
  }
  const whole = { ...evaluated, conditionHolds: result.holds };
  return result.holds ? { kind: 'run', record: whole } : { kind: 'skip', record: whole };
}

function matchesStatus(status: When['status'], isBrokenBefore: boolean): boolean {
  switch (status) {
    case 'Success':
      return !isBrokenBefore;
    case 'Failure':
      return isBrokenBefore;
    case 'All':
      return true;
  }
}

/**
 * What stands before a node: for a stage the earlier nodes of the pipeline; for a step or group the earlier nodes of its
 * stage, also those before the groups that hold it. Members of one fork are not before each other: they would race.
 */
function isAnythingBrokenBefore(draft: Draft, id: NodeExecutionId): boolean {
  for (let current = draft.get(id); current.parentId !== undefined;) {
    const parent = draft.get(current.parentId);
    const { kind } = draft.planNode(parent.nodeId);
    if (kind !== 'fork') {
      const before = parent.children.slice(0, parent.children.indexOf(current.id));
      if (before.some((sibling) => isBroken(draft.get(sibling).status))) return true;
    }
    // A step looks no further than its stage: the stage itself was allowed to run.
    if (kind === 'stage') return false;
    current = parent;
  }
  return false;
}
