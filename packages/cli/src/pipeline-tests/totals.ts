import type { FileResult } from './run-file.ts';

export interface Totals {
  readonly files: number;
  /** Test files that are no tests as they stand. */
  readonly broken: number;
  readonly passed: number;
  readonly failed: number;
}

export function totalsOf(results: readonly FileResult[]): Totals {
  const sound = results.filter(({ diagnostics }) => diagnostics.length === 0).flatMap(({ cases }) => cases);
  const passed = sound.filter(({ outcome }) => outcome === 'passed').length;
  return {
    files: results.length,
    broken: results.filter(({ diagnostics }) => diagnostics.length > 0).length,
    passed,
    failed: sound.length - passed,
  };
}
