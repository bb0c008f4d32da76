import type { FinalStatus } from '@bridle/pipeline';

/** What the exit codes of all commands mean. Scripts rely on them: a meaning never changes. */
export const EXIT_CODES = {
  0: 'success (also: failure ignored, skipped)',
  1: 'failed, rejected, or errors were found',
  2: 'used wrongly, or refused before anything started',
  3: 'aborted or expired',
  4: 'not signed in, or not allowed',
  5: 'not found',
  6: 'a person is needed, and there is no terminal to ask on',
  7: 'the time given by --timeout is over',
  8: 'the network or the server failed',
  130: 'stopped by Ctrl-C',
} as const;

export type ExitCode = keyof typeof EXIT_CODES;

/** How a command ends that has followed an execution to its end. */
export function exitCodeOf(status: FinalStatus): ExitCode {
  switch (status) {
    case 'Success':
    case 'IgnoreFailed':
    case 'Skipped':
    case 'Suspended':
      return 0;
    case 'Failed':
    case 'Errored':
    case 'ApprovalRejected':
      return 1;
    case 'Aborted':
    case 'AbortedByFreeze':
    case 'Expired':
      return 3;
  }
}
