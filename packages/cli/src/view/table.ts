/** Rows of text below each other, for people: columns as wide as their widest cell, cut to the terminal where there is one. */
import { displayWidth } from '@bridle/text';
import type { Paint } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { print, printable, printWithin, type Line, type Piece } from './pieces.ts';

export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

const GAP = 2;

/** @param heads - names of the columns; none are printed without rows */
export async function printTable(
  { out, symbols }: Terminal,
  heads: readonly string[],
  rows: readonly (readonly (Cell | string)[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const head = heads.map((text): Cell => ({ text, paint: out.style.faint }));
  const lines = tableLines([head, ...cells]);
  const { columns } = out.size();
  for (const line of lines) {
    // A pipe gets everything.
    await out.line(out.isTerminal ? printWithin(line, columns, symbols.ellipsis) : print(line));
  }
}

/** The same as lines, without a word about the columns. */
export function tableLines(rows: readonly (readonly Cell[])[]): readonly Line[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, { text }] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(printable(text)));
    }
  }
  return rows.map((row) =>
    row.flatMap(({ text, paint }, index): readonly Piece[] => {
      const isLast = index === row.length - 1;
      const gap = isLast ? 0 : (widths[index] ?? 0) - displayWidth(printable(text)) + GAP;
      return [{ text, ...(paint === undefined ? {} : { paint }) }, ...(gap === 0 ? [] : [{ text: ' '.repeat(gap) }])];
    }),
  );
}
