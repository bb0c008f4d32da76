/** Logs of steps: one row per log, one per chunk. */
import { sql, type Selectable } from 'kysely';
import type { Connection, Statement } from './connection.ts';
import type { Database } from './database.ts';
import type { LogsTable } from './tables.ts';

export interface LogRow {
  readonly key: string;
  readonly accountId: string;
  readonly executionId: string;
  readonly nodeExecutionId: string;
  readonly bytes: number;
  readonly lines: number;
  /** The last line has no line break yet. */
  readonly endsInLine: boolean;
  readonly createdAt: number;
  readonly closedAt?: number;
  /** Set once its bytes lie in a file (log-file-statements.ts); its chunks go soon after. */
  readonly filedAt?: number;
}

export interface NewLog {
  readonly key: string;
  readonly accountId: string;
  readonly executionId: string;
  readonly nodeExecutionId: string;
  /** Its task was given up before its first byte came. */
  readonly isLate: boolean;
}

const OPEN_LOGS: Statement = {
  name: 'bridle_open_logs',
  text: `
insert into logs (key, account_id, execution_id, node_execution_id, created_at, closed_at, lacks_end)
select key, account_id, execution_id, node_execution_id, bridle_now(), case when is_late then bridle_now() end, is_late
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[]) as v(key, account_id, execution_id, node_execution_id, is_late)
order by key
on conflict (key) do nothing`,
};

/** Since a log was closed without its last chunk: for so long its rest may come. */
export const LATE_LOG_MS = 86_400_000;

const LOCK_LOGS: Statement = {
  name: 'bridle_lock_logs',
  text: `
select *, closed_at is not null and not (lacks_end and closed_at + ${LATE_LOG_MS} > bridle_now()) as is_final
from logs where key = any($1::text[]) order by key for update`,
};

export interface LockedLog extends LogRow {
  /** Nothing is added to it any more (T1). */
  readonly isFinal: boolean;
}

/** Makes the logs that are not there yet and locks all of them, by key. */
export async function lockLogs(
  connection: Connection,
  logs: readonly NewLog[],
): Promise<ReadonlyMap<string, LockedLog>> {
  const keys = logs.map(({ key }) => key);
  const [, rows] = await Promise.all([
    connection.query(OPEN_LOGS, [
      keys,
      logs.map(({ accountId }) => accountId),
      logs.map(({ executionId }) => executionId),
      logs.map(({ nodeExecutionId }) => nodeExecutionId),
      logs.map(({ isLate }) => isLate),
    ]),
    connection.query<Selectable<LogsTable> & { readonly is_final: boolean }>(LOCK_LOGS, [keys]),
  ]);
  return new Map(rows.map((row) => [row.key, { ...logRow(row), isFinal: row.is_final }]));
}

/** A chunk as it is stored (logs/log-chunks.ts packs and opens it). */
export interface StoredLogChunk {
  readonly byteOffset: number;
  /** Number of the first line that begins in this chunk, if any does. */
  readonly firstLine: number;
  readonly content: Buffer;
  readonly isCompressed: boolean;
  /** Lines that begin in it. */
  readonly lines: number;
  /** A time for each, packed; those of older versions are not. */
  readonly times: Buffer | readonly number[];
}

export interface NewLogChunk extends StoredLogChunk {
  readonly logKey: string;
  readonly times: Buffer;
}

const INSERT_CHUNK: Statement = {
  name: 'bridle_insert_log_chunk',
  text: 'insert into log_chunks (log_key, byte_offset, first_line, content, is_compressed, lines, times) values ($1, $2::bigint, $3::bigint, $4, $5, $6::integer, $7)',
};

export async function insertLogChunk(connection: Connection, chunk: NewLogChunk): Promise<void> {
  await connection.query(INSERT_CHUNK, [
    chunk.logKey,
    chunk.byteOffset,
    chunk.firstLine,
    chunk.content,
    chunk.isCompressed,
    chunk.lines,
    chunk.times,
  ]);
}

export interface LogEnd {
  readonly key: string;
  readonly bytes: number;
  readonly lines: number;
  readonly endsInLine: boolean;
  readonly isClosed: boolean;
  /** Chunks added with this. */
  readonly chunksAdded: number;
}

/** What is more than this is worth a file of its own once it is finished; what is not, stays. */
export const KEPT_LOG_BYTES_MAX = 65_536;
export const KEPT_LOG_CHUNKS_MAX = 16;

const UPDATE_LOGS: Statement = {
  name: 'bridle_update_logs',
  text: `
update logs l set bytes = v.bytes, lines = v.lines, ends_in_line = v.ends_in_line, chunks = l.chunks + v.chunks_added,
  is_large = v.bytes > ${KEPT_LOG_BYTES_MAX} or l.chunks + v.chunks_added > ${KEPT_LOG_CHUNKS_MAX},
  closed_at = case when v.is_closed then coalesce(l.closed_at, bridle_now()) else l.closed_at end, lacks_end = l.lacks_end and not v.is_closed
from unnest($1::text[], $2::bigint[], $3::bigint[], $4::boolean[], $5::boolean[], $6::integer[])
  as v(key, bytes, lines, ends_in_line, is_closed, chunks_added)
where l.key = v.key`,
};

