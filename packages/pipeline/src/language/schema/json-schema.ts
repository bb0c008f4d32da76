/** The part of JSON Schema (draft 2020-12) that the schemas of documents are written in. Whoever reads them needs no more. */
import type { Value } from '../../expressions/values.ts';

export type JsonType = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  /** Only `#/$defs/NAME`. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Value;
  readonly examples?: readonly Value[];
  /** The kind that people mean stands first; what else is accepted follows. */
  readonly type?: readonly JsonType[];
  readonly const?: Value;
  readonly enum?: readonly Value[];
  readonly pattern?: string;
  /** A convention of editors: what to say when `pattern` does not match. A sentence's end, as in `… is "x", which is not a …`. */
  readonly patternErrorMessage?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Absent = anything. */
  readonly additionalProperties?: JsonSchema | false;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
}

/** One schema per key of a reader's list: a key that is new there does not compile until it stands here. */
export type FieldsOf<Keys extends readonly string[]> = Readonly<Record<Keys[number], JsonSchema>>;

const DEFINITIONS = '#/$defs/';

export function reference(name: string): JsonSchema {
  return { $ref: `${DEFINITIONS}${name}` };
}

/** The schema that a `$ref` means. The references of a document's schema always lead somewhere: a test follows them all. */
export function dereference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema;
  while (current.$ref !== undefined) {
    const found: JsonSchema | undefined = root.$defs?.[current.$ref.slice(DEFINITIONS.length)];
    if (found === undefined) return {};
    current = found;
  }
  return current;
}
