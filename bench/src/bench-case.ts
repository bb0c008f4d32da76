import type { Opened } from './opened.ts';
import type { Run } from './samples.ts';

/** One promise of quality: what is timed, its floor on this machine in the same run, and what was promised. */
export interface BenchCase {
  readonly name: string;
  readonly timed: string;
  readonly floor: string;
  readonly target: string;
  /** Starts what the case needs and gives it to `opened` at once; `measure` and `measureFloor` then run in turns. */
  prepare(opened: Opened): Promise<Measures | PreparedCase>;
}

export interface Measures {
  measure(): Promise<Run>;
  measureFloor(): Promise<Run>;
}

/** Of a case that closes by itself what it did not give to `opened`. */
export interface PreparedCase extends Measures {
  close(): Promise<void>;
}
