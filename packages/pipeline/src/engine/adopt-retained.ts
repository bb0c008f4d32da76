/**
 * A retry from a stage takes over what an earlier execution has done (pipelines.md §4.9): the nodes of its earlier stages, as
 * they ended, so that their outputs can be asked for and their history is kept. Nothing of it runs again.
 */
import type { PlanNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import type { NodeExecution, RetainedNode } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { appendChild, createNode } from './nodes.ts';

export function isRetained(draft: Draft, plan: PlanNode, parent: NodeExecution): boolean {
  return find(draft, plan, parent.loop ?? []) !== undefined;
}

/** Adds the node and all below it under `parent`. */
export function adoptRetained(draft: Draft, plan: PlanNode, parent: NodeExecutionId): void {
  const retained = find(draft, plan, draft.get(parent).loop ?? []);
  if (retained !== undefined) adopt(draft, plan, retained, parent);
}

function adopt(draft: Draft, plan: PlanNode, { state, loop }: RetainedNode, parent: NodeExecutionId): void {
  const { status, attempt, retryIds: _retries, holds: _holds, ...rest } = state;
  const id = createNode(draft, plan, parent, {
    attempt,
    ...(loop === undefined ? {} : { loop }),
    ...(rest.iteration === undefined ? {} : { iteration: rest.iteration }),
  });
  appendChild(draft, parent, id);
  draft.update(id, { ...rest, status });
  for (const child of childrenOf(draft, plan)) {
    if (plan.kind === 'strategy') {
      for (const turn of turnsOf(draft, child, loop ?? [])) adopt(draft, child, turn, id);
    } else {
      const found = find(draft, child, loop ?? []);
      if (found !== undefined) adopt(draft, child, found, id);
    }
  }
}

/** With its rollback, so that what was rolled back then is not rolled back again. */
function childrenOf(draft: Draft, plan: PlanNode): readonly PlanNode[] {
  const children = 'children' in plan ? plan.children : [];
  const rollback = 'rollback' in plan && plan.rollback !== undefined ? [plan.rollback] : [];
  return [...children, ...rollback].map((id) => draft.planNode(id));
}

function find(draft: Draft, { fqn }: PlanNode, loop: readonly number[]): RetainedNode | undefined {
  return draft.execution.retained?.nodes.find((node) => node.fqn === fqn && isSame(node.loop ?? [], loop));
}

function turnsOf(draft: Draft, { fqn }: PlanNode, around: readonly number[]): readonly RetainedNode[] {
  const nodes = draft.execution.retained?.nodes ?? [];
  return nodes
    .filter(
      ({ fqn: other, loop = [] }) => other === fqn && isSame(loop.slice(0, -1), around) && loop.length > around.length,
    )
    .toSorted((one, other) => (one.loop?.at(-1) ?? 0) - (other.loop?.at(-1) ?? 0));
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((turn, index) => turn === other[index]);
}
