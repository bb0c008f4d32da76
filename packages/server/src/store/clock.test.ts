import { expect, test } from 'vitest';
import { DatabaseClock } from './clock.ts';

test('T1 goes on from what the database said by the monotonic clock', () => {
  let monotonic = 1_000;
  const clock = new DatabaseClock(() => monotonic);
  expect(() => clock.now()).toThrow('before the database told the time');
  clock.hear(50_000);
  expect(clock.now()).toBe(50_000);
  monotonic += 250.6;
  expect(clock.now()).toBe(50_250);
});

test('jitter of the answers does not make it run backwards', () => {
  let monotonic = 0;
  const clock = new DatabaseClock(() => monotonic);
  clock.hear(50_000);
  monotonic = 100;
  expect(clock.now()).toBe(50_100);
  clock.hear(50_060);
  expect(clock.now()).toBe(50_100);
  monotonic = 141;
  expect(clock.now()).toBe(50_101);
});

test('a step back of the database is followed', () => {
  const clock = new DatabaseClock(() => 0);
  clock.hear(50_000);
  expect(clock.now()).toBe(50_000);
  clock.hear(10_000);
  expect(clock.now()).toBe(10_000);
});
