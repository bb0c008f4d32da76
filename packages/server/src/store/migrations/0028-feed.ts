import { sql, type Kysely } from 'kysely';

/**
 * What others are told of (ADR 26). A notice is written into `outbox` by the transaction that makes it true. One writer at a time,
 * the one that holds the row of `feed_state`, moves notices from there into `feed` and numbers them: positions have no gaps and
 * become visible in their order, which a sequence does not promise. `swept_position`: up to there the feed was cleared.
 *
 * `id` orders the notices of one execution, whose transactions come one after the other. Empty org or project: of the account.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table outbox (
  id bigint generated always as identity primary key,
  account_id text not null, org_identifier text not null, project_identifier text not null,
  pipeline_identifier text, execution_id text, type text not null, at bigint not null, data json not null);

create table feed (
  position bigint primary key,
  account_id text not null, org_identifier text not null, project_identifier text not null,
  pipeline_identifier text, execution_id text, type text not null, at bigint not null, data json not null);
create index feed_account on feed (account_id, position);
create index feed_execution on feed (execution_id, position) where execution_id is not null;

create table feed_state (
  is_only boolean primary key default true check (is_only),
  last_position bigint not null, swept_position bigint not null);
insert into feed_state (last_position, swept_position) values (0, 0);
`,
    )
    .execute(db);
}
