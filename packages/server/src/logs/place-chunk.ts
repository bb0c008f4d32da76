/** Where a chunk goes in its log: pure bookkeeping of bytes and line numbers (L1, L3). */
import { LOG_CHUNK_BYTES_MAX, type LogChunk } from './logs.ts';

const LINE_BREAK = 0x0a;

export interface LogState {
  readonly bytes: number;
  /** Lines that have begun. */
  readonly lines: number;
  readonly endsInLine: boolean;
  readonly isClosed: boolean;
}

/** A piece of a log with the place it has there. */
export interface PlacedChunk {
  readonly byteOffset: number;
  /** Number of the first line that begins in it, if any does. */
  readonly firstLine: number;
  readonly content: Buffer;
  /** One for each line that begins in it. */
  readonly lineTimes: readonly number[];
}

export type Placement =
  | { readonly kind: 'placed'; readonly chunk?: PlacedChunk; readonly state: LogState }
  /** There already, or beyond a gap: nothing changes. */
  | { readonly kind: 'skipped' }
  /** Bytes behind the end of a closed log. */
  | { readonly kind: 'late' }
  | { readonly kind: 'invalid'; readonly message: string };

export function placeChunk(state: LogState, chunk: LogChunk): Placement {
  const { content } = chunk;
  if (content.length > LOG_CHUNK_BYTES_MAX)
    return { kind: 'invalid', message: `A chunk of ${chunk.logKey} is longer than ${LOG_CHUNK_BYTES_MAX} bytes.` };
  if (state.isClosed) return { kind: chunk.byteOffset + content.length > state.bytes ? 'late' : 'skipped' };
  if (chunk.byteOffset > state.bytes) return { kind: 'skipped' };
  const known = state.bytes - chunk.byteOffset;
  if (known > content.length) return { kind: 'skipped' };
  const fresh = content.subarray(known);
  const starts = countLineStarts(fresh, state.endsInLine);
  // Of a chunk that is there in part, the last times belong to the rest.
  const isTimed = known === 0 ? chunk.lineTimes.length === starts : chunk.lineTimes.length >= starts;
  if (!isTimed)
    return {
      kind: 'invalid',
      message: `A chunk of ${chunk.logKey} at byte ${chunk.byteOffset} has ${chunk.lineTimes.length} times for ${starts} lines.`,
    };
  if (fresh.length === 0)
    return chunk.final ? { kind: 'placed', state: { ...state, isClosed: true } } : { kind: 'skipped' };
  return {
    kind: 'placed',
    chunk: {
      byteOffset: state.bytes,
      firstLine: state.lines,
      content: fresh,
      lineTimes: chunk.lineTimes.slice(chunk.lineTimes.length - starts),
    },
    state: {
      bytes: state.bytes + fresh.length,
      lines: state.lines + starts,
      endsInLine: fresh[fresh.length - 1] !== LINE_BREAK,
      isClosed: chunk.final,
    },
  };
}

/** Lines that begin in these bytes: at each byte that follows a line break, and at the first byte unless it continues a line. */
export function countLineStarts(content: Uint8Array, continuesLine: boolean): number {
  if (content.length === 0) return 0;
  let starts = continuesLine ? 0 : 1;
  for (
    let at = content.indexOf(LINE_BREAK);
    at >= 0 && at < content.length - 1;
    at = content.indexOf(LINE_BREAK, at + 1)
  )
    starts += 1;
  return starts;
}
