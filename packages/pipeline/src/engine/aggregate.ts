/** Status of a parent from its children's (api.md §7.2). */
import { isFinal, type FinalStatus, type NodeStatus } from './status.ts';

/** Worst first: the first one present among the children is the parent's. */
const BROKEN_ORDER = ['Aborted', 'Errored', 'Failed', 'AbortedByFreeze', 'ApprovalRejected', 'Expired'] as const;

/** While nothing runs the most telling wait shows on the parent. */
const WAIT_ORDER = [
  'InterventionWaiting',
  'ApprovalWaiting',
  'InputWaiting',
  'ResourceWaiting',
  'WaitStepRunning',
  'QueuedExecutionConcurrencyReached',
  'Queued',
] as const;

/** The final status of a parent whose children are all final; no children count as `Success`. */
export function aggregateFinal(children: readonly NodeStatus[]): FinalStatus {
  const broken = BROKEN_ORDER.find((status) => children.includes(status));
  if (broken !== undefined) return broken;
  return children.includes('IgnoreFailed') ? 'IgnoreFailed' : 'Success';
}

/** The status of a parent that still has something to do. */
export function aggregateLive(children: readonly NodeStatus[]): NodeStatus {
  const live = children.filter((status) => !isFinal(status));
  if (live.length === 0 || live.some(isRunningKind)) return 'Running';
  return WAIT_ORDER.find((status) => live.includes(status)) ?? (live.includes('Paused') ? 'Paused' : 'Running');
}

function isRunningKind(status: NodeStatus): boolean {
  switch (status) {
    case 'Running':
    case 'AsyncWaiting':
    case 'TaskWaiting':
    case 'TimedWaiting':
    case 'Discontinuing':
    case 'NotStarted':
    case 'Pausing':
      return true;
    default:
      return false;
  }
}
