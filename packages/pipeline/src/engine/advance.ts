/**
 * The engine: one pure function that applies one event to one execution.
 *
 * It owns the order in which nodes start and end, and nothing else: no clock, no I/O, no randomness. What it wants done it
 * returns as effects; what was done comes back as events.
 *
 * Invariants:
 * - E1 a node's status moves along the status graph; exactly one final status; none after it (draft.ts refuses anything else).
 * - E2 every event raises `version` by one, also an event that no longer applies; state = fold of `advance` over the events.
 * - E3 effects are returned with the state that caused them, so that they are saved together.
 * - E4 a parent ends only after all its children.
 * - A node that was told to end ends as it was told, whatever its task reports in the meantime.
 */
import { assertInvariant } from './assert.ts';
import { Draft } from './draft.ts';
import type { Effect } from './effects.ts';
import { autoApprove, decideApproval } from './approvals.ts';
import { childEnded, childRefused, childStarted } from './chain.ts';
import { askAgain } from './custom-approval.ts';
import type { EngineEvent, TaskCompletedEvent } from './events.ts';
import type { Execution, ExecutionHeader, Failure, NodeExecution } from './execution.ts';
import { applyAction, failNode } from './failures.ts';
import { carryOut, startRoot } from './flow.ts';
import type { NodeExecutionId, TimerId } from './ids.ts';
import { submitInputs } from './input-waiting.ts';
import { failedStep } from './intervention.ts';
import { interrupt } from './interrupts.ts';
import { resourceAcquired } from './queues.ts';
import { isPaused } from './rollback.ts';
import { readStepOutcomes } from './step-outcomes.ts';
import { isFinal } from './status.ts';
import { endStopped, graceRollbacks } from './stop.ts';
import { readTimerId } from './timers.ts';

export interface Advance {
  readonly execution: Execution;
  readonly effects: readonly Effect[];
}

/** An execution to which nothing has happened yet (version 0). */
export function createExecution(header: ExecutionHeader, createdAt: number): Execution {
  return { ...header, version: 0, status: 'NotStarted', createdAt, nodes: {} };
}

/** Applies one event. Events that no longer apply (late, doubled) change nothing but `version`. */
export function advance(execution: Execution, event: EngineEvent): Advance {
  assertInvariant(
    (execution.version === 0) === (event.kind === 'executionStarted'),
    `E2: executionStarted is the first event and only the first, not ${event.kind} after ${execution.version}`,
  );
  const draft = new Draft(execution, event.at);
  apply(draft, event);
  carryOut(draft);
  return draft.finish();
}

/** The fold of E2: the execution rebuilt from its events. */
export function replay(header: ExecutionHeader, createdAt: number, events: readonly EngineEvent[]): Execution {
  return events.reduce((state, event) => advance(state, event).execution, createExecution(header, createdAt));
}

function apply(draft: Draft, event: EngineEvent): void {
  switch (event.kind) {
    case 'executionStarted':
      if (event.isQueued === true) draft.patchExecution({ status: 'QueuedExecutionConcurrencyReached' });
      else startRoot(draft);
      return;
    case 'executionAdmitted':
      if (draft.execution.status === 'QueuedExecutionConcurrencyReached') startRoot(draft);
      return;
    case 'taskStarted': {
      const node = draft.find(event.nodeExecutionId);
      if (node?.status === 'TaskWaiting') draft.update(node.id, { status: 'Running', delegate: event.delegate });
      return;
    }
    case 'taskCompleted':
      completeTask(draft, event);
      return;
    case 'taskLost':
      failTask(draft, event.nodeExecutionId, { message: event.reason, types: ['DELEGATE_RESTART'] });
      return;
    case 'taskUnassignable':
      refuseTask(draft, event.nodeExecutionId, { message: event.reason, types: ['DELEGATE_PROVISIONING'] });
      return;
    case 'timerFired':
      fireTimer(draft, event.timerId);
      return;
    case 'interruptRequested':
      interrupt(draft, event.interrupt);
      return;
    case 'approvalDecided':
      decideApproval(draft, event);
      return;
    case 'inputSubmitted':
      submitInputs(draft, event);
      return;
    case 'resourceAcquired':
      resourceAcquired(draft, event.nodeExecutionId);
      return;
    case 'childStarted':
      childStarted(draft, event);
      return;
    case 'childRefused':
      childRefused(draft, event);
      return;
    case 'childEnded':
      childEnded(draft, event);
      return;
  }
}

