/**
 * The order in which nodes start and end.
 *
 * - A sequence (pipeline, stage, step group, rollback) starts its next child when the last one is final.
 * - A fork starts all children at once and ends when all are final; none is cancelled because another failed.
 * - A loop starts as many turns as it has slots (loops.ts).
 * - What is broken does not stop a sequence: each follower decides by its own `when`, whose default (`Success`) skips it.
 * - A container that is told to stop, to roll back or to run again starts nothing more; what runs in it ends first.
 */
import type { PlanNode } from '../plan/plan.ts';
import { aggregateFinal, aggregateLive } from './aggregate.ts';
import { adoptRetained, isRetained } from './adopt-retained.ts';
import { assertInvariant } from './assert.ts';
import { meetBarriers } from './barriers.ts';
import { startChain } from './chain.ts';
import { settleCustomApproval } from './custom-approval.ts';
import type { Draft, Todo } from './draft.ts';
import { endExecution } from './end-execution.ts';
import { failNode, failureOf } from './failures.ts';
import { awaitInputs } from './input-waiting.ts';
import { expandLoop, startTurns } from './loops.ts';
import type { Failure, NodeExecution } from './execution.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { appendChild, createNode, rootOf } from './nodes.ts';
import { retryNode } from './retry.ts';
import { isHalted, isPaused, nextRollback, startRollback } from './rollback.ts';
import { startSection } from './sections.ts';
import { isBroken, isFinal, type FinalStatus } from './status.ts';
import { startStep } from './start-step.ts';
import { stopTree } from './stop.ts';
import { resolveTimeout } from './timeout.ts';
import { makeTimerId } from './timers.ts';
import { decideWhen } from './when.ts';
import { workspaceKeyOf } from './workspace.ts';

export function startRoot(draft: Draft): void {
  draft.patchExecution({ status: 'Running', startedAt: draft.at });
  const root = createNode(draft, draft.planNode(draft.execution.plan.rootId), undefined);
  draft.later({ kind: 'open', id: root });
}

/** Does all that follows from the changes so far, until nothing does. */
export function carryOut(draft: Draft): void {
  for (;;) {
    const todo = draft.next();
    if (todo !== undefined) perform(draft, todo);
    else if (!meetBarriers(draft)) return;
  }
}

function perform(draft: Draft, todo: Todo): void {
  const node = draft.get(todo.id);
  if (isFinal(node.status)) return;
  switch (todo.kind) {
    case 'open':
    case 'begin':
      // What was told to end before its turn to begin came never begins.
      if (node.stopping !== undefined) return;
      if (todo.kind === 'open') open(draft, todo.id);
      else begin(draft, todo.id);
      return;
    case 'settle':
      settle(draft, todo.id);
      return;
    case 'stop':
      stopTree(draft, todo.id, todo);
      return;
  }
}

/** Creates a child and lets it decide whether it runs. */
function startChild(draft: Draft, child: NodeId, parent: NodeExecutionId): void {
  const plan = draft.planNode(child);
  if (isRetained(draft, plan, draft.get(parent))) {
    adoptRetained(draft, plan, parent);
    return;
  }
  const id = createNode(draft, plan, parent);
  appendChild(draft, parent, id);
  draft.later({ kind: 'open', id });
}

/** The node may be final when this returns: skipped, or unable to start. */
function open(draft: Draft, id: NodeExecutionId): void {
  const decision = decideWhen(draft, id);
  draft.update(id, { when: decision.record, startedAt: draft.at });
  if (decision.kind === 'skip') draft.end(id, 'Skipped');
  else if (decision.kind === 'error') failNode(draft, id, { status: 'Failed', failure: decision.failure });
  else begin(draft, id);
}

