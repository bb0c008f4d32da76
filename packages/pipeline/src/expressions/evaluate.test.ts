import { describe, expect, test } from 'vitest';
import { resolveText, resolveTree } from './evaluate.ts';
import { testScope } from './test-scope.ts';

/** What leaves and conditions give is shown rule by rule in `testdata/*.yml`. */

describe('names that do not exist', () => {
  test('are listed as written, each once, and become null', () => {
    const { value, unresolved, error } = resolveText(
      '<+trigger.zip>-<+trigger.zip>-<+steps.s<+strategy.identifierPostFix>.x>',
      testScope,
    );
    expect({ value, unresolved, error }).toEqual({
      value: 'null-null-null',
      unresolved: ['trigger.zip', 'steps.s<+strategy.identifierPostFix>.x'],
      error: undefined,
    });
  });

  test.each([
    'pipeline.variables.zip',
    'stage.variables.zip',
    'stepGroup.variables.zip',
    'variable.zip',
    'variable.org.zip',
    'pipeline.variables.env.deeper',
  ])('of variables are errors: %s', (name) => {
    const { error } = resolveText(`echo <+${name}>`, testScope);
    expect(error).toMatchObject({
      code: 'EXPRESSION_UNRESOLVED',
      message: `unresolved expression: ${name}`,
      text: `<+${name}>`,
      span: { start: 5 },
    });
  });

  test.each([
    ['<+pipeline.variables.zip ?? "d">', 'd'],
    ['<+pipeline.variables.zip ?: "d">', 'd'],
    ['<+<+pipeline.variables.zip> == null ? "none" : "some">', 'none'],
    ['<+empty(pipeline.variables.zip)>', true],
    ['<+!pipeline.variables.zip>', true],
  ])('may be asked about: %s', (leaf, value) => {
    expect(resolveText(leaf, testScope)).toMatchObject({ value, unresolved: ['pipeline.variables.zip'] });
    expect(resolveText(leaf, testScope, { nulls: 'strict' }).error).toBeUndefined();
  });

  test('are all errors when strict, none when lenient', () => {
    expect(resolveText('<+trigger.zip>', testScope, { nulls: 'strict' }).error?.code).toBe('EXPRESSION_UNRESOLVED');
    expect(resolveText('<+pipeline.variables.zip>', testScope, { nulls: 'lenient' })).toMatchObject({ value: null });
  });

  test('of several leaves are reported together', () => {
    const spec = { a: '<+pipeline.variables.one>', b: ['x', '<+stage.variables.two>'], c: '<+pipeline.variables.one>' };
    expect(resolveTree(spec, testScope).error).toMatchObject({
      message: 'unresolved expressions: pipeline.variables.one, stage.variables.two',
      path: ['a'],
    });
  });

  test('a null value is not a missing one', () => {
    expect(resolveText('<+trigger.payload.nothing>', testScope, { nulls: 'strict' })).toMatchObject({
      value: null,
      unresolved: [],
    });
  });
});

describe('a tree', () => {
  test('keeps its keys, its types and what holds no expression', () => {
    const spec = {
      command: 'echo <+pipeline.name>',
      '<+key>': 1,
      flags: [true, null, '<+pipeline.sequenceId>'],
      nested: { deep: { x: '<+matrix.os>' } },
    };
    expect(resolveTree(spec, testScope).value).toStrictEqual({
      command: 'echo Demo',
      '<+key>': 1,
      flags: [true, null, 12],
      nested: { deep: { x: 'linux' } },
    });
  });

  test('keeps leaves that are judged later', () => {
    const keep = (path: readonly (string | number)[]): boolean => path[0] === 'assertion';
    const spec = { url: '<+pipeline.name>', assertion: '<+httpResponseCode> == 200' };
    expect(resolveTree(spec, testScope, { keep }).value).toStrictEqual({
      url: 'Demo',
      assertion: '<+httpResponseCode> == 200',
    });
  });

  test('names the leaf of an error', () => {
    const { error } = resolveTree({ env: [{ value: 'ok' }, { value: 'a <+1 +> b' }] }, testScope);
    expect(error).toMatchObject({
      code: 'EXPRESSION_SYNTAX',
      path: ['env', 1, 'value'],
      text: '<+1 +>',
      span: { start: 2, end: 8 },
    });
  });
});

describe('the trace', () => {
  test('names each expression and its value, inner ones first', () => {
    expect(resolveText('x <+<+pipeline.name> == "Demo" ? [1] : 2>', testScope, { trace: true }).trace).toEqual([
      { expression: '<+pipeline.name>', value: 'Demo' },
      { expression: '<+pipeline.name> == "Demo"', value: 'true' },
      { expression: '<+<+pipeline.name> == "Demo" ? [1] : 2>', value: '[1]' },
    ]);
  });
  test('names each name that decides inside one expression', () => {
    const leaf = '<+pipeline.sequenceId gt 5 ? trigger.payload.commits[0].id : pipeline.name>';
    expect(resolveText(leaf, testScope, { trace: true }).trace).toEqual([
      { expression: 'pipeline.sequenceId', value: '12' },
      { expression: 'pipeline.sequenceId gt 5', value: 'true' },
      { expression: 'trigger.payload.commits[0].id', value: 'c1' },
      { expression: leaf, value: 'c1' },
    ]);
  });

  test('shows a secret by its reference', () => {
    const leaf = '<+pipeline.variables.token ?? "x">';
    const reference = '<+secrets.getValue("account.token")>';
    expect(resolveText(leaf, testScope, { trace: true }).trace).toEqual([
      { expression: 'pipeline.variables.token', value: reference },
      { expression: leaf, value: reference },
    ]);
  });
});

test('a scope object may have methods of its own', () => {
  expect(resolveText('<+configFile.getAsString("app")>', testScope).value).toBe('content of "app"');
});

test('an error names the expression it lies in and its place', () => {
  const { error } = resolveText('first <+pipeline.name> then <+"a".nope()> end', testScope);
  expect(error?.message).toContain('nope()');
  const broken = resolveText('first <+pipeline.name> then <+a +> end', testScope).error;
  expect(broken).toMatchObject({ text: '<+a +>', span: { start: 28, end: 34 }, path: [] });
});
