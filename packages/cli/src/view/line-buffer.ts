/** Lines on their way to a stream: written many at a time, and never more of them in memory than a little. */
import type { Stream } from '../terminal/terminal.ts';

/** With more than this whoever writes has to wait. */
const LENGTH_MAX = 64 * 1024;

export class LineBuffer {
  readonly #stream: Stream;
  #lines: string[] = [];
  #length = 0;
  #immediate: NodeJS.Immediate | undefined;
  /** While the stream takes what it was given last. */
  #writing: Promise<void> | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** What comes in one turn of the event loop leaves together; the promise is the back pressure. */
  line(text: string): Promise<void> | undefined {
    this.#lines.push(text);
    this.#length += text.length + 1;
    if (this.#length >= LENGTH_MAX) return this.flush();
    this.#soon();
    return undefined;
  }

  /** Resolves when everything so far is written. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#length = 0;
    this.#writing = this.#stream.write(text).finally(() => {
      this.#writing = undefined;
      if (this.#lines.length > 0) this.#soon();
    });
    await this.#writing;
  }

  #soon(): void {
    if (this.#writing !== undefined) return;
    this.#immediate ??= setImmediate(() => void this.flush());
  }
}
