import type { RunNoteEvent } from '@bridle/protocol';
import { displayWidth } from '@bridle/text';
import type { Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';
import { printable, type Line } from './pieces.ts';

/** Something the user should know, in lines that end between words where there is a width. */
export function noteLines(
  { level, text }: RunNoteEvent,
  style: Style,
  symbols: Symbols,
  columns = Infinity,
): readonly Line[] {
  if (level === 'info') return wrap(text, columns).map((line) => [{ text: line, paint: style.faint }]);
  const mark = `${symbols.warning} `;
  return wrap(text, columns - mark.length).map((line, index) => [
    { text: index === 0 ? mark : ' '.repeat(mark.length), paint: style.yellow },
    { text: line },
  ]);
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || displayWidth(last) + 1 + displayWidth(word) > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
