import type { FailureAction, Plan, PlanNode } from '@bridle/pipeline';

/** The plan as an engine would see it that knows nothing of one failure action. */
export function withoutAction(plan: Plan, action: FailureAction['kind']): Plan {
  const nodes = Object.fromEntries(Object.entries(plan.nodes).map(([id, node]) => [id, strip(node, action)]));
  return { ...plan, nodes };
}

function strip(node: PlanNode, action: FailureAction['kind']): PlanNode {
  if (node.failureStrategies === undefined) return node;
  return { ...node, failureStrategies: node.failureStrategies.filter((strategy) => strategy.action.kind !== action) };
}
