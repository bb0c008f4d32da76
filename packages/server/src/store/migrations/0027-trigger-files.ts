/**
 * Events whose triggers ask for the files of a pull request: what is asked of its provider, and what it answered. Such an event is
 * queued still, and is taken up again once all is answered (`files_due_at` null again).
 */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `alter table trigger_events add column files json, add column files_due_at bigint, add column files_attempts integer not null default 0`,
  `create index trigger_events_files on trigger_events (files_due_at) where state = 'queued' and files_due_at is not null`,
];
