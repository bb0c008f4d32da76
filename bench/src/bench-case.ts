import type { Run } from './samples.ts';

/** One promise of quality: what is timed, its floor on this machine in the same run, and what was promised. */
export interface BenchCase {
  readonly name: string;
  readonly timed: string;
  readonly floor: string;
  readonly target: string;
  /** Starts what the case needs; `measure` and `measureFloor` then run in turns. */
  prepare(): Promise<PreparedCase>;
}

export interface PreparedCase {
  measure(): Promise<Run>;
  measureFloor(): Promise<Run>;
  close(): Promise<void>;
}