/** Only a node whose task runs can hear of its end. */
function runningTask(draft: Draft, id: NodeExecutionId): NodeExecution | undefined {
  const node = draft.find(id);
  return node?.status === 'Running' || node?.status === 'Discontinuing' ? node : undefined;
}

function completeTask(draft: Draft, event: TaskCompletedEvent): void {
  const node = runningTask(draft, event.nodeExecutionId);
  if (node === undefined) return;
  const { outcome } = event;
  if (node.stopping !== undefined) {
    endStopped(draft, node.id);
    return;
  }
  if (outcome.kind === 'cancelled') {
    // A delegate that stops work nobody asked it to stop is going away: its drain ended before the step did.
    failTask(draft, node.id, {
      message: 'The delegate stopped this step before it was done.',
      types: ['DELEGATE_RESTART'],
    });
    return;
  }
  const read = readStepOutcomes(draft, node, outcome.outputs, outcome.secretOutputs);
  const details = {
    ...(outcome.exitCode === undefined ? {} : { exitCode: outcome.exitCode }),
    ...(Object.keys(read.outcomes).length === 0 ? {} : { outcomes: read.outcomes }),
  };
  if (outcome.kind === 'failed') failNode(draft, node.id, { status: 'Failed', failure: outcome.failure, ...details });
  else if (read.failure !== undefined)
    failNode(draft, node.id, { status: 'Failed', failure: read.failure, ...details });
  else draft.end(node.id, 'Success', details);
}

function failTask(draft: Draft, id: NodeExecutionId, failure: Failure): void {
  const node = runningTask(draft, id);
  if (node === undefined) return;
  if (node.stopping !== undefined) endStopped(draft, node.id);
  else failNode(draft, node.id, { status: 'Failed', failure });
}

function refuseTask(draft: Draft, id: NodeExecutionId, failure: Failure): void {
  const node = draft.find(id);
  if (node?.status !== 'TaskWaiting') return;
  draft.effects.push({ kind: 'cancelTask', taskId: node.id });
  failNode(draft, node.id, { status: 'Failed', failure });
}

function fireTimer(draft: Draft, timer: TimerId): void {
  const { nodeExecutionId, purpose } = readTimerId(timer);
  const node = draft.find(nodeExecutionId);
  if (node === undefined || isFinal(node.status) || !node.timers.includes(timer)) return;
  draft.update(node.id, { timers: node.timers.filter((other) => other !== timer) });
  switch (purpose) {
    case 'wait':
      draft.end(node.id, 'Success');
      return;
    case 'timeout':
      if (node.parentId === undefined) graceRollbacks(draft, node.id);
      draft.later({ kind: 'stop', id: node.id, as: 'Expired', isOwn: true, sparesRollbacks: true });
      return;
    case 'stop':
      // The delegate never said that it stopped: the node ends without it, and its fence is refused from now on.
      endStopped(draft, node.id);
      return;
    case 'retry':
      if (isPaused(draft)) draft.update(node.id, { isDue: true });
      else draft.later({ kind: 'begin', id: node.id });
      return;
    case 'intervention':
      if (node.intervention !== undefined) applyAction(draft, node.id, node.intervention.onTimeout, failedStep(node));
      return;
    case 'poll':
      askAgain(draft, node.id);
      return;
    case 'autoApprove':
      autoApprove(draft, node.id);
      return;
    case 'grace':
      draft.later({ kind: 'stop', id: node.id, as: 'Expired' });
      return;
  }
}
