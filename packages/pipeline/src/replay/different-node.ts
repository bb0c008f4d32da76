import type { Execution, NodeExecution } from '../engine/execution.ts';
import { nodeIdentity } from '../engine/nodes.ts';
import type { DifferentNode } from './difference.ts';

/** The node that a difference is about; `undefined` on the side that does not have it. */
export function differentNode(
  then: { readonly execution: Execution; readonly node: NodeExecution | undefined },
  now: { readonly execution: Execution; readonly node: NodeExecution | undefined },
): DifferentNode {
  const { execution, node } = now.node === undefined ? then : now;
  if (node === undefined) throw new Error('A difference is about a node that one of the two has.');
  const plan = execution.plan.nodes[node.nodeId];
  const line = now.execution.plan.nodes[node.nodeId]?.line ?? 0;
  return {
    ...nodeIdentity(execution, node),
    kind: plan?.kind ?? 'node',
    attempt: node.attempt,
    ...(line === 0 ? {} : { line }),
    ...(then.node === undefined ? {} : { statusThen: then.node.status }),
    ...(now.node === undefined ? {} : { statusNow: now.node.status }),
  };
}
