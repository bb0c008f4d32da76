/** The results as one document; its shape is part of what scripts rely on. */
import type { Mismatch, PipelineCoverage } from '@bridle/pipeline';
import { toJsonDiagnostic } from '../validate/print-json.ts';
import type { CaseResult } from './run-case.ts';
import type { FileResult } from './run-file.ts';
import type { Totals } from './totals.ts';

export interface CoveredPipeline {
  readonly pipeline: string;
  readonly coverage: PipelineCoverage;
}

export function toJsonReport(
  results: readonly FileResult[],
  totals: Totals,
  coverage: readonly CoveredPipeline[] | undefined,
  shownPipeline: (result: FileResult) => string | undefined,
): object {
  return {
    ...totals,
    results: results.map((result) => ({
      file: result.file.name,
      pipeline: shownPipeline(result) ?? null,
      diagnostics: result.diagnostics.map((diagnostic) =>
        toJsonDiagnostic({ diagnostic, source: { name: result.file.name, text: result.file.text } }),
      ),
      cases: result.cases.map(toJsonCase),
    })),
    ...(coverage === undefined
      ? {}
      : {
          coverage: coverage.map(({ pipeline, coverage: { counts, missed } }) => ({ pipeline, ...counts, missed })),
        }),
  };
}

function toJsonCase({ name, outcome, mismatches, durationMs, elapsedMs }: CaseResult): object {
  return {
    name,
    outcome,
    /** Virtual. */
    durationMs: durationMs ?? null,
    elapsedMs: Math.round(elapsedMs),
    mismatches: mismatches.map(toJsonMismatch),
  };
}

function toJsonMismatch({ title, place, expected, actual, message }: Mismatch): object {
  return {
    title,
    path: place.path,
    range: place.range,
    expected,
    actual,
    ...(message === undefined ? {} : { message }),
  };
}
