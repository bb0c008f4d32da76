/** Does a node run? (pipelines.md §4.2: the status half and the condition half must both hold.) */
import type { PlanNode, When } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { evaluateAt } from './evaluation.ts';
import type { Failure, NodeExecution, WhenRecord } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { isBroken } from './status.ts';

export type WhenDecision =
  | { readonly kind: 'run'; readonly record: WhenRecord }
  | { readonly kind: 'skip'; readonly record: WhenRecord }
  | { readonly kind: 'error'; readonly record: WhenRecord; readonly failure: Failure };

/** The condition is evaluated only when the status half holds: a node that is skipped anyway asks nothing. */
export function decideWhen(draft: Draft, id: NodeExecutionId): WhenDecision {
  const plan = draft.planNode(draft.get(id).nodeId);
  const { name } = plan;
  const when = whenOf(draft, plan);
  const statusHolds = matchesStatus(draft, when.status, standingBefore(draft, id));
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

/**
 * A fork is no node of the author's: its members decide for themselves. A loop asks what all of its turns would ask alike,
 * before it looks for values that nothing has given because of an earlier failure; the rest each turn asks for itself.
 */
export function whenOf(draft: Draft, plan: PlanNode): When {
  if (plan.kind === 'fork') return { status: 'All' };
  if (plan.kind !== 'strategy') return plan.when;
  const [looped] = plan.children.map((child) => draft.planNode(child));
  return { ...plan.when, status: looped?.when.status ?? plan.when.status };
}

/** How what comes before a node stands. */
interface Standing {
  /** Something is broken and was not rolled back. */
  readonly isBroken: boolean;
  /** A stage failed and was rolled back. */
  readonly isRolledBack: boolean;
  /** A stage's failure was ignored. */
  readonly isIgnored: boolean;
}

/** ADR 21: an ignored failure fires `Failure` stages, a rolled-back one does not, unless the installation says otherwise. */
function matchesStatus(draft: Draft, status: When['status'], before: Standing): boolean {
  const { ignoredFailureFiresFailure = true, rolledBackFiresFailure = false } = draft.execution.switches ?? {};
  switch (status) {
    case 'Success':
      return !before.isBroken && !before.isRolledBack;
    case 'Failure':
      return (
        before.isBroken ||
        (before.isRolledBack && rolledBackFiresFailure) ||
        (before.isIgnored && ignoredFailureFiresFailure)
      );
    case 'All':
      return true;
  }
}

/**
 * What stands before a node: for a stage the earlier nodes of the pipeline; for a step or group the earlier nodes of its
 * stage (or of its rollback), also those before the groups that hold it. Members of one fork and instances of one loop are
 * not before each other: they would race.
 */
function standingBefore(draft: Draft, id: NodeExecutionId): Standing {
  const standing = { isBroken: false, isRolledBack: false, isIgnored: false };
  for (let current = draft.get(id); current.parentId !== undefined;) {
    const parent = draft.get(current.parentId);
    const { kind } = draft.planNode(parent.nodeId);
    if (kind !== 'fork' && kind !== 'strategy') {
      for (const sibling of parent.children.slice(0, parent.children.indexOf(current.id))) {
        judge(draft, draft.get(sibling), kind === 'pipeline', standing);
      }
    }
    // A step looks no further than its stage: the stage itself was allowed to run.
    if (kind === 'stage' || kind === 'rollback') break;
    current = parent;
  }
  return standing;
}

function judge(
  draft: Draft,
  node: NodeExecution,
  isStageLevel: boolean,
  standing: { isBroken: boolean; isRolledBack: boolean; isIgnored: boolean },
): void {
  if (isStageLevel && node.status === 'IgnoreFailed') standing.isIgnored = true;
  if (!isBroken(node.status)) return;
  if (isStageLevel && isRolledBack(draft, node)) standing.isRolledBack = true;
  else standing.isBroken = true;
}

/** Every broken stage in it (it may be a fork or a loop of stages) was rolled back. */
function isRolledBack(draft: Draft, node: NodeExecution): boolean {
  const { kind } = draft.planNode(node.nodeId);
  if (kind === 'stage') return node.rollback !== undefined;
  const broken = node.children.map((child) => draft.get(child)).filter((child) => isBroken(child.status));
  return broken.length > 0 && broken.every((child) => isRolledBack(draft, child));
}
