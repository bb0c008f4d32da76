/**
 * The newest chunks of logs that are being watched here: whoever watches need not ask the database for what this process has
 * just stored. What is not here is read there; nothing depends on it.
 */
import type { PlacedChunk } from './place-chunk.ts';

/** Of one log; a watcher that is further behind reads from the database. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;
/** Of all logs (P1). Beyond, everything is forgotten. */
const BYTES_MAX = 64 * 1024 * 1024;

export class RecentChunks {
  readonly #logs = new Map<string, PlacedChunk[]>();
  #bytes = 0;

  /** Remembers a chunk that was committed. */
  add(key: string, chunk: PlacedChunk): void {
    if (this.#bytes > BYTES_MAX) {
      this.#logs.clear();
      this.#bytes = 0;
    }
    const chunks = this.#logs.get(key) ?? [];
    this.#logs.set(key, chunks);
    chunks.push(chunk);
    this.#bytes += chunk.content.length;
    let bytes = sizeOf(chunks);
    while (bytes > LOG_BYTES_MAX) {
      const dropped = chunks.shift()?.content.length ?? 0;
      bytes -= dropped;
      this.#bytes -= dropped;
    }
  }

  forget(key: string): void {
    this.#bytes -= sizeOf(this.#logs.get(key) ?? []);
    this.#logs.delete(key);
  }

  /** The chunk in which a line begins. */
  ofLine(key: string, line: number): PlacedChunk | undefined {
    return this.#logs
      .get(key)
      ?.find(({ firstLine, lineTimes }) => firstLine <= line && line < firstLine + lineTimes.length);
  }

  /** The chunk that begins at the byte. */
  at(key: string, byteOffset: number): PlacedChunk | undefined {
    return this.#logs.get(key)?.find((chunk) => chunk.byteOffset === byteOffset);
  }
}

function sizeOf(chunks: readonly PlacedChunk[]): number {
  return chunks.reduce((sum, { content }) => sum + content.length, 0);
}
