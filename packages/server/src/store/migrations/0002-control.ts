import { sql, type Kysely } from 'kysely';

/**
 * What executions wait for and ask of each other: queues of resources, requests between executions, the line of those that
 * wait to run, and retries.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Lines of Queue steps: per account and key first come, first served. granted_at: it is the claim's turn; told_at: its execution knows.
create table resource_claims (
  node_execution_id text primary key, position bigint not null generated always as identity,
  account_id text not null, key text not null, execution_id text not null references executions on delete cascade,
  granted_at bigint, told_at bigint);
create index resource_claims_line on resource_claims (account_id, key, position);
create unique index resource_claims_holder on resource_claims (account_id, key) where granted_at is not null;
create index resource_claims_execution on resource_claims (execution_id);

-- What the engine asks of other executions (startChild, abortChild, reportToParent). due_at: when it is to be carried out (again).
-- forbidden: of a startChild; nothing may start for it any more.
create table engine_requests (
  id text primary key, position bigint not null generated always as identity,
  execution_id text not null references executions on delete cascade, kind text not null, body json not null,
  created_at bigint not null, due_at bigint not null, attempts int not null default 0, is_forbidden boolean not null default false);
create index engine_requests_due on engine_requests (due_at);
create index engine_requests_execution on engine_requests (execution_id);

-- Executions above the limit of their account, in the order of their start. The row goes when the execution knows that it may run.
create table waiting_executions (
  execution_id text primary key references executions on delete cascade, position bigint not null generated always as identity,
  account_id text not null, admitted_at bigint);
create index waiting_executions_line on waiting_executions (account_id, position);

-- Nodes of the earlier execution that a retry takes over.
alter table execution_documents add column retained json;
do $$ begin
  alter table execution_documents alter column retained set compression lz4;
exception when feature_not_supported then null;
end $$;

-- Of a retry: the first execution of its chain.
alter table executions add column retry_root_id text;
create index executions_retries on executions (retry_root_id) where retry_root_id is not null;
`,
    )
    .execute(db);
}
