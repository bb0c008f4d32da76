/** What was asked to roll back did, and nothing else: stages and groups once, a pipeline all of its stages. */
import type { Execution, NodeExecution, Plan } from '@bridle/pipeline';
import { nameOf } from './check-state.ts';
import { isTakenOver } from './oracle-places.ts';

export function checkRollbacksTaken(plan: Plan, execution: Execution): readonly string[] {
  const broken: string[] = [];
  for (const node of Object.values(execution.nodes)) {
    const planned = plan.nodes[node.nodeId];
    if (planned?.kind !== 'stage' && planned?.kind !== 'stepGroup' && planned?.kind !== 'pipeline') continue;
    if (isTakenOver(execution, node)) continue;
    const own = node.children.find((id) => plan.nodes[execution.nodes[id]?.nodeId ?? node.nodeId]?.kind === 'rollback');
    const isAsked = node.rollback?.kind === planned.kind && planned.rollback !== undefined;
    if (own !== undefined && !isAsked) broken.push(`${nameOf(execution, node)} was rolled back without reason`);
    // Nothing of it had begun, or something else came between.
    const wasHindered =
      node.children.length === 0 ||
      node.repeat !== undefined ||
      node.stopping?.as === 'Aborted' ||
      (node.stopping !== undefined && node.rollback?.isAfterStop !== true);
    if (own === undefined && isAsked && !wasHindered)
      broken.push(`${nameOf(execution, node)} was to be rolled back and was not`);
    const rollback = own === undefined ? undefined : execution.nodes[own];
    if (planned.kind === 'pipeline' && rollback !== undefined && rollback.stopping === undefined)
      broken.push(...checkAllUndone(plan, execution, node, rollback));
  }
  return broken;
}

function checkAllUndone(
  plan: Plan,
  execution: Execution,
  node: NodeExecution,
  rollback: NodeExecution,
): readonly string[] {
  const subjects = new Set(rollback.children.map((id) => execution.nodes[id]?.subject));
  return node.children.flatMap((id) => {
    const child = execution.nodes[id];
    const planned = child === undefined ? undefined : plan.nodes[child.nodeId];
    if (child === undefined || planned === undefined || planned.kind === 'rollback') return [];
    if (planned.kind !== 'stage') return checkAllUndone(plan, execution, child, rollback);
    const isUndone =
      planned.rollback === undefined ||
      child.status === 'Skipped' ||
      subjects.has(child.id) ||
      child.children.some((below) => execution.nodes[below]?.nodeId === planned.rollback);
    return isUndone ? [] : [`${nameOf(execution, child)} was left out by the rollback of its pipeline`];
  });
}
