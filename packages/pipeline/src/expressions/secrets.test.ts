import { describe, expect, test } from 'vitest';
import { evaluateCondition, resolveText, resolveTree, type Resolution } from './evaluate.ts';
import { testScope } from './test-scope.ts';
import type { Value } from './values.ts';

/** The text that a use stands for. */
const usedText = ({ value, secretRefs }: Resolution<Value>): string[] =>
  secretRefs.map(({ path, span }) => {
    const leaf = path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
    return String(leaf).slice(span.start, span.end);
  });

describe('a use of a secret', () => {
  test('stays as its reference and is marked', () => {
    expect(resolveText('<+secrets.getValue("account.token")>', testScope)).toMatchObject({
      value: '<+secrets.getValue("account.token")>',
      secretRefs: [{ path: [], kind: 'stored', identifier: 'account.token', span: { start: 0, end: 36 } }],
      unresolved: [],
    });
  });

  test.each([
    ['in text', 'curl -H "X: <+secrets.getValue("a")>" <+pipeline.name>'],
    ['joined by +', '<+"Bearer " + secrets.getValue("a")>'],
    [
      'picked by a ternary',
      '<+<+pipeline.variables.env> == "prod" ? <+secrets.getValue("a")> : <+secrets.getValue("b")>>',
    ],
    ['as a fallback', '<+trigger.payload.zip ?? secrets.getValue("a")>'],
    ['through quotes', '<+"x-<+secrets.getValue("a")>-y">'],
    ['by single quotes', "<+secrets.getValue('a')>"],
    ['named by an expression', '<+secrets.getValue(<+pipeline.variables.csv.split(",")[0]>)>'],
    ['named by a joined text', '<+secrets.getValue("" + "a")>'],
  ])('is found %s', (_where, leaf) => {
    const resolution = resolveText(leaf, testScope);
    expect(resolution.error).toBeUndefined();
    expect(resolution.secretRefs.map((use) => use.identifier)).toEqual(['a']);
    expect(usedText(resolution)).toEqual(['<+secrets.getValue("a")>']);
  });

  test('is found in a secret variable, in a variable’s text, in lists and in trees', () => {
    const spec = {
      env: { A: '<+pipeline.variables.token>', B: ['<+pipeline.variables.withToken>'] },
      list: '<+[secrets.getValue("x"), 1]>',
    };
    const resolution = resolveTree(spec, testScope);
    expect(resolution.secretRefs).toEqual([
      { path: ['env', 'A'], kind: 'stored', identifier: 'account.token', span: { start: 0, end: 36 } },
      { path: ['env', 'B', 0], kind: 'stored', identifier: 'api', span: { start: 7, end: 33 } },
      { path: ['list', 0], kind: 'stored', identifier: 'x', span: { start: 0, end: 24 } },
    ]);
    expect(usedText(resolution)).toHaveLength(3);
  });

  test('is compared by its reference', () => {
    expect(evaluateCondition('<+secrets.getValue("a")> == <+secrets.getValue("a")>', testScope).holds).toBe(true);
    expect(evaluateCondition('<+secrets.getValue("a")> == "plain"', testScope).holds).toBe(false);
  });

  test('with a hostile identifier is still one use', () => {
    const resolution = resolveText('a <+secrets.getValue(trigger.payload.title)> b', testScope);
    expect(usedText(resolution)).toEqual([String.raw`<+secrets.getValue("Say \"hi\" & go")>`]);
  });
});
