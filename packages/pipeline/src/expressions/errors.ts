/**
 * What can be wrong with an expression. Errors are values for callers; inside the language `Failure` carries one to the
 * entry points of evaluate.ts, which catch it: nothing else leaves this room as an exception, but for `Pending`.
 */

/**
 * - `EXPRESSION_SYNTAX`: the text cannot be read.
 * - `EXPRESSION_UNRESOLVED`: a name that must exist does not (pipelines.md §3.3).
 * - `EXPRESSION_FUNCTION`: an unknown method or functor, or a wrong number of arguments.
 * - `EXPRESSION_VALUE`: a value does not fit what is done with it.
 * - `EXPRESSION_LIMIT`: a limit of limits.ts is reached.
 */
export type ExpressionErrorCode =
  | 'EXPRESSION_SYNTAX'
  | 'EXPRESSION_UNRESOLVED'
  | 'EXPRESSION_FUNCTION'
  | 'EXPRESSION_VALUE'
  | 'EXPRESSION_LIMIT';

/** A place in the text that was resolved: UTF-16 offsets, `end` exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export interface ExpressionError {
  readonly code: ExpressionErrorCode;
  /** One sentence for the author. */
  readonly message: string;
  /** The expression it is about, as written, with its delimiters; shortened when long. */
  readonly text: string;
  readonly span: TextSpan;
  /** Where in the tree the leaf lies; empty for a single text. */
  readonly path: readonly (string | number)[];
}

/** Thrown inside the expression language only. `offset` is a place in the text when it is known. */
export class Failure extends Error {
  readonly code: ExpressionErrorCode;
  readonly offset: number | undefined;

  constructor(code: ExpressionErrorCode, message: string, offset?: number) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.offset = offset;
  }
}

/**
 * Thrown where an answer depends on a value that only a later moment can give. Only the scope of a preview holds such values
 * (`laterValue`), so whoever makes one catches this too: `foresee.ts` does.
 */
export class Pending extends Error {
  /** What is waited for, in the words of whoever made the value. */
  readonly waitsFor: string;

  constructor(waitsFor: string) {
    super(`not known before: ${waitsFor}`);
    this.name = 'Pending';
    this.waitsFor = waitsFor;
  }
}

const QUOTE_LENGTH_MAX = 200;

/** Text as quoted in a message: one line, bounded. */
export function shorten(text: string, lengthMax: number = QUOTE_LENGTH_MAX): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}
