import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from './virtual-time.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

test('sleepers wake in the order of their times, and of lying down at equal times', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 40 }), async (durations) => {
      const time = new VirtualTime(100);
      const woken: { index: number; at: number }[] = [];
      durations.forEach((ms, index) => void time.sleep(ms, never).then(() => woken.push({ index, at: time.now() })));
      await time.pass(20, settled);
      const expected = durations
        .map((ms, index) => ({ index, at: 100 + ms }))
        .toSorted((one, two) => one.at - two.at || one.index - two.index);
      expect(woken).toEqual(expected);
      expect(time.now()).toBe(120);
    }),
  );
});

test('an aborted sleep ends at once and moves no clock', async () => {
  const time = new VirtualTime(0);
  const controller = new AbortController();
  const sleep = time.sleep(1_000, controller.signal);
  controller.abort();
  await sleep;
  await time.sleep(1_000, controller.signal);
  expect(time.now()).toBe(0);
});

test('nobody sleeps, nothing happens', () => {
  const time = new VirtualTime(5);
  expect(time.nextWakeAt()).toBeUndefined();
  expect(time.wakeNext()).toBe(false);
  expect(time.now()).toBe(5);
});
