import { sql, type Kysely } from 'kysely';

/**
 * Outgoing webhooks. An endpoint gets the events from `from_position` on. `event_types` and `pipeline_identifiers`: empty = all.
 * `failing_since`: of the first attempt that failed since the last one that did not.
 *
 * Secrets are sealed as those of users are; the one without an end signs first, one that was rotated until its end as well.
 *
 * A delivery is made with the feed position its reader stands at (`feed_readers`), once per endpoint and position.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table webhook_endpoints (
  id text primary key,
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
  name text not null, description text not null default '', url text not null,
  event_types text[] not null, pipeline_identifiers text[] not null,
  is_enabled boolean not null, disabled_reason text, failing_since bigint, from_position bigint not null,
  created_at bigint not null, updated_at bigint not null);
create index webhook_endpoints_owner on webhook_endpoints (account_id, org_identifier, project_identifier, created_at);

create table webhook_secrets (
  id text primary key, endpoint_id text not null references webhook_endpoints on delete cascade,
  key_id text not null, wrapped_key bytea not null, content bytea not null,
  created_at bigint not null, expires_at bigint);
create index webhook_secrets_endpoint on webhook_secrets (endpoint_id);

create table webhook_deliveries (
  id text primary key, endpoint_id text not null references webhook_endpoints on delete cascade,
  position bigint, message_id text not null, event_type text not null, body text not null,
  state text not null, tries int not null default 0, due_at bigint not null, lease_until bigint,
  created_at bigint not null, ended_at bigint,
  unique (endpoint_id, position));
create index webhook_deliveries_due on webhook_deliveries (due_at) where state = 'pending';
create index webhook_deliveries_history on webhook_deliveries (endpoint_id, created_at desc, id desc);
create index webhook_deliveries_old on webhook_deliveries (created_at);

create table webhook_attempts (
  delivery_id text not null references webhook_deliveries on delete cascade, number bigint generated always as identity,
  at bigint not null, duration_ms bigint not null, status int, error text, response text not null default '',
  primary key (delivery_id, number));

create table feed_readers (name text primary key, position bigint not null);
insert into feed_readers (name, position) select 'webhooks', last_position from feed_state;
`,
    )
    .execute(db);
}
