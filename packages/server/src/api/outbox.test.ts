import { expect, it } from 'vitest';
import { Outbox } from './outbox.ts';

it('sends what was put, in order, also what comes while it sends', async () => {
  const outbox = new Outbox<number>();
  const over = new AbortController();
  const sent: number[] = [];
  outbox.put(1);
  outbox.put(2);
  await outbox.drain(async (item) => {
    sent.push(item);
    if (item === 1) outbox.put(3);
    if (item === 3) over.abort();
  }, over.signal);
  expect(sent).toEqual([1, 2, 3]);
});

it('ends when its reader falls too far behind', async () => {
  const outbox = new Outbox<number>(2);
  const sent: number[] = [];
  await outbox.drain(async (item) => {
    sent.push(item);
    if (item === 1) for (const next of [2, 3, 4]) outbox.put(next);
  }, feed(outbox));
  expect(sent).toEqual([1]);
});

/** Never aborts: only running over ends the outbox. */
function feed(outbox: Outbox<number>): AbortSignal {
  outbox.put(1);
  return new AbortController().signal;
}
