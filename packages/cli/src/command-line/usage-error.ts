/** The command cannot be carried out as it was given: a sentence for its user, and the next step where one is known. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;
  readonly exitCode: 2 | 5;

  /** @param exitCode - 5 when what was named is not there */
  constructor(message: string, hint?: string, exitCode: 2 | 5 = 2) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
