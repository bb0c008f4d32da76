import fc from 'fast-check';
import { expect, test } from 'vitest';
import { neededBy, toLevels, unneeded, type Node } from './levels.ts';

/** Each node needs some of those before it, in a shuffled list. */
const graphs: fc.Arbitrary<readonly Node[]> = fc
  .array(fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .map((lists) =>
    lists.map((list, index) => ({
      key: `n${String(index)}`,
      needs: index === 0 ? [] : [...new Set(list.map((need) => `n${String(need % index)}`))],
    })),
  )
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }));

test('everything is there once and comes after what it needs (L1)', () => {
  fc.assert(
    fc.property(graphs, (nodes) => {
      const ordered = toLevels(nodes);
      if (ordered.kind === 'cycle') throw new Error('There is no cycle.');
      const place = new Map(ordered.levels.flatMap((level, index) => level.map(({ key }) => [key, index] as const)));
      expect(place.size).toBe(nodes.length);
      for (const { key, needs } of nodes)
        for (const need of needs) expect(place.get(need)).toBeLessThan(place.get(key) ?? 0);
      for (const node of nodes) {
        const needed = neededBy(nodes, node);
        const others = unneeded(ordered.levels, node).map(({ key }) => key);
        const before = nodes.filter(({ key }) => (place.get(key) ?? 0) < (place.get(node.key) ?? 0));
        expect(new Set([...needed, ...others])).toEqual(new Set(before.map(({ key }) => key)));
        expect(others.some((key) => needed.has(key))).toBe(false);
      }
    }),
  );
});

test('a circle is named, and what needs nothing that is there is no matter', () => {
  expect(
    toLevels([
      { key: 'a', needs: ['b'] },
      { key: 'b', needs: ['a'] },
      { key: 'c', needs: ['gone'] },
    ]),
  ).toEqual({
    kind: 'cycle',
    keys: ['a', 'b'],
  });
});
