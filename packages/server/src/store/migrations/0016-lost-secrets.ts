import { sql, type Kysely } from 'kysely';

/** Secrets whose master key was given up as lost: what they were is known, and a new value is missing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table secrets add column lost_at bigint').execute(db);
}
