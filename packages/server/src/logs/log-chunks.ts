/** Chunks of a growing log on their way into the database and out of it: compressed where that is worth it. */
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { StoredLogChunk } from '../store/log-statements.ts';
import { decodeTimes, encodeTimes } from './log-blocks.ts';
import { LOG_CHUNK_BYTES_MAX } from './logs.ts';
import type { PlacedChunk } from './place-chunk.ts';

/** A quick step's few lines are stored as they are. */
const COMPRESSED_BYTES_MIN = 4_096;
/** Lines come as fast as the step prints them: fast rather than small. The file of the finished log is small. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** `undefined` = leave it as it is. */
export async function compressContent(content: Buffer): Promise<Buffer | undefined> {
  if (content.length < COMPRESSED_BYTES_MIN) return undefined;
  const compressed = await compress(content, OPTIONS);
  return compressed.length < content.length ? compressed : undefined;
}

/** @param compressed - what `compressContent` made of the chunk's content */
export function packChunk(
  { byteOffset, firstLine, content, lineTimes }: PlacedChunk,
  compressed: Buffer | undefined,
): StoredLogChunk & { readonly times: Buffer } {
  return {
    byteOffset,
    firstLine,
    content: compressed ?? content,
    isCompressed: compressed !== undefined,
    lines: lineTimes.length,
    times: encodeTimes(lineTimes),
  };
}

export async function openChunk(stored: StoredLogChunk): Promise<PlacedChunk> {
  const { byteOffset, firstLine, content, isCompressed, lines, times } = stored;
  return {
    byteOffset,
    firstLine,
    content: isCompressed ? await decompress(content, { maxOutputLength: LOG_CHUNK_BYTES_MAX }) : content,
    lineTimes: Buffer.isBuffer(times) ? decodeTimes(times, lines) : times,
  };
}
