/** Where nodes stand in an execution, found by parents and plan alone. */
import type { Execution, NodeExecution, Plan, PlanNode } from '@bridle/pipeline';

export function parentOf({ nodes }: Execution, { parentId }: NodeExecution): NodeExecution | undefined {
  return parentId === undefined ? undefined : nodes[parentId];
}

/** The node itself included. */
export function findAround(
  execution: Execution,
  plan: Plan,
  node: NodeExecution,
  kind: PlanNode['kind'],
): NodeExecution | undefined {
  for (let at: NodeExecution | undefined = node; at !== undefined; at = parentOf(execution, at))
    if (plan.nodes[at.nodeId]?.kind === kind) return at;
  return undefined;
}

export function isInRollback(execution: Execution, plan: Plan, node: NodeExecution): boolean {
  return findAround(execution, plan, node, 'rollback') !== undefined;
}

/** A container in which something ran. */
export function hasRun(plan: Plan, { nodeId, children }: NodeExecution): boolean {
  return children.length > 0 && plan.nodes[nodeId]?.kind !== 'step';
}

/** Something stopped it, or what holds it, from starting all that is in it. */
export function isHeldBack(execution: Execution, plan: Plan, node: NodeExecution): boolean {
  for (let at: NodeExecution | undefined = node; at !== undefined; at = parentOf(execution, at)) {
    if (at.stopping !== undefined || at.repeat !== undefined || at.rollback !== undefined) return true;
    if (plan.nodes[at.nodeId]?.kind === 'rollback') return false;
  }
  return false;
}

/** Taken over from an earlier execution, as it ended there. Clocks of replicas differ: its times alone do not tell. */
export function isTakenOver({ retained, plan }: Pick<Execution, 'retained' | 'plan'>, node: NodeExecution): boolean {
  const fqn = plan.nodes[node.nodeId]?.fqn;
  const turns = (node.loop ?? []).join('.');
  return (
    retained?.nodes.some(
      (one) => one.fqn === fqn && (one.loop ?? []).join('.') === turns && one.state.createdAt === node.createdAt,
    ) ?? false
  );
}
