/** What the file of results holds: each case with its figures, the commit and the machine they were measured on. */
import type { Figures } from './samples.ts';

export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
}

/** Of one case, as it was measured. */
export interface Measured {
  readonly case: string;
  readonly timed: string;
  readonly floorOf: string;
  readonly target: string;
  readonly runs: number;
  readonly figures: Figures;
  readonly floor: Figures;
  /** How many times the floor: p50 by p50. */
  readonly ratio: number;
}

export interface Result extends Measured {
  readonly commit: string;
  readonly machine: Machine;
}

/**
 * New results take the place of the older ones of their cases; those of other cases stay.
 * @param cases - names in the order of the file; results of a case that is no more are dropped
 */
export function mergeResults(
  kept: readonly Result[],
  fresh: readonly Result[],
  cases: readonly string[],
): readonly Result[] {
  const known = new Map([...kept, ...fresh].map((result) => [result.case, result]));
  return cases.flatMap((name) => known.get(name) ?? []);
}
