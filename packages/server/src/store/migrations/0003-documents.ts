import { sql, type Kysely } from 'kysely';

/**
 * The documents that pipelines refer to. Where a document may belong to an account or an organization, the missing
 * organization and project are the empty text, so that they can be part of the key.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- child_type: the type of the step or stage that a template makes; empty where there is none.
create table templates (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
  identifier text not null, version_label text not null, is_stable boolean not null,
  name text not null, description text not null default '', tags jsonb not null default '{}',
  type text not null, child_type text not null default '', yaml text not null, version bigint not null default 1,
  created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, identifier, version_label));
create unique index templates_stable on templates (account_id, org_identifier, project_identifier, identifier) where is_stable;

-- Input sets and overlays share their identifiers. type: INPUT_SET, OVERLAY_INPUT_SET. input_set_references: those an overlay folds.
create table input_sets (
  account_id text not null, org_identifier text not null, project_identifier text not null, pipeline_identifier text not null,
  identifier text not null, type text not null, name text not null, description text not null default '', tags jsonb not null default '{}',
  yaml text not null, input_set_references jsonb not null default '[]',
  version bigint not null default 1, created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, pipeline_identifier, identifier),
  foreign key (account_id, org_identifier, project_identifier, pipeline_identifier) references pipelines on delete cascade);

-- kind: service, environment, infrastructure, serviceOverrides. environment_ref and service_ref carry their scope as a
-- project would write it (id, org.id, account.id); they are empty where the kind has none.
create table deployment_documents (
  account_id text not null references accounts, org_identifier text not null, project_identifier text not null, kind text not null,
  environment_ref text not null, identifier text not null, service_ref text not null default '',
  name text not null, description text not null default '', tags jsonb not null default '{}',
  type text not null default '', deployment_type text not null default '', yaml text not null, version bigint not null default 1,
  created_at bigint not null, updated_at bigint not null,
  primary key (account_id, org_identifier, project_identifier, kind, environment_ref, identifier));
`,
    )
    .execute(db);
}
