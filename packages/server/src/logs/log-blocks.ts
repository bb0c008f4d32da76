/**
 * The file of a finished log: blocks of at most `BLOCK_BYTES` bytes of the log, each a Zstandard frame of its own, so that any
 * part can be read without the rest. Behind each frame the times of the block's lines lie in a skippable frame: `zstd -d`
 * makes of the file the exact bytes of the log.
 */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { LogBlock } from '../store/log-file-statements.ts';
import { countLineStarts, type PlacedChunk } from './place-chunk.ts';

export const BLOCK_BYTES = 1_048_576;
/** A block of line breaks only has this many lines; a time takes at most eight bytes. */
const TIMES_BYTES_MAX = BLOCK_BYTES * 8;
/** Zstandard's frames of this kind are passed over by every reader; their length follows. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER_BYTES = 8;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Makes the file out of chunks in order; `blocks` is filled with what has been given out. */
export async function* logFileOf(chunks: AsyncIterable<PlacedChunk>, blocks: LogBlock[]): AsyncGenerator<Buffer> {
  let fileOffset = 0;
  for await (const chunk of joinChunks(chunks)) {
    const [text, times] = await Promise.all([compress(chunk.content), compress(encodeTimes(chunk.lineTimes))]);
    const header = Buffer.alloc(SKIPPABLE_HEADER_BYTES);
    header.writeUInt32LE(SKIPPABLE_MAGIC, 0);
    header.writeUInt32LE(times.length, 4);
    const timesBytes = header.length + times.length;
    const { byteOffset, firstLine, content, lineTimes } = chunk;
    blocks.push({
      fileOffset,
      textBytes: text.length,
      timesBytes,
      byteOffset,
      bytes: content.length,
      firstLine,
      lines: lineTimes.length,
    });
    fileOffset += text.length + timesBytes;
    yield Buffer.concat([text, header, times]);
  }
}

/** @param part - of the file: the block's text and, unless only the text is wanted, its times */
export async function openBlock(block: LogBlock, part: Buffer): Promise<PlacedChunk> {
  const { byteOffset, firstLine, textBytes, bytes, lines } = block;
  const compressedTimes = part.subarray(textBytes + SKIPPABLE_HEADER_BYTES);
  const [content, times] = await Promise.all([
    decompress(part.subarray(0, textBytes), { maxOutputLength: Math.max(1, bytes) }),
    compressedTimes.length === 0 ? undefined : decompress(compressedTimes, { maxOutputLength: TIMES_BYTES_MAX }),
  ]);
  if (content.length !== bytes) throw new Error(`A block of a log has ${content.length} bytes, not ${bytes}.`);
  return { byteOffset, firstLine, content, lineTimes: times === undefined ? [] : decodeTimes(times, lines) };
}

/** The same bytes in pieces of `BLOCK_BYTES`. */
async function* joinChunks(chunks: AsyncIterable<PlacedChunk>): AsyncGenerator<PlacedChunk> {
  let waiting: PlacedChunk[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (bytes + rest.content.length >= BLOCK_BYTES) {
      const [head, tail] = splitChunk(rest, BLOCK_BYTES - bytes);
      yield joined([...waiting, head]);
      waiting = [];
      bytes = 0;
      rest = tail;
    }
    if (rest.content.length === 0) continue;
    waiting.push(rest);
    bytes += rest.content.length;
  }
  if (waiting.length > 0) yield joined(waiting);
}

function joined(chunks: readonly PlacedChunk[]): PlacedChunk {
  const [first] = chunks;
  if (first === undefined) throw new Error('A block has at least one chunk.');
  if (chunks.length === 1) return first;
  return {
    byteOffset: first.byteOffset,
    // A chunk in which no line begins has the number of the line that begins next.
    firstLine: first.firstLine,
    content: Buffer.concat(chunks.map(({ content }) => content)),
    lineTimes: chunks.flatMap(({ lineTimes }) => lineTimes),
  };
}

/** Cuts a chunk in two; both are chunks like those that delegates send. */
export function splitChunk(chunk: PlacedChunk, at: number): readonly [PlacedChunk, PlacedChunk] {
  const { byteOffset, firstLine, content, lineTimes } = chunk;
  const head = content.subarray(0, at);
  const starts = countLineStarts(head, continuesLine(chunk));
  return [
    { byteOffset, firstLine, content: head, lineTimes: lineTimes.slice(0, starts) },
    {
      byteOffset: byteOffset + head.length,
      firstLine: firstLine + starts,
      content: content.subarray(at),
      lineTimes: lineTimes.slice(starts),
    },
  ];
}

/** Whether the chunk begins in the middle of a line. */
export function continuesLine({ content, lineTimes }: PlacedChunk): boolean {
  return content.length > 0 && lineTimes.length < countLineStarts(content, false);
}

/** Differences from line to line, seven bits a byte: mostly one byte a line, and then hardly anything compressed. */
export function encodeTimes(times: readonly number[]): Buffer {
  const bytes: number[] = [];
  let last = 0;
  for (const time of times) {
    const difference = time - last;
    last = time;
    // Numbers, not bit operations: times have more than 32 bits.
    let rest = difference >= 0 ? difference * 2 : -difference * 2 - 1;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push(0x80 | (rest % 0x80));
    bytes.push(rest);
  }
  return Buffer.from(bytes);
}

export function decodeTimes(bytes: Buffer, count: number): readonly number[] {
  const times: number[] = [];
  let time = 0;
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (byte >= 0x80) continue;
    time += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    times.push(time);
    value = 0;
    factor = 1;
  }
  if (times.length !== count) throw new Error(`A block of a log has ${times.length} line times, not ${count}.`);
  return times;
}
