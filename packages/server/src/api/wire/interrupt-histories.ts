import type { InterruptRecord, NodeExecution, PlanNode } from '@bridle/pipeline';
import type { InterruptHistory } from '@bridle/protocol';

/** Of an abort of all only steps tell: what holds them ends because they end. */
export function interruptHistories(
  node: NodeExecution,
  plan: PlanNode,
  { abort }: { readonly abort?: InterruptRecord },
): InterruptHistory[] {
  const own = (node.interrupts ?? []).map((record) => byPerson(record, TYPES[record.type], record.at));
  if (plan.kind !== 'step') return own;
  const isAborted = node.status === 'Aborted' || node.stopping?.as === 'Aborted';
  if (isAborted && abort !== undefined) {
    return [...own, byPerson(abort, 'ABORT_ALL', node.stopping?.at ?? node.endedAt ?? abort.at)];
  }
  if (node.stopping?.as !== 'Expired') return own;
  const issuedBy = { issueTime: String(node.stopping.at), timeoutIssuer: { timeoutInstanceId: node.id } };
  const expired = { interruptId: node.id, tookEffectAt: node.stopping.at, interruptType: 'MARK_EXPIRED' };
  return [...own, { ...expired, interruptConfig: { issuedBy } }];
}

/** The engine names of api.md §6.10. */
const TYPES: Readonly<Record<InterruptRecord['type'], string>> = {
  AbortAll: 'ABORT_ALL',
  ExpireAll: 'EXPIRE_ALL',
  Pause: 'PAUSE',
  Resume: 'RESUME',
  Abort: 'ABORT',
  Ignore: 'IGNORE',
  MarkAsSuccess: 'MARK_SUCCESS',
  MarkAsFailure: 'MARK_FAILED',
  Retry: 'RETRY',
  StageRollback: 'NEXT_STEP',
  StepGroupRollback: 'NEXT_STEP',
  PipelineRollback: 'NEXT_STEP',
  ProceedWithDefaultValues: 'PROCEED_WITH_DEFAULT',
};

function byPerson(record: InterruptRecord, interruptType: string, tookEffectAt: number): InterruptHistory {
  const { userId, name, email } = record.by;
  return {
    interruptId: record.interruptId,
    tookEffectAt,
    interruptType,
    interruptConfig: {
      issuedBy: {
        issueTime: String(record.at),
        manualIssuer: { email_id: email, user_id: userId, type: 'USER', identifier: name },
      },
    },
  };
}
