/**
 * Lists of executions and their totals are answered from an index alone: the rows themselves are wide, and only those that are
 * shown are read. What is included changes when an execution's status does, not with each transition.
 */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create index executions_listed on executions (account_id, org_identifier, project_identifier, created_at desc, id desc)
     include (pipeline_identifier, name, status, trigger_type, trigger_identifier, started_at, modules, run_sequence, retry_root_id)`,
  'drop index executions_list',
];
