/** What was saved of each pipeline, version by version, and the notes of executions. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // saved_by: id and name of who saved it; null = Bridle itself, or before this was kept. restored_from: the version it repeats.
  `create table pipeline_versions (
     account_id text not null, org_identifier text not null, project_identifier text not null, pipeline_identifier text not null,
     version bigint not null, name text not null, yaml text not null, saved_at bigint not null, saved_by json,
     restored_from bigint,
     primary key (account_id, org_identifier, project_identifier, pipeline_identifier, version),
     foreign key (account_id, org_identifier, project_identifier, pipeline_identifier) references pipelines on delete cascade)`,
  `do $$ begin
     alter table pipeline_versions alter column yaml set compression lz4;
   exception when feature_not_supported then null;
   end $$`,
  `insert into pipeline_versions (account_id, org_identifier, project_identifier, pipeline_identifier, version, name, yaml, saved_at)
     select account_id, org_identifier, project_identifier, identifier, version, name, yaml, updated_at from pipelines`,
  'alter table executions add column notes text',
];
