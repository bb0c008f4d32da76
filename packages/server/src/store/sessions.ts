/** Browser sessions and one-time sign-in codes. Both are stored by the SHA-256 of what the browser holds. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { UserRow } from './users.ts';

export type SessionPurpose = 'browser' | 'sign-in';
/** How its user signed in. */
export type SignedInBy = 'token' | 'link' | 'password' | 'openid';

export interface NewSession {
  readonly idHash: string;
  readonly accountId: string;
  readonly userId: string;
  readonly purpose: SessionPurpose;
  readonly lifetimeMs: number;
  /** What people and addresses call it; says nothing of the secret. */
  readonly publicId: string;
  readonly signedInBy?: SignedInBy;
  /** The token that opened it: it ends with that. */
  readonly apiKeyId?: string;
  readonly address?: string;
  readonly userAgent?: string;
}

export interface SessionRow {
  readonly id: string;
  readonly signedInBy: string;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

/** The last use is written down once in this time: not every request writes. */
const NOTE_USE_MS = 60_000;

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
      public_id: session.publicId,
      signed_in_by: session.signedInBy ?? '',
      api_key_id: session.apiKeyId ?? null,
      address: session.address ?? '',
      user_agent: session.userAgent ?? '',
      created_at: sql<number>`bridle_now()`,
      last_used_at: sql<number>`bridle_now()`,
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

export interface UsedSession {
  readonly user: UserRow;
  /** Its public id. */
  readonly id: string;
  readonly signedInBy: string;
}

/** Its token, if one opened it, is still good. */
const isTokenGood = sql<boolean>`(api_keys.id is null
  or (api_keys.revoked_at is null and (api_keys.expires_at is null or api_keys.expires_at > bridle_now())))`;

/** The user of a browser's session that was used within `idleMs`; notes the use. */
export async function useSession(db: Database, idHash: string, idleMs: number): Promise<UsedSession | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('api_keys', 'api_keys.id', 'sessions.api_key_id')
    .select(['users.id', 'users.account_id', 'users.name', 'users.email', 'users.is_admin'])
    .select(['sessions.public_id', 'sessions.signed_in_by'])
    .select(sql<boolean>`sessions.last_used_at <= bridle_now() - ${NOTE_USE_MS}`.as('is_use_old'))
    .where('sessions.id_hash', '=', idHash)
    .where('sessions.purpose', '=', 'browser')
    .where('sessions.expires_at', '>', sql<number>`bridle_now()`)
    .where('sessions.last_used_at', '>', sql<number>`bridle_now() - ${idleMs}`)
    .where('users.is_disabled', '=', false)
    .where(isTokenGood)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.is_use_old) {
    await db
      .updateTable('sessions')
      .set({ last_used_at: sql<number>`bridle_now()` })
      .where('id_hash', '=', idHash)
      .execute();
  }
  const { id, account_id: accountId, name, email, is_admin: isAdmin } = row;
  return { user: { id, accountId, name, email, isAdmin }, id: row.public_id, signedInBy: row.signed_in_by };
}

/** The browsers in which a user is signed in, the newest first. */
export async function listSessions(db: Database, userId: string, idleMs: number): Promise<readonly SessionRow[]> {
  const rows = await db
    .selectFrom('sessions')
    .leftJoin('api_keys', 'api_keys.id', 'sessions.api_key_id')
    .selectAll('sessions')
    .where('sessions.user_id', '=', userId)
    .where('sessions.purpose', '=', 'browser')
    .where('sessions.expires_at', '>', sql<number>`bridle_now()`)
    .where('sessions.last_used_at', '>', sql<number>`bridle_now() - ${idleMs}`)
    .where(isTokenGood)
    .orderBy('sessions.created_at', 'desc')
    .orderBy('sessions.public_id')
    .execute();
  return rows.map((row) => ({
    id: row.public_id,
    signedInBy: row.signed_in_by,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  }));
}

/** True for exactly one of several callers: a one-time code is spent by whoever deletes it. */
export async function deleteSession(db: Database | Transaction, idHash: string): Promise<boolean> {
  const result = await db.deleteFrom('sessions').where('id_hash', '=', idHash).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** One of a user's, by its public id. */
export async function deleteSessionOf(db: Database, userId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('purpose', '=', 'browser')
    .where('public_id', '=', id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** All of a user, unspent sign-in links too; `exceptId` may stay. */
export async function deleteSessionsOf(db: Database | Transaction, userId: string, exceptId?: string): Promise<number> {
  let statement = db.deleteFrom('sessions').where('user_id', '=', userId);
  if (exceptId !== undefined) statement = statement.where('public_id', '<>', exceptId);
  return Number((await statement.executeTakeFirst()).numDeletedRows);
}
