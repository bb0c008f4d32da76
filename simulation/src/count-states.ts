import type { Execution, PlanNode } from '@bridle/pipeline';
import type { EventLog } from './event-log.ts';

/** Notes which statuses, constructs and failure actions a transition brought: what never happened was not tested. */
export function countStates(log: EventLog, before: Execution | undefined, after: Execution): void {
  if (before?.status !== after.status) log.count(`status ${after.status}`);
  for (const node of Object.values(after.nodes)) {
    const earlier = before?.nodes[node.id];
    if (earlier === node) continue;
    if (earlier?.status !== node.status) log.count(`status ${node.status}`);
    if (node.advised !== undefined && earlier?.advised?.action !== node.advised.action)
      log.count(`action ${node.advised.action}`);
    const plan = after.plan.nodes[node.nodeId];
    if (earlier === undefined && plan !== undefined) log.count(`construct ${constructOf(plan)}`);
  }
}

function constructOf(plan: PlanNode): string {
  switch (plan.kind) {
    case 'stage':
      return `stage ${plan.stageType}`;
    case 'step':
      return `step ${plan.stepType}`;
    case 'strategy':
      return `loop ${plan.loop.kind} of ${plan.of}`;
    case 'rollback':
      return `rollback of ${plan.of}`;
    default:
      return plan.kind;
  }
}
