import type { ExitCode } from './exit-codes.ts';

/** How a command may end that could not be carried out; 1 and 3 are for what was carried out and went badly. */
type RefusalCode = Exclude<ExitCode, 0 | 1 | 3 | 130>;

/** The command cannot be carried out as it was given: a sentence for its user, and the next step where one is known. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;
  readonly exitCode: RefusalCode;

  /** @param exitCode - other than 2 when the words were right: 5 when what was named is not there, 8 when the server fails, … */
  constructor(message: string, hint?: string, exitCode: RefusalCode = 2) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
