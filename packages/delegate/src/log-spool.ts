/**
 * A step's log between the process and the server: a queue of bytes with the time each piece arrived.
 *
 * - L1 What goes in comes out, in order, byte for byte.
 * - L2 Memory holds a bounded part. While the server takes what there is, a step that is faster has to wait: so its log is
 *   seen as it is written, a moment later. When nothing is taken for a while (the network is cut), the rest goes to disk and
 *   the step goes on, up to a bound on disk.
 * - L3 What the server has not acknowledged `FLUSH_MS` after it came, or as soon as it is more than `FLUSH_BYTES`, is on disk too: a
 *   delegate that is killed loses no more of it. What was acknowledged before never touches the disk.
 */
import { pause } from './backoff.ts';
import type { JournalPiece, LogJournal } from './log-journal.ts';

/** Of one log in memory. With the server at hand this much is not sent yet at most. */
const MEMORY_BYTES_MAX = 512 * 1024;
/** Nothing was taken for so long: the server is away. */
const PATIENCE_MS = 2_000;
/** Of one log on disk. */
const DISK_BYTES_MAX = 4 * 1024 * 1024 * 1024;
/** A quick step is over, and its log delivered, before anybody writes a file. */
const FLUSH_MS = 20;
const FLUSH_BYTES = 128 * 1024;
/** The disk is full or broken. */
const RETRY_MS = 1_000;
const NEWLINE = 0x0a;

export interface LogPiece {
  readonly bytes: Buffer;
  /** Arrival times: each holds from its offset on. The first has offset 0 unless `bytes` is empty. */
  readonly arrivals: readonly { readonly offset: number; readonly time: number }[];
}

export interface LogSpoolLimits {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly patienceMs: number;
}

const LIMITS: LogSpoolLimits = {
  memoryBytes: MEMORY_BYTES_MAX,
  diskBytes: DISK_BYTES_MAX,
  patienceMs: PATIENCE_MS,
};

export class LogSpool {
  readonly #journal: LogJournal;
  readonly #limits: LogSpoolLimits;
  readonly #onTrouble: (error: unknown) => void;
  /** Not taken yet: the bytes of the log up to `#memoryEnd`. What follows is in the journal only. */
  #memory: JournalPiece[] = [];
  #memoryBytes = 0;
  #memoryEnd = 0;
  #end = 0;
  #acknowledged = 0;
  #isAtLineStart = true;
  /** Not in the journal yet. */
  #unwritten: JournalPiece[] = [];
  #unwrittenBytes = 0;
  #flushTimer: NodeJS.Timeout | undefined;
  #isTroubled = false;
  #turn: Promise<unknown> = Promise.resolve();
  #roomWaiters: (() => void)[] = [];
  #isClosed = false;
  #takenAt = performance.now();
  #taken = new AbortController();
  /** Somebody has waited in vain: until something is taken again nobody waits. */
  #isAway = false;

  /** @param onTrouble - told once when the disk does not take what it should */
  constructor(
    journal: LogJournal,
    limits: LogSpoolLimits = LIMITS,
    onTrouble: (error: unknown) => void = () => undefined,
  ) {
    this.#journal = journal;
    this.#limits = limits;
    this.#onTrouble = onTrouble;
  }

  get isEmpty(): boolean {
    return this.#memory.length === 0 && this.#memoryEnd === this.#end;
  }