function begin(draft: Draft, id: NodeExecutionId): void {
  const plan = draft.planNode(draft.get(id).nodeId);
  const timeout = resolveTimeout(draft, id);
  if (timeout.kind === 'error') {
    failNode(draft, id, { status: 'Failed', failure: timeout.failure });
    return;
  }
  if (timeout.ms !== undefined) {
    draft.update(id, { timeoutMs: timeout.ms });
    draft.startTimer(id, makeTimerId(id, 'timeout'), draft.at + timeout.ms);
  }
  if (awaitInputs(draft, id, plan)) return;
  switch (plan.kind) {
    case 'step':
      startStep(draft, id, plan);
      return;
    case 'section':
      startSection(draft, id, plan);
      return;
    case 'strategy':
      expandLoop(draft, id, plan);
      return;
    case 'stage':
      if (plan.chain !== undefined) {
        startChain(draft, id, plan, plan.chain);
        return;
      }
      break;
    case 'pipeline':
    case 'stepGroup':
    case 'rollback':
    case 'fork':
      break;
  }
  draft.update(id, { status: 'Running' });
  draft.later({ kind: 'settle', id });
}

/** Brings one container up to date: starts what can start, ends it when all is over, refreshes its status otherwise. */
function settle(draft: Draft, id: NodeExecutionId): void {
  const plan = draft.planNode(draft.get(id).nodeId);
  if (plan.kind === 'section' || (plan.kind === 'stage' && plan.chain !== undefined)) return;
  if (plan.kind === 'step') {
    if (plan.script !== undefined) settleCustomApproval(draft, id, plan);
    return;
  }
  // A container that was told to wait before it began (for inputs, for its turn) has nothing below it yet.
  if (isBeforeItsBegin(draft.get(id))) return;
  const halted = isHalted(draft, id);
  if (!halted && !isPaused(draft)) startMore(draft, id, plan);
  else if (halted && plan.kind === 'strategy') startTurns(draft, id, plan, { isHalted: true });
  const node = draft.get(id);
  const children = node.children.map((child) => draft.get(child));
  const isWhole = halted || isEveryChildThere(draft, node, plan);
  if (isWhole && children.every((child) => isFinal(child.status))) finish(draft, node, plan, children);
  else refresh(draft, node, children);
}

function isBeforeItsBegin({ status, children, stopping }: NodeExecution): boolean {
  const waits =
    status === 'NotStarted' ||
    status === 'Queued' ||
    status === 'InputWaiting' ||
    status === 'TimedWaiting' ||
    status === 'InterventionWaiting';
  return waits && children.length === 0 && stopping === undefined;
}

function startMore(draft: Draft, id: NodeExecutionId, plan: Exclude<PlanNode, { kind: 'step' | 'section' }>): void {
  switch (plan.kind) {
    case 'fork':
      if (draft.get(id).children.length > 0) return;
      for (const child of plan.children) startChild(draft, child, id);
      return;
    case 'strategy':
      startTurns(draft, id, plan, { isHalted: false });
      return;
    case 'rollback':
      if (plan.of === 'pipeline') startNextRollback(draft, id);
      else startNext(draft, id, plan.children);
      return;
    case 'pipeline':
    case 'stage':
    case 'stepGroup':
      startNext(draft, id, plan.children);
      return;
  }
}

function startNext(draft: Draft, id: NodeExecutionId, children: readonly NodeId[]): void {
  for (;;) {
    const node = draft.get(id);
    const last = node.children.at(-1);
    if (last !== undefined && !isFinal(draft.get(last).status)) return;
    const next = children[node.children.length];
    if (next === undefined) return;
    startChild(draft, next, id);
  }
}

/** A pipeline's rollback undoes one stage after the other. */
function startNextRollback(draft: Draft, id: NodeExecutionId): void {
  const last = draft.get(id).children.at(-1);
  if (last !== undefined && !isFinal(draft.get(last).status)) return;
  const next = nextRollback(draft);
  if (next !== undefined) startRollback(draft, id, next);
}

