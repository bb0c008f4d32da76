/** Ending work from outside: abort and timeout. */
import type { Draft } from './draft.ts';
import type { Failure } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { settle } from './flow.ts';
import { isFinal } from './status.ts';
import { makeTimerId } from './timers.ts';

/** A delegate that was told to stop a step has this long (SIGTERM, grace, SIGKILL, report) before the engine goes on without it. */
export const STOP_GRACE_MS = 60_000;

/**
 * Tells a node and everything under it to end with the given status. What has no running task ends at once; a running task
 * is told to stop and its node waits for the report as `Discontinuing`. Containers end as soon as all in them has ended (E4);
 * the caller settles what is above the node.
 */
export function stopTree(draft: Draft, id: NodeExecutionId, as: 'Aborted' | 'Expired', interruptId?: string): void {
  const node = draft.get(id);
  if (isFinal(node.status)) return;
  for (const child of node.children) stopTree(draft, child, as, interruptId);
  if (node.stopping !== undefined) {
    // An abort overrules a timeout that is still being carried out; nothing overrules an abort.
    if (as === 'Aborted') draft.update(id, { stopping: { ...node.stopping, as } });
    return;
  }
  const stopping = { as, at: draft.at, ...(interruptId === undefined ? {} : { interruptId }) };
  const failure = as === 'Expired' ? { failure: timeoutFailure(draft, id) } : {};
  const isStep = draft.planNode(node.nodeId).kind === 'step';
  draft.update(id, { stopping, ...failure });
  if (!isStep) {
    settle(draft, id);
    return;
  }
  if (node.status === 'Running') {
    draft.effects.push({ kind: 'cancelTask', taskId: id });
    draft.update(id, { status: 'Discontinuing' });
    draft.startTimer(id, makeTimerId(id, 'stop'), draft.at + STOP_GRACE_MS);
    return;
  }
  if (node.status === 'TaskWaiting') draft.effects.push({ kind: 'cancelTask', taskId: id });
  draft.end(id, as);
}

function timeoutFailure(draft: Draft, id: NodeExecutionId): Failure {
  const { nodeId, timeoutMs, startedAt } = draft.get(id);
  const isOwn = timeoutMs !== undefined && startedAt !== undefined && draft.at - startedAt >= timeoutMs;
  const { name } = draft.planNode(nodeId);
  const message = isOwn
    ? `${name} ran longer than its timeout of ${formatMs(timeoutMs)}.`
    : `${name} was ended because the timeout of what holds it was over.`;
  return { message, types: ['TIMEOUT_ERROR'] };
}

function formatMs(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const;
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.length === 0 ? '0ms' : parts.join(' ');
}
