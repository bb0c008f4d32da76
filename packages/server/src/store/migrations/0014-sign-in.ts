/** How people sign in: passwords, delays after failures, providers of OpenID Connect; what is known of a session. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table passwords (
  user_id text primary key references users on delete cascade, hash text not null, is_one_time boolean not null, changed_at bigint not null);

-- key: what is counted by, such as "account <hash of the e-mail address>".
create table sign_in_attempts (
  key text primary key, failures bigint not null, last_at bigint not null, blocked_until bigint not null);
create index sign_in_attempts_last_at on sign_in_attempts (last_at);

create table identities (
  issuer text not null, subject text not null, user_id text not null references users on delete cascade, created_at bigint not null,
  primary key (issuer, subject));
create index identities_user on identities (user_id);

-- By the SHA-256 of what the browser holds meanwhile.
create table sign_in_flows (
  id_hash text primary key, nonce text not null, verifier text not null, continue_at text not null, expires_at bigint not null);

-- public_id: what a session is called where it is listed. Sessions of before get one that tells nothing of them.
alter table sessions add column public_id text not null default replace(gen_random_uuid()::text, '-', ''),
  add column signed_in_by text not null default '', add column address text not null default '', add column user_agent text not null default '',
  add column last_used_at bigint;
update sessions set last_used_at = bridle_now();
alter table sessions alter column last_used_at set not null;
create unique index sessions_public_id on sessions (public_id);
create index sessions_user on sessions (user_id);
`,
    )
    .execute(db);
}
