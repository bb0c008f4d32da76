import { sql, type Kysely } from 'kysely';

/**
 * Where a finished log lies. Small ones stay in log_chunks for good; large ones are written to a file, compressed, and then
 * their chunks go (logs/log-filer.ts).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- chunks: rows of log_chunks. is_large: worth a file, set by the append that makes it so: changes once, so that the other appends
-- change no index. filing_until: a replica writes the file, until then nobody else does. filed_at: the file is there, readers
-- use it. is_settled: the chunks are gone too, nothing is left to do.
alter table logs add column chunks integer not null default 0, add column is_large boolean not null default false,
  add column filing_until bigint, add column filed_at bigint, add column is_settled boolean not null default false;
update logs set is_large = true where bytes > 65536;
create index logs_unsettled on logs (closed_at) where is_large and closed_at is not null and not is_settled;

-- A chunk of any size to speak of is stored compressed (Zstandard): it crosses the wire to the database and its log many times.
-- lines: those that begin in the chunk. times: one for each, packed (logs/log-blocks.ts); older chunks have line_times instead.
alter table log_chunks add column is_compressed boolean not null default false, add column lines integer not null default 0,
  add column times bytea, alter column line_times drop not null;
update log_chunks set lines = cardinality(line_times);

-- file_key: name in the file store; or content: the same bytes, when they are few. blocks: one entry per block of the file,
-- [file offset, bytes of text, bytes of times, byte offset in the log, bytes in the log, first line, lines].
create table log_files (
  log_key text primary key references logs on delete cascade, file_key text, content bytea, file_bytes bigint not null, blocks jsonb not null,
  check (num_nonnulls(file_key, content) = 1));
alter table log_files alter column content set storage external;
`,
    )
    .execute(db);
}
