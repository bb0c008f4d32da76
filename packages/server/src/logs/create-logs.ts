/** `Logs` over PostgreSQL. */
import type { FileStore } from '../files/file-store.ts';
import { Bell } from '../store/bell.ts';
import { onClient } from '../store/connection.ts';
import type { DatabaseHandle } from '../store/database.ts';
import {
  findLog,
  listLogs,
  listLogsByKey,
  listLogsOfExecution,
  listOpenLogs,
  type LogRow,
  type NewLog,
} from '../store/log-statements.ts';
import { findTaskHolders, type TaskHolder } from '../store/task-queue-statements.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';
import { compressContent } from './log-chunks.ts';
import { LogContents, LogMovedError, type LogContent } from './log-content.ts';
import type {
  LogAppendResult,
  LogChunk,
  LogInfo,
  LogLine,
  LogPage,
  LogRead,
  Logs,
  LogSearch,
  LogSearchPage,
} from './logs.ts';
import { saveChunks } from './save-chunks.ts';
import { matcherOf, SearchBudget, searchLog, type LogMatch } from './search-log.ts';
import { RecentChunks } from './recent-chunks.ts';
import { readLines } from './read-lines.ts';

/** N1: with every wake-up lost a tail goes on within this time. */
const TAIL_POLL_MS = 1_000;
/** A log moves once; a reader that sees it move again is wrong about something else. */
const MOVES_MAX = 3;

export interface LogsOptions {
  readonly database: DatabaseHandle;
  readonly hub: WakeHub;
  readonly files: FileStore;
  readonly onError?: (error: unknown) => void;
}

export interface RunningLogs extends Logs {
  close(): void;
}

export function createLogs(options: LogsOptions): RunningLogs {
  return new PostgresLogs(options);
}

interface Tail {
  readonly bell: Bell;
  /** The log as the tail has seen it. */
  seen: LogRow | undefined;
  /** As this process has just stored it: the tail need not ask the database. */
  told: LogRow | undefined;
}

class PostgresLogs implements RunningLogs {
  readonly #options: LogsOptions;
  readonly #recent = new RecentChunks();
  readonly #contents: LogContents;
  readonly #tails = new Map<string, Set<Tail>>();
  readonly #timer: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #isPolling = false;

