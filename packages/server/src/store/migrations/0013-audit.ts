/** What was changed by whom, and who answers for a trigger. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table audit_events (
  position bigint generated always as identity primary key,
  id text not null unique, account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
  at bigint not null, action text not null, resource_type text not null, resource_identifier text not null,
  principal_type text not null, principal_id text not null, principal_name text not null, source_ip text not null,
  request_method text not null, request_id text not null, old_yaml text, new_yaml text);
create index audit_events_at on audit_events (account_id, at desc, position desc);
create index audit_events_scope on audit_events (account_id, org_identifier, project_identifier, at desc);

-- What was recorded stays as it is; only the sweep removes what is older than it has to be kept.
create function bridle_keep_audit() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' and current_setting('bridle.audit_sweep', true) = 'on' then return null; end if;
  raise exception 'the audit log can only be added to';
end $$;
create trigger audit_events_are_kept before update or delete or truncate on audit_events for each statement execute function bridle_keep_audit();

-- Who made or changed a trigger last: it starts what they may start.
create table trigger_owners (
  account_id text not null, org_identifier text not null, project_identifier text not null, pipeline_identifier text not null,
  trigger_identifier text not null, principal_type text not null, principal_id text not null,
  primary key (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier),
  foreign key (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier) references triggers on delete cascade);
-- Until now there was nobody but administrators.
insert into trigger_owners
select t.account_id, t.org_identifier, t.project_identifier, t.pipeline_identifier, t.identifier, 'USER', u.id
from triggers t join lateral (select id from users where account_id = t.account_id and is_admin order by created_at, id limit 1) u on true;

-- Taken out of the account: their name stays where they did something.
alter table users add column removed_at bigint;
`,
    )
    .execute(db);
}
