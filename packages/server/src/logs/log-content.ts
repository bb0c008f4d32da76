/**
 * The bytes of one log, wherever they lie: in chunks of the database while it grows (and for good when it is small), in a
 * file once it is finished. Readers ask for chunks and do not notice; a block of a file is a chunk like any other.
 */
import { asFileKey } from '../files/file-key.ts';
import { readFileRange, type FileStore } from '../files/file-store.ts';
import type { Database } from '../store/database.ts';
import { findLogFile, type LogBlock, type LogFileRow } from '../store/log-file-statements.ts';
import {
  findChunkOfByte,
  findChunkOfLine,
  findNextLineStart,
  listLogChunks,
  type LogRow,
} from '../store/log-statements.ts';
import { openBlock } from './log-blocks.ts';
import { openChunk } from './log-chunks.ts';
import type { PlacedChunk } from './place-chunk.ts';
import type { RecentChunks } from './recent-chunks.ts';

/** Chunks read in one statement. */
const CHUNKS_PER_READ = 8;

export interface LogContent {
  /** Where the chunk lies in which a line begins; `undefined` when there is no such line. */
  findLine(line: number): Promise<number | undefined>;
  /** Where the next chunk lies in which a line begins. */
  findNextLineStart(afterByte: number): Promise<number | undefined>;
  /** Where the chunk lies that holds a byte. */
  findByte(byte: number): Promise<number | undefined>;
  /** One or more chunks, the first one beginning at the offset, which one of the others answered. */
  list(fromOffset: number): Promise<readonly PlacedChunk[]>;
}

/** Thrown when the chunks went while they were read: the log has become a file, and is to be read anew. */
export class LogMovedError extends Error {
  override readonly name = 'LogMovedError';
}

export class ChunkContent implements LogContent {
  readonly #db: Database;
  readonly #log: LogRow;
  readonly #recent: RecentChunks | undefined;

  /** @param log - only what it counts is read, also when more has come since */
  constructor(db: Database, log: LogRow, recent?: RecentChunks) {
    this.#db = db;
    this.#log = log;
    this.#recent = recent;
  }

