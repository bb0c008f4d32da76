import { expect, it } from 'vitest';
import { Merged } from './merged.ts';

async function* count(from: number, to: number): AsyncGenerator<number> {
  for (let number = from; number < to; number += 1) {
    await Promise.resolve();
    yield number;
  }
}

it('gives each item of each source once, in the order of its source', async () => {
  const merged = new Merged<number>();
  merged.add(count(0, 3_000));
  merged.add(count(10_000, 10_010));
  const all: number[] = [];
  for await (const item of merged.all()) {
    // A source may come later.
    if (item === 5) merged.add(count(20_000, 20_010));
    all.push(item);
  }
  const parts = [0, 10_000, 20_000].map((from) => all.filter((item) => item >= from && item < from + 10_000));
  expect(parts.map(({ length }) => length)).toEqual([3_000, 10, 10]);
  for (const part of parts) expect(part).toEqual(part.toSorted((one, other) => one - other));
});

it('fails as a source of it does, after what came before', async () => {
  const merged = new Merged<number>();
  merged.until(Promise.reject(new Error('broken')));
  await expect(merged.all().next()).rejects.toThrow('broken');
});
