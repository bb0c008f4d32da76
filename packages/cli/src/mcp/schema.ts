/** What a tool may be called with: JSON Schema for whoever calls, and the check of what comes. */
import { UsageError } from '../command-line/usage-error.ts';
import { suggestLine } from '../command-line/suggest-line.ts';

export interface Property {
  readonly type: 'string' | 'integer' | 'boolean' | 'object' | 'array';
  readonly description: string;
  /** Of `array`: all of them are texts. */
  readonly items?: { readonly type: 'string' };
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: string | number | boolean;
}

export interface InputSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Property>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** @param required - names of those that must be given */
export function schemaOf(
  properties: Readonly<Record<string, Property>>,
  required: readonly string[] = [],
): InputSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** Arguments that fit the schema of their tool. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws UsageError where they do not fit */
  constructor(schema: InputSchema, given: unknown) {
    const values = given ?? {};
    if (!isRecord(values)) throw new UsageError('The arguments are no object.');
    for (const [name, value] of Object.entries(values)) {
      const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
      const known = Object.keys(schema.properties);
      if (property === undefined)
        throw new UsageError(
          `There is no argument "${name}".`,
          `${suggestLine(name, known)}Arguments: ${known.join(', ')}.`,
        );
      const problem = problemOf(value, property);
      if (problem !== undefined) throw new UsageError(`The argument ${name} ${problem}.`);
    }
    const missing = schema.required.filter((name) => values[name] === undefined);
    if (missing.length > 0) throw new UsageError(`Missing: ${missing.join(', ')}.`);
    this.#values = values;
  }

  /** One that is required. */
  need(name: string): string {
    return String(this.#values[name]);
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string, usual: number): number {
    const value = this.#values[name];
    return typeof value === 'number' ? value : usual;
  }

  isOn(name: string): boolean {
    return this.#values[name] === true;
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  object(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#values[name];
    return isRecord(value) ? value : undefined;
  }
}

/** As the end of a sentence about it. */
function problemOf(value: unknown, property: Property): string | undefined {
  const { type, enum: choices, minimum = -Infinity, maximum = Infinity } = property;
  switch (type) {
    case 'string':
      if (typeof value !== 'string') return 'is no text';
      return choices === undefined || choices.includes(value) ? undefined : `is none of ${choices.join(', ')}`;
    case 'integer':
      if (!Number.isInteger(value)) return 'is no whole number';
      return Number(value) >= minimum && Number(value) <= maximum
        ? undefined
        : `is not between ${minimum} and ${maximum}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is neither true nor false';
    case 'object':
      return isRecord(value) ? undefined : 'is no object';
    case 'array':
      return Array.isArray(value) && value.every((each) => typeof each === 'string')
        ? undefined
        : 'is no list of texts';
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
