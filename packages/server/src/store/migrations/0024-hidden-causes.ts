import { sql, type Kysely } from 'kysely';

/** Why an event started nothing, where those who may see its trigger are told more than whoever fired it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table trigger_events add column cause text').execute(db);
}
