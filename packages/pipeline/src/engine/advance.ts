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
import type { EngineEvent, InterruptRequestedEvent, TaskCompletedEvent } from './events.ts';
import type { Execution, ExecutionHeader, Failure, NodeExecution } from './execution.ts';
import { settleFrom, startRoot } from './flow.ts';
import type { NodeExecutionId, TimerId } from './ids.ts';
import { isFinal } from './status.ts';
import { stopTree } from './stop.ts';
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
  return draft.finish();
}

/** The fold of E2: the execution rebuilt from its events. */
export function replay(header: ExecutionHeader, createdAt: number, events: readonly EngineEvent[]): Execution {
  return events.reduce((state, event) => advance(state, event).execution, createExecution(header, createdAt));
}

function apply(draft: Draft, event: EngineEvent): void {
  switch (event.kind) {
    case 'executionStarted':
      startRoot(draft);
      return;
    case 'taskStarted': {
      const node = draft.find(event.nodeExecutionId);
      if (node?.status !== 'TaskWaiting') return;
      draft.update(node.id, { status: 'Running', delegate: event.delegate });
      settleFrom(draft, node.parentId);
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
      interrupt(draft, event);
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
    draft.end(node.id, node.stopping.as);
  } else if (outcome.kind === 'cancelled') {
    // A delegate that stops work nobody asked it to stop is going away: its drain ended before the step did.
    draft.end(node.id, 'Failed', {
      failure: { message: 'The delegate stopped this step before it was done.', types: ['DELEGATE_RESTART'] },
    });
  } else {
    const details = {
      ...(outcome.exitCode === undefined ? {} : { exitCode: outcome.exitCode }),
      ...(Object.keys(outcome.outputs).length === 0 ? {} : { outcomes: { output: outcome.outputs } }),
    };
    if (outcome.kind === 'succeeded') draft.end(node.id, 'Success', details);
    else draft.end(node.id, 'Failed', { ...details, failure: outcome.failure });
  }
  settleFrom(draft, node.parentId);
}

function failTask(draft: Draft, id: NodeExecutionId, failure: Failure): void {
  const node = runningTask(draft, id);
  if (node === undefined) return;
  if (node.stopping !== undefined) draft.end(node.id, node.stopping.as);
  else draft.end(node.id, 'Failed', { failure });
  settleFrom(draft, node.parentId);
}

function refuseTask(draft: Draft, id: NodeExecutionId, failure: Failure): void {
  const node = draft.find(id);
  if (node?.status !== 'TaskWaiting') return;
  draft.effects.push({ kind: 'cancelTask', taskId: node.id });
  draft.end(node.id, 'Failed', { failure });
  settleFrom(draft, node.parentId);
}

function fireTimer(draft: Draft, timer: TimerId): void {
  const { nodeExecutionId, purpose } = readTimerId(timer);
  const node = draft.find(nodeExecutionId);
  if (node === undefined || isFinal(node.status) || !node.timers.includes(timer)) return;
  draft.update(node.id, { timers: node.timers.filter((other) => other !== timer) });
  switch (purpose) {
    case 'wait':
      draft.end(node.id, 'Success');
      settleFrom(draft, node.parentId);
      return;
    case 'timeout':
      stopTree(draft, node.id, 'Expired');
      settleFrom(draft, node.id);
      return;
    case 'stop':
      // The delegate never said that it stopped: the node ends without it, and its fence is refused from now on.
      if (node.stopping !== undefined) draft.end(node.id, node.stopping.as);
      settleFrom(draft, node.parentId);
      return;
  }
}

function interrupt(draft: Draft, event: InterruptRequestedEvent): void {
  const { execution } = draft;
  if (isFinal(execution.status) || execution.abort !== undefined) return;
  draft.patchExecution({ abort: event.interrupt });
  const root = Object.values(draft.nodes).find((node) => node.parentId === undefined);
  assertInvariant(root !== undefined, 'a started execution has a root node');
  stopTree(draft, root.id, 'Aborted', event.interrupt.interruptId);
  settleFrom(draft, root.id);
}
