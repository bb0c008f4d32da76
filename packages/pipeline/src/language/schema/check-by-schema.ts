/**
 * Judges a document by its schema, with sentences for people. Where a `type` chooses, only the branch it names is judged, so
 * that a slip in one step is never told as the failures of all step types.
 */
import type { Value } from '../../expressions/values.ts';
import { didYouMean } from '../suggest.ts';
import { indexPath, keyPath } from '../yaml-node.ts';
import { dereference, type JsonSchema, type JsonType } from './json-schema.ts';

export interface SchemaProblem {
  /** As in diagnostics: `pipeline.stages[0].stage.spec`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  /** The stage, and the step or step group, that the problem is in. */
  readonly stage?: ProblemNode;
  readonly step?: ProblemNode;
}

export interface ProblemNode {
  readonly identifier: string;
  readonly name: string;
  readonly type: string;
  readonly path: string;
}

/** `schema` as `documentSchema` gives it. */
export function checkBySchema(schema: JsonSchema, document: Value): readonly SchemaProblem[] {
  return new Checker(schema).check(schema, document);
}

/** Does the value fit, whatever it is of? */
export function fitsSchema(schema: JsonSchema, value: Value, root: JsonSchema): boolean {
  return new Checker(root).check(schema, value).length === 0;
}

type ValueMap = { readonly [key: string]: Value };

/** Where the check is. */
interface Site {
  readonly path: string;
  /** Whom messages name: the nearest thing around that has an identifier. */
  readonly owner: { readonly name: string; readonly path: string };
  readonly stage?: ProblemNode;
  readonly step?: ProblemNode;
}

/** Longer lists of words help nobody; the nearest word is suggested instead. */
const WORDS_LISTED_MAX = 20;

class Checker {
  readonly #root: JsonSchema;
  readonly #patterns = new Map<string, RegExp>();
  #problems: SchemaProblem[] = [];

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  check(schema: JsonSchema, value: Value): readonly SchemaProblem[] {
    this.#problems = [];
    this.#check(schema, value, { path: '', owner: { name: 'the document', path: '' } });
    return this.#problems;
  }

  #check(referring: JsonSchema, value: Value, from: Site): void {
    const schema = dereference(referring, this.#root);
    const site = enter(schema, value, from);
    if (!this.#isOfKind(schema, value, site) || !this.#isOfWords(schema, value, site)) return;
    if (Array.isArray(value)) {
      const items: readonly Value[] = value;
      const { items: each } = schema;
      if (each !== undefined) {
        items.forEach((item, index) => this.#check(each, item, { ...site, path: indexPath(site.path, index) }));
      }
    } else if (isMap(value)) this.#checkMap(schema, value, site);
    if (schema.if !== undefined) {
      const branch = this.#fits(schema.if, value) ? schema.then : schema.else;
      if (branch !== undefined) this.#check(branch, value, site);
    }
    for (const part of schema.allOf ?? []) this.#check(part, value, site);
  }

  #isOfKind(schema: JsonSchema, value: Value, site: Site): boolean {
    const { type, pattern } = schema;
    const isKind = type === undefined || type.includes(kindOf(value));
    const isSpelled = typeof value !== 'string' || pattern === undefined || this.#pattern(pattern).test(value);
    if (isKind && isSpelled) return true;
    if (schema.patternErrorMessage !== undefined && typeof value !== 'object') {
      this.#add(site, `${nameOf(site)} is "${print(value)}", ${schema.patternErrorMessage}.`);
    } else
      this.#add(site, `${nameOf(site)} must be ${KIND_NAMES[type?.[0] ?? 'string']}, but it is ${describe(value)}.`);
    return false;
  }

  #isOfWords(schema: JsonSchema, value: Value, site: Site): boolean {
    const { enum: words, const: only, not, anyOf } = schema;
    if (not !== undefined && this.#fits(not, value)) {
      this.#add(
        site,
        `${nameOf(site)} is "${print(value)}", which is a reserved word.`,
        `Use ${print(value)}_1, for example.`,
      );
      return false;
    }
    const known = words ?? (only === undefined ? undefined : [only]);
    if (known !== undefined && !known.includes(value)) return this.#refuseWord(known, value, site);
    if (anyOf === undefined || anyOf.some((choice) => this.#fits(choice, value))) return true;
    const ofKind = anyOf.find(({ type }) => type?.includes(kindOf(value)) === true && typeof value === 'object');
    if (ofKind === undefined)
      return this.#refuseWord(
        anyOf.flatMap((choice) => choice.enum ?? []),
        value,
        site,
      );
    this.#check(ofKind, value, site);
    return false;
  }

