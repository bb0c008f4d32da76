/** Plans as a broken engine would see them: what the checkers expect is the plan as it was meant. */
import type { FailureAction, Plan, PlanNode } from '@bridle/pipeline';

export const PLAN_SPOILS = ['ignores maxConcurrency', 'turns rollback steps around', 'tears barriers apart'] as const;
export type PlanSpoil = (typeof PLAN_SPOILS)[number];

export function spoilPlan(plan: Plan, spoil: PlanSpoil): Plan {
  return change(plan, (node) => {
    switch (spoil) {
      case 'ignores maxConcurrency': {
        if (node.kind !== 'strategy') return node;
        const { maxConcurrency: _, ...rest } = node;
        return rest;
      }
      case 'turns rollback steps around':
        return node.kind === 'rollback' ? { ...node, children: node.children.toReversed() } : node;
      case 'tears barriers apart':
        return node.kind === 'step' && node.stepType === 'Barrier'
          ? { ...node, spec: { barrierRef: node.identifier } }
          : node;
    }
  });
}

/** The plan as an engine would see it that knows nothing of one failure action. */
export function withoutAction(plan: Plan, action: FailureAction['kind']): Plan {
  return change(plan, (node) => {
    if (node.failureStrategies === undefined) return node;
    return { ...node, failureStrategies: node.failureStrategies.filter((strategy) => strategy.action.kind !== action) };
  });
}

function change(plan: Plan, changed: (node: PlanNode) => PlanNode): Plan {
  const nodes = Object.fromEntries(Object.entries(plan.nodes).map(([id, node]) => [id, changed(node)]));
  return { ...plan, nodes };
}
