/** Lines made of pieces of text, each with its paint: cut to a width first, coloured afterwards. */
import { cutToWidth, displayWidth, parseAnsiLine, stripAnsi, type Colour, type TextStyle } from '@bridle/text';
import type { Paint, Style } from '../terminal/style.ts';

export interface Piece {
  readonly text: string;
  readonly paint?: Paint;
}

export type Line = readonly Piece[];

const TAB = '    ';

/** Whatever would move the cursor is not printed: names and messages are of the user's making. */
export function printable(text: string): string {
  return stripAnsi(text)
    .replaceAll('\t', TAB)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + displayWidth(printable(text)), 0);
}

/** The whole line. */
export function print(line: Line): string {
  return line.map(({ text, paint }) => painted(printable(text), paint)).join('');
}

/** As much of the line as fits; the ellipsis says that there was more. */
export function printWithin(line: Line, columns: number, ellipsis: string): string {
  if (columns <= 0) return '';
  const texts = line.map(({ text, paint }) => ({ text: printable(text), paint }));
  if (widthOf(line) <= columns) return texts.map(({ text, paint }) => painted(text, paint)).join('');
  let room = Math.max(0, columns - displayWidth(ellipsis));
  let printed = '';
  for (const { text, paint } of texts) {
    const cut = cutToWidth(text, room);
    printed += painted(cut, paint);
    room -= displayWidth(cut);
    if (cut.length < text.length) return printed + cutToWidth(ellipsis, columns);
  }
  return printed;
}

function painted(text: string, paint: Paint | undefined): string {
  return text === '' || paint === undefined ? text : paint(text);
}

/** A line of a log: its colours are kept, whatever else it tells a terminal is not. */
export function logPieces(text: string, style: Style): Line {
  return parseAnsiLine(text).spans.map((span) =>
    style.isOn ? { text: span.text, paint: (plain) => withSgr(plain, span.style) } : { text: span.text },
  );
}

/** What stands for itself: the usual line of a log. */
const PLAIN = /^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]*$/;

/** The same as a text of any length, tabs and all. */
export function logText(text: string, style: Style): string {
  if (PLAIN.test(text)) return text;
  return logPieces(text, style)
    .map(({ text: plain, paint }) => painted(plain, paint))
    .join('');
}

function withSgr(text: string, style: TextStyle): string {
  const codes = sgrOf(style);
  return codes === '' ? text : `\u001b[${codes}m${text}\u001b[0m`;
}

function sgrOf({ bold, dim, italic, underline, inverse, strike, foreground, background }: TextStyle): string {
  return [
    ...(bold === true ? ['1'] : []),
    ...(dim === true ? ['2'] : []),
    ...(italic === true ? ['3'] : []),
    ...(underline === true ? ['4'] : []),
    ...(inverse === true ? ['7'] : []),
    ...(strike === true ? ['9'] : []),
    ...(foreground === undefined ? [] : [colourCode(foreground, 30)]),
    ...(background === undefined ? [] : [colourCode(background, 40)]),
  ].join(';');
}

/** @param base - 30 for what is written, 40 for what is behind it */
function colourCode(colour: Colour, base: 30 | 40): string {
  if (colour.kind === 'rgb') return `${base + 8};2;${colour.red};${colour.green};${colour.blue}`;
  if (colour.index < 8) return `${base + colour.index}`;
  if (colour.index < 16) return `${base + 60 + colour.index - 8}`;
  return `${base + 8};5;${colour.index}`;
}
