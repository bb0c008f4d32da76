/** What a retry from a stage takes over from the execution before it; `adoptRetained` puts it into the new one. */
import type { Plan } from '../plan/plan.ts';
import type { NodeExecution, RetainedNode } from './execution.ts';

/** `kept` and all below them, as they ended; earlier attempts stay with the earlier execution. */
export function retainNodes(
  plan: Plan,
  nodes: readonly NodeExecution[],
  kept: readonly NodeExecution[],
): readonly RetainedNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const retained: RetainedNode[] = [];
  const take = (node: NodeExecution): void => {
    if (node.isSuperseded === true) return;
    const planned = plan.nodes[node.nodeId];
    if (planned === undefined) throw new Error(`The plan has no node ${node.nodeId}.`);
    const { id: _i, nodeId: _n, parentId: _p, children, timers: _t, changedAtVersion: _c, ...state } = node;
    const { fqn } = planned;
    retained.push({ fqn, ...(node.loop === undefined ? {} : { loop: node.loop }), state });
    for (const child of children) {
      const below = byId.get(child);
      if (below !== undefined) take(below);
    }
  };
  for (const node of kept) take(node);
  return retained;
}
