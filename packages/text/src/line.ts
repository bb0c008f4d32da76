/**
 * One line of a terminal: text is written where the cursor stands, over what was there. Progress bars live from that.
 *
 * A line that only ever grows is kept as spans; it is spread out into single characters when something is written over.
 */
import { type AnsiSpan, isSameStyle, PLAIN_STYLE, type TextStyle } from './style.ts';

/** Characters of a line that can be written over; beyond, a line only grows, whatever the program does with the cursor. */
const OVERWRITABLE_LENGTH_MAX = 20_000;

interface Cell {
  readonly text: string;
  readonly style: TextStyle;
}

const BLANK: Cell = { text: ' ', style: PLAIN_STYLE };

export class TerminalLine {
  #spans: AnsiSpan[] = [];
  #length = 0;
  /** Only while the cursor is, or was, somewhere before the end. */
  #cells: Cell[] | undefined;
  #cursor = 0;

  write(text: string, style: TextStyle): void {
    if (this.#cells !== undefined && this.#cells.length + text.length > OVERWRITABLE_LENGTH_MAX) this.#gather();
    if (this.#cells === undefined) {
      this.#append(text, style);
      return;
    }
    while (this.#cells.length < this.#cursor) this.#cells.push(BLANK);
    for (const character of text) {
      this.#cells[this.#cursor] = { text: character, style };
      this.#cursor += 1;
    }
  }

  /** Back to the first column. */
  carriageReturn(): void {
    if (this.#spread() !== undefined) this.#cursor = 0;
  }

  /** One column back. */
  backspace(): void {
    if (this.#spread() !== undefined) this.#cursor = Math.max(0, this.#cursor - 1);
  }

  erase(part: 'after' | 'before' | 'line'): void {
    const cells = this.#spread();
    if (cells === undefined) return;
    switch (part) {
      case 'after':
        cells.length = Math.min(cells.length, this.#cursor);
        break;
      case 'before':
        cells.fill(BLANK, 0, this.#cursor);
        break;
      case 'line':
        // The cursor stays in its column: what is written next stands there.
        cells.length = 0;
        break;
    }
  }

  /** What the line shows, as the longest possible runs of one style. */
  spans(): readonly AnsiSpan[] {
    if (this.#cells === undefined) return this.#spans;
    const spans: AnsiSpan[] = [];
    for (const { text, style } of this.#cells) appendSpan(spans, text, style);
    return spans;
  }

  #append(text: string, style: TextStyle): void {
    this.#length += text.length;
    appendSpan(this.#spans, text, style);
  }

  #gather(): void {
    const spans = [...this.spans()];
    this.#cells = undefined;
    this.#spans = spans;
    this.#length = spans.reduce((sum, span) => sum + span.text.length, 0);
  }

  #spread(): Cell[] | undefined {
    if (this.#cells === undefined && this.#length <= OVERWRITABLE_LENGTH_MAX) {
      this.#cells = this.#spans.flatMap(({ text, style }) =>
        Array.from(text, (character) => ({ text: character, style })),
      );
      this.#cursor = this.#cells.length;
    }
    return this.#cells;
  }
}

/** Adds text to a list of spans, to the last one where the style is the same. */
export function appendSpan(spans: AnsiSpan[], text: string, style: TextStyle): void {
  if (text === '') return;
  const last = spans.at(-1);
  if (last !== undefined && isSameStyle(last.style, style)) {
    spans[spans.length - 1] = { text: last.text + text, style: last.style };
  } else {
    spans.push({ text, style });
  }
}
