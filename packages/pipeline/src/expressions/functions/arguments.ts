/** What a method or functor is, and how it reads its arguments. */
import { describe, toNumber, toText } from '../coerce.ts';
import { Failure } from '../errors.ts';
import type { Budget, Operand } from '../operands.ts';

/** A method of values of one kind; `arity` is the least and the most arguments. */
export interface Method<T> {
  readonly arity: readonly [number, number];
  run(target: T, args: Arguments): Operand;
}

export type MethodTable<T> = ReadonlyMap<string, Method<T>>;

export function methodTable<T>(methods: Readonly<Record<string, Method<T>>>): MethodTable<T> {
  return new Map(Object.entries(methods));
}

/** `toString()` of every value: its text form. */
export const TO_STRING: Method<Operand> = { arity: [0, 0], run: (value, args) => toText(value, args.budget) };

/** The evaluated arguments of one call. Reading one of the wrong kind throws `Failure`. */
export class Arguments {
  readonly name: string;
  readonly values: readonly Operand[];
  readonly budget: Budget;

  constructor(name: string, values: readonly Operand[], budget: Budget) {
    this.name = name;
    this.values = values;
    this.budget = budget;
  }

  get count(): number {
    return this.values.length;
  }

  value(index: number): Operand {
    return this.values[index] ?? null;
  }

  text(index: number): string {
    const text = toText(this.value(index), this.budget);
    this.budget.spendOn(text.length);
    return text;
  }

  /** A whole number. */
  integer(index: number): number {
    const value = this.value(index);
    const number = toNumber(value);
    if (!Number.isSafeInteger(number))
      throw new Failure('EXPRESSION_VALUE', `${this.name}() needs a whole number, not ${describe(value)}`);
    return number;
  }

  /** A whole number from 0 to `max`, or a refusal that says so. */
  position(index: number, max: number): number {
    const position = this.integer(index);
    if (position < 0 || position > max) {
      throw new Failure(
        'EXPRESSION_VALUE',
        `${this.name}(): position ${position} is outside the text, which has ${max} characters`,
      );
    }
    return position;
  }
}

export function checkArity(name: string, arity: readonly [number, number], count: number): void {
  const [min, max] = arity;
  if (count >= min && count <= max) return;
  const wanted = min === max ? `${min}` : `${min} to ${max}`;
  throw new Failure(
    'EXPRESSION_FUNCTION',
    `${name}() takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${count}`,
  );
}

/** Joins text forms, each paid for before the result exists. */
export function joinTexts(items: readonly Operand[], separator: string, args: Arguments): string {
  const texts = items.map((item) => {
    const text = toText(item, args.budget);
    args.budget.spendOn(text.length + separator.length);
    return text;
  });
  return texts.join(separator);
}
