/** Where a step of a plan stands. */
import {
  CLONE_STEP,
  nodeExecutionId,
  nodeIdentity,
  type Execution,
  type NodeId,
  type Plan,
  type PlanNode,
  type StageNode,
} from '@bridle/pipeline';

/** The implicit clone of a CI stage. */
export function isCodebaseStep({ kind, identifier }: PlanNode): boolean {
  return kind === 'step' && identifier === CLONE_STEP;
}

export function stageOf(plan: Plan, id: NodeId): StageNode | undefined {
  for (let node = plan.nodes[id]; node !== undefined; node = parentOf(plan, node)) {
    if (node.kind === 'stage') return node;
  }
  return undefined;
}

function parentOf(plan: Plan, { parentId }: PlanNode): PlanNode | undefined {
  return parentId === undefined ? undefined : plan.nodes[parentId];
}

/** The stage around the node clones the codebase. */
export function worksInCodebase(plan: Plan, id: NodeId): boolean {
  const stage = stageOf(plan, id);
  if (stage === undefined) return false;
  return Object.values(plan.nodes).some((node) => isCodebaseStep(node) && stageOf(plan, node.id) === stage);
}

/** All steps that may run, with the script that a `CustomApproval` asks. */
export function stepsOf(plan: Plan): readonly Extract<PlanNode, { readonly kind: 'step' }>[] {
  return Object.values(plan.nodes).filter((node) => node.kind === 'step');
}

/** Identifiers from the stage down to the node, with the turns of loops. */
export function identifiersOf(execution: Pick<Execution, 'plan' | 'nodes'>, id: string): readonly string[] {
  const identifiers: string[] = [];
  for (let node = execution.nodes[nodeExecutionId(id)]; node !== undefined;) {
    const kind = execution.plan.nodes[node.nodeId]?.kind;
    if (kind === 'stage' || kind === 'stepGroup' || kind === 'step') {
      identifiers.unshift(nodeIdentity(execution, node).identifier);
    }
    node = node.parentId === undefined ? undefined : execution.nodes[node.parentId];
  }
  return identifiers;
}
