/** Rollbacks by their own rules: each at most once, steps in order, the stages of a pipeline in reverse order. */
import { isFinal, type Execution, type NodeExecution } from '@bridle/pipeline';
import { nameOf } from './check-state.ts';

export function checkRollbacks(execution: Execution): readonly string[] {
  const broken: string[] = [];
  const done = new Map<string, NodeExecution>();
  for (const node of Object.values(execution.nodes)) {
    const plan = execution.plan.nodes[node.nodeId];
    if (plan?.kind !== 'rollback') continue;
    if (node.isSuperseded === undefined) {
      const place = `${node.nodeId} ${(node.loop ?? []).join('.')}`;
      if (done.has(place)) broken.push(`${nameOf(execution, node)} was rolled back twice`);
      done.set(place, node);
    }
    const kids = node.children.flatMap((id) => execution.nodes[id] ?? []);
    if (plan.of === 'pipeline') broken.push(...checkReverse(execution, node, kids));
    else {
      const wanted = plan.children.slice(0, kids.length);
      if (kids.some((kid, index) => kid.nodeId !== wanted[index]))
        broken.push(`${nameOf(execution, node)} has its steps in another order`);
    }
    for (const [index, kid] of kids.entries()) {
      const next = kids[index + 1];
      if (next !== undefined && (!isFinal(kid.status) || (kid.endedAt ?? 0) > next.createdAt))
        broken.push(`${nameOf(execution, next)} began before ${nameOf(execution, kid)} had ended`);
    }
  }
  return broken;
}

/** The last stage that ran is undone first. */
function checkReverse(
  execution: Execution,
  rollback: NodeExecution,
  kids: readonly NodeExecution[],
): readonly string[] {
  const root = Object.values(execution.nodes).find(({ parentId }) => parentId === undefined);
  const order = root === undefined ? [] : stagesIn(execution, root);
  const places = kids.map(({ subject }) => order.findIndex(({ id }) => id === subject));
  const name = nameOf(execution, rollback);
  const broken: string[] = [];
  if (places.includes(-1)) broken.push(`${name} undoes something that is no stage`);
  if (places.some((place, index) => index > 0 && place >= (places[index - 1] ?? 0)))
    broken.push(`${name} does not go backwards`);
  return broken;
}

function stagesIn(execution: Execution, node: NodeExecution): readonly NodeExecution[] {
  return node.children.flatMap((id) => {
    const child = execution.nodes[id];
    const kind = child === undefined ? undefined : execution.plan.nodes[child.nodeId]?.kind;
    if (child === undefined || kind === 'rollback') return [];
    return kind === 'stage' ? [child] : stagesIn(execution, child);
  });
}
