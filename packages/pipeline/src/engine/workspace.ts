import type { PlanNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { ancestry } from './nodes.ts';

/**
 * A CI stage has one folder on one delegate for all its steps; its key is the stage's node execution. When the pipeline rolls
 * such a stage back its folder is gone, and the rollback has one of its own.
 */
export function workspaceKeyOf(draft: Draft, plan: PlanNode, node: NodeExecution): string | undefined {
  if (plan.kind === 'stage') return plan.stageType === 'CI' ? node.id : undefined;
  if (plan.kind !== 'rollback' || node.subject === undefined) return undefined;
  const stage = draft.planNode(draft.get(node.subject).nodeId);
  return stage.kind === 'stage' && stage.stageType === 'CI' ? node.id : undefined;
}

/** The workspace a step runs in, when its stage has one. */
export function findWorkspaceKey(draft: Draft, id: NodeExecutionId): string | undefined {
  for (const { node, plan } of ancestry(draft, id)) {
    const key = workspaceKeyOf(draft, plan, node);
    if (key !== undefined) return key;
  }
  return undefined;
}
