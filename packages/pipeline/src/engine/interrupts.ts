/**
 * What people ask of a running execution (pipelines.md §4.8): abort, pause, resume, and decisions about single nodes. An
 * interrupt that no longer applies changes nothing.
 */
import type { PlainAction } from '../plan/plan.ts';
import { ask } from './custom-approval.ts';
import type { Draft } from './draft.ts';
import { endExecution } from './end-execution.ts';
import type { InterruptRecord, NodeExecution } from './execution.ts';
import { abortExecution, applyAction } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { isAwaitingInputs } from './input-waiting.ts';
import { failedStep } from './intervention.ts';
import { defaultInputs } from './node-inputs.ts';
import { rootOf, subtree } from './nodes.ts';
import { retryNode } from './retry.ts';
import { runningRollbacks } from './rollback.ts';
import { isFinal } from './status.ts';
import { STOP_GRACE_MS } from './stop.ts';
import { makeTimerId } from './timers.ts';

export function interrupt(draft: Draft, record: InterruptRecord): void {
  if (isFinal(draft.execution.status)) return;
  switch (record.type) {
    case 'AbortAll':
    case 'ExpireAll':
      stopAll(draft, record);
      return;
    case 'Pause':
      if (draft.execution.pause === undefined) draft.patchExecution({ pause: record });
      settleRoot(draft);
      return;
    case 'Resume':
      resume(draft);
      return;
    default:
      interruptNode(draft, record);
  }
}

/** The first abort lets rollbacks that are under way go on; a second one stops them too. */
function stopAll(draft: Draft, record: InterruptRecord): void {
  const { execution } = draft;
  const as = record.type === 'AbortAll' ? 'Aborted' : 'Expired';
  const isAgain = execution.abort !== undefined;
  const root = rootOf(draft);
  if (root === undefined) {
    // Still queued: nothing of it has begun.
    draft.patchExecution({ abort: record });
    endExecution(draft, as);
    return;
  }
  if (isAgain && runningRollbacks(draft, root.id).length === 0) return;
  if (as === 'Aborted' && !isAgain) draft.patchExecution({ abort: record });
  draft.later({ kind: 'stop', id: root.id, as, interruptId: record.interruptId, sparesRollbacks: !isAgain });
  if (as === 'Expired') for (const { id } of runningRollbacks(draft, root.id)) draft.later({ kind: 'stop', id, as });
}

function settleRoot(draft: Draft): void {
  for (const node of allNodes(draft)) {
    if (!isFinal(node.status)) draft.later({ kind: 'settle', id: node.id });
  }
}

/** As they stand now: what follows changes them. */
function allNodes(draft: Draft): readonly NodeExecution[] {
  const root = rootOf(draft);
  return root === undefined ? [] : [...subtree(draft, root.id)];
}

function resume(draft: Draft): void {
  if (draft.execution.pause === undefined) return;
  draft.clearPause();
  for (const node of allNodes(draft)) {
    if (isFinal(node.status)) continue;
    if (node.isDue === true) goOn(draft, node);
    else draft.later({ kind: 'settle', id: node.id });
  }
}

/** Its time came while the execution was paused. */
function goOn(draft: Draft, node: NodeExecution): void {
  draft.clearDue(node.id);
  const plan = draft.planNode(node.nodeId);
  if (node.status === 'TimedWaiting') draft.later({ kind: 'begin', id: node.id });
  else if (plan.kind === 'step') ask(draft, node.id, plan);
}

function interruptNode(draft: Draft, record: InterruptRecord): void {
  const node = record.nodeExecutionId === undefined ? undefined : draft.find(record.nodeExecutionId);
  if (node === undefined || isFinal(node.status)) return;
  note(draft, node.id, record);
  if (record.type === 'Abort') {
    if (draft.execution.abort === undefined) draft.patchExecution({ abort: { ...record, type: 'AbortAll' } });
    abortExecution(draft, record.interruptId);
  } else if (isAsked(node)) {
    decide(draft, node, record.type);
  } else if (node.stopping === undefined) {
    steer(draft, node, record);
  }
}

