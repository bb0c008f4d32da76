import { sql, type Kysely } from 'kysely';

/**
 * Secrets, connectors and their tests, and the key pairs that secret outputs are sealed with. Plaintext never comes here: a sealed value is
 * `wrapped_key` (its own data key, under the master key `key_id`) and `content` (under the data key).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- type: SecretText, SecretFile, SSHKey. value_type: Inline, Reference; empty where the type has none. manager: as written.
-- spec: what is no secret (the name in another manager, whose login an SSH key is); the sealed columns are empty where nothing is kept here.
create table secrets (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, identifier text not null,
  type text not null, name text not null, description text not null default '', tags jsonb not null default '{}',
  manager text not null default '', value_type text not null default '', spec jsonb not null default '{}',
  key_id text, wrapped_key bytea, content bytea,
  version bigint not null default 1, created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier),
  check ((key_id is null) = (wrapped_key is null) and (key_id is null) = (content is null)));
create index secrets_key on secrets (key_id) where key_id is not null;

-- status: the last test call, null before the first one.
create table connectors (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, identifier text not null,
  type text not null, name text not null, description text not null default '', tags jsonb not null default '{}',
  spec json not null, yaml text not null, status jsonb,
  version bigint not null default 1, created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier));

-- X25519, raw, base64url; the private half is sealed like a secret. The first one is given out, all of them open.
create table sealing_keys (
  public_key text primary key, position bigint generated always as identity,
  key_id text not null, wrapped_key bytea not null, content bytea not null, created_at bigint not null);

-- What one delegate does for a person who waits, outside of executions: the test of a connector. state: waiting, given, started, done.
create table errands (
  id text primary key, account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
  delegate_id text not null, incarnation text not null, state text not null default 'waiting', request json not null, outcome json,
  created_at bigint not null);
create index errands_delegate on errands (delegate_id) where state = 'waiting';
`,
    )
    .execute(db);
}
