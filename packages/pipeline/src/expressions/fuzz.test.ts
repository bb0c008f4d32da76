/** S10, V2: whatever the text and whatever the scope holds, the entry points answer within their limits and never throw. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateCondition, resolveText, resolveTree, type EvaluateOptions, type Resolution } from './evaluate.ts';
import { checkCondition, checkText } from './check.ts';
import {
  RESULT_LENGTH_MAX,
  TRACE_ENTRIES_MAX,
  TRACE_EXPRESSION_LENGTH_MAX,
  TRACE_VALUE_LENGTH_MAX,
  UNRESOLVED_MAX,
} from './limits.ts';
import {
  expressionText,
  expressionTree,
  lazyObject,
  secretReference,
  type ExpressionScope,
  type ScopeValue,
} from './scope.ts';
import { testScope } from './test-scope.ts';
import type { Value } from './values.ts';

const MARK = 'plaintext-of-nobody';
const policies = fc.constantFrom<NonNullable<EvaluateOptions['nulls']>>('variables', 'strict', 'lenient');

/** What must hold of every answer; returns the answer without its trace. */
function judged(text: string, scope: ExpressionScope, nulls: NonNullable<EvaluateOptions['nulls']>): unknown[] {
  const options = { nulls, trace: true };
  const resolution = resolveText(text, scope, options);
  const condition = evaluateCondition(text, scope, options);
  for (const { trace, unresolved } of [resolution, condition]) {
    expect(trace.length).toBeLessThanOrEqual(TRACE_ENTRIES_MAX);
    expect(unresolved.length).toBeLessThanOrEqual(UNRESOLVED_MAX);
    for (const { expression, value } of trace) {
      expect(expression.length).toBeLessThanOrEqual(TRACE_EXPRESSION_LENGTH_MAX);
      expect(value.length).toBeLessThanOrEqual(TRACE_VALUE_LENGTH_MAX);
    }
  }
  if (typeof resolution.value === 'string') expect(resolution.value.length).toBeLessThanOrEqual(RESULT_LENGTH_MAX);
  if (condition.error !== undefined) expect(condition.holds).toBe(false);
  expectSpans(text, resolution);
  // Tracing changes nothing.
  const plain = [resolveText(text, scope, { nulls }), evaluateCondition(text, scope, { nulls })];
  const traced = [
    { ...resolution, trace: [] },
    { ...condition, trace: [] },
  ];
  expect(plain).toEqual(traced);
  for (const error of [...checkText(text), ...checkCondition(text)]) expect(error.message).not.toBe('');
  return traced;
}

/** An error lies in the text, and a use of a secret is where its span says. */
function expectSpans(text: string, { value, error, secretRefs }: Resolution<Value>): void {
  if (error !== undefined) {
    expect(error.span.start).toBeGreaterThanOrEqual(0);
    expect(error.span.end).toBeLessThanOrEqual(text.length);
    expect(error.span.start).toBeLessThanOrEqual(error.span.end);
  }
  for (const { path, span, identifier } of secretRefs) {
    const leaf = path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
    expect(String(leaf).slice(span.start, span.end)).toBe(`<+secrets.getValue(${JSON.stringify(identifier)})>`);
  }
}

const NAMES = ['pipeline', 'variables', 'env', 'list', 'map', 'trigger', 'payload', 'commits', 'steps', 'build', 'zip'];
const RESERVED = ['__proto__', 'constructor', 'prototype', 'getClass', 'toString', 'hasOwnProperty', 'then'];
const METHODS = [
  'split',
  'replace',
  'replaceAll',
  'substring',
  'indexOf',
  'contains',
  'get',
  'size',
  'join',
  'matches',
];
const FUNCTORS = ['json.select', 'json.list', 'json.object', 'json.format', 'xml.select', 'regex.extract'];
const OTHER_FUNCTORS = [
  'shell.escapeChars',
  'secrets.getValue',
  'configFile.getAsString',
  'exportedVariables.getValue',
];
const OPERATORS = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '==',
  '!=',
  '&&',
  '||',
  '=~',
  '!~',
  '=^',
  '=$',
  '??',
  '?:',
  '..',
  ' gt ',
  ' le ',
];
const TEXTS = [
  'a',
  '',
  '(a+)+$',
  '(?=x)',
  '[',
  '$',
  '$1',
  '\\\\',
  '$..*',
  '//a[1]',
  'é',
  '\u0000',
  '{"a":[1,2]}',
  '-1',
  '1e309',
];

