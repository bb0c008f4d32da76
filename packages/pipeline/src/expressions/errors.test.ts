import { expect, test } from 'vitest';
import { resolveText } from './evaluate.ts';
import { testScope } from './test-scope.ts';
import { ERRORS } from './testdata/errors.ts';

test.each(ERRORS)('%s: %s', (_rule, leaf, code, words) => {
  const { value, error } = resolveText(leaf, testScope);
  expect(error?.code).toBe(code);
  expect(error?.message).toContain(words);
  expect(value).toBe(leaf);
});

test('an error names the expression it lies in and its place', () => {
  const { error } = resolveText('first <+pipeline.name> then <+"a".nope()> end', testScope);
  expect(error?.message).toContain('nope()');
  const broken = resolveText('first <+pipeline.name> then <+a +> end', testScope).error;
  expect(broken).toMatchObject({ text: '<+a +>', span: { start: 28, end: 34 }, path: [] });
});