function isEveryChildThere(draft: Draft, node: NodeExecution, plan: PlanNode): boolean {
  switch (plan.kind) {
    case 'strategy':
      return node.iterations !== undefined;
    case 'rollback':
      return plan.of === 'pipeline' ? nextRollback(draft) === undefined : node.children.length === plan.children.length;
    case 'step':
    case 'section':
      return true;
    case 'pipeline':
    case 'stage':
    case 'stepGroup':
    case 'fork':
      return node.children.length >= plan.children.length;
  }
}

/** All in the container has ended: what was asked for meanwhile is done now, then it ends. */
function finish(draft: Draft, node: NodeExecution, plan: PlanNode, children: readonly NodeExecution[]): void {
  const { stopping, repeat } = node;
  if (stopping?.isOwn === true && (stopping.as === 'Expired' || stopping.as === 'Failed')) {
    draft.disownStopping(node.id);
    failNode(draft, node.id, { status: stopping.as, failure: node.failure ?? failureOf(`${plan.name} was ended.`) });
    // Not final: it rolls back first, and comes here again.
    const { status } = draft.get(node.id);
    if (isFinal(status)) afterEnd(draft, node, plan, status);
    return;
  }
  if (repeat !== undefined && stopping === undefined) {
    endContainer(draft, node, plan, aggregateFinal(children.map((child) => child.status)), children);
    retryNode(draft, node.id, { afterMs: repeat.afterMs, isByStrategy: true });
    return;
  }
  if (mayRollBack(draft, node) && startRollback(draft, node.id, node)) return;
  const status = stopping?.as ?? aggregateFinal(children.map((child) => child.status));
  endContainer(draft, node, plan, status, children);
}

/** An end that comes from outside leaves no time for a rollback; the node's own timeout does. */
function mayRollBack(draft: Draft, node: NodeExecution): boolean {
  const { rollback, stopping } = node;
  if (rollback === undefined || stopping?.as === 'Aborted') return false;
  const { kind } = draft.planNode(node.nodeId);
  if (rollback.kind === 'pipeline' ? kind !== 'pipeline' : rollback.kind !== kind) return false;
  return stopping === undefined || rollback.isAfterStop === true;
}

function endContainer(
  draft: Draft,
  node: NodeExecution,
  plan: PlanNode,
  status: FinalStatus,
  children: readonly NodeExecution[],
): void {
  const failure = node.failure ?? firstFailure(children, status);
  draft.end(node.id, status, failure === undefined ? {} : { failure });
  afterEnd(draft, node, plan, status);
}

function afterEnd(draft: Draft, node: NodeExecution, plan: PlanNode, status: FinalStatus): void {
  const workspaceKey = workspaceKeyOf(draft, plan, node);
  if (workspaceKey !== undefined) draft.effects.push({ kind: 'releaseWorkspace', workspaceKey });
  if (node.parentId === undefined) endExecution(draft, status);
}

function firstFailure(children: readonly NodeExecution[], status: FinalStatus): Failure | undefined {
  if (!isBroken(status)) return undefined;
  return children.find((child) => child.status === status)?.failure;
}

function refresh(draft: Draft, node: NodeExecution, children: readonly NodeExecution[]): void {
  const live = liveStatus(draft, node, children);
  if (live !== node.status) draft.update(node.id, { status: live });
  if (node.parentId === undefined && live !== draft.execution.status) draft.patchExecution({ status: live });
  assertInvariant(
    children.length > 0 || node.stopping !== undefined || isPaused(draft),
    `${node.id} goes on without a child`,
  );
}

function liveStatus(draft: Draft, node: NodeExecution, children: readonly NodeExecution[]): NodeExecution['status'] {
  if (node.stopping !== undefined) return 'Discontinuing';
  const statuses = children.map((child) => child.status);
  if (!isPaused(draft)) return aggregateLive(statuses);
  const isIdle = statuses.every((status) => isFinal(status) || status === 'Paused' || status === 'Queued');
  if (isIdle) return 'Paused';
  return node === rootOf(draft) ? 'Pausing' : aggregateLive(statuses);
}
