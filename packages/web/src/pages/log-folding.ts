/** Which lines of a log are in view when some of its groups are folded: rows of the view ↔ lines of the log. */
import type { LineGroup } from '@bridle/text';

/** Lines that follow one another in the view. */
interface Run {
  readonly row: number;
  readonly line: number;
}

export class Folding {
  readonly rows: number;
  /** The first always begins at row 0 and line 0. */
  readonly #runs: readonly Run[];

  /** @param folded - the groups whose lines behind the first are hidden, by their first lines in order */
  constructor(lines: number, folded: readonly LineGroup[]) {
    const runs: Run[] = [{ row: 0, line: 0 }];
    let hidden = 0;
    let shownFrom = 0;
    for (const { from, to } of folded) {
      const last = Math.min(to, lines - 1);
      // Within a group that is folded itself, or nothing to hide.
      if (from < shownFrom || last <= from) continue;
      hidden += last - from;
      shownFrom = last + 1;
      runs.push({ row: shownFrom - hidden, line: shownFrom });
    }
    this.rows = lines - hidden;
    this.#runs = runs;
  }

  lineOf(row: number): number {
    const run = this.#runs.findLast((each) => each.row <= row);
    return run === undefined ? row : run.line + row - run.row;
  }

  /** Of a hidden line the row of the group that hides it. */
  rowOf(line: number): number {
    const index = this.#runs.findLastIndex((each) => each.line <= line);
    const run = this.#runs[index];
    const next = this.#runs[index + 1];
    if (run === undefined) return line;
    const row = run.row + line - run.line;
    return next === undefined ? row : Math.min(row, next.row - 1);
  }
}

/** Whether a viewer sees only the first line of a group, unless somebody chose otherwise: never of the one that is being written. */
export function isFoldedAtFirst(group: LineGroup, lines: number, isComplete: boolean): boolean {
  return group.isFolded && (isComplete || group.to < lines - 1);
}
