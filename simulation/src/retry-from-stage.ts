/** Running an execution again from one of its stages: what an earlier run has done is handed on, as the server does. */
import { isBroken, retainNodes, type Execution, type NodeExecution, type RetainedRun } from '@bridle/pipeline';
import type { Random } from './random.ts';

/** `undefined` when the execution ended well, or nothing of it was reached. */
export function retainedFrom(ended: Execution, random: Random): RetainedRun | undefined {
  const root = Object.values(ended.nodes).find(({ parentId }) => parentId === undefined);
  if (root === undefined || !isBroken(ended.status)) return undefined;
  const reached = root.children
    .flatMap((id) => ended.nodes[id] ?? [])
    .filter((node) => node.status !== 'Skipped' && isItem(ended, node));
  if (reached.length === 0) return undefined;
  const chosen = random.pick(reached);
  const before = root.children.slice(0, root.children.indexOf(chosen.id)).flatMap((id) => ended.nodes[id] ?? []);
  const beside = isFork(ended, chosen) && random.chance(0.5) ? wellEnded(ended, chosen) : [];
  const nodes = retainNodes(ended.plan, Object.values(ended.nodes), [...before, ...beside]);
  return { executionId: ended.id, rootExecutionId: ended.retained?.rootExecutionId ?? ended.id, nodes };
}

/** A stage, a fork or a loop of stages; not the pipeline's rollback. */
function isItem({ plan }: Execution, { nodeId }: NodeExecution): boolean {
  return plan.nodes[nodeId]?.kind !== 'rollback';
}

function isFork({ plan }: Execution, { nodeId }: NodeExecution): boolean {
  return plan.nodes[nodeId]?.kind === 'fork';
}

function wellEnded({ nodes }: Execution, { children }: NodeExecution): readonly NodeExecution[] {
  return children.flatMap((id) => {
    const node = nodes[id];
    return node === undefined || isBroken(node.status) ? [] : [node];
  });
}