export async function updateLogs(connection: Connection, ends: readonly LogEnd[]): Promise<void> {
  await connection.query(UPDATE_LOGS, [
    ends.map(({ key }) => key),
    ends.map(({ bytes }) => bytes),
    ends.map(({ lines }) => lines),
    ends.map(({ endsInLine }) => endsInLine),
    ends.map(({ isClosed }) => isClosed),
    ends.map(({ chunksAdded }) => chunksAdded),
  ]);
}

export async function findLog(db: Database, key: string): Promise<LogRow | undefined> {
  const row = await db.selectFrom('logs').selectAll().where('key', '=', key).executeTakeFirst();
  return row === undefined ? undefined : logRow(row);
}

export async function listLogsByKey(db: Database, keys: readonly string[]): Promise<readonly LogRow[]> {
  const rows = await db
    .selectFrom('logs')
    .selectAll()
    .where(sql<boolean>`key = any(${keys}::text[])`)
    .execute();
  return rows.map(logRow);
}

export async function listLogsOfExecution(
  db: Database,
  executionId: string,
  limit: number,
): Promise<readonly LogRow[]> {
  const rows = await db
    .selectFrom('logs')
    .selectAll()
    .where('execution_id', '=', executionId)
    .orderBy('created_at')
    .orderBy('key')
    .limit(limit)
    .execute();
  return rows.map(logRow);
}

export async function listLogs(
  db: Database,
  accountId: string,
  prefix: string,
  limit: number,
): Promise<readonly LogRow[]> {
  const rows = await db
    .selectFrom('logs')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(sql<boolean>`starts_with(key, ${prefix})`)
    .orderBy('key')
    .limit(limit)
    .execute();
  return rows.map(logRow);
}

/** Those that are being written, oldest first: few at any time, which an index of theirs has. */
export async function listOpenLogs(db: Database, accountId: string, limit: number): Promise<readonly LogRow[]> {
  const rows = await db
    .selectFrom('logs')
    .selectAll()
    .where('closed_at', 'is', null)
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('key')
    .limit(limit)
    .execute();
  return rows.map(logRow);
}

/** Where the chunk lies in which a line begins; `undefined` when there is no such line. */
export async function findChunkOfLine(db: Database, key: string, line: number): Promise<number | undefined> {
  const result = await sql<{ byte_offset: number }>`
    select byte_offset from log_chunks
    where log_key = ${key} and first_line <= ${line} and lines > 0 and first_line + lines > ${line}
    order by first_line desc limit 1`.execute(db);
  return result.rows[0]?.byte_offset;
}

/** Where the next chunk lies in which a line begins. */
export async function findNextLineStart(db: Database, key: string, afterByte: number): Promise<number | undefined> {
  const result = await sql<{ byte_offset: number }>`
    select byte_offset from log_chunks where log_key = ${key} and byte_offset > ${afterByte} and lines > 0
    order by byte_offset limit 1`.execute(db);
  return result.rows[0]?.byte_offset;
}

/** Chunks from the one that begins at `fromOffset` on, up to the byte `endsAt`. */
export async function listLogChunks(
  db: Database,
  key: string,
  fromOffset: number,
  endsAt: number,
  limit: number,
): Promise<readonly StoredLogChunk[]> {
  const rows = await db
    .selectFrom('log_chunks')
    .select(['byte_offset', 'first_line', 'content', 'is_compressed', 'lines', 'times', 'line_times'])
    .where('log_key', '=', key)
    .where('byte_offset', '>=', fromOffset)
    .where('byte_offset', '<', endsAt)
    .orderBy('byte_offset')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    byteOffset: row.byte_offset,
    firstLine: row.first_line,
    content: row.content,
    isCompressed: row.is_compressed,
    lines: row.lines,
    times: row.times ?? row.line_times ?? [],
  }));
}

/** Where the chunk lies that holds a byte. */
export async function findChunkOfByte(db: Database, key: string, byte: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('log_chunks')
    .select('byte_offset')
    .where('log_key', '=', key)
    .where('byte_offset', '<=', byte)
    .orderBy('byte_offset', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.byte_offset;
}

export function logRow(row: Selectable<LogsTable>): LogRow {
  return {
    key: row.key,
    accountId: row.account_id,
    executionId: row.execution_id,
    nodeExecutionId: row.node_execution_id,
    bytes: row.bytes,
    lines: row.lines,
    endsInLine: row.ends_in_line,
    createdAt: row.created_at,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
    ...(row.filed_at === null ? {} : { filedAt: row.filed_at }),
  };
}
