/** Documents made from their schema, for properties: usual values, branches chosen before they are filled. */
import fc from 'fast-check';
import type { Value } from '../../expressions/values.ts';
import { fitsSchema } from './check-by-schema.ts';
import { dereference, type JsonSchema } from './json-schema.ts';

const DEPTH_MAX = 10;
const OPTIONAL_MAX = 4;

/** A document that the schema allows. */
export function documentsOf(root: JsonSchema): fc.Arbitrary<Value> {
  return valuesOf(root, root, 0);
}

function valuesOf(referring: JsonSchema, root: JsonSchema, depth: number): fc.Arbitrary<Value> {
  const schema = dereference(referring, root);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((choice) => valuesOf(choice, root, depth)));
  switch (schema.type?.[0]) {
    case 'object':
      return mapsOf(schema, root, depth);
    case 'array':
      return depth > DEPTH_MAX
        ? fc.constant([])
        : fc.array(valuesOf(schema.items ?? {}, root, depth + 1), {
            minLength: 1,
            maxLength: 2,
            depthIdentifier: 'list',
          });
    case 'boolean':
      return fc.constantFrom<Value>(true, false, 'true');
    case 'number':
      return fc.constantFrom<Value>(1, 2, '3');
    case 'string':
      return textsOf(schema);
    default:
      return fc.constantFrom<Value>('text', 7, null);
  }
}

/** Made once: it is dear, and most fields are texts. */
const WORDS = fc.stringMatching(/^[a-z][a-z0-9_]{8,12}$/);

function textsOf({ pattern, examples }: JsonSchema): fc.Arbitrary<Value> {
  if (examples !== undefined) return fc.constantFrom(...examples);
  return pattern === undefined ? fc.constantFrom('text', 'more text', '<+input>', 'a <+pipeline.name>') : WORDS;
}

function mapsOf(schema: JsonSchema, root: JsonSchema, depth: number): fc.Arbitrary<Value> {
  const type = schema.properties?.['type'];
  const words = type?.enum ?? type?.anyOf?.flatMap((choice) => choice.enum ?? []) ?? [];
  const chosen = words.length > 0 ? fc.constantFrom(...words) : fc.constant(undefined);
  return chosen.chain((word) => {
    const parts = partsOf(schema, word === undefined ? {} : { type: word }, root);
    const properties: Record<string, JsonSchema> = Object.assign({}, ...parts.map((part) => part.properties ?? {}));
    const required = new Set(parts.flatMap((part) => part.required ?? []));
    const isLinkable = schema.if !== undefined;
    const keys = Object.keys(properties).filter((key) => key !== 'template' || !isLinkable);
    if (schema.maxProperties === 1)
      return fc
        .constantFrom(...keys.slice(0, depth > DEPTH_MAX ? 1 : undefined))
        .chain((key) => valuesOf(properties[key] ?? {}, root, depth + 1).map((value): Value => ({ [key]: value })));
    const others = keys.filter((key) => !required.has(key));
    const maxLength = depth > DEPTH_MAX ? 0 : Math.min(OPTIONAL_MAX, others.length);
    return fc.subarray(others, { maxLength }).chain((more) => {
      const entries = keys
        .filter((key) => required.has(key) || more.includes(key))
        .map((key): [string, fc.Arbitrary<Value>] => [
          key,
          key === 'type' && word !== undefined ? fc.constant(word) : valuesOf(properties[key] ?? {}, root, depth + 1),
        ]);
      return fc.record(Object.fromEntries(entries));
    });
  });
}

/** The schema and the branches that hold for a map with this type. */
function partsOf(referring: JsonSchema, value: Value, root: JsonSchema): readonly JsonSchema[] {
  const schema = dereference(referring, root);
  const branch = schema.if !== undefined && fitsSchema(schema.if, value, root) ? schema.then : schema.else;
  const more = [...(branch === undefined ? [] : [branch]), ...(schema.allOf ?? [])];
  return [schema, ...more.flatMap((part) => partsOf(part, value, root))];
}

/**
 * The document with one place of it replaced by something of another kind. Not by an empty list or map: readers take those
 * for nothing, wherever they stand, and the schemas point at them.
 */
export function breakOnePlace(document: Value): fc.Arbitrary<Value> {
  const places = placesIn(document, []);
  const other = fc.constantFrom<Value>('text', 5, true, ['text'], { key: 'text' });
  return fc.tuple(fc.constantFrom(...places), other).map(([place, value]) => replaceAt(document, place, value));
}

type Place = readonly string[];

function placesIn(value: Value, path: Place): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]: [string, Value]) => placesIn(inner, [...path, key]))];
}

function replaceAt(value: Value, [key, ...rest]: Place, replacement: Value): Value {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    return (value as readonly Value[]).map((item, index) =>
      String(index) === key ? replaceAt(item, rest, replacement) : item,
    );
  }
  const map = value as { readonly [key: string]: Value };
  return { ...map, [key]: replaceAt(map[key] ?? null, rest, replacement) };
}