  #refuseWord(known: readonly Value[], value: Value, site: Site): false {
    const words = known.map(print);
    const takes = words.length > WORDS_LISTED_MAX ? ', which is unknown' : `; it takes ${words.join(', ')}`;
    const found = typeof value === 'string' ? `"${value}"` : describe(value);
    this.#add(site, `${nameOf(site)} is ${found}${takes}.`, didYouMean(print(value), words));
    return false;
  }

  #checkMap(schema: JsonSchema, map: ValueMap, site: Site): void {
    const { properties = {}, required = [], additionalProperties } = schema;
    const keys = Object.keys(map);
    if (keys.length < (schema.minProperties ?? 0) || keys.length > (schema.maxProperties ?? keys.length)) {
      const has = keys.length === 0 ? 'none of them' : keys.join(' and ');
      this.#add(site, `${nameOf(site)} takes exactly one of ${Object.keys(properties).join(', ')}; it has ${has}.`);
      return;
    }
    for (const key of required) {
      if (!Object.hasOwn(map, key)) this.#add(site, `${nameOf(site)} needs ${key}.`);
    }
    for (const [key, value] of Object.entries(map)) {
      const path = keyPath(site.path, key);
      const property = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
      if (property === false) {
        const known = Object.keys(properties);
        const message = `${nameOf(site)} takes ${known.join(', ')}; ${key} is none of them.`;
        this.#add({ ...site, path }, message, didYouMean(key, known));
      } else if (property !== undefined) this.#check(property, value, { ...site, path });
    }
  }

  #fits(schema: JsonSchema, value: Value): boolean {
    const before = this.#problems;
    this.#problems = [];
    this.#check(schema, value, { path: '', owner: { name: '', path: '' } });
    const isFit = this.#problems.length === 0;
    this.#problems = before;
    return isFit;
  }

  #pattern(source: string): RegExp {
    let pattern = this.#patterns.get(source);
    if (pattern === undefined) {
      pattern = new RegExp(source, 'u');
      this.#patterns.set(source, pattern);
    }
    return pattern;
  }

  #add({ path, stage, step }: Site, message: string, hint?: string): void {
    this.#problems.push({
      path,
      message: message.charAt(0).toUpperCase() + message.slice(1),
      ...(hint === undefined ? {} : { hint }),
      ...(stage === undefined ? {} : { stage }),
      ...(step === undefined ? {} : { step }),
    });
  }
}

/** What has a title and an identifier is named in messages about it, and about what is below it. */
function enter({ title }: JsonSchema, value: Value, site: Site): Site {
  if (title === undefined || !isMap(value)) return site;
  const identifier = textOf(value['identifier']) || textOf(value['name']);
  if (identifier === '') return site;
  const { path } = site;
  const isNode = title === 'stage' || title === 'step';
  const type = isNode ? textOf(value['type']) : '';
  const owner = { name: `the ${type === '' ? '' : `${type} `}${title} ${identifier}`, path };
  const node: ProblemNode = { identifier, name: textOf(value['name']), type: textOf(value['type']), path };
  if (title === 'stage') return { path, owner, stage: node };
  return title === 'step' || title === 'step group' ? { ...site, owner, step: node } : { ...site, owner };
}

/** As in `the field spec.shell of the ShellScript step build`. */
function nameOf({ path, owner }: Site): string {
  const field = path.slice(owner.path.length).replace(/^\./, '');
  return field === '' ? owner.name : `the field ${field} of ${owner.name}`;
}

function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

function print(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function kindOf(value: Value): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'object';
  }
}

const KIND_NAMES: Readonly<Record<JsonType, string>> = {
  array: 'a list',
  object: 'a map',
  boolean: 'true or false',
  number: 'a number',
  string: 'text',
  null: 'empty',
};

function describe(value: Value): string {
  const kind = kindOf(value);
  return kind === 'number' || kind === 'boolean' ? `the ${kind} ${print(value)}` : KIND_NAMES[kind];
}
