/**
 * The log of one task on disk: whoever comes after this process sends the rest (kept-logs.ts).
 *
 * - J1 What is appended is in the file in order, each piece with its place in the log. A place that is missing was with the server
 *   already when its turn came.
 * - J2 Files are rotated, and deleted once the server has all of one: a long log does not fill the disk.
 *
 * A file: one line of JSON (`JournalHead`), then pieces, each with a header of `PIECE_HEADER_BYTES`: arrival time (double), offset in
 * the log (double), length (uint32, its highest bit set when the piece begins a line). A last piece that is cut counts for nothing.
 */
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that is longer is followed by another. */
const FILE_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 512 * 1024;
/** The kernel's bound (IOV_MAX). */
const WRITE_PARTS_MAX = 1_024;
export const PIECE_HEADER_BYTES = 20;
const BEGINS_LINE = 0x8000_0000;
export const JOURNAL_EXTENSION = '.bridlelog';

/** Whose log it is, and in whose name it is sent. */
export interface JournalHead {
  readonly delegateId: string;
  readonly incarnation: string;
  readonly taskId: string;
  readonly fence: number;
  readonly logKey: string;
  /** The server takes `logs/batch`. */
  readonly logBatches: boolean;
}

/** Bytes that arrived together. */
export interface JournalPiece {
  readonly time: number;
  /** In the log. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly beginsLine: boolean;
}

interface JournalFile {
  readonly path: string;
  readonly handle: FileHandle;
  size: number;
  /** In the log. */
  end: number;
}

export class LogJournal {
  readonly #folder: string;
  readonly #head: JournalHead;
  #files: JournalFile[] = [];
  #made = 0;
  /** Where reading goes on: the piece at this place of this file is the next. */
  #cursor: { readonly file: JournalFile; readonly at: number } | undefined;

  /** @param folder - existing; a file is made when there is something to write */
  constructor(folder: string, head: JournalHead) {
    this.#folder = folder;
    this.#head = head;
  }

  /** @param readFrom - of the pieces, where `read` begins when it has come to the end of what was to be read before */
  async append(pieces: readonly JournalPiece[], readFrom: number): Promise<void> {
    const left = [...pieces];
    while (left.length > 0) {
      const file = await this.#current();
      const parts: Uint8Array[] = [];
      let { size, end } = file;
      let cursor = this.#cursor;
      while (size < FILE_BYTES) {
        const piece = left.shift();
        if (piece === undefined) break;
        if (cursor === undefined && piece.offset >= readFrom) cursor = { file, at: size };
        parts.push(headerOf(piece), piece.bytes);
        size += PIECE_HEADER_BYTES + piece.bytes.length;
        end = piece.offset + piece.bytes.length;
      }
      try {
        await writeAll(file.handle, parts, file.size);
      } catch (error) {
        // What is there in part must not be taken for a piece.
        await file.handle.truncate(file.size).catch(() => undefined);
        throw error;
      }
      Object.assign(file, { size, end });
      this.#cursor = cursor;
    }
  }

  /** The next pieces that are to be read: at least one, then as many as one read holds. */
  async read(): Promise<readonly JournalPiece[]> {
    const cursor = this.#cursor;
    if (cursor === undefined) return [];
    const { file } = cursor;
    const pieces = await readPieces(file.handle, cursor.at, file.size - cursor.at);
    const at = pieces.reduce((sum, { bytes }) => sum + PIECE_HEADER_BYTES + bytes.length, cursor.at);
    const following = this.#files[this.#files.indexOf(file) + 1];
    if (at < file.size) this.#cursor = { file, at };
    else this.#cursor = following === undefined ? undefined : { file: following, at: encodeHead(this.#head).length };
    return pieces;
  }

  get isRotated(): boolean {
    return this.#files.length > 1;
  }

  /** The server has everything before this place. */
  async release(offset: number): Promise<void> {
    while (this.#files.length > 0) {
      const [oldest] = this.#files;
      if (oldest === undefined || oldest.end > offset || oldest.size < FILE_BYTES || this.#cursor?.file === oldest)
        return;
      this.#files.shift();
      await remove(oldest);
    }
  }

  /** @param isKept - the files stay, for who comes after */
  async close(isKept: boolean): Promise<void> {
    const files = this.#files;
    this.#files = [];
    this.#cursor = undefined;
    for (const file of files) await (isKept ? file.handle.close() : remove(file));
  }

  async #current(): Promise<JournalFile> {
    const last = this.#files.at(-1);
    if (last !== undefined && last.size < FILE_BYTES) return last;
    const { taskId, fence } = this.#head;
    const path = join(this.#folder, `${taskId}.${fence}.${this.#made}${JOURNAL_EXTENSION}`);
    this.#made += 1;
    const handle = await open(path, 'w+', 0o600);
    const file: JournalFile = { path, handle, size: 0, end: 0 };
    this.#files.push(file);
    const head = encodeHead(this.#head);
    await writeAll(handle, [head], 0);
    file.size = head.length;
    return file;
  }
}

function encodeHead(head: JournalHead): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n`);
}

function headerOf({ time, offset, bytes, beginsLine }: JournalPiece): Buffer {
  const header = Buffer.alloc(PIECE_HEADER_BYTES);
  header.writeDoubleLE(time, 0);
  header.writeDoubleLE(offset, 8);
  header.writeUInt32LE((bytes.length | (beginsLine ? BEGINS_LINE : 0)) >>> 0, 16);
  return header;
}

/**
 * Whole pieces from a place of a file on: at least one, then as many as one read holds; none when not even one is whole.
 * @param left - bytes from there to the end of the file
 */
export async function readPieces(file: FileHandle, at: number, left: number): Promise<readonly JournalPiece[]> {
  if (left < PIECE_HEADER_BYTES) return [];
  let buffer = await readWhole(file, at, Math.min(READ_BYTES, left));
  const first = PIECE_HEADER_BYTES + lengthOfPiece(buffer, 0);
  if (first > left) return [];
  if (first > buffer.length) buffer = await readWhole(file, at, first);
  const pieces: JournalPiece[] = [];
  for (let from = 0; from + PIECE_HEADER_BYTES <= buffer.length;) {
    const end = from + PIECE_HEADER_BYTES + lengthOfPiece(buffer, from);
    if (end > buffer.length) break;
    pieces.push({
      time: buffer.readDoubleLE(from),
      offset: buffer.readDoubleLE(from + 8),
      bytes: buffer.subarray(from + PIECE_HEADER_BYTES, end),
      beginsLine: buffer.readUInt32LE(from + 16) >= BEGINS_LINE,
    });
    from = end;
  }
  return pieces;
}

function lengthOfPiece(buffer: Buffer, at: number): number {
  return buffer.readUInt32LE(at + 16) % BEGINS_LINE;
}

async function remove(file: JournalFile): Promise<void> {
  await file.handle.close();
  await unlink(file.path).catch(() => undefined);
}

async function writeAll(file: FileHandle, parts: readonly Uint8Array[], position: number): Promise<void> {
  let at = position;
  for (let from = 0; from < parts.length; from += WRITE_PARTS_MAX) {
    const some = parts.slice(from, from + WRITE_PARTS_MAX);
    const length = some.reduce((sum, part) => sum + part.length, 0);
    const { bytesWritten } = await file.writev(some, at);
    // A full disk may take a part; the rest then says why.
    if (bytesWritten < length) await writeRest(file, Buffer.concat(some).subarray(bytesWritten), at + bytesWritten);
    at += length;
  }
}

async function writeRest(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
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
