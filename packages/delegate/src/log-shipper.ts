/**
 * Sends the logs of all running steps to the server, in batches.
 *
 * - B1 For each log the server gets every byte once, in order: a piece is kept and sent again until it is acknowledged.
 * - B2 One request is under way at a time; a batch waits at most `BATCH_WAIT_MS` for company, and not at all at the end of a log.
 * - B3 A log the server refuses (its fence is stale) is dropped; the others go on.
 * - B4 What the server does not have when this process ends, however it ends, lies in the folder: kept-logs.ts sends it.
 */
import type { LogsResponse } from '@bridle/protocol';
import type { Logger } from 'pino';
import { readReceived } from './answers.ts';
import { pause } from './backoff.ts';
import { encodeLogBatch, jsonChunks, type RawLogChunk } from './log-batch.ts';
import { LogJournal } from './log-journal.ts';
import { LogSpool } from './log-spool.ts';
import type { Said, Session } from './session.ts';
import { TaskLog, type LogOwner } from './task-log.ts';

const BATCH_WAIT_MS = 50;
/** Raw bytes of one request; no more than one chunk may have. */
const BATCH_BYTES_MAX = 1024 * 1024;
/** Lines of one request: each has its time. */
const BATCH_LINES_MAX = 262_144;
/** The protocol's bound. */
const BATCH_CHUNKS_MAX = 256;
/** A request that is this full does not wait for more. */
const BATCH_BYTES_ENOUGH = 128 * 1024;
const STALLS_MAX = 10;
const REFUSED_PAUSE_MS = 1_000;

export class LogShipper {
  readonly #session: Session;
  readonly #folder: string;
  readonly #log: Logger;
  readonly #logs = new Map<string, TaskLog>();
  readonly #stop = new AbortController();
  #wake: AbortController | undefined;
  #pendingBytes = 0;
  #isHurried = false;
  #loop: Promise<void> | undefined;

  /** @param folder - existing, for what the server does not have yet */
  constructor(session: Session, folder: string, log: Logger) {
    this.#session = session;
    this.#folder = folder;
    this.#log = log;
  }

  open(owner: LogOwner): TaskLog {
    const { incarnation, registration } = this.#session;
    const { delegateId, logBatches = false } = registration;
    const journal = new LogJournal(this.#folder, { delegateId, incarnation, ...owner, logBatches });
    const log = new TaskLog(
      owner,
      new LogSpool(journal, undefined, (error) =>
        this.#log.error({ err: error, taskId: owner.taskId }, 'a log cannot be written to disk'),
      ),
      (bytes, isLast) => this.#notice(bytes, isLast),
      registration.logBytesMax,
    );
    this.#logs.set(owner.taskId, log);
    this.#loop ??= this.#run();
    return log;
  }

  /** Resolves when all logs are over and delivered, or after the time. */
  async settled(ms: number): Promise<void> {
    const over = new AbortController();
    const all = Promise.all([...this.#logs.values()].map((log) => log.over));
    await Promise.race([all, pause(ms, over.signal)]);
    over.abort();
  }

  /** Ends without sending what is left: that stays on disk. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake?.abort();
    await this.#loop;
    await Promise.all([...this.#logs.values()].map((log) => log.keep()));
    this.#logs.clear();
  }

  #notice(bytes: number, isLast: boolean): void {
    this.#pendingBytes += bytes;
    if (isLast || this.#pendingBytes >= BATCH_BYTES_ENOUGH) this.#isHurried = true;
    this.#wake?.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const [taskId, log] of this.#logs) if (log.isDone) this.#logs.delete(taskId);
      const waiting = [...this.#logs.values()].filter((log) => log.hasWork);
      if (waiting.length === 0) await this.#sleep(undefined);
      else {
        if (!this.#isHurried) await this.#sleep(BATCH_WAIT_MS);
        this.#isHurried = false;
        this.#pendingBytes = 0;
        // What does not fit goes with the next batch; who was served moves to the end.
        await this.#sendBatch(waiting);
      }
    }
  }

  /** Until the time is over or there is reason to hurry; without a time, until there is anything to do. */
  async #sleep(ms: number | undefined): Promise<void> {
    const until = ms === undefined ? undefined : performance.now() + ms;
    for (;;) {
      const wake = new AbortController();
      this.#wake = wake;
      const left = until === undefined ? 2 ** 30 : until - performance.now();
      if (left > 0) await pause(left, wake.signal);
      this.#wake = undefined;
      const isOver = until === undefined ? wake.signal.aborted : performance.now() >= until || this.#isHurried;
      if (isOver || this.#stop.signal.aborted) return;
    }
  }

  async #sendBatch(waiting: readonly TaskLog[]): Promise<void> {
    const batch: TaskLog[] = [];
    const chunks: RawLogChunk[] = [];
    let bytes = BATCH_BYTES_MAX;
    let lines = BATCH_LINES_MAX;
    for (const log of waiting) {
      if (bytes <= 0 || lines <= 0 || chunks.length === BATCH_CHUNKS_MAX) {
        this.#isHurried = true; // the rest must not wait for company again
        break;
      }
      const chunk = await log.nextChunk(bytes, lines);
      if (chunk === undefined) continue;
      batch.push(log);
      chunks.push(chunk);
      bytes -= chunk.content.length;
      lines -= chunk.lineTimes.length;
      this.#logs.delete(log.owner.taskId);
      this.#logs.set(log.owner.taskId, log);
    }
    if (chunks.length > 0) await this.#deliver(batch, chunks);
  }

  async #deliver(batch: readonly TaskLog[], chunks: readonly RawLogChunk[]): Promise<void> {
    const result = await this.#send(chunks).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    if (result instanceof Error) {
      // Given up while stopping, or the registration was refused, which ends the delegate elsewhere.
      if (!this.#stop.signal.aborted) await pause(REFUSED_PAUSE_MS, this.#stop.signal);
      return;
    }
    if (result.kind === 'ok') {
      for (const log of batch) await this.#acknowledge(log, result.body.received[log.owner.logKey]);
      return;
    }
    if (batch.length > 1) {
      // One of them spoils the batch: ask one by one.
      for (const [index, log] of batch.entries()) {
        const chunk = chunks[index];
        if (chunk !== undefined) await this.#deliver([log], [chunk]);
      }
      return;
    }
    for (const log of batch) {
      this.#log.warn(
        { taskId: log.owner.taskId, status: result.status, reason: result.message },
        'the server refused a log; it is dropped',
      );
      await log.drop(`the server refused the log (${result.status})`);
    }
  }

  #send(chunks: readonly RawLogChunk[]): Promise<Said<LogsResponse>> {
    const session = this.#session;
    const options = { signal: this.#stop.signal };
    return session.registration.logBatches === true
      ? session.send('logs/batch', encodeLogBatch(session.incarnation, chunks), readReceived, options)
      : session.ask('logs', { chunks: jsonChunks(chunks) }, readReceived, options);
  }

  async #acknowledge(log: TaskLog, received: number | undefined): Promise<void> {
    if (received !== undefined && log.acknowledge(received)) return;
    if (received !== undefined && log.stalls < STALLS_MAX) return;
    this.#log.warn({ taskId: log.owner.taskId, received }, 'the server does not take a log; it is dropped');
    await log.drop('the server does not take the log');
  }
}
