/** Nodes that ask for values when they are reached (`.executionInput()`, pipelines.md §2.3). */
import type { PlanNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import type { InputSubmittedEvent } from './events.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { fillDefaults } from './node-inputs.ts';

/** True when the node waits now. The node's own timeout limits the wait. */
export function awaitInputs(draft: Draft, id: NodeExecutionId, { executionInputs = [] }: PlanNode): boolean {
  if (executionInputs.length === 0 || draft.get(id).inputs !== undefined) return false;
  draft.update(id, { status: 'InputWaiting' });
  return true;
}

/** It waits for values of its own, and does not merely show that something in it does. */
export function isAwaitingInputs(draft: Draft, { nodeId, status, inputs }: NodeExecution): boolean {
  const { executionInputs = [] } = draft.planNode(nodeId);
  return status === 'InputWaiting' && executionInputs.length > 0 && inputs === undefined;
}

/** The node's time starts anew: its work begins now. */
export function submitInputs(draft: Draft, { nodeExecutionId, inputs }: InputSubmittedEvent): void {
  const node = draft.find(nodeExecutionId);
  if (node === undefined || !isAwaitingInputs(draft, node)) return;
  const plan = draft.planNode(node.nodeId);
  draft.cancelTimers(node.id);
  draft.update(node.id, { inputs: fillDefaults(plan.executionInputs ?? [], inputs) });
  draft.later({ kind: 'begin', id: node.id });
}
