/**
 * What a value is while an expression is evaluated: a plain value, or one that holds uses of secrets.
 *
 * - O1 A secret's plaintext is never here. Its use travels as an object, not as text, so that data which merely looks like
 *   `<+secrets.getValue("x")>` cannot become one (S9).
 */
import { Failure } from './errors.ts';
import { CHARACTERS_PER_STEP, ELEMENTS_PER_STEP, STEPS_MAX, VALUE_DEPTH_MAX, VALUE_SIZE_MAX } from './limits.ts';
import type { SecretReference } from './scope.ts';

export type Operand = null | boolean | number | string | SecretText | readonly Operand[] | OperandMap;
export interface OperandMap {
  readonly [key: string]: Operand;
}

/** Text in which secrets are used: at least one part is a reference. */
export class SecretText {
  readonly parts: readonly (string | SecretReference)[];

  constructor(parts: readonly (string | SecretReference)[]) {
    this.parts = parts;
  }
}

/** The text that stands for a secret until its plaintext is put in. It only shows the place: what is meant is noted beside the text. */
export function referenceText({ kind, identifier }: SecretReference): string {
  return kind === 'sealed' ? SEALED_TEXT : `<+secrets.getValue(${JSON.stringify(identifier)})>`;
}

const SEALED_TEXT = '<secret output>';

export function isList(value: unknown): value is readonly Operand[] {
  return Array.isArray(value);
}

export function isMap(value: Operand | undefined): value is OperandMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SecretText);
}

/** The steps one resolution may still take. */
export class Budget {
  private left = STEPS_MAX;

  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new Failure('EXPRESSION_LIMIT', `the expression needs more than ${STEPS_MAX} steps`);
  }

  /** Pays for work on that many characters. */
  spendOn(length: number): void {
    this.spend(1 + length / CHARACTERS_PER_STEP);
  }
}

/** Refuses a value above the limits of size and depth; returns its size in characters, about. */
export function measure(value: Operand, budget: Budget, level = 0): number {
  if (typeof value === 'string') {
    if (value.length > VALUE_SIZE_MAX) throw tooLarge();
    return value.length + 2;
  }
  if (value === null || typeof value !== 'object') return 5;
  if (value instanceof SecretText) return measure(joinParts(value.parts), budget, level);
  if (level >= VALUE_DEPTH_MAX)
    throw new Failure('EXPRESSION_LIMIT', `a value is nested more than ${VALUE_DEPTH_MAX} deep`);
  let size = 2;
  const add = (more: number): void => {
    size += more;
    if (size > VALUE_SIZE_MAX) throw tooLarge();
  };
  if (isList(value)) {
    budget.spend(value.length / ELEMENTS_PER_STEP);
    for (const item of value) add(1 + measure(item, budget, level + 1));
  } else {
    const entries = Object.entries(value);
    budget.spend(entries.length / ELEMENTS_PER_STEP);
    for (const [key, item] of entries) add(key.length + 4 + measure(item, budget, level + 1));
  }
  return size;
}

export function joinParts(parts: SecretText['parts']): string {
  return parts.map((part) => (typeof part === 'string' ? part : referenceText(part))).join('');
}

function tooLarge(): Failure {
  return new Failure('EXPRESSION_LIMIT', `a value is larger than ${VALUE_SIZE_MAX} characters`);
}
