/** Syntax checks for editors and for saving: what can be said of a text without an execution. */
import { asError } from './evaluate.ts';
import type { ExpressionError } from './errors.ts';
import { Failure } from './errors.ts';
import { findExpressions } from './lexer.ts';
import { parseSpan } from './parser.ts';
import { parseCondition } from './templates.ts';

/** Each outermost expression of a leaf that cannot be read. */
export function checkText(text: string): readonly ExpressionError[] {
  return findExpressions(text).flatMap((span) => attempt(text, () => parseSpan(text, span)));
}

/** Why a condition cannot be read; empty when it can, and when it is blank. */
export function checkCondition(text: string): readonly ExpressionError[] {
  return text.trim() === '' ? [] : attempt(text, () => parseCondition(text));
}

function attempt(text: string, read: () => unknown): readonly ExpressionError[] {
  try {
    read();
    return [];
  } catch (thrown) {
    if (thrown instanceof Failure) return [asError(thrown, text, [])];
    throw thrown;
  }
}
