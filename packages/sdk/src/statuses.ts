/** What the statuses of executions and their nodes mean. A word that is not known here is none of these: it is under way. */
import type { ExecutionStatus } from './wire/schemas.ts';

const GOOD: ReadonlySet<string> = new Set(['Success', 'IgnoreFailed', 'Skipped', 'Suspended']);
const BAD: ReadonlySet<string> = new Set([
  'Failed',
  'Errored',
  'Expired',
  'Aborted',
  'ApprovalRejected',
  'AbortedByFreeze',
]);
const WAITING: ReadonlySet<string> = new Set(['ApprovalWaiting', 'InterventionWaiting', 'InputWaiting']);

/** It will not change any more. */
export function isFinal(status: ExecutionStatus): boolean {
  return GOOD.has(status) || BAD.has(status);
}

/** It ended otherwise than well: failed, but also aborted, expired or rejected. */
export function isFailed(status: ExecutionStatus): boolean {
  return BAD.has(status);
}

/** It goes on only after somebody has decided or given something. */
export function isWaiting(status: ExecutionStatus): boolean {
  return WAITING.has(status);
}
