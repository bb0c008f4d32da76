/** The CI stage around a step, and what its implicit clone found. */
import type { StageNode } from '../plan/plan.ts';
import type { Value } from '../expressions/values.ts';
import { CLONE_STEP, GIT_CLONE_OUTPUTS, type GitCloneOutputs } from '../steps/git-clone.ts';
import type { Draft } from './draft.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { ancestry } from './nodes.ts';
import { member } from './spec-members.ts';
import { valueText } from './value-text.ts';

export interface CiStage {
  readonly node: NodeExecution;
  readonly plan: StageNode;
}

/** A stage that the pipeline rolls back is the one that its steps belong to. `undefined` in stages of other types. */
export function ciStageAround(draft: Draft, id: NodeExecutionId): CiStage | undefined {
  for (const { node, plan } of ancestry(draft, id)) {
    if (plan.kind !== 'stage' && node.subject === undefined) continue;
    const stage = node.subject === undefined ? node : draft.get(node.subject);
    const stagePlan = draft.planNode(stage.nodeId);
    return stagePlan.kind === 'stage' && stagePlan.stageType === 'CI' ? { node: stage, plan: stagePlan } : undefined;
  }
  return undefined;
}

/** What the clone before the stage's own steps gave out; `undefined` as long as nothing was cloned. */
export function clonedCodebase(draft: Draft, { node }: CiStage): GitCloneOutputs | undefined {
  const clone = node.children
    .map((id) => draft.get(id))
    .findLast(({ nodeId }) => draft.planNode(nodeId).identifier === CLONE_STEP);
  const output = clone?.outcomes['output'];
  return output === undefined ? undefined : readCloneOutputs(output);
}

/** They came over a wire: what is no text is null. */
export function readCloneOutputs(output: Value): GitCloneOutputs {
  const entries = GIT_CLONE_OUTPUTS.map((name): [string, string | null] => {
    const text = valueText(member(output, name));
    return [name, text === '' ? null : text];
  });
  return Object.fromEntries(entries) as GitCloneOutputs;
}
