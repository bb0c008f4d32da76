import { expect, test } from 'vitest';
import { sampleStart } from './conformance/samples.ts';
import { HotExecutions } from './hot-executions.ts';

const scope = { accountId: 'a', orgIdentifier: 'o', projectIdentifier: 'p' };

test('P1 the least recently used execution goes first', () => {
  const hot = new HotExecutions(2);
  const one = sampleStart(scope, 1).execution;
  const two = sampleStart(scope, 1).execution;
  const three = sampleStart(scope, 1).execution;
  hot.keep(one);
  hot.keep(two);
  expect(hot.find(one.id)).toBe(one);
  hot.keep(three);
  expect(hot.find(two.id)).toBeUndefined();
  expect(hot.find(one.id)).toBe(one);
  expect(hot.find(three.id)).toBe(three);
  hot.drop(one.id);
  expect(hot.find(one.id)).toBeUndefined();
  expect(hot.size).toBe(1);
});
