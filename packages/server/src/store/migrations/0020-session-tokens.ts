import { sql, type Kysely } from 'kysely';

/** A session that a token opened ends with the token. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `alter table sessions add column api_key_id text references api_keys on delete cascade;
create index sessions_api_key on sessions (api_key_id) where api_key_id is not null;`,
    )
    .execute(db);
}
