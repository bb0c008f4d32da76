/** The statuses of executions and their nodes as the API prints them (api.md §7.1). A test of the server keeps them equal to the engine's. */
import { Type, type Static } from 'typebox';

export const EXECUTION_STATUSES = [
  'NotStarted',
  'Queued',
  'Running',
  'AsyncWaiting',
  'TaskWaiting',
  'TimedWaiting',
  'WaitStepRunning',
  'ResourceWaiting',
  'InterventionWaiting',
  'ApprovalWaiting',
  'InputWaiting',
  'QueuedExecutionConcurrencyReached',
  'Paused',
  'Pausing',
  'Discontinuing',
  'Success',
  'IgnoreFailed',
  'Skipped',
  'Suspended',
  'Failed',
  'Errored',
  'Expired',
  'Aborted',
  'ApprovalRejected',
  'AbortedByFreeze',
] as const;

export const ExecutionStatus = Type.Enum(EXECUTION_STATUSES);
export type ExecutionStatus = Static<typeof ExecutionStatus>;