  constructor(options: LogsOptions) {
    this.#options = options;
    this.#contents = new LogContents(options.database.db, options.files, this.#recent);
    this.#timer = setInterval(() => void this.#poll(), TAIL_POLL_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  async append(delegate: Parameters<Logs['append']>[0], chunks: readonly LogChunk[]): Promise<LogAppendResult> {
    const { database, hub } = this.#options;
    if (chunks.length === 0) return { kind: 'received', received: {} };
    const [holders, compressed] = await Promise.all([
      findTaskHolders(database.db, [...new Set(chunks.map(({ taskId }) => taskId))]),
      Promise.all(chunks.map(({ content }) => compressContent(content))),
    ]);
    const logs = new Map<string, NewLog>();
    for (const chunk of chunks) {
      const holder = holders.get(chunk.taskId);
      if (holder === undefined || !mayWrite(delegate, chunk, holder)) {
        return {
          kind: 'stale',
          message: `This delegate does not hold task ${chunk.taskId} with fence ${chunk.fence}, or ${chunk.logKey} is not its log.`,
        };
      }
      const { accountId, executionId, isLost } = holder;
      const log = { key: chunk.logKey, accountId, executionId, nodeExecutionId: chunk.taskId, isLate: isLost };
      logs.set(chunk.logKey, log);
    }
    const result = await database.pipelined((client) =>
      saveChunks(onClient(client), [...logs.values()], chunks, compressed),
    );
    if (result.kind !== 'received') return result;
    for (const { key, chunk } of result.placed) if (this.#tails.has(key)) this.#recent.add(key, chunk);
    for (const row of result.rows) {
      for (const tail of this.#tails.get(row.key) ?? []) if (row.bytes >= (tail.told?.bytes ?? 0)) tail.told = row;
    }
    hub.wake([...logs.keys()].map((key) => ({ key: wakeKeys.log(key) })));
    return { kind: 'received', received: result.received };
  }

  async info(key: string): Promise<LogInfo | undefined> {
    const log = await findLog(this.#options.database.db, key);
    return log === undefined ? undefined : infoOf(log);
  }

  async list(accountId: string, prefix: string, limit: number): Promise<readonly LogInfo[]> {
    return (await listLogs(this.#options.database.db, accountId, prefix, limit)).map(infoOf);
  }

  async listOpen(accountId: string, limit: number): Promise<readonly LogInfo[]> {
    return (await listOpenLogs(this.#options.database.db, accountId, limit)).map(infoOf);
  }

  async listOfExecution(executionId: string, limit: number): Promise<readonly LogInfo[]> {
    return (await listLogsOfExecution(this.#options.database.db, executionId, limit)).map(infoOf);
  }

  async search(logs: readonly LogInfo[], search: LogSearch): Promise<LogSearchPage> {
    const match = matcherOf(search);
    const budget = new SearchBudget(search.matchesMax);
    const matches: (LogMatch & { readonly log: LogInfo })[] = [];
    const { from } = search;
    const first = from === undefined ? 0 : logs.findIndex(({ key }) => key === from.key);
    if (first < 0) return { matches };
    for (const [index, log] of logs.slice(first).entries()) {
      const line = index === 0 ? (from?.line ?? 0) : 0;
      if (index > 0 && budget.isSpent) return { matches, next: { key: log.key, line } };
      const found = await searchLog((request) => this.read(log.key, request), match, line, budget);
      matches.push(...(found?.matches ?? []).map((each) => ({ ...each, log })));
      if (found?.nextLine !== undefined) return { matches, next: { key: log.key, line: found.nextLine } };
    }
    return { matches };
  }

  async read(key: string, request: LogRead = {}): Promise<LogPage | undefined> {
    const found = await this.#withContent(key, false, (log, content) => readLines(content, log, request));
    return found?.result;
  }

  async *readBytes(key: string, fromByte = 0): AsyncGenerator<Buffer> {
    let end: number | undefined;
    for (let from = fromByte; end === undefined || from < end;) {
      const found = await this.#withContent(key, true, async (log, content) => {
        const offset = from < log.bytes ? await content.findByte(from) : undefined;
        return offset === undefined ? [] : content.list(offset);
      });
      if (found === undefined || found.result.length === 0) return;
      end ??= found.log.bytes;
      for (const { byteOffset, content } of found.result) {
        yield content.subarray(Math.max(0, from - byteOffset), end - byteOffset);
        from = byteOffset + content.length;
      }
    }
  }

  async *tail(
    key: string,
    afterLine: number,
    signal: AbortSignal,
    enough?: AbortSignal,
  ): AsyncGenerator<{ readonly lines: readonly LogLine[]; readonly isClosed: boolean }> {
    const over = AbortSignal.any([signal, this.#closing.signal]);
    const news = enough === undefined ? over : AbortSignal.any([over, enough]);
    const { tail, end } = this.#subscribe(key);
    try {
      for (let fromLine = afterLine + 1; !over.aborted;) {
        const isLastLook = enough?.aborted === true;
        const { told } = tail;
        tail.told = undefined;
        const read = (log: LogRow, content: LogContent): Promise<LogPage> => readLines(content, log, { fromLine });
        const found = await this.#withContent(key, false, read, told);
        tail.seen = found?.log;
        const page = found?.result;
        if (page !== undefined) {
          if (page.lines.length > 0 || page.isClosed) yield { lines: page.lines, isClosed: page.isClosed };
          if (page.isClosed) return;
          fromLine = (page.lines.at(-1)?.number ?? fromLine - 1) + 1;
          if (page.nextLine !== undefined) continue;
        }
        if (isLastLook) return;
        await tail.bell.next(news);
      }
    } finally {
      end();
    }
  }

  /**
   * Reads a log where it lies, and again when it has moved meanwhile. `undefined` = no such log.
   * @param known - how the log stood a moment ago
   */
  async #withContent<T>(
    key: string,
    isTextOnly: boolean,
    read: (log: LogRow, content: LogContent) => Promise<T>,
    known?: LogRow,
  ): Promise<{ readonly log: LogRow; readonly result: T } | undefined> {
    for (let moves = 0; ; moves += 1) {
      const log = (moves === 0 ? known : undefined) ?? (await findLog(this.#options.database.db, key));
      if (log === undefined) return undefined;
      try {
        return { log, result: await read(log, await this.#contents.of(log, isTextOnly)) };
      } catch (error) {
        if (!(error instanceof LogMovedError) || moves === MOVES_MAX) throw error;
      }
    }
  }

  #subscribe(key: string): { readonly tail: Tail; readonly end: () => void } {
    const tail: Tail = { bell: new Bell(), seen: undefined, told: undefined };
    const tails = this.#tails.get(key) ?? new Set();
    this.#tails.set(key, tails);
    tails.add(tail);
    const unsubscribe = this.#options.hub.subscribe(wakeKeys.log(key), () => tail.bell.ring());
    return {
      tail,
      end: () => {
        unsubscribe();
        tails.delete(tail);
        if (tails.size > 0 || this.#tails.get(key) !== tails) return;
        this.#tails.delete(key);
        this.#recent.forget(key);
      },
    };
  }

  async #poll(): Promise<void> {
    if (this.#isPolling || this.#tails.size === 0) return;
    this.#isPolling = true;
    try {
      const logs = await listLogsByKey(this.#options.database.db, [...this.#tails.keys()]);
      for (const log of logs) {
        for (const { seen, bell } of this.#tails.get(log.key) ?? []) {
          if (seen?.bytes !== log.bytes || seen.closedAt !== log.closedAt) bell.ring();
        }
      }
    } catch (error) {
      this.#options.onError?.(error);
    } finally {
      this.#isPolling = false;
    }
  }
}

/** L2: the task was last leased to this very process under this fence, and the log is the task's or one of its command units'. */
function mayWrite(
  { delegateId, incarnation }: Parameters<Logs['append']>[0],
  chunk: LogChunk,
  holder: TaskHolder,
): boolean {
  const isTheirs =
    holder.delegateId === delegateId && holder.incarnation === incarnation && holder.fence === chunk.fence;
  return isTheirs && (chunk.logKey === holder.logKey || chunk.logKey.startsWith(`${holder.logKey}-commandUnit:`));
}

function infoOf({ key, accountId, executionId, nodeExecutionId, bytes, lines, createdAt, closedAt }: LogRow): LogInfo {
  return {
    key,
    accountId,
    executionId,
    nodeExecutionId,
    bytes,
    lines,
    createdAt,
    ...(closedAt === undefined ? {} : { closedAt }),
  };
}
