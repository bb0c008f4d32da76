/** How archives are compressed. */
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';

export const ARCHIVE_FORMATS = ['Tar', 'Gzip', 'Zstd'] as const;
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number];

const MAGIC_BYTES = 4;
const ZSTD_MAGIC = 0xfd2fb528;

export function compressorOf(format: ArchiveFormat): Duplex | undefined {
  switch (format) {
    case 'Tar':
      return undefined;
    case 'Gzip':
      return createGzip();
    case 'Zstd':
      return createZstdCompress();
  }
}

/** By what the archive is, not by what a step says of it: the step that saved it may have said something else. */
export async function* decompress(source: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    let head: Buffer = Buffer.alloc(0);
    while (head.length < MAGIC_BYTES) {
      const next = await chunks.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
    const decoder = decoderOf(head);
    if (decoder === undefined) {
      yield* joined(head, chunks);
      return;
    }
    const done = pipeline(Readable.from(joined(head, chunks)), decoder, { signal });
    done.catch(() => undefined); // the decoder tells it
    yield* decoder as AsyncIterable<Buffer>;
    await done;
  } finally {
    await chunks.return?.();
  }
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function decoderOf(head: Buffer): Duplex | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip();
  if (head.length >= MAGIC_BYTES && head.readUInt32LE(0) === ZSTD_MAGIC) return createZstdDecompress();
  return undefined;
}
