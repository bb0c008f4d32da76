import { sql, type Kysely } from 'kysely';

/**
 * A queue that is read by kinds: what a delegate must be to take a task. Tasks that nobody who asks may take are skipped, however
 * many they are, and those that nobody at all may take are found without reading the queue.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- In an index a hash stands for the lists, which may be longer than an index takes; it fits a number of the program.
alter table delegate_tasks add column kind bigint not null
  generated always as (hash_array_extended(requirements, hash_array_extended(selectors, 0)) & 9007199254740991) stored;
drop index delegate_tasks_queue;
create index delegate_tasks_queue on delegate_tasks (account_id, org_identifier, project_identifier, kind, position) where state = 'queued';
`,
    )
    .execute(db);
}
