import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';

export interface UserRow {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly isAdmin: boolean;
}

export async function insertUser(db: Database | Transaction, user: UserRow): Promise<void> {
  await db
    .insertInto('users')
    .values({
      id: user.id,
      account_id: user.accountId,
      name: user.name,
      email: user.email,
      is_admin: user.isAdmin,
      created_at: sql<number>`bridle_now()`,
    })
    .execute();
}

/** The administrator made at the first start, while there is one. */
export async function findFirstAdmin(db: Database | Transaction, accountId: string): Promise<UserRow | undefined> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('is_admin', '=', true)
    .orderBy('created_at')
    .orderBy('id')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { id: row.id, accountId: row.account_id, name: row.name, email: row.email, isAdmin: row.is_admin };
}
