/**
 * A step's log between the process and the server: a queue of bytes with the time each piece arrived.
 *
 * - L1 What goes in comes out, in order, byte for byte.
 * - L2 Memory holds a bounded part. While the server takes what there is, a step that is faster has to wait: so its log is
 *   seen as it is written, a moment later. When nothing is taken for a while (the network is cut), the rest goes to disk and
 *   the step goes on, up to a bound on disk.
 */
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { pause } from './backoff.ts';

/** Of one log in memory; a quick step never touches the disk. With the server at hand this much is not sent yet at most. */
const MEMORY_BYTES_MAX = 512 * 1024;
/** Nothing was taken for so long: the server is away. */
const PATIENCE_MS = 2_000;
/** Of one log on disk. */
const DISK_BYTES_MAX = 4 * 1024 * 1024 * 1024;
const READ_BYTES = 512 * 1024;
/** Time (double) and length (uint32) in front of each piece on disk. */
const HEADER_BYTES = 12;
const NEWLINE = 0x0a;

export interface LogPiece {
  readonly bytes: Buffer;
  /** Arrival times: each holds from its offset on. The first has offset 0 unless `bytes` is empty. */
  readonly arrivals: readonly { readonly offset: number; readonly time: number }[];
}

interface Entry {
  readonly time: number;
  readonly bytes: Uint8Array;
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
  readonly #path: string;
  readonly #limits: LogSpoolLimits;
  #memory: Entry[] = [];
  #memoryBytes = 0;
  #file: FileHandle | undefined;
  #diskStart = 0;
  #diskEnd = 0;
  #spilling = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #roomWaiters: (() => void)[] = [];
  #isClosed = false;
  #takenAt = performance.now();
  #taken = new AbortController();
  /** Somebody has waited in vain: until something is taken again nobody waits. */
  #isAway = false;

  /** @param path - of the file that is made when memory does not suffice */
  constructor(path: string, limits: LogSpoolLimits = LIMITS) {
    this.#path = path;
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#memory.length === 0 && this.#spilling === 0 && this.#diskEnd === this.#diskStart;
  }

  /** Resolves when the bytes are taken over and there is room for more. Call again only then. */
  async append(bytes: Uint8Array, time: number): Promise<void> {
    if (bytes.length === 0 || this.#isClosed) return;
    await this.#waitWhileTaken(bytes.length);
    if (this.#isClosed) return;
    const isOnDisk = this.#spilling > 0 || this.#diskEnd > this.#diskStart;
    if (!isOnDisk && this.#memoryBytes + bytes.length <= this.#limits.memoryBytes) {
      this.#memory.push({ time, bytes });
      this.#memoryBytes += bytes.length;
      return;
    }
    this.#spilling += 1;
    await this.#exclusive(() => this.#spill({ time, bytes })).finally(() => (this.#spilling -= 1));
    while (!this.#isClosed && this.#diskEnd - this.#diskStart > this.#limits.diskBytes) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
  }

  /** Takes the oldest bytes out, at most so many bytes and so many line ends. `undefined` when there are none. */
  async take(maxBytes: number, maxLines: number): Promise<LogPiece | undefined> {
    return this.#exclusive(async () => {
      if (this.#memory.length === 0) await this.#readBack();
      this.#takenAt = performance.now();
      this.#isAway = false;
      const piece = this.#gather(maxBytes, maxLines);
      this.#taken.abort();
      return piece;
    });
  }

  /** Throws the rest away and frees whoever waits. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#memory = [];
    this.#memoryBytes = 0;
    this.#wakeWaiters();
    this.#taken.abort();
    await this.#exclusive(async () => {
      const file = this.#file;
      this.#file = undefined;
      this.#diskStart = 0;
      this.#diskEnd = 0;
      if (file === undefined) return;
      await file.close();
      await unlink(this.#path).catch(() => undefined);
    });
  }

  /** Until there is room in memory, or the server does not seem to be there. */
  async #waitWhileTaken(bytes: number): Promise<void> {
    const hasRoom = (): boolean => {
      const waiting = this.#memoryBytes + this.#diskEnd - this.#diskStart;
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
      this.#taken = new AbortController();
      await pause(left, this.#taken.signal);
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
      if (cut.length < entry.bytes.length)
        this.#memory.unshift({ time: entry.time, bytes: entry.bytes.subarray(cut.length) });
      arrivals.push({ offset: size, time: entry.time });
      parts.push(part);
      size += part.length;
      lines += cut.lines;
    }
    this.#memoryBytes -= size;
    return parts.length === 0 ? undefined : { bytes: Buffer.concat(parts), arrivals };
  }

  async #spill(entry: Entry): Promise<void> {
    if (this.#isClosed) return;
    this.#file ??= await open(this.#path, 'w+', 0o600);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeDoubleLE(entry.time, 0);
    header.writeUInt32LE(entry.bytes.length, 8);
    const piece = Buffer.concat([header, entry.bytes]);
    await writeWhole(this.#file, piece, this.#diskEnd);
    this.#diskEnd += piece.length;
  }

  /** Moves the oldest pieces from disk to memory: at least one, then as many as one read holds. */
  async #readBack(): Promise<void> {
    if (this.#file === undefined || this.#diskEnd === this.#diskStart) return;
    let buffer = await readWhole(this.#file, this.#diskStart, Math.min(READ_BYTES, this.#diskEnd - this.#diskStart));
    const firstLength = HEADER_BYTES + buffer.readUInt32LE(8);
    if (firstLength > buffer.length) buffer = await readWhole(this.#file, this.#diskStart, firstLength);
    let at = 0;
    while (at + HEADER_BYTES <= buffer.length) {
      const end = at + HEADER_BYTES + buffer.readUInt32LE(at + 8);
      if (end > buffer.length) break;
      this.#memory.push({ time: buffer.readDoubleLE(at), bytes: buffer.subarray(at + HEADER_BYTES, end) });
      this.#memoryBytes += end - at - HEADER_BYTES;
      at = end;
    }
    this.#diskStart += at;
    if (this.#diskStart === this.#diskEnd) {
      await this.#file.truncate(0);
      this.#diskStart = 0;
      this.#diskEnd = 0;
    }
    if (this.#diskEnd - this.#diskStart <= this.#limits.diskBytes) this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    for (const wake of this.#roomWaiters.splice(0)) wake();
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
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

async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function readWhole(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error('the log spool is shorter than it should be');
    done += bytesRead;
  }
  return bytes;
}
