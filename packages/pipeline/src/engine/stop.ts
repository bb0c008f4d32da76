/** Ending work from outside: abort, timeout, and people who mark what runs as failed. */
import type { Draft, StopOrder } from './draft.ts';
import type { Failure, NodeExecution } from './execution.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { formatMs } from './format-ms.ts';
import { ancestry } from './nodes.ts';
import { runningRollbacks } from './rollback.ts';
import { isFinal, type NodeStatus } from './status.ts';
import { makeTimerId } from './timers.ts';

/** A delegate that was told to stop a step has this long (SIGTERM, grace, SIGKILL, report) before the engine goes on without it. */
export const STOP_GRACE_MS = 60_000;
/** What a rollback still has when the time of its pipeline is over (ADR 21). */
export const ROLLBACK_GRACE_MS = 3_600_000;

/**
 * Tells a node and everything under it to end. What has no running task ends at once; a running task is told to stop and its
 * node waits for the report as `Discontinuing`. Containers end as soon as all in them has ended (E4).
 */
export function stopTree(draft: Draft, id: NodeExecutionId, order: StopOrder): void {
  const node = draft.get(id);
  if (isFinal(node.status)) return;
  const plan = draft.planNode(node.nodeId);
  if (plan.kind === 'rollback' && order.sparesRollbacks === true) return;
  const { isOwn: _, ...below } = order;
  for (const child of node.children) stopTree(draft, child, below);
  if (node.stopping !== undefined) {
    overrule(draft, node, order);
    return;
  }
  const { as, interruptId, isOwn } = order;
  const failure = failureOfStop(draft, node, order);
  draft.update(id, {
    stopping: {
      as,
      at: draft.at,
      ...(interruptId === undefined ? {} : { interruptId }),
      ...(isOwn === true ? { isOwn } : {}),
    },
    ...(failure === undefined ? {} : { failure }),
  });
  const isContainer = plan.kind !== 'step' && !(plan.kind === 'stage' && plan.chain !== undefined);
  if (isContainer || node.children.length > 0) draft.later({ kind: 'settle', id });
  else stopWork(draft, draft.get(id));
}

/** An abort overrules everything that is still being carried out; what holds a node overrules the node's own reason. */
function overrule(draft: Draft, { id, stopping }: NodeExecution, { as, isOwn }: StopOrder): void {
  if (stopping === undefined) return;
  if (as === 'Aborted' || isOwn !== true) draft.disownStopping(id);
  if (as === 'Aborted') draft.update(id, { stopping: { ...draft.get(id).stopping, at: stopping.at, as } });
  draft.later({ kind: 'settle', id });
}

function stopWork(draft: Draft, node: NodeExecution): void {
  const plan = draft.planNode(node.nodeId);
  if (node.status === 'Running') {
    draft.effects.push(
      plan.kind === 'step'
        ? { kind: 'cancelTask', taskId: node.id }
        : {
            kind: 'abortChild',
            nodeExecutionId: node.id,
            ...(node.childExecutionId === undefined ? {} : { childExecutionId: node.childExecutionId }),
          },
    );
    draft.update(node.id, { status: 'Discontinuing' });
    draft.startTimer(node.id, makeTimerId(node.id, 'stop'), draft.at + STOP_GRACE_MS);
    return;
  }
  if (node.status === 'TaskWaiting') draft.effects.push({ kind: 'cancelTask', taskId: node.id });
  endStopped(draft, node.id);
}

/** The node has stopped as it was told to. */
export function endStopped(draft: Draft, id: NodeExecutionId): void {
  const node = draft.get(id);
  const { stopping } = node;
  if (stopping === undefined) return;
  const { as, isOwn } = stopping;
  draft.disownStopping(id);
  const plan = draft.planNode(node.nodeId);
  if (plan.kind === 'step' && plan.stepType === 'Queue' && node.status === 'ResourceWaiting') releasePlace(draft, node);
  if (isOwn === true && (as === 'Expired' || as === 'Failed')) {
    failNode(draft, id, { status: as, failure: node.failure ?? failureOf(`${plan.name} was ended.`) });
  } else {
    draft.end(id, as);
  }
}

function releasePlace(draft: Draft, node: NodeExecution): void {
  for (const { node: holder } of ancestry(draft, node.id)) {
    const hold = holder.holds?.find(({ nodeExecutionId }) => nodeExecutionId === node.id);
    if (hold !== undefined) draft.effects.push({ kind: 'releaseResource', nodeExecutionId: node.id, key: hold.key });
  }
}

/** The pipeline's time is over: rollbacks that are under way have some more. */
export function graceRollbacks(draft: Draft, root: NodeExecutionId): void {
  for (const { id, timers } of runningRollbacks(draft, root)) {
    const grace = makeTimerId(id, 'grace');
    if (!timers.includes(grace)) draft.startTimer(id, grace, draft.at + ROLLBACK_GRACE_MS);
  }
}

function failureOfStop(draft: Draft, node: NodeExecution, { as, interruptId }: StopOrder): Failure | undefined {
  switch (as) {
    case 'Aborted':
      return undefined;
    case 'Expired':
      return timeoutFailure(draft, node, interruptId !== undefined);
    case 'Failed':
      return markedFailure(draft.planNode(node.nodeId).name);
  }
}

function markedFailure(name: string): Failure {
  return failureOf(`${name} was marked as failed.`, 'USER_MARKED_FAILURE');
}

function timeoutFailure(
  draft: Draft,
  { nodeId, timeoutMs, startedAt, status }: NodeExecution,
  isAskedFor: boolean,
): Failure {
  const isOwn = timeoutMs !== undefined && startedAt !== undefined && draft.at - startedAt >= timeoutMs;
  const { name } = draft.planNode(nodeId);
  const message = isOwn
    ? `${name} ran longer than its timeout of ${formatMs(timeoutMs)}.`
    : isAskedFor
      ? `${name} was ended as expired because somebody asked for it.`
      : `${name} was ended because the timeout of what holds it was over.`;
  return failureOf(message, waitsForInput(status) ? 'INPUT_TIMEOUT_FAILURE' : 'TIMEOUT_ERROR');
}

function waitsForInput(status: NodeStatus): boolean {
  return status === 'InputWaiting';
}
