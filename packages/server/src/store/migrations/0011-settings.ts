/** Settings of accounts, organizations and projects. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table settings (
         account_id text not null references accounts, org_identifier text not null, project_identifier text not null,
         identifier text not null, value text not null, is_overridable boolean not null, updated_at bigint not null,
         primary key (account_id, org_identifier, project_identifier, identifier))`,
    )
    .execute(db);
}
