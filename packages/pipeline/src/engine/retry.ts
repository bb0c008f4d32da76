/** Doing something again: another attempt of a node takes the place of the failed one, which stays as history. */
import type { FailureAction } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { resolveLeaf, type Resolved } from './evaluation.ts';
import type { NodeExecutionId } from './ids.ts';
import { createNode } from './nodes.ts';
import { readDuration } from './timeout.ts';
import { makeTimerId } from './timers.ts';
import { valueText } from './value-text.ts';

/** More repetitions than anybody asks for; keeps one failing node from filling an execution. */
export const RETRIES_MAX = 100;

export interface RetryOptions {
  readonly afterMs: number;
  /** Asked for by a failure strategy, and so counted against its limit. */
  readonly isByStrategy: boolean;
}

/** `id` has ended; its successor begins after the pause. */
export function retryNode(draft: Draft, id: NodeExecutionId, { afterMs, isByStrategy }: RetryOptions): void {
  const old = draft.get(id);
  draft.supersede(id);
  const successor = createNode(draft, draft.planNode(old.nodeId), old.parentId, {
    attempt: old.attempt + 1,
    retryIds: [...(old.retryIds ?? []), id],
    retries: (old.retries ?? 0) + (isByStrategy ? 1 : 0),
    ...(old.when === undefined ? {} : { when: old.when }),
    ...(old.inputs === undefined ? {} : { inputs: old.inputs }),
    ...(old.loop === undefined ? {} : { loop: old.loop }),
    ...(old.iteration === undefined ? {} : { iteration: old.iteration }),
    ...(old.subject === undefined ? {} : { subject: old.subject }),
  });
  if (old.parentId !== undefined) {
    const { children } = draft.get(old.parentId);
    draft.update(old.parentId, { children: children.map((child) => (child === id ? successor : child)) });
    draft.later({ kind: 'settle', id: old.parentId });
  }
  draft.update(successor, { startedAt: draft.at });
  if (afterMs > 0 || draft.execution.pause !== undefined) {
    draft.update(successor, { status: 'TimedWaiting' });
    draft.startTimer(successor, makeTimerId(successor, 'retry'), draft.at + afterMs);
  } else {
    draft.later({ kind: 'begin', id: successor });
  }
}

/** The group runs again from its first step, once all that still runs in it has ended. */
export function repeatGroup(draft: Draft, group: NodeExecutionId, afterMs: number): void {
  draft.update(group, { repeat: { afterMs } });
  draft.later({ kind: 'settle', id: group });
}

/** The pause before the next repetition: the n-th interval, the last one for all that follow. */
export function intervalOf(
  draft: Draft,
  id: NodeExecutionId,
  { intervals }: Extract<FailureAction, { readonly kind: 'Retry' | 'RetryStepGroup' }>,
  done: number,
): Resolved<number> {
  const interval = intervals[Math.min(done, intervals.length - 1)];
  if (interval === undefined) return { kind: 'value', value: 0 };
  if (interval.kind === 'fixed') return { kind: 'value', value: interval.ms };
  const leaf = resolveLeaf(draft, id, interval.text);
  if (leaf.kind === 'error') return { kind: 'error', message: `A retry interval cannot be resolved: ${leaf.message}` };
  const duration = readDuration(valueText(leaf.value), 'A retry interval');
  return duration.kind === 'error'
    ? { kind: 'error', message: duration.failure.message }
    : { kind: 'value', value: duration.ms ?? 0 };
}
