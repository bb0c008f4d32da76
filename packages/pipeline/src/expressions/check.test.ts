import { expect, test } from 'vitest';
import { checkCondition, checkText } from './check.ts';

test('each expression of a leaf is checked by itself', () => {
  const errors = checkText('a <+b.> c <+d> e <+f g> <+input>.default(x)');
  expect(errors.map(({ code, text, span }) => [code, text, span.start])).toEqual([
    ['EXPRESSION_SYNTAX', '<+b.>', 2],
    ['EXPRESSION_SYNTAX', '<+f g>', 17],
  ]);
});

test.each([
  ['<+a> > 5 && true', 0],
  ['', 0],
  ['<+a> >', 1],
  ['<+a> = 5', 1],
])('a condition is one program: %s', (condition, count) => {
  expect(checkCondition(condition)).toHaveLength(count);
});
