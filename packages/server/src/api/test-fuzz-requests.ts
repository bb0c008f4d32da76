/**
 * Requests made of the documentation for fuzzing: by the schemas, at their bounds, and with one thing wrong. Names that exist are
 * mixed in, so that requests come further than the first look-up.
 */
import fc from 'fast-check';
import { exampleOf, type JsonSchema } from './examples.ts';

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}

export interface DocumentedOperation {
  readonly parameters?: readonly DocumentedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: JsonSchema }>> };
}

export interface FuzzRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** By the name of a parameter or field, values that are there. */
export type KnownValues = Readonly<Record<string, readonly string[]>> | typeof NOTHING_KNOWN;

/** Every name is of something that is not there. */
export const NOTHING_KNOWN = 'nothing';

/** Values that have broken programs before. */
const NASTY_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '𝒳é\u202e\ufeff',
  '\ud800',
  "' or 1=1 --",
  '../../etc/passwd',
  '%',
  '%s%n',
  '\\',
  '__proto__',
  'constructor',
  '<+input>',
  '<+secrets.getValue("x")>',
  '*',
  '[',
  '{"a":',
  '- a\n- b: [',
  '&a [*a, *a]',
  '!!js/function x',
  '-1',
  '1e400',
  '99999999999999999999',
  'NaN',
  'x'.repeat(300),
  'x'.repeat(50_000),
];
const nastyText = fc.constantFrom(...NASTY_TEXTS);
const nasty: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[]], {
    __proto__: 1,
    a: null,
  }),
  fc.jsonValue({ maxDepth: 3 }),
);

export function requestsOf(
  path: string,
  operation: DocumentedOperation,
  known: KnownValues,
): fc.Arbitrary<FuzzRequest> {
  const parameters = operation.parameters ?? [];
  return fc
    .record({
      path: fc.tuple(...parameters.filter((one) => one.in === 'path').map((one) => pathValue(one, known))),
      query: fc.tuple(...parameters.filter((one) => one.in === 'query').map((one) => queryValue(one, known))),
      stray: fc.oneof(
        { weight: 4, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.constant('nobody=knows&nobody=this') },
      ),
      payload: payloadOf(path, operation, known),
      type: fc.constantFrom('application/json', 'application/yaml', 'text/plain', 'text/yaml', 'garbage', ''),
      ifMatch: fc.oneof(
        { weight: 6, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.constantFrom('1', '"1"', '7', 'x', '*') },
      ),
    })
    .map(({ path: values, query, stray, payload, type, ifMatch }) => {
      const names = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      const filled = names.reduce((text, name, index) => text.replace(`{${name}}`, encode(values[index] ?? 'x')), path);
      const search = [...query.flat(), stray].filter((part) => part !== '').join('&');
      return {
        url: search === '' ? filled : `${filled}?${search}`,
        headers: {
          ...(type === '' ? {} : { 'content-type': type }),
          ...(ifMatch === '' ? {} : { 'if-match': ifMatch }),
        },
        ...(payload === undefined ? {} : { payload }),
      };
    });
}

function pathValue({ name, schema = {} }: DocumentedParameter, known: KnownValues): fc.Arbitrary<string> {
  return fc
    .oneof(
      { weight: 6, arbitrary: knownValue(name, known) },
      { weight: 3, arbitrary: valueOf(schema, name, known).map(String) },
      { weight: 1, arbitrary: nastyText },
    )
    .map((text) => (text === '' || text === '.' || text === '..' ? 'x' : text.slice(0, 400)));
}

/** `name=value` for each value; a list repeats its name. */
function queryValue({ name, required, schema = {} }: DocumentedParameter, known: KnownValues): fc.Arbitrary<string[]> {
  const given = fc.oneof(
    { weight: 6, arbitrary: knownValue(name, known).map((text) => [text]) },
    {
      weight: 4,
      arbitrary: valueOf(schema, name, known).map((value) =>
        Array.isArray(value) ? value.map(String) : [String(value)],
      ),
    },
    { weight: 1, arbitrary: nastyText.map((text) => [text]) },
    { weight: 1, arbitrary: fc.tuple(nastyText, nastyText) },
  );
  const some = given.map((values) => values.map((value) => `${encode(name)}=${encode(value.slice(0, 2_000))}`));
  return fc.oneof(
    { weight: required === true ? 12 : 1, arbitrary: some },
    { weight: 1, arbitrary: fc.constant<string[]>([]) },
  );
}

