/** Passwords as their hashes, and who may sign in with one. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { UserRow } from './users.ts';

export interface PasswordRow {
  readonly hash: string;
  /** It was given by somebody else: its owner chooses another one when they sign in with it. */
  readonly isOneTime: boolean;
}

export interface UserWithPassword {
  readonly user: UserRow;
  readonly isDisabled: boolean;
  readonly password: PasswordRow | undefined;
}

/** By its e-mail address, whatever its case. */
export async function findUserWithPassword(
  db: Database | Transaction,
  accountId: string,
  email: string,
): Promise<UserWithPassword | undefined> {
  const row = await db
    .selectFrom('users')
    .leftJoin('passwords', 'passwords.user_id', 'users.id')
    .select(['users.id', 'users.account_id', 'users.name', 'users.email', 'users.is_admin', 'users.is_disabled'])
    .select(['passwords.hash', 'passwords.is_one_time'])
    .where('users.account_id', '=', accountId)
    .where(sql<string>`lower(users.email)`, '=', email.toLowerCase())
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    user: { id: row.id, accountId: row.account_id, name: row.name, email: row.email, isAdmin: row.is_admin },
    isDisabled: row.is_disabled,
    password: row.hash === null ? undefined : { hash: row.hash, isOneTime: row.is_one_time === true },
  };
}

export async function findPassword(db: Database | Transaction, userId: string): Promise<PasswordRow | undefined> {
  const row = await db.selectFrom('passwords').selectAll().where('user_id', '=', userId).executeTakeFirst();
  return row === undefined ? undefined : { hash: row.hash, isOneTime: row.is_one_time };
}

export async function savePassword(
  db: Database | Transaction,
  userId: string,
  { hash, isOneTime }: PasswordRow,
): Promise<void> {
  const changed = { hash, is_one_time: isOneTime, changed_at: sql<number>`bridle_now()` };
  await db
    .insertInto('passwords')
    .values({ user_id: userId, ...changed })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(changed))
    .execute();
}

/** The same password under other parameters; one that was changed meanwhile stays. */
export async function replaceHash(db: Database, userId: string, before: string, after: string): Promise<void> {
  await db
    .updateTable('passwords')
    .set({ hash: after })
    .where('user_id', '=', userId)
    .where('hash', '=', before)
    .execute();
}

export async function deletePassword(db: Database | Transaction, userId: string): Promise<void> {
  await db.deleteFrom('passwords').where('user_id', '=', userId).execute();
}

/** Whether anybody can sign in with one. */
export async function hasPasswords(db: Database): Promise<boolean> {
  const row = await db.selectFrom('passwords').select('user_id').limit(1).executeTakeFirst();
  return row !== undefined;
}
