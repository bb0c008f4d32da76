/**
 * What names mean: the seam between the language and those who know the running execution.
 *
 * A scope is walked lazily: only what an expression names is looked up. Values that come from outside (payloads, outputs) are
 * handed over as plain values and are data for ever: they are never read as expressions (S9). Text an *author* wrote, such as
 * the value of a variable, is handed over as `expressionText`, and only such text is evaluated in its turn.
 */
import { Pending } from './errors.ts';
import type { Value } from './values.ts';

export interface ScopeObject {
  /** The member of this name; `undefined` = there is none. */
  get(key: string): ScopeValue | undefined;
  /** The plain value when the object itself is used: a leaf that is only this expression, `json.format`, … */
  toValue(): Value;
  keys?(): readonly string[];
  /** Names of members for people who mistook one; expressions do not see them. */
  names?(): readonly string[];
  /** Methods of its own, such as `getAsString` of `configFile`; `undefined` = not one of them. */
  call?(method: string, args: readonly Value[]): ScopeValue | undefined;
}

export type ScopeValue = Value | ScopeObject | ExpressionText | ExpressionTree | SecretReference | LaterValue;

export interface ExpressionScope {
  /** What a root name means at the evaluating node: aliases first, then walking outwards (pipelines.md §3.4); `undefined` = not in reach. */
  root(name: string): ScopeValue | undefined;
}

/** See `expressionText`. */
export class ExpressionText {
  readonly text: string;
  readonly scope: ExpressionScope | undefined;

  constructor(text: string, scope: ExpressionScope | undefined) {
    this.text = text;
    this.scope = scope;
  }
}

/** See `expressionTree`. */
export class ExpressionTree {
  readonly value: Value;
  readonly scope: ExpressionScope | undefined;

  constructor(value: Value, scope: ExpressionScope | undefined) {
    this.value = value;
    this.scope = scope;
  }
}

/** See `secretReference` and `sealedReference`. */
export class SecretReference {
  readonly kind: 'stored' | 'sealed';
  /** The scoped identifier of a stored secret; the sealed text of a sealed one. */
  readonly identifier: string;

  constructor(kind: 'stored' | 'sealed', identifier: string) {
    this.kind = kind;
    this.identifier = identifier;
  }
}

/** See `laterValue`. */
export class LaterValue {
  readonly waitsFor: string;

  constructor(waitsFor: string) {
    this.waitsFor = waitsFor;
  }
}

/**
 * Text written by an author, which may hold expressions: it is resolved when it is used, within the limits of the expression
 * that uses it. `scope` says what names mean inside it; without it they mean the same as where it is used. Never for data.
 */
export function expressionText(text: string, scope?: ExpressionScope): ScopeValue {
  return text.includes('<+') ? new ExpressionText(text, scope) : text;
}

/** A piece of YAML written by an author (a stage's `spec`, say): its members are reachable, its text leaves are `expressionText`. */
export function expressionTree(value: Value, scope?: ExpressionScope): ScopeValue {
  if (typeof value === 'string') return expressionText(value, scope);
  return value === null || typeof value !== 'object' ? value : new ExpressionTree(value, scope);
}

/** A stored secret, by its scoped identifier (`id`, `org.id`, `account.id`): becomes a `SecretUse` of the resolution. */
export function secretReference(identifier: string): ScopeValue {
  return new SecretReference('stored', identifier);
}

/** A secret that a step gave out, sealed by its delegate. Only the engine makes one: no author's text can. */
export function sealedReference(sealed: string): ScopeValue {
  return new SecretReference('sealed', sealed);
}

/** A value that nobody can know yet, and what it waits for: whatever reads it throws `Pending`. For previews alone. */
export function laterValue(waitsFor: string): ScopeValue {
  return new LaterValue(waitsFor);
}

/** An object whose members are made when they are asked for; `toValue` asks for all of them that are plain. */
export function lazyObject(members: Readonly<Record<string, () => ScopeValue | undefined>>): ScopeObject {
  const keys = Object.keys(members);
  const get = (key: string): ScopeValue | undefined => (Object.hasOwn(members, key) ? members[key]?.() : undefined);
  return {
    get,
    keys: () => keys,
    toValue: () => Object.fromEntries(keys.flatMap((key) => plainEntry(key, get(key)))),
  };
}

function plainEntry(key: string, value: ScopeValue | undefined): [string, Value][] {
  if (value === undefined) return [];
  if (value instanceof ExpressionText) return [[key, value.text]];
  if (value instanceof ExpressionTree) return [[key, value.value]];
  if (value instanceof SecretReference) return [];
  if (value instanceof LaterValue) throw new Pending(value.waitsFor);
  return [[key, isScopeObject(value) ? value.toValue() : value]];
}

/** Plain values are JSON and hold no functions, so the two methods tell a scope object from a map of data. */
export function isScopeObject(value: unknown): value is ScopeObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    'get' in value &&
    typeof value.get === 'function' &&
    'toValue' in value &&
    typeof value.toValue === 'function'
  );
}