  /** Resolves when the bytes are taken over and there is room for more. Their order is that of the calls that have room. */
  async append(bytes: Uint8Array, time: number): Promise<void> {
    if (bytes.length === 0 || this.#isClosed) return;
    await this.#waitWhileTaken(bytes.length);
    if (this.#isClosed) return;
    const piece: JournalPiece = { time, offset: this.#end, bytes, beginsLine: this.#isAtLineStart };
    const isInMemory = this.#memoryEnd === piece.offset && this.#memoryBytes + bytes.length <= this.#limits.memoryBytes;
    this.#end += bytes.length;
    this.#isAtLineStart = bytes[bytes.length - 1] === NEWLINE;
    if (isInMemory) this.#remember([piece]);
    this.#unwritten.push(piece);
    this.#unwrittenBytes += bytes.length;
    if (!isInMemory) await this.#waitForDisk(piece);
    else if (this.#unwrittenBytes >= FLUSH_BYTES) void this.#flush();
    else this.#flushTimer ??= setTimeout(() => void this.#flush(), FLUSH_MS);
  }

  /** Takes the oldest bytes out, at most so many bytes and so many line ends. `undefined` when there are none. */
  async take(maxBytes: number, maxLines: number): Promise<LogPiece | undefined> {
    // What is in memory does not wait for a disk that is being written.
    if (this.#memory.length === 0) await this.#exclusive(() => this.#readBack());
    this.#takenAt = performance.now();
    this.#isAway = false;
    const piece = this.#gather(maxBytes, maxLines);
    this.#taken.abort();
    return piece;
  }

  /** The server has the log up to this byte. */
  acknowledge(offset: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, offset);
    if (this.#journal.isRotated) void this.#exclusive(() => this.#journal.release(offset)).catch(this.#trouble);
  }

  /**
   * Throws the rest away and frees whoever waits.
   * @param isKept - what the server does not have stays on disk for the next process
   */
  async close(isKept = false): Promise<void> {
    this.#isClosed = true;
    this.#memory = [];
    this.#memoryBytes = 0;
    this.#wakeWaiters();
    this.#taken.abort();
    await this.#exclusive(async () => {
      if (isKept) await this.#write();
      clearTimeout(this.#flushTimer);
      this.#unwritten = [];
      this.#memoryEnd = this.#end;
      await this.#journal.close(isKept && this.#acknowledged < this.#end);
    });
  }

  /** Until there is room in memory, or the server does not seem to be there. */
  async #waitWhileTaken(bytes: number): Promise<void> {
    const hasRoom = (): boolean => {
      const waiting = this.#memoryBytes + this.#end - this.#memoryEnd;
      return waiting === 0 || waiting + bytes <= this.#limits.memoryBytes;
    };
    if (hasRoom() || this.#isAway) return;
    // Who was idle for long is not known to be away.
    const since = performance.now();
    while (!hasRoom() && !this.#isClosed) {
      const left = Math.max(since, this.#takenAt) + this.#limits.patienceMs - performance.now();
      if (left <= 0) {
        this.#isAway = true;
        return;
      }
      if (this.#taken.signal.aborted) this.#taken = new AbortController();
      await pause(left, this.#taken.signal);
    }
  }

  /** Until a piece that memory has no room for is on disk, or was taken all the same, and there is room for more. */
  async #waitForDisk(piece: JournalPiece): Promise<void> {
    for (;;) {
      await this.#flush();
      if (this.#isClosed || this.#memoryEnd > piece.offset || !this.#unwritten.includes(piece)) break;
      if (this.#taken.signal.aborted) this.#taken = new AbortController();
      await pause(RETRY_MS, this.#taken.signal);
    }
    while (!this.#isClosed && this.#end - this.#memoryEnd > this.#limits.diskBytes) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
  }

  #gather(maxBytes: number, maxLines: number): LogPiece | undefined {
    const parts: Uint8Array[] = [];
    const arrivals: { offset: number; time: number }[] = [];
    let size = 0;
    let lines = 0;
    while (size < maxBytes && lines < maxLines) {
      const entry = this.#memory.shift();
      if (entry === undefined) break;
      const cut = cutAt(entry.bytes, maxBytes - size, maxLines - lines);
      const part = entry.bytes.subarray(0, cut.length);
      if (cut.length < entry.bytes.length) this.#memory.unshift(pieceFrom(entry, entry.offset + cut.length));
      arrivals.push({ offset: size, time: entry.time });
      parts.push(part);
      size += part.length;
      lines += cut.lines;
    }
    this.#memoryBytes -= size;
    return parts.length === 0 ? undefined : { bytes: Buffer.concat(parts), arrivals };
  }

  /** Moves the oldest pieces from disk to memory. */
  async #readBack(): Promise<void> {
    if (this.#memoryEnd === this.#end) return;
    await this.#write();
    const read = await this.#journal.read();
    // A disk that takes nothing does not hold the log up.
    this.#remember(read.length > 0 ? read : this.#unwritten.filter(({ offset }) => offset >= this.#memoryEnd));
    if (this.#end - this.#memoryEnd <= this.#limits.diskBytes) this.#wakeWaiters();
  }

  #remember(pieces: readonly JournalPiece[]): void {
    for (const piece of pieces) {
      this.#memory.push(piece);
      this.#memoryBytes += piece.bytes.length;
      this.#memoryEnd = piece.offset + piece.bytes.length;
    }
  }

  #flush(): Promise<void> {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    return this.#exclusive(() => this.#write());
  }

  /** What is not acknowledged goes to the journal; what it does not take stays, to be tried again. */
  async #write(): Promise<void> {
    const pieces = this.#unwritten.filter(({ offset, bytes }) => offset + bytes.length > this.#acknowledged);
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    if (pieces.length === 0) return;
    try {
      await this.#journal.append(pieces, this.#memoryEnd);
    } catch (error) {
      this.#unwritten = [...pieces, ...this.#unwritten];
      this.#trouble(error);
    }
  }

  readonly #trouble = (error: unknown): void => {
    if (!this.#isTroubled) this.#onTrouble(error);
    this.#isTroubled = true;
  };

  #wakeWaiters(): void {
    for (const wake of this.#roomWaiters.splice(0)) wake();
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** The piece without what comes before the place. */
export function pieceFrom(piece: JournalPiece, offset: number): JournalPiece {
  const from = offset - piece.offset;
  if (from <= 0) return piece;
  return {
    time: piece.time,
    offset,
    bytes: piece.bytes.subarray(from),
    beginsLine: piece.bytes[from - 1] === NEWLINE,
  };
}

function cutAt(
  bytes: Uint8Array,
  maxBytes: number,
  maxLines: number,
): { readonly length: number; readonly lines: number } {
  const end = Math.min(bytes.length, maxBytes);
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) {
    lines += 1;
    if (lines === maxLines) return { length: at + 1, lines };
  }
  return { length: end, lines };
}
