/** An expectation that does not hold, and how it is said. */
import { valueText } from '../engine/value-text.ts';
import type { Value } from '../expressions/values.ts';
import type { Place } from '../language/diagnostics.ts';
import { fromValue, printInline } from '../language/print-yaml.ts';
import type { Expectation } from './document.ts';

export interface Mismatch {
  /** What was looked at: `stages build`. */
  readonly title: string;
  /** In the test's file. */
  readonly place: Place;
  readonly expected: string;
  readonly actual: string;
  /** More about it, in sentences. */
  readonly message?: string;
  /** What an update writes in its place; absent = nothing can be written. */
  readonly update?: Value;
  /** Where an update writes, if that is more than the place. */
  readonly updated?: Place;
}

/** What stands where an update may write. */
export const UNWRITTEN = 'nothing is written yet';

export function same(
  expectation: Expectation,
  expected: string | number | undefined,
  actual: string | number,
  message?: string,
): Mismatch | undefined {
  if (expected === actual) return undefined;
  const found = mismatch(expectation, expected === undefined ? UNWRITTEN : String(expected), String(actual));
  return { ...found, update: actual, ...(message === undefined ? {} : { message }) };
}

export function open(expectation: Expectation, actual: Value): Mismatch {
  return { ...mismatch(expectation, UNWRITTEN, shown(actual)), update: actual };
}

export function mismatch({ title, node }: Expectation, expected: string, actual: string): Mismatch {
  return { title, place: node, expected, actual };
}

export function shown(value: Value): string {
  return typeof value === 'object' && value !== null ? printInline(fromValue(value, '')) : valueText(value);
}
