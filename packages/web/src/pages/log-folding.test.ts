import { groupsOf } from '@bridle/text';
import { expect, test } from 'vitest';
import { Folding, isFoldedAtFirst } from './log-folding.ts';

const LINES = ['a', '::group::one', 'b', 'c', '::endgroup::', 'd', '::group::two', '::endgroup::', 'e'];
const GROUPS = groupsOf(LINES);

const shown = (folding: Folding): number[] => Array.from({ length: folding.rows }, (_, row) => folding.lineOf(row));

test('without folded groups every line is a row', () => {
  const folding = new Folding(3, []);
  expect(shown(folding)).toEqual([0, 1, 2]);
  expect(folding.rowOf(2)).toBe(2);
});

test('of a folded group only the first line is in view, and stands for the others', () => {
  const folding = new Folding(LINES.length, GROUPS);
  expect(shown(folding)).toEqual([0, 1, 5, 6, 8]);
  expect(LINES.map((_, line) => folding.rowOf(line))).toEqual([0, 1, 1, 1, 1, 2, 3, 3, 4]);
});

test('groups in a folded group change nothing, and a group may reach beyond the lines there are', () => {
  const outer = { title: '', syntax: 'gitlab', isFolded: true, depth: 0, from: 1, to: 9 } as const;
  const folding = new Folding(6, [outer, { ...outer, from: 3, to: 4, depth: 1 }]);
  expect(shown(folding)).toEqual([0, 1]);
});

test('at first what is marked so is folded, but for the group that is being written', () => {
  const [one] = GROUPS;
  const [live] = groupsOf(LINES.slice(0, 3));
  expect([one, live].map((group) => group !== undefined && isFoldedAtFirst(group, group.to + 1, false))).toEqual([
    false,
    false,
  ]);
  expect(one !== undefined && isFoldedAtFirst(one, LINES.length, false)).toBe(true);
  expect(live !== undefined && isFoldedAtFirst(live, 3, true)).toBe(true);
});
