import { expect, test } from 'vitest';
import { portions } from './portions.ts';

const cut = (weights: readonly number[], most: number): readonly (readonly number[])[] => [
  ...portions(weights, (weight) => weight, most),
];

test('portions keep the order and weigh no more than they may, but for one that is heavier alone', () => {
  expect(cut([], 3)).toEqual([]);
  expect(cut([1, 2, 1, 1, 1, 1], 3)).toEqual([[1, 2], [1, 1, 1], [1]]);
  expect(cut([9, 1, 9], 3)).toEqual([[9], [1], [9]]);
});
