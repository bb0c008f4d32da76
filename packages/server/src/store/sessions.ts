/** Browser sessions and one-time sign-in codes. Both are stored by the SHA-256 of what the browser holds. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { UserRow } from './users.ts';

export type SessionPurpose = 'browser' | 'sign-in';

export interface NewSession {
  readonly idHash: string;
  readonly accountId: string;
  readonly userId: string;
  readonly purpose: SessionPurpose;
  readonly lifetimeMs: number;
}

/** Stores it and forgets what has expired, so that the table stays small without a sweep. */
export async function insertSession(db: Database | Transaction, session: NewSession): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where('expires_at', '<=', sql<number>`bridle_now()`)
    .execute();
  await db
    .insertInto('sessions')
    .values({
      id_hash: session.idHash,
      account_id: session.accountId,
      user_id: session.userId,
      purpose: session.purpose,
      created_at: sql<number>`bridle_now()`,
      expires_at: sql<number>`bridle_now() + ${session.lifetimeMs}`,
    })
    .execute();
}

/** The user of a session that has not expired. */
export async function findSessionUser(
  db: Database | Transaction,
  idHash: string,
  purpose: SessionPurpose,
): Promise<UserRow | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id', 'users.account_id', 'users.name', 'users.email', 'users.is_admin'])
    .where('sessions.id_hash', '=', idHash)
    .where('sessions.purpose', '=', purpose)
    .where('sessions.expires_at', '>', sql<number>`bridle_now()`)
    .where('users.is_disabled', '=', false)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { id: row.id, accountId: row.account_id, name: row.name, email: row.email, isAdmin: row.is_admin };
}

/** True for exactly one of several callers: a one-time code is spent by whoever deletes it. */
export async function deleteSession(db: Database | Transaction, idHash: string): Promise<boolean> {
  const result = await db.deleteFrom('sessions').where('id_hash', '=', idHash).executeTakeFirst();
  return result.numDeletedRows > 0n;
}
