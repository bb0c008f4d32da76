import { expect, test } from 'vitest';
import { Doorbell } from './doorbell.ts';
import { VirtualTime } from './memory/virtual-time.ts';

const never = new AbortController().signal;

test('a ring ends the wait; rings before the wait end it at once, once', async () => {
  const time = new VirtualTime(0);
  const bell = new Doorbell();
  const waiting = bell.wait(time, 1_000, never);
  bell.ring();
  await waiting;
  bell.ring();
  bell.ring();
  await bell.wait(time, 1_000, never);
  expect(time.now()).toBe(0);
  let isOver = false;
  const slept = bell.wait(time, 1_000, never).then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  time.wakeNext();
  await slept;
  expect(time.now()).toBe(1_000);
});

test('the signal ends the wait, also one that aborted before', async () => {
  const time = new VirtualTime(0);
  const bell = new Doorbell();
  const controller = new AbortController();
  const waiting = bell.wait(time, 1_000, controller.signal);
  controller.abort();
  await waiting;
  await bell.wait(time, 1_000, controller.signal);
  expect(time.now()).toBe(0);
});
