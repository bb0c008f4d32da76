/** Where PostgreSQL keeps its files. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** On the machine of the database; `undefined` = this role may not know. */
export async function findDataDirectory(db: Database): Promise<string | undefined> {
  const { rows } = await sql<{ directory: string | null }>`
    select setting as directory from pg_settings where name = 'data_directory'`.execute(db);
  return rows[0]?.directory ?? undefined;
}
