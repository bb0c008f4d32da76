/**
 * Brings finished logs from chunks into files, and deletes their chunks later. Every replica does; nothing is lost when one
 * is killed anywhere.
 *
 * - A1 a log is worked on by one replica at a time as a rule (a claim, by the database's time), but nothing rests on that:
 *   a finished log does not change, its file has the same name and content whoever writes it.
 * - A2 chunks go only after the file was flushed and recorded.
 * - A3 every step may be repeated: after a crash the next claim goes on where the last one ended.
 * - A4 small logs are left alone: their chunks stay, and a quick step costs nothing here.
 * - A5 no file outlives its log for good: it is noted before it is written, and the sweep of dropped files deletes what nobody recorded.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileKey, type FileKey } from '../files/file-key.ts';
import type { FileStore } from '../files/file-store.ts';
import type { Database } from '../store/database.ts';
import {
  claimUnsettledLog,
  deleteFiledChunks,
  keepUnsettledLog,
  noteLogFile,
  recordLogFile,
  settleLog,
  type FilingPauses,
  type LogBlock,
} from '../store/log-file-statements.ts';
import { KEPT_LOG_BYTES_MAX, type LogRow } from '../store/log-statements.ts';
import { logFileOf } from './log-blocks.ts';
import { ChunkContent } from './log-content.ts';
import type { PlacedChunk } from './place-chunk.ts';

const POLL_MS = 2_000;
const PAUSES: FilingPauses = { afterCloseMs: 5_000, afterFileMs: 60_000 };
/** Made longer while a large log is on its way. */
const CLAIM_MS = 120_000;
const CLAIM_RENEWAL_MS = 30_000;
/** The file store has failed. */
const RETRY_MS = 30_000;
const CHUNKS_PER_DELETE = 256;
/** A file that is not recorded this long after its writing began is deleted: its log is gone, or is filed anew. */
const WRITE_MS_MAX = 6 * 3_600_000;

/** Where a crash may come; tests stop there. */
export type FilingPoint = 'claimed' | 'written' | 'recorded' | 'deletedSome' | 'deleted';

export interface LogFilerOptions {
  readonly db: Database;
  readonly files: FileStore;
  readonly onError?: (error: unknown) => void;
  readonly pauses?: FilingPauses;
  readonly chunksPerDelete?: number;
  readonly atPoint?: (point: FilingPoint) => void;
}

export class LogFiler {
  readonly #options: LogFilerOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: LogFilerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when what is under way is done or given up. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const hasMore = await this.fileNext().catch((error: unknown) => {
        if (!signal.aborted) this.#options.onError?.(error);
        return false;
      });
      if (!hasMore) await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Does the next thing there is to do for a log; answers whether there was any. */
  async fileNext(): Promise<boolean> {
    const { db, pauses = PAUSES } = this.#options;
    const log = await claimUnsettledLog(db, pauses, CLAIM_MS);
    if (log === undefined) return false;
    try {
      this.#pass('claimed');
      if (log.filedAt === undefined) await this.#file(log);
      else await this.#deleteChunks(log);
    } catch (error) {
      await keepUnsettledLog(db, log.key, RETRY_MS).catch(() => undefined);
      throw error;
    }
    return true;
  }

  async #file(log: LogRow): Promise<void> {
    const { db, files } = this.#options;
    const blocks: LogBlock[] = [];
    const content = logFileOf(this.#chunksOf(log), blocks);
    const isInline = log.bytes <= KEPT_LOG_BYTES_MAX;
    const key = keyOf(log);
    const place = isInline
      ? { kind: 'inline' as const, content: Buffer.concat(await Array.fromAsync(content)) }
      : { kind: 'file' as const, key };
    if (!isInline) await noteLogFile(db, key, WRITE_MS_MAX);
    const fileBytes = place.kind === 'inline' ? place.content.length : await files.put(key, content);
    this.#pass('written');
    await recordLogFile(db, log.key, { place, fileBytes, blocks });
    this.#pass('recorded');
  }

  async *#chunksOf(log: LogRow): AsyncGenerator<PlacedChunk> {
    const { db } = this.#options;
    const content = new ChunkContent(db, log);
    let renewAt = performance.now() + CLAIM_RENEWAL_MS;
    for (let from = 0; from < log.bytes;) {
      this.#closing.signal.throwIfAborted();
      for (const chunk of await content.list(from)) {
        yield chunk;
        from = chunk.byteOffset + chunk.content.length;
      }
      if (performance.now() < renewAt) continue;
      await keepUnsettledLog(db, log.key, CLAIM_MS);
      renewAt = performance.now() + CLAIM_RENEWAL_MS;
    }
  }

  async #deleteChunks(log: LogRow): Promise<void> {
    const { db, chunksPerDelete = CHUNKS_PER_DELETE } = this.#options;
    while ((await deleteFiledChunks(db, log.key, chunksPerDelete)) > 0) this.#pass('deletedSome');
    this.#pass('deleted');
    await settleLog(db, log.key);
  }

  #pass(point: FilingPoint): void {
    this.#options.atPoint?.(point);
  }
}

/** The same for everybody who files this log (A1). */
export function keyOf({ accountId, executionId, nodeExecutionId, key }: LogRow): FileKey {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return fileKey('logs', accountId, executionId, nodeExecutionId, `${name}.zst`);
}
