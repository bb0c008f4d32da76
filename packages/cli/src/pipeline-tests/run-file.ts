/** All cases of one test file. */
import { basename } from 'node:path';
import {
  isBlocked,
  measureCoverage,
  parseTest,
  type Diagnostic,
  type Plan,
  type PipelineCoverage,
  type TestCase,
} from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { compileWith } from '../inputs/compile-run.ts';
import type { ChosenPipeline } from '../repository/choose-pipeline.ts';
import { findPipeline } from './find-pipeline.ts';
import type { TestFile } from './find-tests.ts';
import { runCase, type CaseResult } from './run-case.ts';

export interface FileResult {
  readonly file: TestFile;
  /** Absent when it was not found. */
  readonly pipeline?: ChosenPipeline;
  readonly cases: readonly CaseResult[];
  /** Not empty = the file is not one that can be judged. Warnings are left out. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface RunFileOptions {
  /** Only cases whose names have this in them. */
  readonly filter: string | undefined;
  readonly signal: AbortSignal;
}

export async function runFile(file: TestFile, { filter, signal }: RunFileOptions): Promise<FileResult> {
  const { test, diagnostics } = parseTest(file.text);
  if (test === undefined || isBlocked(diagnostics, 'run'))
    return { file, cases: [], diagnostics: blocking(diagnostics) };
  let pipeline: ChosenPipeline;
  try {
    pipeline = findPipeline(file, test);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { file, cases: [], diagnostics: [notFound(error, test.pipeline?.place, file)] };
  }
  const cases: CaseResult[] = [];
  for (const each of test.cases.filter((candidate) => isWanted(candidate, filter))) {
    if (signal.aborted) break;
    cases.push(await runCase(pipeline, each, file));
  }
  return { file, pipeline, cases, diagnostics: distinct(cases.flatMap((result) => blocking(result.diagnostics))) };
}

export function coverageOf(results: readonly FileResult[]): PipelineCoverage {
  const executions = results.flatMap(({ cases }) => cases.flatMap(({ ran }) => ran ?? []));
  const plans = [...executions.map(({ plan }) => plan), ...wholePlans(results)];
  return measureCoverage(executions, plans);
}

/** A pipeline of which every case chose some stages only is counted as a whole, if it compiles as one. */
function wholePlans(results: readonly FileResult[]): readonly Plan[] {
  return results.flatMap(({ pipeline }) => {
    const compiled = pipeline === undefined ? undefined : compileWith(pipeline, { inputYaml: '', diagnostics: [] });
    return compiled?.kind === 'compiled' ? [compiled.compiled.planOf('coverage')] : [];
  });
}

function isWanted({ name }: TestCase, filter: string | undefined): boolean {
  return filter === undefined || name.value.toLowerCase().includes(filter.toLowerCase());
}

function blocking(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter((each) => isBlocked([each], 'run'));
}

/** What is given to all cases is found wrong in each of them. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [`${each.code} ${each.path} ${each.message}`, each])).values()].toSorted(
    (one, other) => one.range.start.offset - other.range.start.offset,
  );
}

function notFound(
  error: UsageError,
  place: Pick<Diagnostic, 'range' | 'path'> | undefined,
  file: TestFile,
): Diagnostic {
  const start = { line: 1, column: 1, offset: 0 };
  const stem = basename(file.path).replace(/\.test\.ya?ml$/i, '');
  const hint =
    error.hint ?? (place === undefined ? `Put ${stem}.yaml beside the test, or name it with pipeline:.` : undefined);
  return {
    code: 'TEST_FILE_INVALID',
    blocks: 'run',
    message: error.message,
    ...(hint === undefined ? {} : { hint }),
    range: place?.range ?? { start, end: start },
    path: place?.path ?? '',
  };
}
