/** Variables, saved filters and stored files of accounts, organizations and projects; what is said about projects. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  'alter table organizations add column version bigint not null default 1',
  `alter table projects add column version bigint not null default 1, add column color text not null default '#0063F7',
     add column modules jsonb not null default '[]'`,
  `create table variables (
     account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
     identifier text not null, name text not null, description text not null, value text not null,
     version bigint not null default 1, created_at bigint not null, updated_at bigint not null,
     primary key (account_id, org_identifier, project_identifier, identifier))`,
  // type: what is listed with it (Harness's filterType). user_id: who alone sees it; empty = everybody.
  `create table saved_filters (
     account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
     type text not null, identifier text not null, name text not null, user_id text not null, properties json not null,
     created_at bigint not null, updated_at bigint not null,
     primary key (account_id, org_identifier, project_identifier, type, identifier))`,
  // parent_identifier: a folder's, or Root. path: of the names down to it. file_key: in the files room; null of folders.
  `create table stored_files (
     account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
     identifier text not null, parent_identifier text not null, type text not null, name text not null, path text not null,
     description text not null, tags json not null default '{}', file_usage text not null, mime_type text not null,
     file_key text, bytes bigint not null, created_by text not null, version bigint not null default 1,
     created_at bigint not null, updated_at bigint not null,
     primary key (account_id, org_identifier, project_identifier, identifier),
     unique (account_id, org_identifier, project_identifier, path))`,
];
