/**
 * Reads a step's spec by the schema of its type: kinds are checked, texts keep their spelling, flags and numbers in quotes
 * are accepted, defaults are filled in, unknown keys are kept with a warning. Any scalar may be expression text.
 */
import type { Value } from '../expressions/values.ts';
import type { SpecKeywords, StepDefinition } from '../steps/step-definition.ts';
import type { Findings, Place } from './diagnostics.ts';
import { capitalised, checkDuration, isLateNode, reportKind, reportNotRunYet } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { find, toTextValue, toValue, type MapNode, type ScalarNode, type YamlNode } from './yaml-node.ts';

/** The keywords of a step schema that the reader understands: what TypeBox writes, and ours. */
interface SchemaView extends SpecKeywords {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly properties?: Readonly<Record<string, SchemaView>>;
  readonly required?: readonly string[];
  /** Of a map of texts. */
  readonly patternProperties?: Readonly<Record<string, SchemaView>>;
  readonly items?: SchemaView;
  readonly enum?: readonly string[];
  readonly default?: Value;
  readonly format?: string;
}

/** `node` is the step's `spec`, `step` the place of the step itself, `what` as in `the step build`. */
export function readSpec(
  definition: StepDefinition,
  node: YamlNode | undefined,
  step: Place,
  what: string,
  findings: Findings,
): Value {
  const schema = definition.spec as unknown as SchemaView;
  const empty: MapNode = { kind: 'map', entries: new Map(), path: `${step.path}.spec`, range: step.range };
  if (node === undefined || (node.kind === 'scalar' && node.value === null))
    return readObject(schema, empty, what, findings);
  return read(schema, node, `spec of ${what}`, findings) ?? {};
}

/** `undefined` = null was written, or the kind is wrong (reported). */
function read(schema: SchemaView, node: YamlNode, what: string, findings: Findings): Value | undefined {
  if (schema.notRunYet !== undefined) {
    if (isSet(node)) reportNotRunYet(node, schema.notRunYet, findings);
    return toValue(node);
  }
  if (schema.ignored !== undefined) {
    if (isSet(node))
      findings.add('CONSTRUCT_IGNORED', 'nothing', node, `${capitalised(what)} has no effect.`, schema.ignored);
    return toValue(node);
  }
  if (node.kind === 'scalar') {
    if (node.value === null) return undefined;
    if (isLateNode(node)) return node.text;
    const reason = schema.notRunYetValues?.[node.text];
    if (reason !== undefined) reportNotRunYet(node, reason, findings);
    return readScalar(schema, node, what, findings);
  }
  if (node.kind === 'list' && schema.type === 'array' && schema.items !== undefined) {
    const { items } = schema;
    return node.items.map((item, index) => read(items, item, `item ${String(index + 1)} of ${what}`, findings) ?? null);
  }
  if (node.kind === 'map' && schema.type === 'object') {
    return schema.patternProperties === undefined
      ? readObject(schema, node, what, findings)
      : readTextMap(node, what, findings);
  }
  reportKind(node, what, describe(schema), findings);
  return undefined;
}

function readScalar(schema: SchemaView, node: ScalarNode, what: string, findings: Findings): Value | undefined {
  if (schema.enum !== undefined) {
    if (!schema.enum.includes(node.text)) {
      findings.add(
        'FIELD_VALUE',
        'run',
        node,
        `${capitalised(what)} is "${node.text}"; it takes ${schema.enum.join(', ')}.`,
        didYouMean(node.text, schema.enum),
      );
    }
    return node.text;
  }
  switch (schema.type) {
    case 'string':
      if (schema.format === 'duration') checkDuration(node.text, node, what, findings);
      return node.text;
    case 'boolean':
      if (node.text === 'true' || node.text === 'false') return node.text === 'true';
      break;
    case 'number':
    case 'integer':
      if (node.text.trim() !== '' && Number.isFinite(Number(node.text))) return Number(node.text);
      break;
    case 'array':
      // One text where a list is expected: Harness writes a list, people write a word.
      if (schema.items?.type === 'string') return node.text === '' ? [] : [node.text];
      break;
    case 'object':
    case undefined:
      break;
  }
  reportKind(node, what, describe(schema), findings);
  return undefined;
}

function readObject(schema: SchemaView, node: MapNode, what: string, findings: Findings): Value {
  const properties = schema.properties ?? {};
  const known = Object.keys(properties);
  const values: [string, Value][] = [];
  for (const { key, keyRange, value } of node.entries.values()) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined) {
      findings.add(
        'UNKNOWN_KEY',
        'nothing',
        { path: value.path, range: keyRange },
        `The key ${key} of ${what} is unknown and has no effect.`,
        didYouMean(key, known),
      );
      values.push([key, toValue(value)]);
      continue;
    }
    const found = read(property, value, `${key} of ${what}`, findings);
    if (found !== undefined) values.push([key, found]);
  }
  const present = new Set(values.map(([key]) => key));
  for (const key of known) {
    if (present.has(key)) continue;
    const fallback = properties[key]?.default;
    // A field of a wrong kind is reported already.
    const isReported = find(node, key) !== undefined && toValue(find(node, key)) !== null;
    if (fallback !== undefined) values.push([key, fallback]);
    else if (schema.required?.includes(key) === true && !isReported) {
      findings.add('FIELD_MISSING', 'run', node, `${capitalised(what)} needs ${key}.`);
    }
  }
  return Object.fromEntries(values);
}

function readTextMap(node: MapNode, what: string, findings: Findings): Value {
  const values: [string, Value][] = [];
  for (const { key, value } of node.entries.values()) {
    if (value.kind === 'scalar') values.push([key, toTextValue(value)]);
    else reportKind(value, `${key} of ${what}`, 'text', findings);
  }
  return Object.fromEntries(values);
}

function describe({ enum: words, type }: SchemaView): string {
  if (words !== undefined) return `one of ${words.join(', ')}`;
  return type === undefined ? 'text' : KIND_NAMES[type];
}

const KIND_NAMES = {
  array: 'a list',
  object: 'a map',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a number',
  string: 'text',
} satisfies Record<NonNullable<SchemaView['type']>, string>;

/** Says something: not null, not `false`, not an empty text, list or map, also not a map of such. */
function isSet(node: YamlNode): boolean {
  switch (node.kind) {
    case 'scalar':
      return node.text !== '' && node.value !== false;
    case 'list':
      return node.items.length > 0;
    case 'map':
      return [...node.entries.values()].some(({ value }) => isSet(value));
  }
}
