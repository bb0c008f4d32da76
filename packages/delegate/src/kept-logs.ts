/**
 * Logs whose delegate process ended before the server had all of them: sent by its watchdog, or by the next process of the
 * installation, in the name of the one that wrote them.
 *
 * - K1 The server says how far it is (an empty chunk asks it), and gets what follows: nothing twice, nothing left out.
 * - K2 Once it has everything, or does not want it, the files go. While it cannot be reached, or does not know us, they stay.
 */
import { open, readdir, rm, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { readReceived } from './answers.ts';
import { backoffMs, pause } from './backoff.ts';
import { CallCancelled, OutageError, type Answer, type ServerClient } from './client.ts';
import { encodeLogBatch, jsonChunks, type RawLogChunk } from './log-batch.ts';
import {
  JOURNAL_EXTENSION,
  PIECE_HEADER_BYTES,
  readPieces,
  type JournalHead,
  type JournalPiece,
} from './log-journal.ts';
import { pieceFrom } from './log-spool.ts';
import { lineTimesOf } from './task-log.ts';

const CALL_TIMEOUT_MS = 30_000;
const HEAD_BYTES_MAX = 16 * 1024;
/** Of one request; each line in it has its time. */
const CHUNK_BYTES = 512 * 1024;

export type KeptEnd = 'delivered' | 'refused' | 'unreadable';

export interface KeptLogsOptions {
  readonly folder: string;
  readonly client: ServerClient;
  /** Only logs of this process. */
  readonly incarnation?: string;
  readonly onEnd?: (taskId: string, end: KeptEnd, reason?: string) => void;
}

export interface KeptLog {
  readonly name: string;
  readonly paths: readonly string[];
}

export class KeptLogs {
  readonly #options: KeptLogsOptions;

  constructor(options: KeptLogsOptions) {
    this.#options = options;
  }

  /** What is there now. Later files belong to a process that lives. */
  async list(): Promise<readonly KeptLog[]> {
    const { folder } = this.#options;
    const logs = new Map<string, { readonly place: number; readonly path: string }[]>();
    for (const file of await readdir(folder).catch(() => [])) {
      const path = join(folder, file);
      const [, name, place] = /^(.+)\.(\d+)$/.exec(file.slice(0, -JOURNAL_EXTENSION.length)) ?? [];
      if (!file.endsWith(JOURNAL_EXTENSION) || name === undefined) {
        await rm(path, { recursive: true, force: true }); // an older version's, of no use
        continue;
      }
      logs.set(name, [...(logs.get(name) ?? []), { place: Number(place), path }]);
    }
    return [...logs].map(([name, files]) => ({
      name,
      paths: files.toSorted((one, other) => one.place - other.place).map(({ path }) => path),
    }));
  }

  /** Tries again while the server cannot be reached. Answers with what is left when `signal` was aborted before the end. */
  async deliver(logs: readonly KeptLog[], signal: AbortSignal): Promise<readonly KeptLog[]> {
    const left = [...logs];
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        for (let [next] = left; next !== undefined; [next] = left) {
          await this.#deliver(next, signal);
          left.shift();
          attempt = 1;
        }
        return [];
      } catch (error) {
        if (!(error instanceof OutageError || error instanceof CallCancelled)) throw error;
        await pause(backoffMs(attempt), signal);
      }
    }
    return left;
  }

  /** @throws OutageError, CallCancelled: the log stays */
  async #deliver({ name, paths }: KeptLog, signal: AbortSignal): Promise<void> {
    const { client, incarnation, onEnd } = this.#options;
    const head = await readHead(paths[0]);
    if (head !== undefined && incarnation !== undefined && head.incarnation !== incarnation) return;
    const delivery = head === undefined ? undefined : new Delivery(head, client, signal);
    const reason = await delivery?.run(paths);
    if (delivery?.isUnknown === true) return; // with a token that counts they can go
    for (const path of paths) await unlink(path).catch(() => undefined);
    const end = delivery === undefined ? 'unreadable' : reason === undefined ? 'delivered' : 'refused';
    onEnd?.(head?.taskId ?? name, end, reason);
  }
}

/** The way of one log to the server. */
class Delivery {
  readonly #head: JournalHead;
  readonly #client: ServerClient;
  readonly #signal: AbortSignal;
  /** So far the server has the log. */
  #at = 0;
  #waiting: JournalPiece[] = [];
  #bytes = 0;
  #refusal: string | undefined;
  /** The server does not accept the token. */
  isUnknown = false;

