/**
 * The logs of steps: raw bytes in order (already masked by the delegate) with an index of their lines. JSON and SSE are views
 * of lines in which invalid UTF-8 becomes U+FFFD; the raw download is exact.
 *
 * Invariants (cited by tests):
 * - L1 the bytes of a log are what its delegate sent, in order, without gap or repetition, however often a chunk is sent.
 * - L2 only the process that holds the task (D1), or held it last, adds to its log, and only to a log of that task.
 * - L3 line numbers are 0-based, dense and stable: a view resumes by them.
 * - L4 a last line without line break is a line as soon as the log is closed; until then views hold it back.
 * - L5 a closed log does not change. One that was closed because its delegate was given up lacks its end: for a day (LATE_LOG_MS),
 *   and never once it is filed, the rest may be added by whoever found it on the delegate's disk. Then it is closed for good.
 */
import type { LogMatch, LogQuery } from './search-log.ts';

/** Bytes of one chunk after decoding. */
export const LOG_CHUNK_BYTES_MAX = 1_048_576;
/** Bytes of one line that a view shows (P1); the rest is in the raw log only. */
export const LOG_LINE_BYTES_MAX = 262_144;
/** What one read answers at most, unless asked for less. */
export const LOG_READ_BYTES_MAX = 4_194_304;
export const LOG_READ_LINES_MAX = 10_000;

/** A piece of one log as its delegate sends it (protocol/src/delegate.ts says more). */
export interface LogChunk {
  readonly taskId: string;
  readonly fence: number;
  readonly logKey: string;
  /** Where this chunk continues its log. */
  readonly byteOffset: number;
  readonly content: Buffer;
  /** One per line that begins in this chunk, epoch milliseconds by the delegate's clock. */
  readonly lineTimes: readonly number[];
  /** The last chunk of this log. */
  readonly final: boolean;
}

export interface LogInfo {
  readonly key: string;
  readonly accountId: string;
  readonly executionId: string;
  readonly nodeExecutionId: string;
  readonly bytes: number;
  /** Lines that have begun. */
  readonly lines: number;
  readonly createdAt: number;
  /** Set once nothing will follow. */
  readonly closedAt?: number;
}

export interface LogLine {
  /** 0-based (L3). */
  readonly number: number;
  /** When the line began, epoch milliseconds by the delegate's clock. */
  readonly time: number;
  /** Without its line break. */
  readonly text: string;
  /** The line is longer than `LOG_LINE_BYTES_MAX`; this is its beginning. */
  readonly isCut?: true;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where to go on; `undefined` when there is nothing more now. */
  readonly nextLine?: number;
  /** Nothing will follow these lines (only with `nextLine` undefined). */
  readonly isClosed: boolean;
}

export interface LogRead {
  /** Default 0. */
  readonly fromLine?: number;
  readonly linesMax?: number;
  readonly bytesMax?: number;
}

export interface LogSearch extends LogQuery {
  readonly matchesMax: number;
  /** Where the answer before this one said to go on. */
  readonly from?: LogPlace;
}

export interface LogPlace {
  readonly key: string;
  readonly line: number;
}

export interface LogSearchPage {
  readonly matches: readonly (LogMatch & { readonly log: LogInfo })[];
  /** Absent when everything was searched as it is now. */
  readonly next?: LogPlace;
}

export type LogAppendResult =
  /** Per log key the number of bytes the server now has; the delegate goes on there. */
  | { readonly kind: 'received'; readonly received: Readonly<Record<string, number>> }
  /** A chunk's task is not the delegate's (L2), or its log is closed (L5). Nothing was added. */
  | { readonly kind: 'stale'; readonly message: string }
  /** A chunk does not make sense: wrong number of lines, too large. Nothing was added. */
  | { readonly kind: 'invalid'; readonly message: string };

export interface Logs {
  /**
   * Adds chunks (L1), all or none. What is there already is skipped; a chunk that would leave a gap changes nothing: the answer
   * says how far the log is.
   */
  append(
    delegate: { readonly delegateId: string; readonly incarnation: string },
    chunks: readonly LogChunk[],
  ): Promise<LogAppendResult>;
  info(key: string): Promise<LogInfo | undefined>;
  /** All logs of the account whose keys begin with the prefix, by key; at most `limit`. */
  list(accountId: string, prefix: string, limit: number): Promise<readonly LogInfo[]>;
  /** The logs of the account that are being written, oldest first; at most `limit`. */
  listOpen(accountId: string, limit: number): Promise<readonly LogInfo[]>;
  /** The logs of an execution, in the order in which they began; at most `limit`. */
  listOfExecution(executionId: string, limit: number): Promise<readonly LogInfo[]>;
  /**
   * Searches logs, one after the other; a call looks at a bounded part, and may answer with no match and a place to go on.
   * @throws LogQueryError
   */
  search(logs: readonly LogInfo[], search: LogSearch): Promise<LogSearchPage>;
  /** Complete lines, and the last one when the log is closed (L4). `undefined` = no such log. */
  read(key: string, request?: LogRead): Promise<LogPage | undefined>;
  /** The exact bytes from an offset on, as they are now. */
  readBytes(key: string, fromByte?: number): AsyncIterable<Buffer>;
  /**
   * The lines after line `afterLine` (-1 = from the start), then new ones as they come. The last item has `isClosed`. A log
   * that is not there yet is waited for; end that by `signal`, or by `enough`: then it ends once all that is there was given.
   */
  tail(
    key: string,
    afterLine: number,
    signal: AbortSignal,
    enough?: AbortSignal,
  ): AsyncIterable<{ readonly lines: readonly LogLine[]; readonly isClosed: boolean }>;
}
