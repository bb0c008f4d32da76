/**
 * What a schema says about one place of a document that may still be half written: for completion and explanations in
 * editors. Branches are chosen by what the document says so far.
 */
import type { Value } from '../../expressions/values.ts';
import { fitsSchema } from './check-by-schema.ts';
import { dereference, type JsonSchema, type JsonType } from './json-schema.ts';

/** Keys and indices from the root of the document. */
export type SchemaPath = readonly (string | number)[];

export interface SchemaPlace {
  readonly description?: string;
  readonly default?: Value;
  readonly examples: readonly Value[];
  /** Words that may stand here; `true` and `false` for a flag. */
  readonly words: readonly string[];
  /** What is usually written here. */
  readonly kind?: JsonType;
  /** Keys of a map, in the order in which they are usually written. */
  readonly keys: readonly SchemaKey[];
}

export interface SchemaKey {
  readonly key: string;
  readonly isRequired: boolean;
  readonly description?: string;
  readonly kind?: JsonType;
}

/** `undefined` = the schema knows nothing of the place. */
export function lookUp(root: JsonSchema, document: Value, path: SchemaPath): SchemaPlace | undefined {
  let schemas = applicable([root], document, root);
  let value: Value | undefined = document;
  for (const step of path) {
    value = childOf(value, step);
    schemas = applicable(childSchemas(schemas, step), value, root);
    if (schemas.length === 0) return undefined;
  }
  return toPlace(schemas, root);
}

function childOf(value: Value | undefined, step: string | number): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? (value as readonly Value[])[step] : undefined;
  const map = value as { readonly [key: string]: Value };
  return typeof step === 'string' && Object.hasOwn(map, step) ? map[step] : undefined;
}

function childSchemas(schemas: readonly JsonSchema[], step: string | number): readonly JsonSchema[] {
  return schemas.flatMap(({ properties = {}, additionalProperties, items }) => {
    if (typeof step === 'number') return items === undefined ? [] : [items];
    const property = Object.hasOwn(properties, step) ? properties[step] : undefined;
    if (property !== undefined) return [property];
    return additionalProperties === undefined || additionalProperties === false ? [] : [additionalProperties];
  });
}

/** The schemas themselves and the branches that hold for the value: what is more special comes later. */
function applicable(schemas: readonly JsonSchema[], value: Value | undefined, root: JsonSchema): readonly JsonSchema[] {
  return schemas.flatMap((referring) => {
    const schema = dereference(referring, root);
    const holds = schema.if !== undefined && isSaid(value) && fitsSchema(schema.if, value, root);
    const branch = holds ? schema.then : schema.else;
    const choices = (schema.anyOf ?? []).map((choice) => withoutWords(dereference(choice, root)));
    const more = [...(branch === undefined ? [] : [branch]), ...(schema.allOf ?? []), ...choices];
    return [schema, ...applicable(more, value, root)];
  });
}

function isSaid(value: Value | undefined): value is Exclude<Value, null> {
  return value !== undefined && value !== null;
}

/** The members of a choice are explained by the choice itself. */
function withoutWords({ description: _description, examples: _examples, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

function toPlace(schemas: readonly JsonSchema[], root: JsonSchema): SchemaPlace {
  const required = new Set(schemas.flatMap((schema) => schema.required ?? []));
  const keys = new Map<string, SchemaKey>();
  for (const [key, property] of schemas.flatMap(({ properties = {} }) => Object.entries(properties))) {
    keys.set(key, { key, isRequired: required.has(key), ...summarise(applicable([property], undefined, root)) });
  }
  const summary = summarise(schemas);
  const fallback = schemas.find((schema) => schema.default !== undefined)?.default;
  return {
    ...summary,
    ...(fallback === undefined ? {} : { default: fallback }),
    examples: schemas.find(({ examples }) => examples !== undefined)?.examples ?? [],
    words: wordsOf(schemas, summary.kind),
    keys: [...keys.values()],
  };
}

function summarise(schemas: readonly JsonSchema[]): Pick<SchemaPlace, 'description' | 'kind'> {
  const description = schemas.findLast((schema) => schema.description !== undefined)?.description;
  const kind = schemas.find(({ type }) => type !== undefined)?.type?.[0];
  return { ...(description === undefined ? {} : { description }), ...(kind === undefined ? {} : { kind }) };
}

function wordsOf(schemas: readonly JsonSchema[], kind: JsonType | undefined): readonly string[] {
  if (kind === 'boolean') return ['true', 'false'];
  return [...new Set(schemas.flatMap((schema) => schema.enum ?? []).map(String))];
}