function payloadOf(
  path: string,
  { requestBody }: DocumentedOperation,
  known: KnownValues,
): fc.Arbitrary<string | undefined> {
  if (requestBody === undefined) return fc.constantFrom(undefined, '', '{}');
  const schema = Object.values(requestBody.content)[0]?.schema ?? {};
  const example = exampleOf(schema, 'body', path);
  const text = typeof example === 'string' ? example : JSON.stringify(example);
  const asJson = (value: unknown): string => JSON.stringify(value) ?? '';
  const broken = fc
    .tuple(valueOf(schema, 'body', known), fc.nat(), nasty)
    .map(([value, at, by]) => replaceOne(value, at, by));
  const isText = schema.type === 'string' || typeof example !== 'object';
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(text) },
    { weight: 3, arbitrary: isText ? brokenText(text) : valueOf(schema, 'body', known).map(asJson) },
    { weight: 3, arbitrary: broken.map(asJson) },
    { weight: 1, arbitrary: nasty.map((value) => (typeof value === 'string' ? value : asJson(value))) },
  );
}

/** One value of a text, a line of it or a character is another. */
function brokenText(text: string): fc.Arbitrary<string> {
  const lines = text.split('\n');
  return fc.oneof(
    fc
      .tuple(fc.nat(lines.length - 1), nastyText)
      .map(([at, by]) => lines.with(at, (lines[at] ?? '').replace(/(:|-) .*$/, `$1 ${by.slice(0, 200)}`)).join('\n')),
    fc.nat(lines.length - 1).map((at) => lines.toSpliced(at, 1).join('\n')),
    fc.tuple(fc.nat(text.length), nastyText).map(([at, by]) => text.slice(0, at) + by.slice(0, 200) + text.slice(at)),
  );
}

/** The member at a place of the tree (counted through) is another value. */
function replaceOne(value: unknown, at: number, by: unknown): unknown {
  const places: (readonly (string | number)[])[] = [[]];
  const walk = (inner: unknown, path: readonly (string | number)[]): void => {
    if (typeof inner !== 'object' || inner === null) return;
    for (const [key, member] of Object.entries(inner)) {
      places.push([...path, key]);
      walk(member, [...path, key]);
    }
  };
  walk(value, []);
  const set = (inner: unknown, [key, ...rest]: readonly (string | number)[]): unknown => {
    if (key === undefined) return by;
    const member = (inner as Readonly<Record<string, unknown>>)[String(key)];
    if (Array.isArray(inner)) return inner.with(Number(key), set(member, rest));
    return { ...(inner as object), [key]: set(member, rest) };
  };
  return set(value, places[at % places.length] ?? []);
}

/** Values a schema allows, its bounds among them. */
function valueOf(schema: JsonSchema, name: string, known: KnownValues): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => valueOf(choice, name, known)));
  const { minimum = -1_000, maximum = 1_000_000 } = schema;
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'string':
      return textOf(schema, name, known);
    case 'integer':
      return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }));
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { items } = schema;
      return items === undefined || 'length' in items
        ? fc.constant([])
        : fc.array(valueOf(items, name, known), { minLength: schema.minItems ?? 0, maxLength: 3 });
    }
    case 'object':
      return objectOf(schema, known);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(schema: JsonSchema, known: KnownValues): fc.Arbitrary<unknown> {
  const { properties, required = [], additionalProperties, patternProperties = {} } = schema;
  if (properties !== undefined && Object.keys(properties).length > 0) {
    const members = Object.entries(properties).map(([key, member]) => [key, valueOf(member, key, known)] as const);
    return fc.record(Object.fromEntries(members), { requiredKeys: [...required] });
  }
  const member =
    Object.values(patternProperties)[0] ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
  return fc.dictionary(fc.oneof(nastyText, fc.string({ maxLength: 10 })), valueOf(member, 'value', known), {
    maxKeys: 3,
  });
}

function textOf(schema: JsonSchema, name: string, known: KnownValues): fc.Arbitrary<string> {
  const { pattern, minLength = 0, maxLength = 1_000 } = schema;
  if (pattern !== undefined) return fc.oneof(fc.stringMatching(new RegExp(pattern)), knownValue(name, known));
  return fc.oneof(
    { weight: 4, arbitrary: knownValue(name, known) },
    {
      weight: 2,
      arbitrary: fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 20), unit: 'grapheme' }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('x'.repeat(Math.max(minLength, 1)), 'x'.repeat(Math.min(maxLength, 1_000))),
    },
  );
}

function knownValue(name: string, known: KnownValues): fc.Arbitrary<string> {
  if (known === NOTHING_KNOWN) return fc.constant('absent');
  return fc.constantFrom(...(known[name] ?? [String(exampleOf({ type: 'string' }, name, ''))]));
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
