import type { PlanNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import type { NodeExecutionId } from './ids.ts';

/** A CI stage has one folder on one delegate for all its steps; its key is the stage's node execution. */
export function workspaceKeyOf(plan: PlanNode, id: NodeExecutionId): string | undefined {
  return plan.kind === 'stage' && plan.stageType === 'CI' ? id : undefined;
}

/** The workspace a step runs in, when its stage has one. */
export function findWorkspaceKey(draft: Draft, id: NodeExecutionId): string | undefined {
  for (let current = draft.find(id); current !== undefined;) {
    const key = workspaceKeyOf(draft.planNode(current.nodeId), current.id);
    if (key !== undefined) return key;
    current = current.parentId === undefined ? undefined : draft.find(current.parentId);
  }
  return undefined;
}
