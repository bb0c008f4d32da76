/** A job with everything it gets from elsewhere, and its place among the others. */
import type { SourceEntry, SourceMap } from '../source.ts';

export interface GitlabJob {
  readonly entry: SourceEntry;
  readonly map: SourceMap;
  readonly identifier: string;
  /** Keys of jobs it comes after, as `needs` or the stages say. */
  readonly needs: readonly string[];
  /** Jobs whose artifacts it gets: key and identifier. */
  readonly sources: readonly string[];
}
