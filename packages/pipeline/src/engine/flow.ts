/**
 * The order in which nodes start and end.
 *
 * - A sequence (pipeline, stage, step group) starts its next child when the last one is final.
 * - A fork starts all children at once and ends when all are final; none is cancelled because another failed.
 * - What is broken does not stop a sequence: each follower decides by its own `when`, whose default (`Success`) skips it.
 */
import type { PlanNode } from '../plan/plan.ts';
import { assertInvariant } from './assert.ts';
import { aggregateFinal, aggregateLive } from './aggregate.ts';
import { deriveId } from './derive-id.ts';
import type { Draft } from './draft.ts';
import type { Failure, NodeExecution } from './execution.ts';
import { nodeExecutionId, type NodeExecutionId, type NodeId } from './ids.ts';
import { isBroken, isFinal, type FinalStatus } from './status.ts';
import { startStep } from './start-step.ts';
import { resolveTimeout } from './timeout.ts';
import { makeTimerId } from './timers.ts';
import { decideWhen } from './when.ts';
import { workspaceKeyOf } from './workspace.ts';

export function startRoot(draft: Draft): void {
  draft.patchExecution({ status: 'Running', startedAt: draft.at });
  const root = startNode(draft, draft.execution.plan.rootId, undefined);
  settleFrom(draft, root);
}

/**
 * Brings a node and then its ancestors up to date after something below changed: starts what can start, ends what is
 * over, refreshes the statuses of what goes on. `undefined` is above the root.
 */
export function settleFrom(draft: Draft, id: NodeExecutionId | undefined): void {
  let current = id;
  while (current !== undefined) {
    const node = draft.get(current);
    if (!isFinal(node.status)) settle(draft, node.id);
    current = node.parentId;
  }
}

/** Starts a node and whatever below it can start now. The node may be final when this returns (skipped, or unable to start). */
function startNode(draft: Draft, id: NodeId, parent: NodeExecutionId | undefined): NodeExecutionId {
  const plan = draft.planNode(id);
  const node = nodeExecutionId(deriveId(draft.execution.seed, 'node', id, '0'));
  draft.add({
    id: node,
    nodeId: id,
    ...(parent === undefined ? {} : { parentId: parent }),
    attempt: 0,
    status: 'NotStarted',
    createdAt: draft.at,
    children: [],
    outcomes: {},
    timers: [],
  });
  if (parent !== undefined) draft.update(parent, { children: [...draft.get(parent).children, node] });
  const decision = decideWhen(draft, node);
  draft.update(node, { when: decision.record, startedAt: draft.at });
  if (decision.kind === 'skip') draft.end(node, 'Skipped');
  else if (decision.kind === 'error') draft.end(node, 'Failed', { failure: decision.failure });
  else begin(draft, node, plan);
  return node;
}

function begin(draft: Draft, id: NodeExecutionId, plan: PlanNode): void {
  const timeout = resolveTimeout(draft, id);
  if (timeout.kind === 'error') {
    draft.end(id, 'Failed', { failure: timeout.failure });
    return;
  }
  if (timeout.ms !== undefined) {
    draft.update(id, { timeoutMs: timeout.ms });
    draft.startTimer(id, makeTimerId(id, 'timeout'), draft.at + timeout.ms);
  }
  if (plan.kind === 'step') {
    startStep(draft, id, plan);
    return;
  }
  draft.update(id, { status: 'Running' });
  settle(draft, id);
}

/** Brings one container up to date: starts what can start, ends it when all is over, refreshes its status otherwise. */
export function settle(draft: Draft, id: NodeExecutionId): void {
  const plan = draft.planNode(draft.get(id).nodeId);
  if (plan.kind === 'step') return;
  if (plan.kind === 'fork') startAll(draft, id, plan.children);
  else startNext(draft, id, plan.children);
  const node = draft.get(id);
  const children = node.children.map((child) => draft.get(child));
  const isWhole = children.length === plan.children.length || node.stopping !== undefined;
  if (isWhole && children.every((child) => isFinal(child.status))) endContainer(draft, node, children);
  else refresh(draft, node, children);
}

function startAll(draft: Draft, id: NodeExecutionId, children: readonly NodeId[]): void {
  if (draft.get(id).children.length > 0 || draft.get(id).stopping !== undefined) return;
  for (const child of children) startNode(draft, child, id);
}

function startNext(draft: Draft, id: NodeExecutionId, children: readonly NodeId[]): void {
  for (;;) {
    const node = draft.get(id);
    if (node.stopping !== undefined) return;
    const last = node.children.at(-1);
    if (last !== undefined && !isFinal(draft.get(last).status)) return;
    const next = children[node.children.length];
    if (next === undefined) return;
    startNode(draft, next, id);
  }
}

function endContainer(draft: Draft, node: NodeExecution, children: readonly NodeExecution[]): void {
  const status = node.stopping?.as ?? aggregateFinal(children.map((child) => child.status));
  const failure = node.failure ?? firstFailure(children, status);
  draft.end(node.id, status, failure === undefined ? {} : { failure });
  const plan = draft.planNode(node.nodeId);
  const workspaceKey = workspaceKeyOf(plan, node.id);
  if (workspaceKey !== undefined) draft.effects.push({ kind: 'releaseWorkspace', workspaceKey });
  if (node.parentId === undefined) draft.patchExecution({ status, endedAt: draft.at });
}

function firstFailure(children: readonly NodeExecution[], status: FinalStatus): Failure | undefined {
  if (!isBroken(status)) return undefined;
  return children.find((child) => child.status === status)?.failure;
}

function refresh(draft: Draft, node: NodeExecution, children: readonly NodeExecution[]): void {
  const live = node.stopping === undefined ? aggregateLive(children.map((child) => child.status)) : 'Discontinuing';
  if (live !== node.status) draft.update(node.id, { status: live });
  if (node.parentId === undefined && live !== draft.execution.status) draft.patchExecution({ status: live });
  assertInvariant(children.length > 0 || node.stopping !== undefined, `${node.id} goes on without a child`);
}
