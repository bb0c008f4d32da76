/** Keys and words of a test of a pipeline (`*.test.yaml`): said once for its reader and its schema. */
import { ERROR_NAMES, type ErrorName } from './node-parts.ts';

const GIVEN_KEYS = [
  'inputs',
  'inputSets',
  'secrets',
  'event',
  'trigger',
  'startAt',
  'strict',
  'mocks',
  'answers',
] as const;
export const TEST_KEYS = ['pipeline', 'cases', ...GIVEN_KEYS] as const;
export const TEST_CASE_KEYS = ['name', ...GIVEN_KEYS, 'stages', 'interrupts', 'expect'] as const;
export const MOCK_KEYS = [
  'step',
  'stage',
  'attempt',
  'iteration',
  'status',
  'errorType',
  'message',
  'exitCode',
  'outputs',
  'duration',
] as const;
export const ANSWER_KEYS = [
  'step',
  'stage',
  'attempt',
  'iteration',
  'action',
  'after',
  'by',
  'comments',
  'inputs',
] as const;
export const TEST_INTERRUPT_KEYS = ['action', 'after', 'step', 'stage', 'by'] as const;
export const EXPECT_KEYS = [
  'status',
  'stages',
  'steps',
  'skipped',
  'notRun',
  'rollback',
  'attempts',
  'turns',
  'failure',
  'failures',
  'values',
  'resolved',
  'environment',
  'duration',
  'refused',
] as const;
export const DURATION_LIMIT_KEYS = ['atLeast', 'atMost'] as const;

/** What a mocked step comes to; one that hangs is ended by its timeout. */
export const MOCK_STATUSES = ['Success', 'Failed', 'Hangs'] as const;
/** What a failed step may have failed of: the errors that failure strategies name, as far as a single failure is of that kind. */
export const MOCK_ERRORS: readonly ErrorName[] = ERROR_NAMES.filter(
  (name) => name !== 'AllErrors' && name !== 'RetryableTransientFailure',
);

/** Final statuses, and the one of what never began. */
export const EXPECTED_STATUSES = [
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
  'NotStarted',
] as const;
export type ExpectedStatus = (typeof EXPECTED_STATUSES)[number];

export const ROLLBACK_WORDS = ['StageRollback', 'StepGroupRollback', 'PipelineRollback', 'None'] as const;

/** What people do about a step that waits: an approval, execution inputs, a manual intervention. */
export const ANSWER_ACTIONS = [
  'Approve',
  'Reject',
  'Submit',
  'Abort',
  'Ignore',
  'MarkAsSuccess',
  'MarkAsFailure',
  'Retry',
  'StageRollback',
  'StepGroupRollback',
  'PipelineRollback',
  'ProceedWithDefaultValues',
] as const;
/** What people do to an execution, or to a step of it, whether it waits or not. */
export const TEST_INTERRUPTS = [
  'AbortAll',
  'ExpireAll',
  'Pause',
  'Resume',
  'Abort',
  'MarkAsSuccess',
  'MarkAsFailure',
  'Ignore',
  'StageRollback',
] as const;
