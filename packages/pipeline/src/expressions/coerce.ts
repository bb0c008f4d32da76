/**
 * How values of one kind are read as another, as Java and JEXL do (pipelines.md §3.6).
 *
 * Where ours differ: lists and maps become JSON text (not Java's `[a, b]` and `{k=v}`), and text that is no number is an error
 * where JEXL would silently take 0.
 */
import { Failure, shorten } from './errors.ts';
import { isList, joinParts, measure, SecretText, type Budget, type Operand } from './operands.ts';

/** The text form: `null` becomes `null`, lists and maps their JSON. A secret has none: see `concatenate`. */
export function toText(value: Operand, budget: Budget): string {
  if (typeof value === 'string') return value;
  if (value instanceof SecretText) throw hiddenSecret();
  return value !== null && typeof value === 'object' ? toJson(value, budget) : String(value);
}

/** JSON text of a value within the limits of size and depth. */
export function toJson(value: Operand, budget: Budget): string {
  measure(value, budget);
  return JSON.stringify(value, refuseSecrets);
}

function hiddenSecret(): Failure {
  return new Failure(
    'EXPRESSION_VALUE',
    'the value of a secret is not known here: it can be used as it is or joined with other text',
  );
}

function refuseSecrets(_key: string, value: unknown): unknown {
  if (value instanceof SecretText) throw hiddenSecret();
  return value;
}

/** Joins text forms; uses of secrets stay what they are. */
export function concatenate(values: readonly Operand[], budget: Budget): string | SecretText {
  if (!values.some((value) => value instanceof SecretText))
    return values.map((value) => toText(value, budget)).join('');
  return new SecretText(
    values.flatMap((value) => (value instanceof SecretText ? value.parts : [toText(value, budget)])),
  );
}

/** Text as it is compared and shown: a secret by its reference. */
export function toComparableText(value: Operand, budget: Budget): string {
  return value instanceof SecretText ? joinParts(value.parts) : toText(value, budget);
}

/** null, "", "false" and 0 are false; everything else is true. */
export function toBoolean(value: Operand): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return value !== 0;
    case 'string':
      return value !== '' && value !== 'false';
    default:
      return value !== null;
  }
}

const NUMBER_TEXT = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** The number a value stands for; `undefined` = none. null and "" are 0, true is 1. */
export function findNumber(value: Operand): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string': {
      if (value.trim() === '') return 0;
      const number = value.length <= 400 && NUMBER_TEXT.test(value) ? Number(value) : Number.NaN;
      return Number.isFinite(number) ? number : undefined;
    }
    default:
      return value === null ? 0 : undefined;
  }
}

export function toNumber(value: Operand): number {
  const number = findNumber(value);
  if (number === undefined) throw new Failure('EXPRESSION_VALUE', `a number is needed, not ${describe(value)}`);
  return number;
}

export function isFraction(value: Operand): boolean {
  return typeof value === 'number' ? !Number.isInteger(value) : typeof value === 'string' && /[.eE]/.test(value);
}

/** A value as named in an error. */
export function describe(value: Operand): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'string') return `the text "${shorten(value, 60)}"`;
  if (value instanceof SecretText) return 'a secret';
  return isList(value) ? 'a list' : 'a map';
}
