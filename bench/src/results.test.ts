import { expect, test } from 'vitest';
import { mergeResults, type Result } from './results.ts';

const CASES = ['first', 'second', 'third'];
const FIGURES = { p50: 1, p95: 1, p99: 1 };

function result(name: string, commit: string): Result {
  return {
    case: name,
    timed: '',
    floorOf: '',
    target: '',
    runs: 5,
    figures: FIGURES,
    floor: FIGURES,
    ratio: 1,
    commit,
    machine: { cores: 2, memoryGiB: 24 },
  };
}

const named = (results: readonly Result[]): readonly string[] => results.map((each) => `${each.case} ${each.commit}`);

test('a run of some cases leaves the others as they were, each with its own commit', () => {
  const merged = mergeResults([result('first', 'old'), result('third', 'old')], [result('third', 'new')], CASES);
  expect(named(merged)).toEqual(['first old', 'third new']);
});

test('the order is that of the cases; what is no case any more goes', () => {
  const merged = mergeResults([result('gone', 'old'), result('third', 'old')], [result('second', 'new')], CASES);
  expect(named(merged)).toEqual(['second new', 'third old']);
});

test('the first run has nothing to keep', () => {
  expect(named(mergeResults([], [result('second', 'new')], CASES))).toEqual(['second new']);
});
