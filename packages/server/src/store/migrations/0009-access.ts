import { sql, type Kysely } from 'kysely';

/** Who may do what: roles, groups of resources and of people, service accounts, and who was given which role where. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- email: one user of an account has it. is_disabled: is known, and may do nothing.
alter table users add column is_disabled boolean not null default false, add column updated_at bigint;
update users set email = id || '@localhost' where exists (
  select 1 from users o where o.account_id = users.account_id and lower(o.email) = lower(users.email) and (o.created_at, o.id) < (users.created_at, users.id));
create unique index users_email on users (account_id, lower(email));

create table service_accounts (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, identifier text not null,
  id text not null unique, name text not null, description text not null, email text not null, tags json not null default '{}',
  created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier));

-- A container of tokens, as Harness has it: of a user or of a service account.
create table token_holders (
  id text primary key, account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
  identifier text not null, name text not null, description text not null, tags json not null default '{}',
  parent_type text not null, parent_id text not null, created_at bigint not null, updated_at bigint not null,
  unique (account_id, org_identifier, project_identifier, parent_type, parent_id, identifier));

-- A token speaks for a user or for a service account.
alter table api_keys alter column user_id drop not null, add column service_account_id text references service_accounts (id) on delete cascade,
  add column holder_id text references token_holders on delete cascade, add column identifier text not null default '',
  add column description text not null default '', add column tags json not null default '{}', add column last_used_at bigint,
  add constraint api_keys_one_principal check ((user_id is null) <> (service_account_id is null));
create unique index api_keys_identifier on api_keys (holder_id, identifier) where holder_id is not null;
create index api_keys_service_account on api_keys (service_account_id);

create table user_groups (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, identifier text not null,
  name text not null, description text not null, tags json not null default '{}', created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier));
create table user_group_members (
  account_id text not null, org_identifier text not null, project_identifier text not null, group_identifier text not null,
  user_id text not null references users on delete cascade,
  primary key (account_id, org_identifier, project_identifier, group_identifier, user_id),
  foreign key (account_id, org_identifier, project_identifier, group_identifier) references user_groups on delete cascade);
create index user_group_members_user on user_group_members (user_id);

create table roles (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, identifier text not null,
  name text not null, description text not null, tags json not null default '{}', permissions text[] not null, scopes text[] not null,
  created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier));

-- included_scopes and resources as auth/decide.ts reads them: [{org?, project?, children}], and null (all) or {TYPE: null | [identifier]}.
create table resource_groups (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, identifier text not null,
  name text not null, description text not null, tags json not null default '{}', color text not null default '',
  included_scopes jsonb not null, resources jsonb, created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier));

-- principal_type: USER, SERVICE_ACCOUNT, USER_GROUP. Of a group: principal_scope (account, org, project) says whose it is, seen from here.
create table role_assignments (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, identifier text not null,
  role_identifier text not null, resource_group_identifier text not null, principal_type text not null, principal_id text not null,
  principal_scope text not null, is_managed boolean not null default false, is_disabled boolean not null default false,
  created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier),
  unique (account_id, org_identifier, project_identifier, role_identifier, resource_group_identifier, principal_type, principal_id, principal_scope));
create index role_assignments_principal on role_assignments (account_id, principal_type, principal_id);

-- Whoever administered the installation so far goes on doing it; everybody else keeps what the account lets everybody do.
insert into role_assignments (account_id, org_identifier, project_identifier, identifier, role_identifier, resource_group_identifier,
  principal_type, principal_id, principal_scope, is_managed, created_at, updated_at)
select account_id, '', '', 'role_assignment_' || id, '_account_admin', '_all_resources_including_child_scopes', 'USER', id, 'account', true,
  bridle_now(), bridle_now() from users where is_admin;
`,
    )
    .execute(db);
}
