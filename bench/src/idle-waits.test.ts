import { expect, test } from 'vitest';
import { idleWaits } from './idle-waits.ts';

const held = (
  delegateId: string,
  queuedAt: number,
  leasedAt: number,
  endedAt: number,
): Parameters<typeof idleWaits>[0][0] => ({
  delegateId,
  queuedAt,
  leasedAt,
  endedAt,
});

test('time in which delegates were busy does not count', () => {
  expect(idleWaits([held('a', 0, 5, 100), held('a', 7, 102, 200)], ['a'])).toEqual([5, 2]);
});

test('it has waited as long as somebody else was idle, whoever took it in the end', () => {
  const tasks = [held('a', 0, 1, 50), held('b', 0, 2, 500), held('b', 0, 510, 600)];
  expect(idleWaits(tasks, ['a', 'b'])).toEqual([1, 2, 460]);
});

test('a delegate that never got anything was idle all the time', () => {
  expect(idleWaits([held('a', 10, 40, 50)], ['a', 'b'])).toEqual([30]);
});
