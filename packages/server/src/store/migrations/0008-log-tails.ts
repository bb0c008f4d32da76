import { sql, type Kysely } from 'kysely';

/** Logs that were closed because their delegate was given up: the rest of them may still come (L5 of logs/logs.ts). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- lacks_end: closed without its last chunk. For a while its delegate's watchdog or next process may add what was left.
alter table logs add column lacks_end boolean not null default false;
`,
    )
    .execute(db);
}
