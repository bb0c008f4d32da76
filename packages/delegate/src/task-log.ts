/** The log of one task on its way: what of it is sent, and what is left when it ends. */
import type { LogSink } from '@bridle/executors';
import type { RawLogChunk } from './log-batch.ts';
import type { LogPiece, LogSpool } from './log-spool.ts';

const NEWLINE = 0x0a;

export interface LogOwner {
  readonly taskId: string;
  readonly fence: number;
  readonly logKey: string;
}

/** The log of one task. `write` is what executors see. */
export class TaskLog implements LogSink {
  readonly owner: LogOwner;
  readonly #spool: LogSpool;
  readonly #notice: (bytes: number, isLast: boolean) => void;
  readonly #finished = Promise.withResolvers<void>();
  readonly #bytesMax: number;
  /** Negative once something was left out. */
  #bytesLeft: number;
  #inFlight: LogPiece | undefined;
  #isFinalSent = false;
  #offset = 0;
  #isAtLineStart = true;
  #isFinishing = false;
  isDone = false;
  stalls = 0;

  /** @param bytesMax - what is more is left out, and the log says so */
  constructor(owner: LogOwner, spool: LogSpool, notice: (bytes: number, isLast: boolean) => void, bytesMax = Infinity) {
    this.owner = owner;
    this.#bytesMax = bytesMax;
    this.#bytesLeft = bytesMax;
    this.#spool = spool;
    this.#notice = notice;
  }

  /** Resolves when the server has everything, or the log was dropped. */
  get over(): Promise<void> {
    return this.#finished.promise;
  }

  get hasWork(): boolean {
    return !this.isDone && (this.#isFinishing || this.#inFlight !== undefined || !this.#spool.isEmpty);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.isDone || this.#bytesLeft < 0) return;
    const kept = bytes.length > this.#bytesLeft ? this.#cut(bytes) : bytes;
    this.#bytesLeft -= bytes.length;
    const taken = this.#spool.append(kept, Date.now());
    this.#notice(kept.length, false);
    await taken;
  }

  /** The last bytes that are kept, and why nothing follows them. */
  #cut(bytes: Uint8Array): Uint8Array {
    const kept = bytes.subarray(0, this.#bytesLeft);
    const isAtLineStart = kept.length === 0 || kept[kept.length - 1] === NEWLINE;
    const why = `The log has reached ${this.#bytesMax} bytes, the limit of this server (BRIDLE_LOG_BYTES_MAX). The step goes on; what it prints from here on is not kept.`;
    return Buffer.concat([kept, Buffer.from(`${isAtLineStart ? '' : '\n'}${why}\n`)]);
  }

  /** No more bytes come: resolves when the server has everything, or the log was dropped. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    this.#notice(0, true);
    await this.#finished.promise;
  }

  async drop(_reason: string): Promise<void> {
    await this.#end(false);
  }

  /** Nobody sends it any more here; what the server does not have stays on disk. */
  async keep(): Promise<void> {
    if (!this.isDone) await this.#end(true);
  }

  async #end(isKept: boolean): Promise<void> {
    this.isDone = true;
    this.#finished.resolve();
    await this.#spool.close(isKept);
  }

  async nextChunk(maxBytes: number, maxLines: number): Promise<RawLogChunk | undefined> {
    this.#inFlight ??= await this.#spool.take(maxBytes, maxLines);
    const isFinal = this.#isFinishing && this.#spool.isEmpty;
    if (this.isDone || (this.#inFlight === undefined && !isFinal)) return undefined;
    this.#isFinalSent = isFinal;
    const piece = this.#inFlight ?? { bytes: Buffer.alloc(0), arrivals: [] };
    return {
      ...this.owner,
      byteOffset: this.#offset,
      content: piece.bytes,
      lineTimes: lineTimesOf(piece, this.#isAtLineStart),
      final: isFinal,
    };
  }

  /** Answers false when the server has less than before. */
  acknowledge(received: number): boolean {
    const piece = this.#inFlight;
    const taken = received - this.#offset;
    const size = piece?.bytes.length ?? 0;
    if (taken < 0 || (taken === 0 && size > 0)) {
      this.stalls += 1;
      return false;
    }
    this.stalls = 0;
    this.#spool.acknowledge(received);
    if (piece !== undefined && taken < size) {
      this.#isAtLineStart = piece.bytes[taken - 1] === NEWLINE;
      this.#inFlight = without(piece, taken);
      this.#offset = received;
      return true;
    }
    if (piece !== undefined && size > 0) this.#isAtLineStart = piece.bytes[size - 1] === NEWLINE;
    this.#inFlight = undefined;
    this.#offset = received;
    // Other logs do not wait for its files to go. One that stays is found at the next start, and delivered already.
    if (this.#isFinalSent) this.drop('complete').catch(() => undefined);
    return true;
  }
}

/** The arrival times of the lines that start in the piece. */
export function lineTimesOf(piece: LogPiece, isAtLineStart: boolean): number[] {
  const times: number[] = [];
  let arrival = 0;
  const add = (start: number): void => {
    while ((piece.arrivals[arrival + 1]?.offset ?? Infinity) <= start) arrival += 1;
    times.push(Math.floor(piece.arrivals[arrival]?.time ?? 0));
  };
  if (isAtLineStart && piece.bytes.length > 0) add(0);
  for (
    let at = piece.bytes.indexOf(NEWLINE);
    at !== -1 && at + 1 < piece.bytes.length;
    at = piece.bytes.indexOf(NEWLINE, at + 1)
  )
    add(at + 1);
  return times;
}

/** The piece without its first bytes. */
function without(piece: LogPiece, count: number): LogPiece {
  const arrivals = piece.arrivals
    .map(({ offset, time }) => ({ offset: Math.max(0, offset - count), time }))
    .filter((arrival, index, all) => (all[index + 1]?.offset ?? 1) > 0 || arrival.offset > 0);
  return { bytes: piece.bytes.subarray(count), arrivals };
}
