/**
 * The bottom of the screen that is drawn again and again: only lines that changed are written, each frame in one piece.
 *
 * Invariants:
 * - A1 Between two calls the cursor stands in the first column of the area's last line, hidden.
 * - A2 Nothing wraps: while a frame is written the terminal's own wrapping is off.
 * - A3 After `close`, after the end of the process whatever its cause, and while the process is stopped by Ctrl-Z, the
 *   cursor shows and wrapping is on.
 */
import { displayWidth, stripAnsi } from '@bridle/text';
import type { Stream } from '../terminal/terminal.ts';
import { Suspension } from './suspension.ts';

const SYNC_BEGIN = '\u001b[?2026h';
const SYNC_END = '\u001b[?2026l';
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
const CURSOR_HIDE = '\u001b[?25l';
const CURSOR_SHOW = '\u001b[?25h';
const ERASE_BELOW = '\u001b[J';
const ERASE_REST = '\u001b[K';

export class LiveArea {
  readonly #stream: Stream;
  readonly #suspension: Suspension;
  /** What stands on the screen. */
  #lines: readonly string[] = [];
  /** Columns of the terminal when that was written. */
  #columns = 0;
  #isOpen = false;

  /** @param redraw - asked for after the process was stopped and goes on */
  constructor(stream: Stream, redraw: () => void) {
    this.#stream = stream;
    this.#suspension = new Suspension({
      stop: () => this.#writeNow(this.#leave()),
      goOn: () => {
        this.#lines = [];
        redraw();
      },
    });
  }

  /** Shows these lines in place of the earlier ones. None of them may be wider than the terminal, nor may they be more than its rows. */
  async draw(lines: readonly string[]): Promise<void> {
    const begin = this.#begin();
    const { columns } = this.#stream.size();
    const changes = columns === this.#columns || this.#lines.length === 0 ? this.#diff(lines) : this.#reflow(lines);
    this.#lines = lines;
    this.#columns = columns;
    if (changes === '' && begin === '') return;
    await this.#write(`${begin}${changes}`);
  }

  /** Text that goes by above the area and stays: whole lines, each with its line feed; then the area again. */
  async above(text: string): Promise<void> {
    const begin = this.#begin();
    const area = this.#lines;
    const up = this.#toTop();
    this.#lines = [];
    const again = this.#diff(area);
    this.#lines = area;
    // The text may wrap: it is no part of the area.
    await this.#write(`${begin}${up}${ERASE_BELOW}${WRAP_ON}${text.replaceAll('\n', '\r\n')}${WRAP_OFF}${again}`);
  }

  /** The cursor was moved to the next line, by the echo of the Enter key. */
  lower(): void {
    if (this.#lines.length > 0) this.#lines = [...this.#lines, ''];
  }

  /** Gives the rows back, as for a question; the next `draw` takes them again. */
  async erase(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#toTop()}${ERASE_BELOW}`;
    this.#lines = [];
    await this.#write(text);
  }

  /** Takes the area away; the next `draw` opens it again. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#suspension.close();
    process.off('exit', this.#atExit);
    process.off('uncaughtExceptionMonitor', this.#atExit);
    const text = this.#leave();
    this.#lines = [];
    await this.#stream.write(text);
  }

  #begin(): string {
    if (this.#isOpen) return '';
    this.#isOpen = true;
    this.#suspension.open();
    process.on('exit', this.#atExit);
    process.on('uncaughtExceptionMonitor', this.#atExit);
    return CURSOR_HIDE;
  }

  readonly #atExit = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // The lines stay: they are the last that is known. What comes next stands below them.
    this.#writeNow(`${this.#lines.length === 0 ? '' : '\r\n'}${WRAP_ON}${CURSOR_SHOW}`);
  };

  /** Terminals are written to synchronously, so that this gets out even at the end of the process. */
  #writeNow(text: string): void {
    this.#stream.stream.write(text);
  }

  #leave(): string {
    return `${this.#toTop()}${ERASE_BELOW}${WRAP_ON}${CURSOR_SHOW}`;
  }

  #toTop(): string {
    return this.#lines.length === 0 ? '' : `\r${up(this.#lines.length - 1)}`;
  }

  /** From the lines on the screen to these. */
  #diff(lines: readonly string[]): string {
    const before = this.#lines;
    let text = '';
    /** The line that the cursor stands in. */
    let at = Math.max(0, before.length - 1);
    for (const [index, line] of lines.entries()) {
      if (index < before.length && line === before[index]) continue;
      text += index >= at ? '\n'.repeat(index - at) : up(at - index);
      text += `\r${line}${ERASE_REST}`;
      at = index;
    }
    if (before.length > lines.length) {
      const last = Math.max(0, lines.length - 1);
      // To the first line that is no longer wanted: it is erased with all below it.
      text += up(at - Math.min(at, lines.length)) + '\n'.repeat(Math.max(0, lines.length - at));
      text += `\r${ERASE_BELOW}${up(lines.length - last)}`;
      at = last;
    }
    const last = Math.max(0, lines.length - 1);
    if (at < last) text += '\n'.repeat(last - at);
    return text === '' ? '' : `${text}\r`;
  }

  /** The terminal has another width: most wrap what is on it anew. Erases as many rows as the lines may take now. */
  #reflow(lines: readonly string[]): string {
    const { rows, columns } = this.#stream.size();
    const taken =
      columns < this.#columns
        ? this.#lines.reduce(
            (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(stripAnsi(line)) / Math.max(1, columns))),
            0,
          )
        : this.#lines.length;
    const top = `\r${up(Math.min(rows, taken) - 1)}${ERASE_BELOW}`;
    this.#lines = [];
    return top + this.#diff(lines);
  }

  #write(text: string): Promise<void> {
    return this.#stream.write(`${SYNC_BEGIN}${WRAP_OFF}${text}${WRAP_ON}${SYNC_END}`);
  }
}

function up(lines: number): string {
  return lines > 0 ? `\u001b[${lines}A` : '';
}
