/** The operators on values: what `==`, `<`, `=~`, `+` and their kin mean (pipelines.md §3.6). */
import type { ArithmeticOperator, ComparisonOperator } from './ast.ts';
import {
  concatenate,
  describe,
  findNumber,
  isFraction,
  toBoolean,
  toComparableText,
  toNumber,
  toText,
} from './coerce.ts';
import { Failure } from './errors.ts';
import { matchesWhole } from './functions/regular-expressions.ts';
import { RANGE_LENGTH_MAX } from './limits.ts';
import { isList, isMap, SecretText, type Budget, type Operand } from './operands.ts';

export function compare(operator: ComparisonOperator, left: Operand, right: Operand, budget: Budget): boolean {
  switch (operator) {
    case '==':
      return areEqual(left, right, budget);
    case '!=':
      return !areEqual(left, right, budget);
    case '<':
      return order(left, right, operator) < 0;
    case '>':
      return order(left, right, operator) > 0;
    case '<=':
      return areSame(left, right) || order(left, right, operator) <= 0;
    case '>=':
      return areSame(left, right) || order(left, right, operator) >= 0;
    case '=~':
      return matches(left, right, budget);
    case '!~':
      return !matches(left, right, budget);
    case '=^':
      return hasEdge(left, right, 'startsWith', budget);
    case '!^':
      return !hasEdge(left, right, 'startsWith', budget);
    case '=$':
      return hasEdge(left, right, 'endsWith', budget);
    case '!$':
      return !hasEdge(left, right, 'endsWith', budget);
  }
}

/** Equal only to null: null. With a boolean: as booleans. With a number: as numbers. Otherwise as text; lists and maps by content. */
export function areEqual(left: Operand, right: Operand, budget: Budget): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === 'boolean' || typeof right === 'boolean') return toBoolean(left) === toBoolean(right);
  if (typeof left === 'number' || typeof right === 'number') {
    const [leftNumber, rightNumber] = [findNumber(left), findNumber(right)];
    return leftNumber !== undefined && leftNumber === rightNumber;
  }
  const leftText = toComparableText(left, budget);
  const rightText = toComparableText(right, budget);
  budget.spendOn(Math.min(leftText.length, rightText.length));
  return leftText === rightText;
}

function areSame(left: Operand, right: Operand): boolean {
  return left === null && right === null;
}

/** Negative, 0 or positive; NaN when one side is null, so that no order holds. Text that is no number has no order. */
function order(left: Operand, right: Operand, operator: string): number {
  if (left === null || right === null) return Number.NaN;
  const [leftNumber, rightNumber] = [findNumber(left), findNumber(right)];
  if (leftNumber === undefined || rightNumber === undefined) {
    const culprit = leftNumber === undefined ? left : right;
    throw new Failure('EXPRESSION_VALUE', `"${operator}" compares numbers, and ${describe(culprit)} is none`);
  }
  return leftNumber - rightNumber;
}

/** `=~`: with text on the right a regular expression for the whole of the left; with a list or map: is in it. */
function matches(left: Operand, right: Operand, budget: Budget): boolean {
  if (isList(right)) return isMember(left, right, budget);
  if (isMap(right)) return Object.hasOwn(right, toText(left, budget));
  if (left === null || right === null) return left === right;
  return matchesWhole(toText(right, budget), toText(left, budget), budget);
}

export function isMember(value: Operand, list: readonly Operand[], budget: Budget): boolean {
  return positionIn(value, list, budget) !== -1;
}

export function positionIn(value: Operand, list: readonly Operand[], budget: Budget): number {
  budget.spend(list.length);
  return list.findIndex((item) => areEqual(item, value, budget));
}

function hasEdge(left: Operand, right: Operand, edge: 'startsWith' | 'endsWith', budget: Budget): boolean {
  if (left === null || right === null) return left === right;
  const part = toText(right, budget);
  budget.spendOn(part.length);
  return toText(left, budget)[edge](part);
}

export function calculate(
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
  isFloat: boolean,
  budget: Budget,
): Operand {
  if (operator === '+') return add(left, right, budget);
  const [a, b] = [toNumber(left), toNumber(right)];
  if (operator === '-') return finite(a - b);
  if (operator === '*') return finite(a * b);
  if (b === 0) throw new Failure('EXPRESSION_VALUE', 'a number is divided by zero');
  if (operator === '%') return finite(a % b);
  // As in Java: whole numbers divide to whole numbers.
  return finite(isFloat || isFraction(left) || isFraction(right) ? a / b : Math.trunc(a / b));
}

/** Two texts are joined; anything else is added when both sides are numbers, and joined otherwise (null as nothing). */
function add(left: Operand, right: Operand, budget: Budget): Operand {
  const areTexts =
    (typeof left === 'string' || left instanceof SecretText) &&
    (typeof right === 'string' || right instanceof SecretText);
  if (!areTexts) {
    const [a, b] = [findNumber(left), findNumber(right)];
    if (a !== undefined && b !== undefined) return finite(a + b);
  }
  return concatenate([left ?? '', right ?? ''], budget);
}

export function negate(value: Operand): number {
  return 0 - toNumber(value);
}

export function range(left: Operand, right: Operand): readonly number[] {
  const [from, to] = [Math.trunc(toNumber(left)), Math.trunc(toNumber(right))];
  const length = Math.abs(to - from) + 1;
  if (length > RANGE_LENGTH_MAX)
    throw new Failure('EXPRESSION_LIMIT', `a range has more than ${RANGE_LENGTH_MAX} elements`);
  return Array.from({ length }, (_, index) => (from <= to ? from + index : from - index));
}

/** null, "", and lists and maps without elements. */
export function isEmpty(value: Operand): boolean {
  return sizeOf(value) === 0;
}

export function sizeOf(value: Operand): number {
  if (value === null) return 0;
  if (typeof value === 'string' || isList(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : 1;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Failure('EXPRESSION_VALUE', 'the result is too large for a number');
  return value;
}
