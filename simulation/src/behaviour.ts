/** What the process of a step does: by the attempts of all that holds it and the turns of its loops, so that each run differs. */
import type { Execution, NodeExecution, NodeExecutionId } from '@bridle/pipeline';
import { namedItems, type SketchNamed, type SketchPipeline, type StepBehaviour } from './sketch.ts';

const items = new WeakMap<SketchPipeline, ReadonlyMap<string, SketchNamed>>();

export function itemsOf(sketch: SketchPipeline): ReadonlyMap<string, SketchNamed> {
  const known = items.get(sketch);
  if (known !== undefined) return known;
  const found = namedItems(sketch.stages);
  items.set(sketch, found);
  return found;
}

export function behaviourAt(
  sketch: SketchPipeline,
  execution: Execution,
  task: NodeExecutionId,
): StepBehaviour | undefined {
  const node = execution.nodes[task];
  if (node === undefined) return undefined;
  const item = itemsOf(sketch).get(execution.plan.nodes[node.nodeId]?.identifier ?? '');
  if (item?.kind !== 'step' && item?.kind !== 'customApproval') return undefined;
  const turns = (node.loop ?? []).reduce((sum, turn) => sum + turn, 0);
  return item.runs[(attemptsAround(execution, node) + turns) % item.runs.length];
}

function attemptsAround(execution: Execution, node: NodeExecution): number {
  const parent = node.parentId === undefined ? undefined : execution.nodes[node.parentId];
  return node.attempt + (parent === undefined ? 0 : attemptsAround(execution, parent));
}
