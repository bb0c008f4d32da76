/** Chunks of logs as the server takes them: as bytes where it knows how, else as JSON. */
import type { LogBatchHeader, LogChunk } from '@bridle/protocol';

/** A chunk before it is dressed for the wire. */
export type RawLogChunk = Omit<LogChunk, 'content'> & { readonly content: Buffer };

export function jsonChunks(chunks: readonly RawLogChunk[]): readonly LogChunk[] {
  return chunks.map((chunk) => ({ ...chunk, content: chunk.content.toString('base64') }));
}

/** The form of `LogBatchHeader`. */
export function encodeLogBatch(incarnation: string, chunks: readonly RawLogChunk[]): Buffer {
  const header: LogBatchHeader = {
    incarnation,
    chunks: chunks.map(({ content, lineTimes, ...chunk }) => ({
      ...chunk,
      bytes: content.length,
      lineTimes: runsOf(lineTimes),
    })),
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, ...chunks.map(({ content }) => content)]);
}

/** Lines that arrived together have one time. */
function runsOf(times: readonly number[]): number[] {
  const runs: number[] = [];
  for (const time of times) {
    if (runs.at(-2) === time) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
    else runs.push(time, 1);
  }
  return runs;
}
