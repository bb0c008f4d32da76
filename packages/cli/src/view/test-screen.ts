/** A terminal without a window: what was written to it, as a person would see it. */
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import { createStyle } from '../terminal/style.ts';
import { chooseSymbols } from '../terminal/symbols.ts';
import type { Stream, Terminal } from '../terminal/terminal.ts';

export interface ScreenOptions {
  readonly columns: number;
  readonly rows: number;
  readonly isColoured?: boolean;
  readonly isAscii?: boolean;
}

export class Screen {
  readonly terminal: Terminal;
  readonly #xterm: InstanceType<typeof xterm.Terminal>;
  readonly #stream: NodeJS.WriteStream;
  readonly #keys = new PassThrough();
  readonly #watchers = new Set<() => void>();
  /** All that was written, as it was. */
  written = '';

  constructor({ columns, rows, isColoured = false, isAscii = false }: ScreenOptions) {
    this.#xterm = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      convertEol: true,
      scrollback: 5000,
    });
    const sink = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.written += chunk;
        this.#xterm.write(chunk, () => {
          done();
          for (const watch of this.#watchers) watch();
        });
      },
    });
    this.#stream = Object.assign(sink, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
    const stream = this.#open(isColoured);
    this.terminal = {
      out: stream,
      err: stream,
      input: {
        stream: Object.assign(this.#keys, {
          isTTY: true,
          setRawMode: () => this.#keys,
        }) as unknown as NodeJS.ReadStream,
        isTerminal: true,
      },
      symbols: chooseSymbols(isAscii ? { BRIDLE_ASCII: '1' } : {}, 'linux'),
      isQuiet: false,
    };
  }

  type(keys: string): void {
    this.#keys.write(keys);
  }

  /** Resolves once the text can be seen. */
  until(text: string): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!this.text().includes(text)) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
      watch();
    });
  }

  resize(columns: number, rows: number): void {
    this.#xterm.resize(columns, rows);
    Object.assign(this.#stream, { columns, rows });
    this.#stream.emit('resize');
  }

  /** The rows that are on the screen, without what is empty at their ends. */
  rows(): readonly string[] {
    return this.#lines(this.#xterm.buffer.active.baseY);
  }

  text(): string {
    return this.rows().join('\n').trimEnd();
  }

  /** With what has gone out of sight above. */
  everything(): string {
    return this.#lines(0).join('\n').trimEnd();
  }

  cursor(): { readonly column: number; readonly row: number } {
    return { column: this.#xterm.buffer.active.cursorX, row: this.#xterm.buffer.active.cursorY };
  }

  modes(): { readonly wraps: boolean; readonly isHeldBack: boolean; readonly showsCursor: boolean } {
    const { wraparoundMode: wraps, synchronizedOutputMode: isHeldBack } = this.#xterm.modes;
    return {
      wraps,
      isHeldBack,
      showsCursor: this.written.lastIndexOf('\u001b[?25h') >= this.written.lastIndexOf('\u001b[?25l'),
    };
  }

  #lines(from: number): readonly string[] {
    const { active } = this.#xterm.buffer;
    return Array.from({ length: active.length - from }, (_, index) =>
      (active.getLine(from + index)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  #open(isColoured: boolean): Stream {
    const write = (text: string): Promise<void> =>
      new Promise((resolve) => {
        this.#stream.write(text, () => resolve());
      });
    return {
      stream: this.#stream,
      isTerminal: true,
      style: createStyle(isColoured),
      size: () => ({ columns: this.#stream.columns, rows: this.#stream.rows }),
      write,
      line: (text) => write(`${text}\n`),
    };
  }
}
