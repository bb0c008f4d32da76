/** Seats: plan nodes together with the turns of the loops around them, and the states that belong there. */
import type { ExpressionScope } from '../expressions/scope.ts';
import type { PlanNode } from '../plan/plan.ts';
import { assertInvariant } from './assert.ts';
import type { Draft } from './draft.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';

export interface View {
  readonly draft: Draft;
  /** The node whose text is being resolved: its turns are meant where a name does not say which. */
  readonly vantage: NodeExecutionId;
}

/** A view that can make the scope of other seats: for text that somebody else wrote. */
export interface SeatedView extends View {
  scopeAt(view: View, seat: Seat): ExpressionScope;
}

export interface Seat {
  readonly plan: PlanNode;
  /** Turns of the loops around it, outermost first. */
  readonly turns: readonly number[];
}

export function seatOf({ draft }: View, id: NodeExecutionId): Seat {
  const { nodeId, loop = [] } = draft.get(id);
  return { plan: draft.planNode(nodeId), turns: loop };
}

/** The seat of a plan node that stands around the vantage point. */
export function seatAround(view: View, id: NodeId): Seat {
  const plan = view.draft.planNode(id);
  const { loop = [] } = view.draft.get(view.vantage);
  return { plan, turns: loop.slice(0, loopsAround(view, plan)) };
}

export function stateOf({ draft }: View, { plan, turns }: Seat): NodeExecution | undefined {
  return draft.current(plan.id, turns);
}

/** The seat and those that hold it, innermost first; the last is the pipeline's. */
export function ancestors(view: View, seat: Seat): readonly Seat[] {
  const path: Seat[] = [seat];
  for (let current = seat; current.plan.parentId !== undefined;) {
    const plan = view.draft.planNode(current.plan.parentId);
    // A loop itself stands outside its turns.
    const turns = plan.kind === 'strategy' ? current.turns.slice(0, -1) : current.turns;
    current = { plan, turns };
    path.push(current);
  }
  return path;
}

/** How many loops are around a plan node. */
function loopsAround({ draft }: View, plan: PlanNode): number {
  let count = 0;
  for (let id = plan.parentId; id !== undefined;) {
    const parent = draft.planNode(id);
    if (parent.kind === 'strategy') count += 1;
    id = parent.parentId;
  }
  return count;
}

/** The looped node of a strategy in the turn of the vantage point, when that is inside the loop. */
export function ownTurn(view: View, strategy: Seat): Seat | undefined {
  if (strategy.plan.kind !== 'strategy') return undefined;
  const around = view.draft.get(view.vantage);
  const { loop = [] } = around;
  const depth = strategy.turns.length;
  const isSame = strategy.turns.every((turn, index) => loop[index] === turn);
  const turn = loop[depth];
  if (!isSame || turn === undefined || !holds(view, strategy.plan)) return undefined;
  return { plan: loopedPlan(view, strategy), turns: [...strategy.turns, turn] };
}

/** Is the vantage point below this plan node? */
function holds({ draft, vantage }: View, plan: PlanNode): boolean {
  for (let id: NodeId | undefined = draft.get(vantage).nodeId; id !== undefined;) {
    if (id === plan.id) return true;
    id = draft.planNode(id).parentId;
  }
  return false;
}

export function loopedPlan({ draft }: View, { plan }: Seat): PlanNode {
  assertInvariant(plan.kind === 'strategy' && plan.children.length === 1, `${plan.fqn} is no loop over one node`);
  return draft.planNode(plan.children[0] as NodeId);
}
