/** The test files that a command is about. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import { shownPath } from '../diagnostics/sources.ts';
import { listYamlFiles } from '../repository/find-folders.ts';
import { readText } from '../repository/choose-pipeline.ts';

export interface TestFile {
  /** Absolute. */
  readonly path: string;
  /** As it is shown. */
  readonly name: string;
  readonly text: string;
}

const TEST_FILE = /\.test\.ya?ml$/i;

/**
 * All tests below the folder, or the one file that was named.
 * @throws UsageError
 */
export function findTests(folder: string, given: string | undefined): readonly TestFile[] {
  const path = resolve(folder, given ?? '.');
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${String(given)} is not there.`, undefined, 5);
  const paths = found.isDirectory() ? listYamlFiles(path).filter((each) => TEST_FILE.test(each)) : [path];
  if (paths.length === 0) {
    throw new UsageError(
      `There are no tests ${given === undefined ? 'here' : `in ${given}`}: files whose names end with .test.yaml.`,
      'Let "bridle init" write a first one, or see the guide docs/guides/pipeline-tests.md.',
      5,
    );
  }
  return paths.map((each) => ({ path: each, name: shownPath(each, folder), text: readText(each, each) }));
}
