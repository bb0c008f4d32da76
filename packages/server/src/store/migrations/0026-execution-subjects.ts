/** What executions build and deploy, so that lists can be filtered by it. Null: nothing is known, or it is older than this. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  'alter table executions add column subject jsonb',
  'create index executions_subjects on executions using gin (subject jsonb_path_ops) where subject is not null',
];
