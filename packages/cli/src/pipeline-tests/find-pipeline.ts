/** The pipeline that a test is about. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TestDocument } from '@bridle/pipeline';
import { choosePipeline, type ChosenPipeline } from '../repository/choose-pipeline.ts';
import type { TestFile } from './find-tests.ts';

/**
 * By the path from the test's file or by its identifier; without either, the one beside it (`deploy.yaml` of
 * `deploy.test.yaml`), else the only one of the repository.
 * @throws UsageError
 */
export function findPipeline({ path }: Pick<TestFile, 'path'>, { pipeline }: TestDocument): ChosenPipeline {
  const folder = dirname(path);
  if (pipeline !== undefined) return choosePipeline(folder, pipeline.value);
  const stem = basename(path).replace(/\.test\.ya?ml$/i, '');
  const beside = ['.yaml', '.yml'].map((ending) => join(folder, `${stem}${ending}`)).find(isFile);
  if (beside !== undefined) return choosePipeline(folder, beside);
  return choosePipeline(folder, undefined);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
