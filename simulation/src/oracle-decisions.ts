/** Whether a node had to run: pipelines.md §4.2 with the defaults of its open questions. */
import { isBroken, type Execution, type NodeExecution, type Plan } from '@bridle/pipeline';
import type { Known } from './oracle-facts.ts';
import { isHeldBack, parentOf } from './oracle-places.ts';
import type { SketchCondition } from './sketch.ts';

export type Decision = 'run' | 'skip' | 'fail' | 'unknown';

export function decisionOf(known: Known, execution: Execution, node: NodeExecution): Decision {
  const plan = known.plan.nodes[node.nodeId];
  if (plan === undefined) return 'unknown';
  const parent = parentOf(execution, node);
  const isScript = parent !== undefined && known.plan.nodes[parent.nodeId]?.kind === 'step';
  // A repetition is not asked again.
  if (node.attempt > 0 || isScript) return 'unknown';
  if (node.when === undefined) return neverOpened(known.plan, execution, node, parent);
  if (plan.kind === 'pipeline' || plan.kind === 'fork' || plan.kind === 'rollback') return 'run';
  const item = known.items.get(plan.identifier);
  if (item === undefined) throw new Error(`${plan.fqn} is not in the sketch`);
  // What would be skipped anyway, turn by turn, is not looped at all.
  const holds = statusHolds(item.status, standingBefore(known.plan, execution, node));
  if (!holds) return 'skip';
  return byCondition(plan.kind === 'strategy' ? item.loop?.condition : item.condition);
}

/** A turn of a loop that had no chance: nobody may skip it without a reason. */
function neverOpened(
  plan: Plan,
  execution: Execution,
  node: NodeExecution,
  parent: NodeExecution | undefined,
): Decision {
  if (node.status !== 'Skipped' || parent === undefined) return 'unknown';
  const loop = plan.nodes[parent.nodeId];
  if (loop?.kind !== 'strategy') return 'run';
  const hasBroken = parent.children.some((id) => isBroken(execution.nodes[id]?.status ?? 'NotStarted'));
  if (loop.onFailure === 'SkipQueued' && hasBroken) return 'skip';
  return isHeldBack(execution, plan, parent) ? 'skip' : 'run';
}

function byCondition(condition: SketchCondition | undefined): Decision {
  switch (condition?.truth) {
    case undefined:
    case 'holds':
      return 'run';
    case 'fails':
      return 'skip';
    case 'broken':
      return 'fail';
    case 'unknown':
      return 'unknown';
  }
}

interface Standing {
  isBroken: boolean;
  isRolledBack: boolean;
  isIgnored: boolean;
}

function statusHolds(status: 'Success' | 'Failure' | 'All', before: Standing): boolean {
  if (status === 'All') return true;
  if (status === 'Success') return !before.isBroken && !before.isRolledBack;
  return before.isBroken || before.isIgnored;
}

/** Everything that came before in the same sequences, up to the stage, or to the pipeline for a stage. */
function standingBefore(plan: Plan, execution: Execution, node: NodeExecution): Standing {
  const standing: Standing = { isBroken: false, isRolledBack: false, isIgnored: false };
  let at = node;
  for (let parent = parentOf(execution, at); parent !== undefined; parent = parentOf(execution, at)) {
    const kind = plan.nodes[parent.nodeId]?.kind;
    if (kind !== 'fork' && kind !== 'strategy') {
      for (const id of earlierIn(execution, parent, at)) {
        const sibling = execution.nodes[id];
        if (sibling === undefined) continue;
        if (kind === 'pipeline' && sibling.status === 'IgnoreFailed') standing.isIgnored = true;
        if (!isBroken(sibling.status)) continue;
        if (kind === 'pipeline' && wasRolledBack(plan, execution, sibling)) standing.isRolledBack = true;
        else standing.isBroken = true;
      }
    }
    if (kind === 'stage' || kind === 'rollback' || kind === 'pipeline') break;
    at = parent;
  }
  return standing;
}

/** A later attempt stands where the node stood. */
function earlierIn(execution: Execution, parent: NodeExecution, node: NodeExecution): NodeExecution['children'] {
  const at = parent.children.findIndex((id) => id === node.id || execution.nodes[id]?.retryIds?.includes(node.id));
  return parent.children.slice(0, Math.max(0, at));
}

/** Of a fork or a loop: each stage that is broken. */
function wasRolledBack(plan: Plan, execution: Execution, node: NodeExecution): boolean {
  if (plan.nodes[node.nodeId]?.kind === 'stage') return node.rollback !== undefined;
  const broken = node.children.flatMap((id) => execution.nodes[id] ?? []).filter(({ status }) => isBroken(status));
  return broken.length > 0 && broken.every((child) => wasRolledBack(plan, execution, child));
}
