import { expect, it } from 'vitest';
import { makeId } from './make-id.ts';

it('makes ids that are words on a command line', () => {
  const ids = Array.from({ length: 2_000 }, makeId);
  // One in 64 would begin with a dash: none of 2,000 does by chance once in 10^13.
  expect(ids.filter((id) => !/^\w[\w-]{21}$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});