  constructor(head: JournalHead, client: ServerClient, signal: AbortSignal) {
    this.#head = head;
    this.#client = client;
    this.#signal = signal;
  }

  /** Answers why the server does not have all of it; `undefined` = it has. */
  async run(paths: readonly string[]): Promise<string | undefined> {
    await this.#send(Buffer.alloc(0), [], false);
    for (const path of paths) {
      for await (const piece of piecesOf(path)) {
        if (this.#refusal !== undefined) return this.#refusal;
        await this.#add(piece);
      }
    }
    await this.#sendWaiting();
    // Nothing of this step runs any more.
    if (this.#refusal === undefined) await this.#send(Buffer.alloc(0), [], true);
    return this.#refusal;
  }

  async #add(piece: JournalPiece): Promise<void> {
    const known = this.#at + this.#bytes;
    if (piece.offset + piece.bytes.length <= known) return;
    if (piece.offset > known) {
      this.#refusal = `the server has ${this.#at} bytes, and what follows them is not here`;
      return;
    }
    for (let rest = pieceFrom(piece, known); rest.bytes.length > 0;) {
      const bytes = rest.bytes.subarray(0, CHUNK_BYTES - this.#bytes);
      this.#waiting.push({ ...rest, bytes });
      this.#bytes += bytes.length;
      rest = pieceFrom(rest, rest.offset + bytes.length);
      if (this.#bytes === CHUNK_BYTES) await this.#sendWaiting();
    }
  }

  async #sendWaiting(): Promise<void> {
    const [first] = this.#waiting;
    if (first === undefined || this.#refusal !== undefined) return;
    const from = this.#at;
    const bytes = Buffer.concat(this.#waiting.map((piece) => piece.bytes));
    const arrivals = this.#waiting.map(({ offset, time }) => ({ offset: offset - from, time }));
    this.#waiting = [];
    this.#bytes = 0;
    await this.#send(bytes, lineTimesOf({ bytes, arrivals }, first.beginsLine), false);
    if (this.#at < from + bytes.length) this.#refusal ??= 'the server does not take the log';
  }

  async #send(content: Buffer, lineTimes: readonly number[], final: boolean): Promise<void> {
    const { delegateId, incarnation, taskId, fence, logKey, logBatches } = this.#head;
    const chunk: RawLogChunk = {
      taskId,
      fence,
      logKey,
      byteOffset: this.#at,
      content,
      lineTimes: [...lineTimes],
      final,
    };
    const target = encodeURIComponent(delegateId);
    const options = { signal: this.#signal, timeoutMs: CALL_TIMEOUT_MS };
    const answer: Answer = logBatches
      ? await this.#client.postBytes(`${target}/logs/batch`, encodeLogBatch(incarnation, [chunk]), options)
      : await this.#client.post(`${target}/logs`, { incarnation, chunks: jsonChunks([chunk]) }, options);
    if (answer.kind === 'refused') {
      this.#refusal = `${answer.status}: ${answer.message}`;
      this.isUnknown = answer.status === 401 || answer.status === 403;
    } else this.#at = readReceived(answer.body).received[logKey] ?? this.#at;
  }
}

async function readHead(path: string | undefined): Promise<JournalHead | undefined> {
  const file = path === undefined ? undefined : await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return (await headOf(file)).head;
  } finally {
    await file.close();
  }
}

async function headOf(file: FileHandle): Promise<{ readonly head: JournalHead | undefined; readonly end: number }> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES_MAX), 0, HEAD_BYTES_MAX, 0);
  const end = buffer.subarray(0, bytesRead).indexOf(0x0a) + 1;
  try {
    return { head: JSON.parse(buffer.toString('utf8', 0, end)) as JournalHead, end };
  } catch {
    return { head: undefined, end };
  }
}

async function* piecesOf(path: string): AsyncGenerator<JournalPiece> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return; // somebody else has just delivered it
  try {
    const { size } = await file.stat();
    for (let at = (await headOf(file)).end; ;) {
      const pieces = await readPieces(file, at, size - at);
      if (pieces.length === 0) return;
      yield* pieces;
      for (const { bytes } of pieces) at += PIECE_HEADER_BYTES + bytes.length;
    }
  } finally {
    await file.close();
  }
}