/** Texts of the grammar: mostly well-formed, with odd values in odd places. */
const { expression } = fc.letrec<{ expression: string; operand: string; path: string }>((tie) => {
  const quoted = fc.constantFrom(...TEXTS).map((text) => `"${text}"`);
  const number = fc.oneof(fc.nat(12).map(String), fc.constantFrom('2.5', '99999999999', '1e300', '0.1'));
  const name = fc.constantFrom(...NAMES, ...RESERVED);
  const args = fc.array(tie('expression'), { maxLength: 3 }).map((items) => items.join(', '));
  return {
    path: fc
      .tuple(
        fc.constantFrom(...NAMES),
        fc.array(
          fc.oneof(
            name.map((part) => `.${part}`),
            tie('operand').map((index) => `[${index}]`),
          ),
          { maxLength: 4 },
        ),
      )
      .map(([root, parts]) => root + parts.join('')),
    operand: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      number,
      quoted,
      tie('path'),
      fc.constantFrom(
        'null',
        'true',
        'false',
        '[]',
        '{:}',
        'pipeline.variables.derived',
        'pipeline.variables.circle',
        'spec',
        'pipeline.variables.token',
      ),
      tie('expression').map((inner) => `<+${inner}>`),
      tie('expression').map((inner) => `(${inner})`),
      tie('expression').map((inner) => `"x<+${inner}>y"`),
      fc
        .tuple(tie('operand'), fc.constantFrom(...METHODS, ...RESERVED), args)
        .map(([target, method, list]) => `${target}.${method}(${list})`),
      fc.tuple(fc.constantFrom(...FUNCTORS, ...OTHER_FUNCTORS), args).map(([functor, list]) => `${functor}(${list})`),
      args.map((list) => `[${list}]`),
    ),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('operand'),
      fc.tuple(tie('operand'), fc.constantFrom(...OPERATORS), tie('operand')).map((parts) => parts.join('')),
      fc
        .tuple(fc.constantFrom('!', '-', 'empty ', 'size'), tie('operand'))
        .map(([sign, operand]) => `${sign}(${operand})`),
      fc.tuple(tie('operand'), tie('operand'), tie('operand')).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
    ),
  };
});

const written = fc.oneof(
  expression.map((inner) => `<+${inner}>`),
  fc.tuple(expression, fc.string({ maxLength: 8 }), expression).map(([a, text, b]) => `<+${a}>${text}<+${b}>`),
  expression,
);

/** A text of the grammar with pieces cut out, doubled or replaced. */
const mutated = fc
  .tuple(
    written,
    fc.array(
      fc.tuple(
        fc.nat(400),
        fc.nat(6),
        fc.constantFrom('', '<+', '>', '"', '(', ')', '.', ';', '=', '\\', '\ud800', ' '),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((left, [at, count, piece]) => {
      const from = at % (left.length + 1);
      return left.slice(0, from) + piece + left.slice(from + count);
    }, text),
  );

const raw = fc
  .array(
    fc.oneof(fc.constantFrom('<+', '>', '<+>', '<+pipeline', '"', "'"), fc.string({ unit: 'binary', maxLength: 6 })),
    { maxLength: 20 },
  )
  .map((pieces) => pieces.join(''));

describe('the entry points never throw and stay within their limits', () => {
  test.each([
    ['texts of the grammar', written, 2_000],
    ['mutations of them', mutated, 1_000],
    ['raw texts with fragments of delimiters', raw, 1_000],
  ] as const)('%s', (_kind, texts, numRuns) => {
    fc.assert(
      fc.property(texts, policies, (text, nulls) => {
        // The same again: results depend on text, scope and options alone (V1).
        expect(judged(text, testScope, nulls)).toEqual(judged(text, testScope, nulls));
      }),
      { numRuns },
    );
  });

  test('most texts of the grammar can be read', () => {
    const texts = fc.sample(written, { numRuns: 500, seed: 1 });
    const read = texts.filter((text) => checkText(text).length === 0 && checkCondition(text).length === 0);
    expect(read.length).toBeGreaterThan(250);
  });
});

describe('hostile scopes', () => {
  const key = fc.oneof(fc.constantFrom(...NAMES, ...RESERVED, '', '0', '-1', 'length'), fc.string({ maxLength: 5 }));
  const data = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Value);
  const deep = fc.nat(3_000).map((levels) => nest(levels));
  const huge = fc.constantFrom<Value>(
    'a'.repeat(300_000),
    Array.from({ length: 50_000 }, () => 1),
    '<+'.repeat(20_000),
  );
  const authors = fc.oneof(written, mutated).map((text) => expressionText(text));
  const value: fc.Arbitrary<ScopeValue | undefined> = fc.oneof(
    data,
    deep,
    huge,
    authors,
    fc.tuple(key, written).map(([name, text]) => expressionTree({ [name]: [text, { a: text }] })),
    fc.constant(secretReference(MARK)),
    fc.constant(undefined),
    fc
      .dictionary(key, fc.oneof(data, authors), { maxKeys: 4 })
      .map((members) =>
        lazyObject(Object.fromEntries(Object.entries(members).map(([name, member]) => [name, () => member]))),
      ),
  );
  const scopes = fc
    .dictionary(fc.constantFrom(...NAMES, 'spec', 'json', 'secrets', ...RESERVED), value, { maxKeys: 8 })
    .map((roots): ExpressionScope => ({ root: (name) => (Object.hasOwn(roots, name) ? roots[name] : undefined) }));

  test('change nothing about that', () => {
    fc.assert(
      fc.property(fc.oneof(written, mutated), scopes, policies, (text, scope, nulls) => {
        judged(text, scope, nulls);
      }),
      { numRuns: 1_000 },
    );
  });

  test('nor do trees of texts, deep ones too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(written, raw), { maxLength: 4 }),
        fc.nat(600),
        scopes,
        policies,
        (texts, levels, scope, nulls) => {
          const tree: Value = { texts, deep: nest(levels, texts[0] ?? 'plain'), ['__proto__']: null };
          const { value: resolved, error } = resolveTree(tree, scope, { nulls, trace: true });
          expect(Object.keys(resolved as object)).toEqual(Object.keys(tree));
          expect(error === undefined || error.message !== '').toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function nest(levels: number, core: Value = 1): Value {
  let value = core;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}
