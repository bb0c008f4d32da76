import { describe, expect, test } from 'vitest';
import { evaluateCondition } from './evaluate.ts';
import { testScope } from './test-scope.ts';
import { CONDITIONS } from './testdata/conditions.ts';

for (const [rule, condition, holds, ...value] of CONDITIONS) {
  test(`${rule}: ${condition}`, () => {
    const result = evaluateCondition(condition, testScope);
    expect(result.error).toBeUndefined();
    expect(result.holds).toBe(holds);
    for (const expected of value) expect(result.value).toStrictEqual(expected);
  });
}

describe('a condition that cannot be judged', () => {
  test.each([
    ['"yes"', 'EXPRESSION_VALUE', 'the condition must give true or false, but gave yes'],
    ['<+pipeline.sequenceId>', 'EXPRESSION_VALUE', 'gave 12'],
    ['<+pipeline.name> = "x"', 'EXPRESSION_SYNTAX', 'scripts are not allowed'],
    ['x -> x', 'EXPRESSION_SYNTAX', 'scripts are not allowed'],
    ['<+pipeline.name>.explode()', 'EXPRESSION_FUNCTION', 'explode()'],
    ['<+pipeline.name> <+pipeline.name>', 'EXPRESSION_SYNTAX', 'an operator or the end is expected'],
  ])('says why: %s', (condition, code, words) => {
    const { holds, error } = evaluateCondition(condition, testScope);
    expect(holds).toBe(false);
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(words);
  });

  test('refuses what does not exist when strict', () => {
    expect(evaluateCondition('<+trigger.zip> > 1', testScope, { nulls: 'strict' }).error?.code).toBeUndefined();
    expect(evaluateCondition('<+trigger.zip>', testScope, { nulls: 'strict' }).error?.code).toBe(
      'EXPRESSION_UNRESOLVED',
    );
  });
});

test('the trace is the stored why: each sub-expression and its value, inner ones first, the whole last', () => {
  const condition = '<+pipeline.sequenceId> > 5 && "<+trigger.zip>" != "x"';
  const { trace, unresolved } = evaluateCondition(condition, testScope, { trace: true });
  expect(trace).toEqual([
    { expression: '<+pipeline.sequenceId>', value: '12' },
    { expression: '<+pipeline.sequenceId> > 5', value: 'true' },
    { expression: '<+trigger.zip>', value: 'null' },
    { expression: '"<+trigger.zip>" != "x"', value: 'true' },
    { expression: condition, value: 'true' },
  ]);
  expect(unresolved).toEqual(['trigger.zip']);
});
