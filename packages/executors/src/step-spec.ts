/** Reading a step's spec, which came over a wire: every accessor checks what it takes and says what is wrong with it. */
import type { Value } from '@bridle/pipeline';

/** The spec does not have the shape its step type needs. The text is for the step's author. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
}

export type SpecObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown, what: string): SpecObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SpecError(`${what} is not an object.`);
  return value as SpecObject;
}

/** A text; numbers and booleans are written out. `undefined` for a missing or null value. */
export function textOf(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return JSON.stringify(value);
  throw new SpecError(`${what} is not a text.`);
}

/** A list of objects; missing or null = empty. */
export function listOf(value: unknown, what: string): readonly SpecObject[] {
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw new SpecError(`${what} is not a list.`);
  return value.map((item, index) => asObject(item, `${what}[${index}]`));
}

/** Variables as a map of names to values. */
export function variableMap(value: unknown, what: string): Record<string, string> {
  if (value === undefined || value === null || value === '') return {};
  const found: Record<string, string> = {};
  for (const [name, item] of Object.entries(asObject(value, what))) found[name] = textOf(item, `${what}.${name}`) ?? '';
  return found;
}

/** Variables as a list of `{ name, value }`. */
export function variableList(value: unknown, what: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const item of listOf(value, what)) {
    const name = textOf(item['name'], `${what}.name`);
    if (name === undefined || name === '') throw new SpecError(`A variable of ${what} has no name.`);
    found[name] = textOf(item['value'], `${what}.${name}`) ?? '';
  }
  return found;
}

export interface DeclaredOutput {
  /** What expressions call it. */
  readonly name: string;
  /** The variable or program it is taken from; `undefined` when not written. */
  readonly value: string | undefined;
  /** `type: Secret`: it leaves the delegate sealed only, and must not be empty. */
  readonly isSecret: boolean;
}

export function declaredOutputs(value: unknown): readonly DeclaredOutput[] {
  return listOf(value, 'outputVariables').map((item) => {
    const name = textOf(item['name'], 'outputVariables.name');
    if (name === undefined || name === '') throw new SpecError('An output variable has no name.');
    const from = textOf(item['value'], `outputVariables.${name}`);
    return { name, value: from === '' ? undefined : from, isSecret: item['type'] === 'Secret' };
  });
}

/** Output variables as the engine stores them. */
export function outputVariables(values: ReadonlyMap<string, string>): Readonly<Record<string, Value>> {
  return { outputVariables: Object.fromEntries(values) };
}
