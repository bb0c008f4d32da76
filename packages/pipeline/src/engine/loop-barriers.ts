import type { PlanNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';

/** Is there a Barrier step anywhere below a plan node? */
export function holdsBarrier(draft: Draft, plan: PlanNode): boolean {
  if (plan.kind === 'step') return plan.stepType === 'Barrier';
  return 'children' in plan && plan.children.some((child) => holdsBarrier(draft, draft.planNode(child)));
}
