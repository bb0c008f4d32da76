/** Logs as delegates send them in bytes (protocol/src/delegate.ts, `LogBatchHeader`). */
import { LogBatchHeader } from '@bridle/protocol';
import { Value } from 'typebox/value';
import type { LogChunk } from '../logs/logs.ts';

const LENGTH_BYTES = 4;

export interface LogBatch {
  readonly incarnation: string;
  readonly chunks: readonly LogChunk[];
}

/** `undefined` when the bytes are no batch. */
export function readLogBatch(body: Buffer): LogBatch | undefined {
  if (body.length < LENGTH_BYTES) return undefined;
  const start = LENGTH_BYTES + body.readUInt32LE(0);
  const header = start > body.length ? undefined : parseJson(body.toString('utf8', LENGTH_BYTES, start));
  if (!Value.Check(LogBatchHeader, header)) return undefined;
  const chunks: LogChunk[] = [];
  let at = start;
  for (const { bytes, lineTimes, ...chunk } of header.chunks) {
    if (bytes > body.length - at) return undefined;
    const times = timesOf(lineTimes, bytes);
    if (times === undefined) return undefined;
    chunks.push({ ...chunk, content: body.subarray(at, at + bytes), lineTimes: times });
    at += bytes;
  }
  return at === body.length ? { incarnation: header.incarnation, chunks } : undefined;
}

/** Runs written out. A chunk has no more lines than bytes: what says otherwise is none, and takes no memory (S20). */
function timesOf(runs: readonly number[], bytes: number): readonly number[] | undefined {
  const times: number[] = [];
  for (let index = 0; index < runs.length; index += 2) {
    const [time = 0, count = 0] = [runs[index], runs[index + 1]];
    if (count < 1 || times.length + count > bytes) return undefined;
    for (let line = 0; line < count; line += 1) times.push(time);
  }
  return times;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
