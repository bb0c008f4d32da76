/** Finished logs on their way from chunks to files: who writes one, where it lies, what may go. */
import { sql, type Selectable } from 'kysely';
import type { Database } from './database.ts';
import { LATE_LOG_MS, logRow, type LogRow } from './log-statements.ts';
import type { LogsTable } from './tables.ts';

/** One block of a filed log: where it lies in the file, and which part of the log it is. */
export interface LogBlock {
  readonly fileOffset: number;
  /** Compressed. */
  readonly textBytes: number;
  readonly timesBytes: number;
  readonly byteOffset: number;
  readonly bytes: number;
  /** Number of the first line that begins in the block, if any does. */
  readonly firstLine: number;
  readonly lines: number;
}

export interface LogFileRow {
  readonly place:
    | { readonly kind: 'file'; readonly key: string }
    | { readonly kind: 'inline'; readonly content: Buffer };
  readonly fileBytes: number;
  readonly blocks: readonly LogBlock[];
}

/** How long after which event a log is worked on. */
export interface FilingPauses {
  /** After the end of the log: whoever watched it has read the rest. */
  readonly afterCloseMs: number;
  /** After the file is there: whoever is reading chunks is through. */
  readonly afterFileMs: number;
}

/** Takes one log that is to be filed, or whose chunks are to go, for so long (T1). `undefined` = there is none now. */
export async function claimUnsettledLog(
  db: Database,
  { afterCloseMs, afterFileMs }: FilingPauses,
  leaseMs: number,
): Promise<LogRow | undefined> {
  const result = await sql<Selectable<LogsTable>>`
    update logs set filing_until = bridle_now() + ${leaseMs}::bigint
    where key = (
      select key from logs
      where is_large and closed_at is not null and not is_settled and coalesce(filing_until, 0) <= (select bridle_now())
        and coalesce(filed_at + ${afterFileMs}::bigint, closed_at + ${afterCloseMs}::bigint + case when lacks_end then ${LATE_LOG_MS}::bigint else 0 end)
          <= (select bridle_now())
      order by closed_at limit 1 for update skip locked)
    returning *`.execute(db);
  const row = result.rows[0];
  return row === undefined ? undefined : logRow(row);
}

/** Gives the log back, to be taken again after a pause; also how a claim is made longer. */
export async function keepUnsettledLog(db: Database, key: string, forMs: number): Promise<void> {
  await sql`update logs set filing_until = bridle_now() + ${forMs}::bigint where key = ${key}`.execute(db);
}

/**
 * A file that is about to be written: deleted by the sweep of dropped files unless it is recorded by then. Whoever else writes it
 * has the same content for it.
 */
export async function noteLogFile(db: Database, fileKey: string, writeMsMax: number): Promise<void> {
  await sql`
    insert into dropped_files (file_key, due_at) values (${fileKey}, bridle_now() + ${writeMsMax}::bigint)
    on conflict (file_key) do update set due_at = excluded.due_at`.execute(db);
}

/**
 * From here on readers use the file. The file of a log never changes, so a second record changes nothing. Nothing is recorded
 * when the note is gone, because the file may be gone too, and the log is filed anew.
 */
export async function recordLogFile(db: Database, key: string, file: LogFileRow): Promise<void> {
  const { place, fileBytes, blocks } = file;
  const numbers = blocks.map((block) => [
    block.fileOffset,
    block.textBytes,
    block.timesBytes,
    block.byteOffset,
    block.bytes,
    block.firstLine,
    block.lines,
  ]);
  const fileKey = place.kind === 'file' ? place.key : null;
  await sql`
    with noted as (delete from dropped_files where file_key = ${fileKey}::text returning 1),
    filed as (
      insert into log_files (log_key, file_key, content, file_bytes, blocks)
      select ${key}, ${fileKey}::text, ${place.kind === 'inline' ? place.content : null}::bytea, ${fileBytes}::bigint, ${JSON.stringify(numbers)}::jsonb
      where ${place.kind === 'inline'}::boolean or exists (select from noted)
      on conflict (log_key) do nothing
      returning 1)
    update logs set filed_at = bridle_now(), filing_until = null
    where key = ${key} and filed_at is null and exists (select from filed)`.execute(db);
}

export async function findLogFile(db: Database, key: string): Promise<LogFileRow | undefined> {
  const row = await db.selectFrom('log_files').selectAll().where('log_key', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    place: row.content === null ? { kind: 'file', key: row.file_key ?? '' } : { kind: 'inline', content: row.content },
    fileBytes: row.file_bytes,
    blocks: row.blocks.map((numbers) => {
      const [fileOffset = 0, textBytes = 0, timesBytes = 0, byteOffset = 0, bytes = 0, firstLine = 0, lines = 0] =
        numbers;
      return { fileOffset, textBytes, timesBytes, byteOffset, bytes, firstLine, lines };
    }),
  };
}

/** Deletes chunks of a filed log, from its end; answers how many. */
export async function deleteFiledChunks(db: Database, key: string, limit: number): Promise<number> {
  const result = await sql`
    delete from log_chunks where log_key = ${key} and byte_offset in (
      select byte_offset from log_chunks where log_key = ${key} order by byte_offset desc limit ${limit})
      and exists (select from log_files where log_key = ${key})`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Nothing is left to do. */
export async function settleLog(db: Database, key: string): Promise<void> {
  await sql`update logs set is_settled = true, filing_until = null where key = ${key}`.execute(db);
}
