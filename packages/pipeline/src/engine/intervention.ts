/** A failed step that waits for a person's decision, and what happens when nobody decides (pipelines.md §4.5). */
import type { FailureAction } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { resolveLeaf } from './evaluation.ts';
import type { Failure, NodeExecution } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { readDuration } from './timeout.ts';
import { makeTimerId } from './timers.ts';
import { valueText } from './value-text.ts';

interface FailedStep {
  readonly status: 'Failed' | 'Expired' | 'ApprovalRejected';
  readonly failure: Failure;
  readonly exitCode?: number;
  readonly outcomes?: NodeExecution['outcomes'];
}

export function awaitIntervention(
  draft: Draft,
  id: NodeExecutionId,
  { timeout, onTimeout }: Extract<FailureAction, { readonly kind: 'ManualIntervention' }>,
  { status, failure, exitCode, outcomes }: FailedStep,
): void {
  const limit =
    timeout.kind === 'fixed' ? { kind: 'resolved' as const, ms: timeout.ms } : lateTimeout(draft, id, timeout.text);
  // The step's own time counts no more: it is over, and waits for somebody.
  draft.cancelTimers(id);
  draft.clearStopping(id);
  draft.update(id, {
    status: 'InterventionWaiting',
    failure,
    intervention: { since: draft.at, onTimeout, failedAs: status },
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(outcomes === undefined ? {} : { outcomes }),
  });
  const ms = limit.kind === 'resolved' ? (limit.ms ?? 0) : 0;
  draft.startTimer(id, makeTimerId(id, 'intervention'), draft.at + ms);
}

function lateTimeout(draft: Draft, id: NodeExecutionId, text: string): ReturnType<typeof readDuration> {
  const leaf = resolveLeaf(draft, id, text);
  return readDuration(leaf.kind === 'error' ? '' : valueText(leaf.value), 'The timeout of the manual intervention');
}

/** What the step had failed as, for the action that is taken now. */
export function failedStep(node: NodeExecution): FailedStep {
  const { intervention, failure, exitCode, outcomes } = node;
  const failedAs = intervention?.failedAs;
  return {
    status: failedAs === 'Expired' || failedAs === 'ApprovalRejected' ? failedAs : 'Failed',
    failure: failure ?? { message: '', types: [] },
    ...(exitCode === undefined ? {} : { exitCode }),
    outcomes,
  };
}
