import { sql, type Kysely } from 'kysely';

/**
 * The first schema. Times are epoch milliseconds (`bigint`) of the database's clock: `bridle_now()`.
 * Text that comes from outside and may hold NUL (payloads, logs) is `bytea`; JSON that may hold it is `json`, which keeps the
 * text as it was sent, key order included (`jsonb` refuses `\u0000` and lone surrogates). Never take such JSON apart in SQL.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create function bridle_now() returns bigint language sql volatile
  as $$ select (extract(epoch from clock_timestamp()) * 1000)::bigint $$;

-- Facts about this installation: account id, check value of the master key, times of first start.
create table installation (key text primary key, value text not null);

create table accounts (id text primary key, name text not null, created_at bigint not null);

create table organizations (
  account_id text not null references accounts, identifier text not null, name text not null, description text not null default '',
  tags jsonb not null default '{}', created_at bigint not null, updated_at bigint not null,
  primary key (account_id, identifier));

create table projects (
  account_id text not null, org_identifier text not null, identifier text not null, name text not null, description text not null default '',
  tags jsonb not null default '{}', created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, identifier),
  foreign key (account_id, org_identifier) references organizations);

create table users (
  id text primary key, account_id text not null references accounts, name text not null, email text not null, is_admin boolean not null,
  created_at bigint not null);

-- Secrets of keys and tokens are stored hashed (SHA-256, hex).
create table api_keys (
  id text primary key, account_id text not null references accounts, user_id text not null references users, name text not null,
  secret_hash text not null, created_at bigint not null, expires_at bigint, revoked_at bigint);

-- A browser's session, or a one-time sign-in code (purpose 'sign-in') that becomes one.
create table sessions (
  id_hash text primary key, account_id text not null references accounts, user_id text not null references users,
  purpose text not null, created_at bigint not null, expires_at bigint not null);

create table pipelines (
  account_id text not null, org_identifier text not null, project_identifier text not null, identifier text not null,
  name text not null, description text not null default '', tags jsonb not null default '{}',
  yaml text not null, stage_names jsonb not null default '[]', modules jsonb not null default '[]',
  version bigint not null default 1,
  created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier),
  foreign key (account_id, org_identifier, project_identifier) references projects);

-- Apart from pipelines: numbers (and the log keys made of them) are never given twice, also after a pipeline was deleted and made anew.
create table run_sequences (
  account_id text not null, org_identifier text not null, project_identifier text not null, pipeline_identifier text not null,
  last bigint not null,
  primary key (account_id, org_identifier, project_identifier, pipeline_identifier));

create table triggers (
  account_id text not null, org_identifier text not null, project_identifier text not null, pipeline_identifier text not null,
  identifier text not null, name text not null, description text not null default '', tags jsonb not null default '{}',
  type text not null, source_type text not null, is_enabled boolean not null,
  yaml text not null, webhook_token text not null, version bigint not null default 1,
  created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, pipeline_identifier, identifier),
  foreign key (account_id, org_identifier, project_identifier, pipeline_identifier) references pipelines on delete cascade);

-- One accepted webhook call or delivery = one row (I1). state: queued → final.
create table trigger_events (
  id text primary key, account_id text not null, org_identifier text not null, project_identifier text not null,
  pipeline_identifier text, trigger_identifier text,
  state text not null, status text not null, message text not null, is_exception boolean not null default false,
  payload bytea not null, headers json not null, source_ip text not null default '', principal json,
  execution_id text, runtime_input text, condition_results json,
  received_at bigint not null, processed_at bigint, attempts int not null default 0,
  -- One call may match several triggers: the further ones have rows of their own that name the accepted event.
  origin_event_id text references trigger_events on delete cascade);
create index trigger_events_origin on trigger_events (origin_event_id) where origin_event_id is not null;
create index trigger_events_queue on trigger_events (received_at, id) where state = 'queued';
create index trigger_events_history on trigger_events
  (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier, received_at desc);

-- Narrow on purpose: this row is rewritten by each transition and counted by lists. What never changes lies in execution_documents.
create table executions (
  id text primary key, account_id text not null, org_identifier text not null, project_identifier text not null,
  pipeline_identifier text not null, name text not null, run_sequence bigint not null,
  status text not null, is_final boolean not null, version bigint not null,
  trigger_type text not null, trigger_identifier text, triggered_by text not null, tags json not null default '{}', modules json not null default '[]',
  created_at bigint not null, started_at bigint, ended_at bigint,
  -- ExecutionHeader without plan and without the trigger's payload and headers; the rest of Execution without nodes.
  header json not null, state json not null,
  -- What lists and details print of the stages (domain shape, see the engine's ExecutionSummary).
  summary json not null,
  unique (account_id, org_identifier, project_identifier, pipeline_identifier, run_sequence)) with (fillfactor = 70);
create index executions_list on executions (account_id, org_identifier, project_identifier, created_at desc, id desc);
create index executions_pipeline on executions (account_id, org_identifier, project_identifier, pipeline_identifier, created_at desc, id desc);
create index executions_active on executions (account_id, org_identifier, project_identifier, created_at) where not is_final;

-- trigger_input: { payload, headers } of the cause; null without trigger.
create table execution_documents (
  execution_id text primary key references executions on delete cascade, plan json not null, trigger_input json,
  pipeline_yaml text not null, resolved_yaml text not null, input_yaml text not null);

create table node_executions (
  execution_id text not null references executions on delete cascade, id text not null, node_id text not null,
  status text not null, changed_at_version bigint not null, state json not null,
  primary key (execution_id, id)) with (fillfactor = 80);

create table execution_events (
  execution_id text not null references executions on delete cascade, sequence bigint not null, at bigint not null, event json not null,
  primary key (execution_id, sequence));

create table timers (
  id text primary key, execution_id text not null references executions on delete cascade, node_execution_id text not null, due_at bigint not null);
create index timers_due on timers (due_at);
create index timers_execution on timers (execution_id);

create table delegate_tokens (
  id text primary key, account_id text not null references accounts, org_identifier text, project_identifier text, name text not null,
  secret_hash text not null unique, created_at bigint not null, revoked_at bigint);

create table delegates (
  id text primary key, account_id text not null references accounts, token_id text not null references delegate_tokens,
  org_identifier text, project_identifier text, name text not null, installation text not null, incarnation text not null,
  -- Lower-cased and trimmed, the name included.
  tags text[] not null, facts json not null, capacity int not null,
  registered_at bigint not null, heartbeat_at bigint not null, left_at bigint,
  unique (account_id, name, installation));

-- position: the order of enqueueing. selectors: lower-cased and trimmed. State machine and fence: see TaskState of the runtime.
create table delegate_tasks (
  id text primary key, position bigint not null generated always as identity,
  execution_id text not null references executions on delete cascade,
  account_id text not null, org_identifier text not null, project_identifier text not null,
  state text not null, request json not null, selectors text[] not null, workspace_key text, log_key text not null,
  delegate_id text, incarnation text, fence bigint not null default 0, lease_until bigint, queued_at bigint not null) with (fillfactor = 70);
create index delegate_tasks_queue on delegate_tasks (account_id, position) where state = 'queued';
create index delegate_tasks_leased on delegate_tasks (lease_until) where state = 'leased';
create index delegate_tasks_held on delegate_tasks (delegate_id) where state in ('leased', 'started', 'cancelling');
create index delegate_tasks_workspace on delegate_tasks (workspace_key) where state = 'queued' and workspace_key is not null;
create index delegate_tasks_execution on delegate_tasks (execution_id);

-- A CI stage's folder: bound to the delegate that leased its first task, until released.
create table workspaces (
  key text primary key, execution_id text not null references executions on delete cascade, delegate_id text not null, incarnation text not null,
  released_at bigint, deleted_at bigint);
create index workspaces_delegate on workspaces (delegate_id) where deleted_at is null;
create index workspaces_execution on workspaces (execution_id);

create table logs (
  key text primary key, account_id text not null, execution_id text not null references executions on delete cascade, node_execution_id text not null,
  -- lines: those that have begun. ends_in_line: the last one has no line break yet.
  bytes bigint not null default 0, lines bigint not null default 0, ends_in_line boolean not null default false,
  created_at bigint not null, closed_at bigint);
create index logs_execution on logs (execution_id);
create index logs_open on logs (node_execution_id) where closed_at is null;

-- Raw bytes in order; line_times has one epoch-ms entry per line that starts in the chunk.
create table log_chunks (
  log_key text not null references logs on delete cascade, byte_offset bigint not null, first_line bigint not null, content bytea not null,
  line_times bigint[] not null, primary key (log_key, byte_offset));
create index log_chunks_line on log_chunks (log_key, first_line);

-- Large and written once: lz4 costs a tenth of the default compression's time, where this PostgreSQL was built with it.
do $$ begin
  alter table log_chunks alter column content set compression lz4;
  alter table execution_documents alter column plan set compression lz4;
  alter table execution_documents alter column pipeline_yaml set compression lz4;
  alter table execution_documents alter column resolved_yaml set compression lz4;
exception when feature_not_supported then null;
end $$;
`,
    )
    .execute(db);
}
