import type { ConvertedSource } from '../draft.ts';
import { refuse, START, type SourceMap } from '../source.ts';
import type { ConvertOptions } from '../result.ts';

export function convertDrone(_documents: readonly SourceMap[], _options: ConvertOptions): ConvertedSource {
  return refuse('STRUCTURE_INVALID', START, 'not yet');
}
