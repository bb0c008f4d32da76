/** The tests of our own examples: the format at work, and the pipelines that people begin with. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findTests } from './find-tests.ts';
import { coverageOf, runFile } from './run-file.ts';

const FOLDER = join(import.meta.dirname, '../../../../examples');
const files = findTests(FOLDER, undefined);
const { signal } = new AbortController();

test('there are examples with tests', () => {
  expect(files.length).toBeGreaterThanOrEqual(4);
});

test.each(files)('$name', async (file) => {
  const { cases, diagnostics } = await runFile(file, { filter: undefined, signal });
  expect(diagnostics).toEqual([]);
  expect(cases.length).toBeGreaterThan(0);
  const failed = cases.flatMap(({ name, mismatches }) =>
    mismatches.map(({ title, expected, actual }) => `${name}: ${title}: expected ${expected}, actual ${actual}`),
  );
  expect(failed).toEqual([]);
});

const TESTED = 'tested-pipelines';

test.each(files.filter(({ path }) => path.includes(TESTED)))('$name reaches all of its pipeline', async (file) => {
  const { missed } = coverageOf([await runFile(file, { filter: undefined, signal })]);
  expect(missed).toEqual([]);
});
