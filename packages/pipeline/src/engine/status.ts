/**
 * The status vocabulary, spelled as Harness's API prints it, and the rules over it.
 *
 * Invariants (cited by tests):
 * - E1 a node's status path is a path in `STATUS_GRAPH`; exactly one final status; none after it.
 */

/** Every status with its raw engine name (`planExecution.status` and expressions use the raw one). */
export const ENGINE_NAMES = {
  NotStarted: 'NOT_STARTED',
  Queued: 'QUEUED',
  Running: 'RUNNING',
  AsyncWaiting: 'ASYNC_WAITING',
  TaskWaiting: 'TASK_WAITING',
  TimedWaiting: 'TIMED_WAITING',
  WaitStepRunning: 'WAIT_STEP_RUNNING',
  ResourceWaiting: 'RESOURCE_WAITING',
  InterventionWaiting: 'INTERVENTION_WAITING',
  ApprovalWaiting: 'APPROVAL_WAITING',
  InputWaiting: 'INPUT_WAITING',
  QueuedExecutionConcurrencyReached: 'QUEUED_EXECUTION_CONCURRENCY_REACHED',
  Paused: 'PAUSED',
  Pausing: 'PAUSING',
  Discontinuing: 'DISCONTINUING',
  Success: 'SUCCEEDED',
  IgnoreFailed: 'IGNORE_FAILED',
  Skipped: 'SKIPPED',
  Suspended: 'SUSPENDED',
  Failed: 'FAILED',
  Errored: 'ERRORED',
  Expired: 'EXPIRED',
  Aborted: 'ABORTED',
  ApprovalRejected: 'APPROVAL_REJECTED',
  AbortedByFreeze: 'FREEZE_FAILED',
} as const;

export type NodeStatus = keyof typeof ENGINE_NAMES;

export const NODE_STATUSES: readonly NodeStatus[] = Object.keys(ENGINE_NAMES) as NodeStatus[];

const POSITIVE_STATUSES = ['Success', 'IgnoreFailed', 'Skipped', 'Suspended'] as const;
const BROKEN_STATUSES = ['Failed', 'Errored', 'Expired', 'Aborted', 'ApprovalRejected', 'AbortedByFreeze'] as const;

export type FinalStatus = (typeof POSITIVE_STATUSES)[number] | (typeof BROKEN_STATUSES)[number];

const positive: ReadonlySet<NodeStatus> = new Set<NodeStatus>(POSITIVE_STATUSES);
const broken: ReadonlySet<NodeStatus> = new Set<NodeStatus>(BROKEN_STATUSES);

/** Nothing follows a final status. */
export function isFinal(status: NodeStatus): status is FinalStatus {
  return positive.has(status) || broken.has(status);
}

/** What comes after such a node goes on as if all were well. */
export function isPositive(status: NodeStatus): boolean {
  return positive.has(status);
}

/** The node said no, or was ended from outside. */
export function isBroken(status: NodeStatus): boolean {
  return broken.has(status);
}
