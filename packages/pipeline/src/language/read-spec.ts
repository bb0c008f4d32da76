/**
 * Reads a step's spec by the schema of its type: kinds are checked, texts keep their spelling, flags and numbers in quotes
 * are accepted, defaults are filled in, unknown keys are kept with a warning. Any scalar may be expression text.
 */
import type { TObject } from 'typebox';
import type { Value } from '../expressions/values.ts';
import type { SpecKeywords, StepDefinition } from '../steps/step-definition.ts';
import type { Findings, Place } from './diagnostics.ts';
import { capitalised, checkDuration, isLateNode, reportKind, reportNotRunYet, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import {
  find,
  isEmpty,
  toTextValue,
  toValue,
  type ListNode,
  type MapNode,
  type ScalarNode,
  type YamlNode,
} from './yaml-node.ts';

/** The keywords of a step schema that the reader understands: what TypeBox writes, and ours. */
export interface SchemaView extends SpecKeywords {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly properties?: Readonly<Record<string, SchemaView>>;
  readonly required?: readonly string[];
  /** Of a map of texts. */
  readonly patternProperties?: Readonly<Record<string, SchemaView>>;
  readonly items?: SchemaView;
  readonly enum?: readonly string[];
  readonly default?: Value;
  readonly format?: string;
  /** For people who write the spec. */
  readonly description?: string;
  readonly examples?: readonly Value[];
}

/** `node` is the step's `spec`, `step` the place of the step itself, `owner` as in `the step build`. */
export function readSpec(
  definition: StepDefinition,
  node: YamlNode | undefined,
  step: Place,
  owner: string,
  findings: Findings,
): Value {
  const path = `${step.path}.spec`;
  const isAbsent = node === undefined || (node.kind === 'scalar' && node.value === null);
  const spec: YamlNode = isAbsent ? { kind: 'map', entries: new Map(), path, range: step.range } : node;
  for (const names of definition.needsOneOf ?? []) checkOneOf(names, spec, owner, findings);
  return readBySchema(definition.spec, spec, { owner, whole: `the spec of ${owner}` }, findings) ?? {};
}

/** `whole` is what messages call the node itself, `owner` whom they say its fields belong to. */
export function readBySchema(
  schema: TObject,
  node: YamlNode,
  names: { readonly owner: string; readonly whole: string },
  findings: Findings,
): Value | undefined {
  // A schema is read by its keywords; its static type says nothing of them.
  return new SpecReader(node.path, names, findings).read(schema as unknown as SchemaView, node);
}

function checkOneOf(names: readonly string[], spec: YamlNode, owner: string, findings: Findings): void {
  if (spec.kind !== 'map' || names.some((name) => !isEmpty(find(spec, name)))) return;
  findings.add('FIELD_MISSING', 'run', spec, `The spec of ${owner} needs ${names.join(' or ')}.`);
}

/** The schema of a step's spec as the reader sees it. */
export function specSchema({ spec }: StepDefinition): SchemaView {
  return spec as unknown as SchemaView;
}

class SpecReader {
  readonly #path: string;
  readonly #names: { readonly owner: string; readonly whole: string };
  readonly #findings: Findings;

  constructor(path: string, names: { readonly owner: string; readonly whole: string }, findings: Findings) {
    this.#path = path;
    this.#names = names;
    this.#findings = findings;
  }

  /** `undefined` = null was written, or the kind is wrong (reported). */
  read(schema: SchemaView, node: YamlNode): Value | undefined {
    if (schema.notRunYet !== undefined || schema.ignored !== undefined) {
      if (isSet(node)) this.#reportUnused(schema, node);
      return toValue(node);
    }
    if (isAnything(schema)) return toTextTree(node);
    if (node.kind === 'scalar') {
      if (node.value === null) return undefined;
      if (isLateNode(node)) return node.text;
      const reason = schema.notRunYetValues?.[node.text];
      if (reason !== undefined) reportNotRunYet(node, reason, this.#findings);
      return this.#readScalar(schema, node);
    }
    if (node.kind === 'list' && schema.type === 'array' && schema.items !== undefined) {
      const { items } = schema;
      return node.items.map((item) => this.read(items, item) ?? null);
    }
    if (node.kind === 'map' && schema.type === 'object') {
      const [values] = Object.values(schema.patternProperties ?? {});
      return values === undefined ? this.#readObject(schema, node) : this.#readMap(values, node);
    }
    if (node.kind === 'list' && schema.listStandsFor !== undefined)
      return this.#readObject(schema, wrap(node, schema.listStandsFor));
    this.#reportKind(schema, node);
    return undefined;
  }

  #readScalar(schema: SchemaView, node: ScalarNode): Value | undefined {
    if (schema.enum !== undefined) return this.#readWord(schema.enum, node);
    switch (schema.type) {
      case 'string':
        if (schema.format === 'duration') checkDuration(node.text, node, this.#name(node), this.#findings);
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
    this.#reportKind(schema, node);
    return undefined;
  }

  #readWord(words: readonly string[], node: ScalarNode): string {
    if (!words.includes(node.text)) {
      const message = `${capitalised(this.#name(node))} is "${node.text}"; it takes ${words.join(', ')}.`;
      this.#findings.add('FIELD_VALUE', 'run', node, message, didYouMean(node.text, words));
    }
    return node.text;
  }

  #readObject(schema: SchemaView, node: MapNode): Value {
    const properties = schema.properties ?? {};
    const known = Object.keys(properties);
    warnUnknownKeys(node, known, this.#name(node), this.#findings);
    const values: [string, Value][] = [];
    for (const { key, value } of node.entries.values()) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      const found = property === undefined ? toValue(value) : this.read(property, value);
      // What has no effect stays out: its connectors need not even exist.
      if (property?.ignored !== undefined) continue;
      if (found !== undefined) values.push([key, found]);
    }
    const present = new Set(values.map(([key]) => key));
    for (const key of known.filter((candidate) => !present.has(candidate))) {
      const fallback = properties[key]?.default;
      // A field of a wrong kind is reported already.
      const isReported = (toValue(find(node, key)) ?? null) !== null;
      if (fallback !== undefined) values.push([key, fallback]);
      else if (schema.required?.includes(key) === true && !isReported) {
        const message = `${capitalised(this.#name(node))} needs ${key}.`;
        this.#findings.add('FIELD_MISSING', 'run', node, message, properties[key]?.whenMissing);
      }
    }
    return Object.fromEntries(values);
  }

  #readMap(schema: SchemaView, node: MapNode): Value {
    const values: [string, Value][] = [];
    for (const { key, value } of node.entries.values()) {
      if (isAnything(schema)) values.push([key, toTextTree(value)]);
      else if (value.kind === 'scalar') values.push([key, toTextValue(value)]);
      else reportKind(value, this.#name(value), 'text', this.#findings);
    }
    return Object.fromEntries(values);
  }

  #reportUnused({ notRunYet, ignored }: SchemaView, node: YamlNode): void {
    if (notRunYet !== undefined) reportNotRunYet(node, notRunYet, this.#findings);
    else {
      const message = `${capitalised(this.#name(node))} has no effect.`;
      this.#findings.add('CONSTRUCT_IGNORED', 'nothing', node, message, ignored);
    }
  }

  #reportKind(schema: SchemaView, node: YamlNode): void {
    reportKind(node, this.#name(node), describe(schema), this.#findings);
  }

  /** As in `the field source.spec.script of the step build`. */
  #name(node: YamlNode): string {
    const field = node.path.slice(this.#path.length + 1);
    return field === '' ? this.#names.whole : `the field ${field} of ${this.#names.owner}`;
  }
}

/** A schema that says nothing of the kind. */
function isAnything({ type, enum: words }: SchemaView): boolean {
  return type === undefined && words === undefined;
}

/** Scalars and lists of scalars keep their spelling; in maps they are what YAML makes of them. */
function toTextTree(node: YamlNode): Value {
  return node.kind === 'list' ? node.items.map(toTextTree) : toTextValue(node);
}

/** The map that a list stands for. */
function wrap(list: ListNode, path: readonly string[]): MapNode {
  const [outer = '', ...inner] = path;
  const value = inner.length === 0 ? list : wrap(list, inner);
  return {
    kind: 'map',
    entries: new Map([[outer, { key: outer, keyRange: list.range, value }]]),
    path: list.path,
    range: list.range,
  };
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
