/** The logs of a run's steps, each in its file: lines that come together are written together. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** More is written at once, without waiting for what else this turn of the event loop brings. */
const PENDING_LENGTH_MAX = 64 * 1024;
/** A run of thousands of steps does not keep their files open. */
const OPEN_FILES_MAX = 64;

export class LogWriter {
  /** The one written to last is the last. */
  readonly #open = new Map<string, number>();
  readonly #pending = new Map<string, string[]>();
  readonly #onError: (error: unknown) => void;
  #pendingLength = 0;
  #flushing: NodeJS.Immediate | undefined;

  /** @param onError - hears of what could not be written after `add` had returned */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(path: string, line: string): void {
    const lines = this.#pending.get(path);
    if (lines === undefined) this.#pending.set(path, [line]);
    else lines.push(line);
    this.#pendingLength += line.length + 1;
    if (this.#pendingLength >= PENDING_LENGTH_MAX) this.flush();
    else this.#flushing ??= setImmediate(() => this.#flushLater());
  }

  flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const pending = [...this.#pending];
    this.#pending.clear();
    this.#pendingLength = 0;
    for (const [path, lines] of pending) writeAll(this.#fileOf(path), `${lines.join('\n')}\n`);
  }

  close(): void {
    try {
      this.flush();
    } finally {
      for (const file of this.#open.values()) closeSync(file);
      this.#open.clear();
    }
  }

  #flushLater(): void {
    try {
      this.flush();
    } catch (error) {
      this.#onError(error);
    }
  }

  #fileOf(path: string): number {
    let file = this.#open.get(path);
    if (file === undefined) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      file = openSync(path, 'a', 0o600);
    }
    this.#open.delete(path);
    this.#open.set(path, file);
    const [oldest] = this.#open;
    if (this.#open.size > OPEN_FILES_MAX && oldest !== undefined) {
      this.#open.delete(oldest[0]);
      closeSync(oldest[1]);
    }
    return file;
  }
}

/** One call may take less than all of it. */
export function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
