/**
 * Writes a zip archive piece by piece: sizes follow each file (data descriptors), so that nothing is held in memory. Plain
 * zip without its 64-bit extension: the caller keeps archives below `ZIP_BYTES_MAX` and 65,535 files.
 */
import { Readable } from 'node:stream';
import { createDeflateRaw, crc32 } from 'node:zlib';

/** Of all files together, packed or not, and their heads. */
export const ZIP_BYTES_MAX = 0xf000_0000;

export interface ZipFile {
  /** Relative, with `/` between folders. */
  readonly name: string;
  /** Epoch milliseconds; printed in UTC, to two seconds. */
  readonly changedAt: number;
  readonly content: AsyncIterable<Buffer>;
}

interface Written {
  readonly head: Buffer;
  readonly name: Buffer;
  readonly offset: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

const LOCAL_HEAD = 0x0403_4b50;
const DESCRIPTOR = 0x0807_4b50;
const DIRECTORY_HEAD = 0x0201_4b50;
const DIRECTORY_END = 0x0605_4b50;
/** Descriptor follows (bit 3), names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const DEFLATE = 8;
const VERSION = 20;

export async function* zipStream(files: Iterable<ZipFile>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const head = commonHead(file.changedAt, name.length);
    const at = offset;
    const local = Buffer.concat([uint32(LOCAL_HEAD), head, name]);
    yield local;
    offset += local.length;
    let crc = 0;
    let size = 0;
    let packed = 0;
    const measure = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of file.content) {
        crc = crc32(piece, crc);
        size += piece.length;
        yield piece;
      }
    };
    for await (const piece of deflate(measure())) {
      packed += piece.length;
      yield piece;
    }
    const descriptor = uint32(DESCRIPTOR, crc, packed, size);
    yield descriptor;
    offset += packed + descriptor.length;
    written.push({ head, name, offset: at, crc, packed, size });
  }
  yield directory(written, offset);
}

/** Of bytes 4 to 30 of a file's head: the sizes are left to the descriptor. */
function commonHead(changedAt: number, nameLength: number): Buffer {
  const head = Buffer.alloc(26);
  const { time, date } = dosTime(changedAt);
  head.writeUInt16LE(VERSION, 0);
  head.writeUInt16LE(FLAGS, 2);
  head.writeUInt16LE(DEFLATE, 4);
  head.writeUInt16LE(time, 6);
  head.writeUInt16LE(date, 8);
  head.writeUInt16LE(nameLength, 22);
  return head;
}

function directory(files: readonly Written[], offset: number): Buffer {
  const entries = files.map((file) => {
    const head = Buffer.from(file.head);
    head.writeUInt32LE(file.crc, 10);
    head.writeUInt32LE(file.packed, 14);
    head.writeUInt32LE(file.size, 18);
    const made = Buffer.alloc(2);
    made.writeUInt16LE(VERSION);
    // Comment length, disk and attributes: nothing to say.
    return Buffer.concat([uint32(DIRECTORY_HEAD), made, head, Buffer.alloc(10), uint32(file.offset), file.name]);
  });
  const body = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(body.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([body, uint32(DIRECTORY_END), end]);
}

/** Closing the generator ends the packing too. */
async function* deflate(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* Readable.from(content, { objectMode: false }).compose(createDeflateRaw()) as AsyncIterable<Buffer>;
}

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}

function dosTime(at: number): { readonly time: number; readonly date: number } {
  const day = new Date(at);
  return {
    time: (day.getUTCHours() << 11) | (day.getUTCMinutes() << 5) | (day.getUTCSeconds() >> 1),
    date: ((day.getUTCFullYear() - 1980) << 9) | ((day.getUTCMonth() + 1) << 5) | day.getUTCDate(),
  };
}
