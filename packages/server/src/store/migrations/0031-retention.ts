/** What goes when it has been kept long enough: how it is found, and who removes it. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One replica sweeps at a time, as a rule; the claim ends by itself.
  'create table sweep_claims (name text primary key, held_until bigint not null)',
  // Logs of executions of the project that were created before are gone: where the next sweep begins.
  `create table retention_marks (
     account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
     logs_before bigint not null, primary key (account_id, org_identifier, project_identifier))`,
  `create index trigger_events_age on trigger_events (received_at) where state = 'final'`,
  // Remembered for longer than the events: what was signed once must not fire again when the event is gone.
  'alter table trigger_deliveries add column claimed_at bigint not null default bridle_now()',
  'create index trigger_deliveries_age on trigger_deliveries (claimed_at)',
  // A log's file goes as an artifact's does (migration 0007): noted with its row's end, deleted by the sweep.
  'create index log_files_key on log_files (file_key) where file_key is not null',
  // Waits for whoever deletes a file of that name just now, so that the note is there in the end.
  `create or replace function bridle_drop_file() returns trigger language plpgsql as $$
   begin
     insert into dropped_files (file_key) values (old.file_key) on conflict (file_key) do update set due_at = excluded.due_at;
     return old;
   end $$`,
  `create trigger log_files_dropped after delete on log_files for each row when (old.file_key is not null)
     execute function bridle_drop_file()`,
];
