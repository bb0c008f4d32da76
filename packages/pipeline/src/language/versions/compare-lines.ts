/** Two texts line by line: the shortest way from one to the other (Myers), printed as a unified diff. */

export interface LineDiff {
  readonly added: number;
  readonly removed: number;
  /** Hunks with three lines around each change; empty when the texts are the same. */
  readonly unified: string;
}

interface Line {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

const AROUND = 3;
/** Lines that may differ before all of the middle counts as replaced (P1): the search remembers their square. */
const CHANGES_MAX = 1_000;

export function compareLines(before: string, after: string): LineDiff {
  const lines = linesOf(split(before), split(after));
  return {
    added: lines.filter(({ kind }) => kind === '+').length,
    removed: lines.filter(({ kind }) => kind === '-').length,
    unified: printHunks(lines),
  };
}

function split(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function linesOf(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  const middle = shortestWay(old, now) ?? [...marked('-', old), ...marked('+', now)];
  return [...marked(' ', before.slice(0, head)), ...middle, ...marked(' ', before.slice(before.length - tail))];
}

function marked(kind: Line['kind'], texts: readonly string[]): Line[] {
  return texts.map((text) => ({ kind, text }));
}

/** `undefined` when they differ too much. Diagonal k = x − y; `reached[k + max]` is the furthest x on it. */
function shortestWay(before: readonly string[], after: readonly string[]): Line[] | undefined {
  const max = Math.min(before.length + after.length, CHANGES_MAX);
  const reached = new Int32Array(2 * max + 3);
  const trace: Int32Array[] = [];
  for (let changes = 0; changes <= max; changes += 1) {
    trace.push(reached.slice(max - changes, max + changes + 3));
    for (let k = -changes; k <= changes; k += 2) {
      let x = startOn(reached, max + 1, changes, k);
      let y = x - k;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x += 1;
        y += 1;
      }
      reached[k + max + 1] = x;
      if (x >= before.length && y >= after.length) return walkBack(trace, before, after);
    }
  }
  return undefined;
}

function at(reached: Int32Array, index: number): number {
  return reached[index] ?? 0;
}

function comesDown(reached: Int32Array, middle: number, changes: number, k: number): boolean {
  return k === -changes || (k !== changes && at(reached, middle + k - 1) < at(reached, middle + k + 1));
}

function startOn(reached: Int32Array, middle: number, changes: number, k: number): number {
  if (changes === 0) return 0;
  return comesDown(reached, middle, changes, k) ? at(reached, middle + k + 1) : at(reached, middle + k - 1) + 1;
}

function walkBack(trace: readonly Int32Array[], before: readonly string[], after: readonly string[]): Line[] {
  const lines: Line[] = [];
  let x = before.length;
  let y = after.length;
  for (let changes = trace.length - 1; changes >= 0; changes -= 1) {
    const reached = trace[changes] ?? new Int32Array();
    // Each step of the trace is kept around its own middle.
    const middle = changes + 1;
    const k = x - y;
    const isDown = changes > 0 && comesDown(reached, middle, changes, k);
    const fromK = isDown ? k + 1 : k - 1;
    const fromX = changes === 0 ? 0 : at(reached, middle + fromK);
    const fromY = changes === 0 ? 0 : fromX - fromK;
    const startX = changes === 0 || isDown ? fromX : fromX + 1;
    while (x > startX) {
      x -= 1;
      y -= 1;
      lines.push({ kind: ' ', text: before[x] ?? '' });
    }
    if (changes === 0) break;
    lines.push(isDown ? { kind: '+', text: after[fromY] ?? '' } : { kind: '-', text: before[fromX] ?? '' });
    x = fromX;
    y = fromY;
  }
  return lines.reverse();
}

function printHunks(lines: readonly Line[]): string {
  const hunks: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  let index = 0;
  while (index < lines.length) {
    const first = lines.findIndex(({ kind }, place) => place >= index && kind !== ' ');
    if (first === -1) break;
    const start = Math.max(index, first - AROUND);
    const end = endOfHunk(lines, first);
    oldLine += start - index;
    newLine += start - index;
    const hunk = lines.slice(start, end);
    const olds = hunk.filter(({ kind }) => kind !== '+').length;
    const news = hunk.filter(({ kind }) => kind !== '-').length;
    hunks.push(`@@ -${range(oldLine, olds)} +${range(newLine, news)} @@\n`);
    hunks.push(...hunk.map(({ kind, text }) => `${kind}${text}\n`));
    oldLine += olds;
    newLine += news;
    index = end;
  }
  return hunks.join('');
}

/** Changes with at most twice the lines around between them share a hunk. */
function endOfHunk(lines: readonly Line[], first: number): number {
  let last = first;
  for (let index = first; index < lines.length && index - last <= 2 * AROUND; index += 1) {
    if (lines[index]?.kind !== ' ') last = index;
  }
  return Math.min(lines.length, last + 1 + AROUND);
}

/** Before the first line where there is none: as `diff -u` counts. */
function range(line: number, count: number): string {
  return `${String(count === 0 ? line - 1 : line)},${String(count)}`;
}
