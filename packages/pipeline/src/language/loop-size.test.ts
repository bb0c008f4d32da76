/** The size of a loop is held against writing all of its instances down. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loopSize } from './loop-size.ts';
import type { Loop } from './node-parts.ts';

const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('0', '1', 'a', 'b'));
const axes = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('x', 'y', 'z'), values: fc.array(value, { minLength: 1, maxLength: 4 }) }),
  {
    minLength: 1,
    selector: ({ name }) => name,
  },
);
const exclude = fc.array(fc.dictionary(fc.constantFrom('x', 'y', 'z'), value, { maxKeys: 3 }), { maxLength: 3 });

test('of a matrix: all combinations but those that an excluded one covers', () => {
  fc.assert(
    fc.property(axes, exclude, (given, left) => {
      let all: readonly Readonly<Record<string, string>>[] = [{}];
      for (const { name, values } of given)
        all = all.flatMap((one) => values.map((v) => ({ ...one, [name]: String(v) })));
      const kept = all.filter(
        (one) =>
          !left.some((part) => {
            const entries = Object.entries(part);
            return entries.length > 0 && entries.every(([key, v]) => one[key] === String(v));
          }),
      );
      expect(loopSize({ kind: 'matrix', axes: given, exclude: left })).toBe(kept.length);
    }),
  );
});

const ITEMS = Array.from({ length: 7 }, (_, index) => String(index));

test.each<readonly [Partial<Extract<Loop, { kind: 'items' }>>, number | undefined]>([
  [{}, 7],
  [{ start: 2 }, 5],
  [{ end: 3 }, 3],
  [{ start: 5, end: 20 }, 2],
  [{ start: 7 }, 0],
  [{ partitionSize: 3 }, 3],
  [{ start: 1, partitionSize: 3 }, 2],
  [{ partitionSize: 50, unit: 'Percentage' }, 2],
  [{ partitionSize: 100, unit: 'Percentage' }, 1],
  [{ items: '<+a>' }, undefined],
  [{ start: '<+a>' }, undefined],
  [{ items: 'a, b' }, 2],
])('of items: the range of them, in parts: %j', (change, size) => {
  expect(loopSize({ kind: 'items', items: ITEMS, unit: 'Count', ...change })).toBe(size);
});
