/** Lines of our own in a step's log: each starts at the beginning of a line and changes none of the step's bytes. */
import type { LogSink } from './executor.ts';

const NEWLINE = 0x0a;

export class StepLog implements LogSink {
  readonly #sink: LogSink;
  #isAtLineStart = true;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#isAtLineStart = bytes[bytes.length - 1] === NEWLINE;
    await this.#sink.write(bytes);
  }

  /** Writes one line; an unfinished line of the step is ended first. */
  async line(text: string): Promise<void> {
    await this.write(Buffer.from(`${this.#isAtLineStart ? '' : '\n'}${text}\n`));
  }
}
