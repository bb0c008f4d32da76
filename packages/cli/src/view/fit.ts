/** Which lines stay when there are more than the screen has rows. */
import type { Line } from './pieces.ts';

export interface Entry {
  readonly line: Line;
  /** The lower, the longer it stays; of equals the later one stays. */
  readonly rank: number;
  /** It is missed: where such lines are left out, a line says how many. Last lines of logs are not. */
  readonly isCounted: boolean;
}

/** At most `rows` lines, in their order; `more` is the line that stands for those that were left out. */
export function fit(entries: readonly Entry[], rows: number, more: (count: number) => Line): readonly Line[] {
  if (rows <= 0) return [];
  if (entries.length <= rows) return entries.map(({ line }) => line);
  const ranked = entries.map((entry, index) => ({ entry, index }));
  ranked.sort((one, other) => one.entry.rank - other.entry.rank || other.index - one.index);
  // One row is kept for saying that something is left out; if only log lines are, it is theirs.
  const isMissed = ranked.slice(rows).some(({ entry }) => entry.isCounted);
  const kept = new Set(ranked.slice(0, isMissed ? rows - 1 : rows).map(({ index }) => index));
  const missing = entries.filter(({ isCounted }, index) => isCounted && !kept.has(index)).length;
  const lines: Line[] = [];
  let isSaid = !isMissed;
  for (const [index, { line, isCounted }] of entries.entries()) {
    if (kept.has(index)) lines.push(line);
    else if (isCounted && !isSaid) {
      lines.push(more(missing));
      isSaid = true;
    }
  }
  return lines;
}
