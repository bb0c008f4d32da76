/** A run on a terminal: the live view while it goes on, the report when it is over. */
import type { RunEvent } from '@bridle/protocol';
import type { RunEnd } from '../local/local-run.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { endReport } from './end-report.ts';
import { LiveArea } from './live-area.ts';
import { liveFrame } from './live-frame.ts';
import { noteLines } from './note-lines.ts';
import { logText, print } from './pieces.ts';
import type { PrinterOptions, RunPrinter } from './printer.ts';
import { RunTree } from './run-tree.ts';
import { StepLabels } from './step-labels.ts';

/** About fifteen frames a second: enough to look alive, too few to cost anything. */
const FRAME_MS = 66;
/** Durations tick. */
const TICK_MS = 1000;
/** Text that waits to be shown above the view; with more, whoever writes waits, too. */
const PENDING_LENGTH_MAX = 256 * 1024;
/** While a question is open nobody waits for it: what is beyond this is left out, and that is said. */
const ASIDE_LENGTH_MAX = 4 * 1024 * 1024;

export class LivePrinter implements RunPrinter {
  readonly #terminal: Terminal;
  readonly #options: PrinterOptions;
  readonly #tree = new RunTree();
  readonly #labels = new StepLabels(this.#tree);
  readonly #area: LiveArea;
  #pending = '';
  #left = 0;
  #isStopping = false;
  #asides = 0;
  #lastFrameAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueAfterMs = Infinity;
  #isDrawing = false;
  /** Frames follow each other, however slow the terminal is. */
  #drawing: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(terminal: Terminal, options: PrinterOptions) {
    this.#terminal = terminal;
    this.#options = options;
    this.#area = new LiveArea(terminal.err, this.#resized);
    terminal.err.stream.on('resize', this.#resized);
  }

  readonly on = (event: RunEvent): Promise<void> | undefined => {
    this.#tree.apply(event);
    const text = this.#textOf(event);
    if (text !== undefined) this.#show(text);
    this.#schedule(FRAME_MS);
    // The frame that shows it makes room for more.
    return this.#asides === 0 && this.#pending.length > PENDING_LENGTH_MAX ? this.#draw() : undefined;
  };

  async stopping(): Promise<void> {
    this.#isStopping = true;
    // The terminal has printed `^C` into the view.
    if (this.#asides === 0) await this.#exclusive(() => this.#area.erase());
    await this.#draw();
  }

  typed(): void {
    void this.#exclusive(() => Promise.resolve(this.#area.lower()));
  }

  async aside<T>(question: () => Promise<T>): Promise<T> {
    this.#asides += 1;
    try {
      await this.#exclusive(async () => {
        await this.#flush();
        await this.#area.close();
      });
      return await question();
    } finally {
      this.#asides -= 1;
      this.#dueAfterMs = Infinity;
      await this.#draw();
    }
  }

  async detach(): Promise<void> {
    this.#close();
    await this.#exclusive(async () => {
      // The terminal has printed `^C` into the view.
      await this.#area.erase();
      await this.#flush();
      await this.#area.close();
    });
  }

  async end(result: RunEnd): Promise<void> {
    this.#close();
    await this.#exclusive(async () => {
      await this.#flush();
      await this.#area.close();
      const { style } = this.#terminal.err;
      const lines = endReport(this.#tree, result, { ...this.#options, ...this.#brush(), style, isQuiet: false });
      await this.#terminal.err.write(`${lines.join('\n')}\n`);
    });
  }

  #close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#terminal.err.stream.off('resize', this.#resized);
  }

  /** What stays on the screen. */
  #textOf(event: RunEvent): string | undefined {
    const { style } = this.#terminal.err;
    const { symbols } = this.#terminal;
    if (event.type === 'note') {
      const { columns } = this.#terminal.err.size();
      return noteLines(event, style, symbols, columns).map(print).join('\n');
    }
    if (event.type !== 'log' || !this.#options.hasLogs) return undefined;
    return `${style.faint(`${this.#labels.of(event.node)} ${symbols.bar}`)} ${logText(event.text, style)}`;
  }

  #show(text: string): void {
    if (this.#asides > 0 && this.#pending.length > ASIDE_LENGTH_MAX) this.#left += 1;
    else this.#pending += `${text}\n`;
  }

  readonly #resized = (): void => {
    this.#schedule(0);
  };

  /** A frame so long after the last one, unless one comes sooner. */
  #schedule(afterMs: number): void {
    if (this.#isOver || this.#asides > 0 || afterMs >= this.#dueAfterMs) return;
    this.#dueAfterMs = afterMs;
    if (this.#isDrawing) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#draw(), Math.max(0, this.#lastFrameAt + afterMs - performance.now()));
  }

  #draw(): Promise<void> {
    return this.#exclusive(async () => {
      clearTimeout(this.#timer);
      if (this.#isOver || this.#asides > 0) return;
      this.#dueAfterMs = Infinity;
      this.#isDrawing = true;
      await this.#flush();
      const { columns, rows } = this.#terminal.err.size();
      await this.#area.draw(
        // The last column stays empty: some terminals would wrap behind it.
        liveFrame(this.#tree, { ...this.#brush(), columns: columns - 1, rows, isStopping: this.#isStopping }),
      );
      this.#isDrawing = false;
      this.#lastFrameAt = performance.now();
      // What came while a slow terminal took its time is not forgotten.
      const afterMs = Math.min(this.#dueAfterMs, TICK_MS);
      this.#dueAfterMs = Infinity;
      this.#schedule(afterMs);
    });
  }

  async #flush(): Promise<void> {
    if (this.#left > 0) this.#pending += `${this.#terminal.symbols.ellipsis} ${this.#left} lines are not shown\n`;
    const text = this.#pending;
    this.#pending = '';
    this.#left = 0;
    if (text !== '') await this.#area.above(text);
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const done = this.#drawing.then(work);
    this.#drawing = done.catch(() => {});
    return done;
  }

  #brush(): { style: Terminal['err']['style']; symbols: Terminal['symbols']; nowMs: number } {
    return { style: this.#terminal.err.style, symbols: this.#terminal.symbols, nowMs: Date.now() };
  }
}