/** It waits for a manual intervention itself, and does not merely show that something in it does. */
function isAsked({ status, intervention }: NodeExecution): boolean {
  return status === 'InterventionWaiting' && intervention !== undefined;
}

/** The answer to a manual intervention. */
function decide(draft: Draft, node: NodeExecution, type: InterruptRecord['type']): void {
  const failing = failedStep(node);
  if (type === 'Retry') {
    draft.end(node.id, failing.status);
    retryNode(draft, node.id, { afterMs: 0, isByStrategy: false });
  } else if (isAnswer(type)) {
    applyAction(draft, node.id, { kind: type }, failing);
  }
}

const ANSWERS: readonly string[] = [
  'Ignore',
  'MarkAsSuccess',
  'MarkAsFailure',
  'StageRollback',
  'StepGroupRollback',
  'PipelineRollback',
] satisfies readonly PlainAction[];

function isAnswer(type: InterruptRecord['type']): type is PlainAction & InterruptRecord['type'] {
  return ANSWERS.includes(type);
}

/** A word about a node that is still at work. */
function steer(draft: Draft, node: NodeExecution, { type, interruptId }: InterruptRecord): void {
  switch (type) {
    case 'MarkAsFailure':
      markAsFailed(draft, node.id, interruptId);
      return;
    case 'MarkAsSuccess':
    case 'Ignore':
      endAs(draft, node, type === 'Ignore' ? 'IgnoreFailed' : 'Success', interruptId);
      return;
    case 'ProceedWithDefaultValues': {
      const inputs = defaultInputs(draft.planNode(node.nodeId));
      if (!isAwaitingInputs(draft, node) || inputs === undefined) return;
      draft.cancelTimers(node.id);
      draft.update(node.id, { inputs });
      draft.later({ kind: 'begin', id: node.id });
      return;
    }
    case 'StageRollback':
      if (draft.planNode(node.nodeId).kind === 'stage') {
        draft.update(node.id, { rollback: { kind: 'stage', causedBy: node.id, at: draft.at } });
        for (const child of node.children) draft.later({ kind: 'stop', id: child, as: 'Failed', interruptId });
        draft.later({ kind: 'settle', id: node.id });
      }
      return;
    default:
  }
}

/** Every step that runs below the node fails by the person's word, each by its own failure strategies; one that asks has its answer. */
function markAsFailed(draft: Draft, id: NodeExecutionId, interruptId: string): void {
  const node = draft.get(id);
  const { children, status, nodeId } = node;
  // A turn of a loop that has no slot yet does not run.
  if (isFinal(status) || status === 'Queued') return;
  if (isAsked(node)) {
    decide(draft, node, 'MarkAsFailure');
  } else if (children.length > 0 && draft.planNode(nodeId).kind !== 'step') {
    for (const child of children) markAsFailed(draft, child, interruptId);
  } else {
    draft.later({ kind: 'stop', id, as: 'Failed', isOwn: true, interruptId });
  }
}

/** Steps only: what a stage comes to is the matter of its steps. */
function endAs(draft: Draft, node: NodeExecution, as: 'Success' | 'IgnoreFailed', interruptId: string): void {
  if (draft.planNode(node.nodeId).kind !== 'step' || node.children.length > 0) return;
  if (node.status !== 'Running') {
    if (node.status === 'TaskWaiting') draft.effects.push({ kind: 'cancelTask', taskId: node.id });
    draft.end(node.id, as);
    return;
  }
  draft.effects.push({ kind: 'cancelTask', taskId: node.id });
  draft.update(node.id, { status: 'Discontinuing', stopping: { as, at: draft.at, interruptId, isOwn: true } });
  draft.startTimer(node.id, makeTimerId(node.id, 'stop'), draft.at + STOP_GRACE_MS);
}

function note(draft: Draft, id: NodeExecutionId, record: InterruptRecord): void {
  draft.update(id, { interrupts: [...(draft.get(id).interrupts ?? []), record] });
}
