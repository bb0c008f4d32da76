import { sql, type Kysely } from 'kysely';

/** Results of tests and build artifacts: what steps leave with the server beside their outputs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- One per step that reported tests. subject: what was tested, a commit or else the execution; both outcomes of a test on one subject make it flaky.
create table test_reports (
  node_execution_id text primary key, execution_id text not null references executions on delete cascade, subject text not null,
  created_at bigint not null default bridle_now());
create index test_reports_execution on test_reports (execution_id);

create table test_cases (
  node_execution_id text not null references test_reports on delete cascade, position integer not null, test_key bytea not null,
  suite text not null, class_name text not null, name text not null, status text not null, has_failed_before boolean not null,
  duration_ms double precision not null,
  file text, message text, details text,
  primary key (node_execution_id, position));
create index test_cases_bad on test_cases (node_execution_id, position) where status in ('failed', 'error');

-- Per project, test and subject: which outcomes were seen. Kept when executions go, so that a test does not become steady by forgetting.
create table test_outcomes (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
  test_key bytea not null, subject text not null, has_passed boolean not null, has_failed boolean not null, seen_at bigint not null default bridle_now(),
  primary key (account_id, org_identifier, project_identifier, test_key, subject));
create index test_outcomes_flaky on test_outcomes (account_id, org_identifier, project_identifier, test_key, subject) where has_passed and has_failed;
create index test_outcomes_age on test_outcomes (seen_at);

-- file_key: where the file store has it. A replaced or expired artifact's file is deleted after its row.
create table artifacts (
  id text primary key, account_id text not null references accounts, execution_id text not null references executions on delete cascade,
  node_execution_id text not null, name text not null, bytes bigint not null, sha256 text not null, file_key text not null,
  created_at bigint not null default bridle_now(), expires_at bigint not null,
  unique (node_execution_id, name));
create index artifacts_execution on artifacts (execution_id);
create index artifacts_expiry on artifacts (expires_at);

-- Files without a row: those of rows that are gone, and uploads under way, due when no upload takes that long. Deleted by whoever sweeps after due_at.
create table dropped_files (file_key text primary key, due_at bigint not null default bridle_now());
create index dropped_files_due on dropped_files (due_at);
create function bridle_drop_file() returns trigger language plpgsql as $$
begin
  insert into dropped_files (file_key) values (old.file_key) on conflict do nothing;
  return old;
end $$;
create trigger artifacts_dropped after delete on artifacts for each row execute function bridle_drop_file();
`,
    )
    .execute(db);
}