  async findLine(line: number): Promise<number | undefined> {
    const recent = this.#recent?.ofLine(this.#log.key, line);
    if (recent !== undefined && recent.byteOffset < this.#log.bytes) return recent.byteOffset;
    const found = await findChunkOfLine(this.#db, this.#log.key, line);
    return this.#known(found, line < this.#log.lines);
  }

  async findNextLineStart(afterByte: number): Promise<number | undefined> {
    const next = await findNextLineStart(this.#db, this.#log.key, afterByte);
    if (next === undefined) await this.#isStillHere();
    return next;
  }

  async findByte(byte: number): Promise<number | undefined> {
    const found = await findChunkOfByte(this.#db, this.#log.key, byte);
    return this.#known(found, byte < this.#log.bytes);
  }

  async list(fromOffset: number): Promise<readonly PlacedChunk[]> {
    const { key, bytes } = this.#log;
    const recent = this.#recent?.at(key, fromOffset);
    if (recent !== undefined) return [recent];
    const stored = await listLogChunks(this.#db, key, fromOffset, bytes, CHUNKS_PER_READ);
    const chunks = await Promise.all(stored.map(openChunk));
    let expected = fromOffset;
    for (const { byteOffset, content } of chunks) {
      if (byteOffset !== expected) throw this.#moved();
      expected += content.length;
    }
    if (chunks.length === 0) throw this.#moved();
    return chunks;
  }

  #known(found: number | undefined, isThere: boolean): number | undefined {
    if (found === undefined && isThere) throw this.#moved();
    return isThere ? found : undefined;
  }

  /** Chunks go from the end: with the last one gone, none is known to be the last. */
  async #isStillHere(): Promise<void> {
    const { key, bytes } = this.#log;
    if (bytes === 0) return;
    const last = await findChunkOfByte(this.#db, key, bytes - 1);
    if (last === undefined) throw this.#moved();
    const [stored] = await listLogChunks(this.#db, key, last, bytes, 1);
    const chunk = stored === undefined ? undefined : await openChunk(stored);
    if (chunk === undefined || chunk.byteOffset + chunk.content.length < bytes) throw this.#moved();
  }

  #moved(): LogMovedError {
    return new LogMovedError(`The chunks of ${this.#log.key} are not there any more.`);
  }
}

export class FiledContent implements LogContent {
  readonly #store: FileStore;
  readonly #file: LogFileRow;
  /** Without the times, which a reader of bytes does not need. */
  readonly #isTextOnly: boolean;

  constructor(store: FileStore, file: LogFileRow, isTextOnly = false) {
    this.#store = store;
    this.#file = file;
    this.#isTextOnly = isTextOnly;
  }

  async findLine(line: number): Promise<number | undefined> {
    // Of the blocks that begin with this line or an earlier one, the last in which any line begins.
    const last = lastIndex(this.#file.blocks, ({ firstLine }) => firstLine <= line);
    for (let index = last; index >= 0; index -= 1) {
      const block = this.#file.blocks[index];
      if (block !== undefined && block.lines > 0)
        return line < block.firstLine + block.lines ? block.byteOffset : undefined;
    }
    return undefined;
  }

  async findNextLineStart(afterByte: number): Promise<number | undefined> {
    const { blocks } = this.#file;
    const first = lastIndex(blocks, ({ byteOffset }) => byteOffset <= afterByte) + 1;
    for (let index = first; index < blocks.length; index += 1) {
      const block = blocks[index];
      if (block !== undefined && block.lines > 0) return block.byteOffset;
    }
    return undefined;
  }

  async findByte(byte: number): Promise<number | undefined> {
    const block = this.#file.blocks[lastIndex(this.#file.blocks, ({ byteOffset }) => byteOffset <= byte)];
    return block !== undefined && byte < block.byteOffset + block.bytes ? block.byteOffset : undefined;
  }

  async list(fromOffset: number): Promise<readonly PlacedChunk[]> {
    const block = this.#file.blocks[lastIndex(this.#file.blocks, ({ byteOffset }) => byteOffset <= fromOffset)];
    if (block?.byteOffset !== fromOffset) throw new Error(`No block of the log begins at byte ${fromOffset}.`);
    return [await openBlock(block, await this.#part(block))];
  }

  async #part({ fileOffset, textBytes, timesBytes }: LogBlock): Promise<Buffer> {
    const { place } = this.#file;
    const to = fileOffset + textBytes + (this.#isTextOnly ? 0 : timesBytes);
    if (place.kind === 'inline') return place.content.subarray(fileOffset, to);
    const part = await readFileRange(this.#store, asFileKey(place.key), { from: fileOffset, to });
    if (part === undefined || part.length < to - fileOffset)
      throw new Error(`The file of a log, ${place.key} in ${this.#store.place}, is missing or too short.`);
    return part;
  }
}

/** Index of the last block for which the test holds, given that it holds for a beginning of the list; -1 when for none. */
function lastIndex(blocks: readonly LogBlock[], test: (block: LogBlock) => boolean): number {
  let [from, to] = [0, blocks.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const block = blocks[middle];
    if (block !== undefined && test(block)) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

/** Files of logs that were read lately: their tables of blocks never change. */
const FILES_KNOWN_MAX = 64;

export class LogContents {
  readonly #db: Database;
  readonly #store: FileStore;
  readonly #recent: RecentChunks;
  readonly #files = new Map<string, LogFileRow>();

  constructor(db: Database, store: FileStore, recent: RecentChunks) {
    this.#db = db;
    this.#store = store;
    this.#recent = recent;
  }

  async of(log: LogRow, isTextOnly = false): Promise<LogContent> {
    if (log.filedAt === undefined) return new ChunkContent(this.#db, log, this.#recent);
    const file = this.#files.get(log.key) ?? (await findLogFile(this.#db, log.key));
    if (file === undefined) throw new Error(`The log ${log.key} is filed, but nobody knows where.`);
    this.#files.delete(log.key);
    this.#files.set(log.key, file);
    for (const [oldest] of this.#files) {
      if (this.#files.size <= FILES_KNOWN_MAX) break;
      this.#files.delete(oldest);
    }
    return new FiledContent(this.#store, file, isTextOnly);
  }
}
