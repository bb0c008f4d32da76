/**
 * Examples of the documentation, made of the schemas in use: what a schema says itself (`examples`, `default`) comes first, else
 * the name of a field says what stands in it (example-texts.ts). A test holds every example against its schema.
 */
import { exampleBody, exampleOfField, PATTERN_EXAMPLES } from './example-texts.ts';

/** As much of JSON Schema as the routes use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly minItems?: number;
  /** Of a list that holds nothing: `not: {}`. */
  readonly not?: JsonSchema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const TIME = 1_643_285_296_956;
/** Below this depth optional members are left out: a page should show what there is, not all of it nested. */
const DEPTH_MAX = 12;

/** `name`: of the field or parameter; `path`: of the route, for bodies that are texts. */
export function exampleOf(schema: JsonSchema, name: string, path: string, depth = 0): unknown {
  if (schema.examples !== undefined && schema.examples.length > 0) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return exampleOf(chosen(choices), name, path, depth);
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, name, path, depth))) as unknown;
  }
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  switch (type) {
    case 'string':
      return schema.default ?? exampleText(schema, name, path);
    case 'integer':
    case 'number':
      return schema.default ?? exampleNumber(schema, name);
    case 'boolean':
      return schema.default ?? /^(valid|isValid|enabled|authorized|eventFound|paged|sorted|first|last)$/.test(name);
    case 'null':
      return null;
    case 'array':
      return exampleList(schema, name, path, depth);
    case 'object':
      return exampleObject(schema, path, depth);
    default:
      return {};
  }
}

/** The form with most to show. */
function chosen(choices: readonly JsonSchema[]): JsonSchema {
  return choices.find(({ type }) => type !== 'null') ?? choices[0] ?? {};
}

function exampleText(schema: JsonSchema, name: string, path: string): string {
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const fits = (text: string): boolean =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern, 'u').test(text));
  const named = name === 'body' ? exampleBody(path) : exampleOfField(name);
  const found = [named, ...PATTERN_EXAMPLES].find(fits);
  return found ?? 'x'.repeat(minLength);
}

function exampleNumber({ minimum = 0, maximum = Number.POSITIVE_INFINITY }: JsonSchema, name: string): number {
  const isTime = /(At|Ts|Time|created|updated|started|ended|deadline|nextIteration|validUntil)$/i.test(name);
  return Math.min(Math.max(isTime ? TIME : 1, minimum), maximum);
}

function exampleList({ items, minItems = 1 }: JsonSchema, name: string, path: string, depth: number): unknown[] {
  if (items === undefined || depth > DEPTH_MAX) return [];
  if ('not' in items && items.not !== undefined) return [];
  if ('length' in items) return items.map((item) => exampleOf(item, name, path, depth + 1));
  return Array.from({ length: Math.max(minItems, 1) }, () => exampleOf(items, name, path, depth + 1));
}

function exampleObject(schema: JsonSchema, path: string, depth: number): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties, patternProperties = {} } = schema;
  const wanted = Object.entries(properties).filter(([key]) => depth <= DEPTH_MAX || required.includes(key));
  const example = Object.fromEntries(wanted.map(([key, value]) => [key, exampleOf(value, key, path, depth + 1)]));
  const others = [
    ...Object.values(patternProperties),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
  if (Object.keys(properties).length > 0 || depth > DEPTH_MAX) return example;
  // A map: one entry shows it.
  return Object.fromEntries(
    others.slice(0, 1).map((value) => ['example', exampleOf(value, 'example', path, depth + 1)]),
  );
}
