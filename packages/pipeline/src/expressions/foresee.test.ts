/** Expressions before their time (F1–F4 of foresee.ts). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateCondition, resolveText } from './evaluate.ts';
import { foreseeCondition, foreseeText } from './foresee.ts';
import { expressionText, laterValue, secretReference, type ExpressionScope, type ScopeValue } from './scope.ts';
import { testScope } from './test-scope.ts';
import type { Value } from './values.ts';

/** `l0` … `l2` are not there yet; `text` leads to one of them, and `wrong` to an error that comes whatever it will be. */
const LATER = ['l0', 'l1', 'l2'] as const;

function scopeWith(late: (name: string) => ScopeValue | undefined): ExpressionScope {
  return {
    root: (name) => {
      if ((LATER as readonly string[]).includes(name)) return late(name);
      if (name === 'text') return expressionText('<+l0> and more');
      if (name === 'sum') return expressionText('<+<+l1> - 1>');
      if (name === 'token') return secretReference('token');
      return testScope.root(name);
    },
  };
}

const before = scopeWith(laterValue);
const after = (values: Readonly<Record<string, Value>>): ExpressionScope => scopeWith((name) => values[name]);

describe('conditions', () => {
  const known: readonly (readonly [string, boolean])[] = [
    ['false && <+l0>', false],
    ['<+l0> && false', false],
    ['<+l0> == "a" && <+pipeline.name> != "Demo"', false],
    ['true || <+l0>', true],
    ['<+l0> != "a" || true', true],
    ['!(<+l0> && false)', true],
    ['(<+l0> && false) == false', true],
    ['<+l0> ? true : true', true],
    ['true ? false : <+l0>', false],
    ['<+pipeline.name> == "Demo" ?: <+l0>', true],
  ];
  test.each(known)('%s is known', (text, holds) => {
    expect(foreseeCondition(text, before)).toMatchObject({ kind: 'value', holds });
  });

  const unknown: readonly (readonly [string, readonly string[]])[] = [
    ['<+l0> == "a"', ['l0']],
    ['<+l0> && true', ['l0']],
    ['true && <+l1>', ['l1']],
    ['<+l0> == "a" && <+l1> == "b"', ['l0', 'l1']],
    // The left side may be no number: then it is an error.
    ['<+l0> > 3 && false', ['l0']],
    ['<+sum> && false', ['l1']],
    ['<+l0> ? true : false', ['l0']],
    ['<+l0> ?? <+l1>', ['l0', 'l1']],
    ['["a", <+l2>].contains("b")', ['l2']],
    ['<+l0.deep.member> == "x"', ['l0']],
    ['<+l0>.startsWith("x")', ['l0']],
  ];
  test.each(unknown)('%s waits', (text, waitsFor) => {
    expect(foreseeCondition(text, before)).toMatchObject({ kind: 'later', waitsFor });
  });

  test('what cannot come right is an error before', () => {
    expect(foreseeCondition('<+l0> == (1 / 0)', before)).toMatchObject({ kind: 'error' });
    expect(foreseeText('<+l0>-<+pipeline.variables.missing>', before)).toMatchObject({
      kind: 'error',
      unresolved: ['pipeline.variables.missing'],
    });
  });

  test('parts are told with their values, or with what they wait for', () => {
    const { trace } = foreseeCondition('<+pipeline.name> == "Demo" && <+l0> == "x"', before);
    expect(trace).toEqual([
      { expression: '<+pipeline.name>', value: 'Demo' },
      { expression: '<+pipeline.name> == "Demo"', value: 'true' },
      { expression: '<+l0>', waitsFor: ['l0'] },
      { expression: '<+l0> == "x"', waitsFor: ['l0'] },
      { expression: '<+pipeline.name> == "Demo" && <+l0> == "x"', waitsFor: ['l0'] },
    ]);
  });
});

test('a text waits for all that is in it, also through the text of a variable', () => {
  expect(foreseeText('<+l2> <+text> <+pipeline.name>', before)).toMatchObject({
    kind: 'later',
    waitsFor: ['l2', 'l0'],
  });
});

