/** What checks before a run have found. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table preflight_checks (
     id text primary key, account_id text not null, org_identifier text not null, project_identifier text not null,
     pipeline_identifier text not null, created_at bigint not null, result json not null)`,
  'create index preflight_checks_age on preflight_checks (created_at)',
];
