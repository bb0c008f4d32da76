/**
 * The expression language by its data files (`testdata/*.yml`): each shows one rule.
 *
 * A file is a comment that names the rule, the `scope` its names are looked up in, and `cases`: a `text` with the `value` it
 * resolves to, or a `condition` that `holds` or not, or the `error` either ends with and words it `says`; where it matters also
 * the `policy` for missing names, the names left `unresolved`, the `secrets` in use and the `trace`. In a scope `!author` is
 * text or YAML an author wrote (everything else is data), `!secret` the identifier of a secret, and `!object` a map that is
 * looked up lazily, like every map with one of these in it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { ExpressionErrorCode } from './errors.ts';
import { evaluateCondition, resolveText } from './evaluate.ts';
import type { NullPolicy } from './policy.ts';
import { expressionTree, lazyObject, secretReference, type ExpressionScope, type ScopeValue } from './scope.ts';
import type { Value } from './values.ts';

interface Case {
  readonly rule: string;
  readonly text?: string;
  readonly condition?: string;
  readonly value?: Value;
  readonly holds?: boolean;
  readonly error?: ExpressionErrorCode;
  readonly says?: string;
  readonly policy?: NullPolicy;
  readonly unresolved?: readonly string[];
  readonly secrets?: readonly string[];
  readonly trace?: readonly (readonly [expression: string, value: string])[];
}

const KEYS: ReadonlySet<string> = new Set<keyof Case>([
  ...(['rule', 'text', 'condition', 'value', 'holds', 'error', 'says'] as const),
  ...(['policy', 'unresolved', 'secrets', 'trace'] as const),
]);
const FOLDER = join(import.meta.dirname, 'testdata');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

test('there are data files', () => {
  expect(files.length).toBeGreaterThan(0);
});

describe.each(files)('%s', (name) => {
  const yaml = readFileSync(join(FOLDER, name), 'utf8');
  const { scope, cases } = readFile(yaml);

  test('names its rule and is well-formed', () => {
    expect(yaml).toMatch(/^# \S/);
    expect(cases.length).toBeGreaterThan(0);
    expect(new Set(cases.map(({ rule }) => rule)).size).toBe(cases.length);
    for (const each of cases) {
      expect(Object.keys(each).filter((key) => !KEYS.has(key))).toEqual([]);
      expect((each.text === undefined) !== (each.condition === undefined)).toBe(true);
      // A text has a value or an error, a condition says whether it holds.
      expect(each.text === undefined ? each.holds !== undefined : 'value' in each !== 'error' in each).toBe(true);
      expect('says' in each).toBe('error' in each);
    }
  });

  test.each(cases)('$rule', (expected) => {
    const { text, condition, error, says = '', policy, unresolved, secrets, trace } = expected;
    const options = { trace: true, ...(policy === undefined ? {} : { nulls: policy }) };
    const found =
      text === undefined ? evaluateCondition(condition ?? '', scope, options) : resolveText(text, scope, options);
    expect(found.error?.code).toBe(error);
    expect(found.error?.message ?? '').toContain(says);
    if ('holds' in found) expect(found.holds).toBe(expected.holds);
    // A text that cannot be evaluated stays as it is.
    if ('value' in expected) expect(found.value).toStrictEqual(expected.value);
    else if (text !== undefined && error !== 'EXPRESSION_UNRESOLVED') expect(found.value).toBe(text);
    if (unresolved !== undefined) expect(found.unresolved).toEqual(unresolved);
    if (secrets !== undefined)
      expect('secretRefs' in found ? found.secretRefs.map(({ identifier }) => identifier) : []).toEqual(secrets);
    if (trace !== undefined) expect(found.trace.map(({ expression, value }) => [expression, value])).toEqual(trace);
  });
});

function readFile(yaml: string): { readonly scope: ExpressionScope; readonly cases: readonly Case[] } {
  const document = parseDocument(yaml);
  expect(document.errors).toEqual([]);
  const { cases } = document.toJS() as { readonly cases: readonly Case[] };
  const node = document.get('scope', true) as Node | undefined;
  const roots = node === undefined ? {} : members(node);
  return { scope: { root: (name) => (Object.hasOwn(roots, name) ? roots[name]?.() : undefined) }, cases };
}

function members(node: Node): Readonly<Record<string, () => ScopeValue>> {
  if (!isMap<Node, Node>(node)) throw new Error('a scope is a map');
  return Object.fromEntries(
    node.items.map(({ key, value }) => [String(key), () => (value === null ? null : scopeValue(value))]),
  );
}

function scopeValue(node: Node): ScopeValue {
  switch (node.tag) {
    case '!author':
      return expressionTree(plain(node));
    case '!secret':
      return secretReference(isScalar<string>(node) ? node.value : '');
    case '!object':
      return lazyObject(members(node));
    default:
      return isMap(node) && hasTags(node) ? lazyObject(members(node)) : plain(node);
  }
}

function hasTags(node: unknown): boolean {
  if (isMap(node)) return node.tag?.startsWith('!') === true || node.items.some(({ value }) => hasTags(value));
  if (isSeq(node)) return node.items.some(hasTags);
  return isScalar(node) && node.tag?.startsWith('!') === true;
}

function plain(node: Node): Value {
  return node.toJSON() as Value;
}