test('a secret is told by its reference alone', () => {
  expect(foreseeText('Bearer <+token>', before)).toMatchObject({
    kind: 'value',
    usesSecret: true,
    value: 'Bearer <+secrets.getValue("token")>',
  });
});

/** Programs over what is there and what is not. */
const { program } = fc.letrec<{ program: string; atom: string }>((tie) => ({
  atom: fc.constantFrom(
    ...LATER.map((name) => `<+${name}>`),
    '<+l0.member>',
    '<+text>',
    '<+sum>',
    '<+pipeline.name>',
    '<+pipeline.variables.list>',
    '<+pipeline.variables.missing>',
    '<+steps.nowhere.output.x>',
    'true',
    'false',
    'null',
    '"text"',
    '"7"',
    '0',
    '3',
    '"a<+l1>"',
  ),
  program: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 2, arbitrary: tie('atom') },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          tie('program'),
          fc.constantFrom('&&', '||', '==', '!=', '<', '>=', '+', '-', '??', '?:', '=~'),
          tie('program'),
        )
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    },
    { weight: 1, arbitrary: tie('program').map((operand) => `!(${operand})`) },
    { weight: 1, arbitrary: tie('program').map((operand) => `empty(${operand})`) },
    { weight: 1, arbitrary: fc.tuple(tie('program'), tie('program')).map((items) => `[${items.join(', ')}]`) },
    { weight: 1, arbitrary: tie('program').map((target) => `(${target}).toString()`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('program'), tie('program'), tie('program'))
        .map(([condition, then, otherwise]) => `(${condition} ? ${then} : ${otherwise})`),
    },
  ),
}));
const value = fc.oneof(
  fc.constantFrom<Value>(null, true, false, '', 'false', 'text', '7', 'Demo', 0, 3, 2.5, [], ['x'], { member: 'm' }),
  fc.string({ maxLength: 5 }),
);
const values = fc.record(Object.fromEntries(LATER.map((name) => [name, value])));
const nulls = fc.constantFrom('variables' as const, 'strict' as const, 'lenient' as const);
const RUNS = { numRuns: 4_000 };

test('F1: where everything is there, the answer is that of the evaluation', () => {
  fc.assert(
    fc.property(program, values, nulls, (text, given, policy) => {
      const scope = after(given);
      const options = { nulls: policy };
      const [now, real] = [foreseeCondition(text, scope, options), evaluateCondition(text, scope, options)];
      if (now.kind === 'value') expect([now.value, now.holds, undefined]).toEqual([real.value, real.holds, real.error]);
      else expect(now).toMatchObject({ kind: 'error', error: real.error });
      const leaf = `x <+${text}>`;
      const [resolved, full] = [foreseeText(leaf, scope, options), resolveText(leaf, scope, options)];
      if (resolved.kind === 'value') expect([resolved.value, undefined]).toEqual([full.value, full.error]);
      else expect(resolved).toMatchObject({ kind: 'error', error: full.error });
    }),
    RUNS,
  );
});

test('F2, F3: a value or an error that is given holds whatever the missing values turn out to be', () => {
  let [known, failed, waiting] = [0, 0, 0];
  fc.assert(
    fc.property(program, fc.array(values, { minLength: 3, maxLength: 6 }), nulls, (text, completions, policy) => {
      const options = { nulls: policy };
      const now = foreseeCondition(text, before, options);
      const leaf = foreseeText(`<+${text}>`, before, options);
      for (const given of completions) {
        const real = evaluateCondition(text, after(given), options);
        if (now.kind === 'value') expect([real.value, real.error]).toEqual([now.value, undefined]);
        if (now.kind === 'error') expect(real.error).toBeDefined();
        const full = resolveText(`<+${text}>`, after(given), options);
        if (leaf.kind === 'value') expect([full.value, full.error]).toEqual([leaf.value, undefined]);
        if (leaf.kind === 'error') expect(full.error).toBeDefined();
      }
      if (now.kind === 'value') known += 1;
      else if (now.kind === 'error') failed += 1;
      else waiting += 1;
    }),
    RUNS,
  );
  // All three happen, often enough to mean something.
  for (const count of [known, failed, waiting]) expect(count).toBeGreaterThan(RUNS.numRuns / 20);
});
