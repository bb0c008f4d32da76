import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { UserRow } from './users.ts';

export interface ApiKeyRow {
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string;
}

/** A key with its user, as authentication needs it. */
export interface ApiKeyWithUser {
  readonly secretHash: string;
  readonly isExpired: boolean;
  readonly isRevoked: boolean;
  readonly user: UserRow;
}

export async function insertApiKey(db: Database | Transaction, key: ApiKeyRow): Promise<void> {
  await db
    .insertInto('api_keys')
    .values({
      id: key.id,
      account_id: key.accountId,
      user_id: key.userId,
      name: key.name,
      secret_hash: key.secretHash,
      created_at: sql<number>`bridle_now()`,
    })
    .execute();
}

/** The key of this account with this id. Whether it is expired is judged by the database's clock (T1). */
export async function findApiKey(
  db: Database | Transaction,
  accountId: string,
  id: string,
): Promise<ApiKeyWithUser | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .select([
      'api_keys.secret_hash',
      'api_keys.revoked_at',
      'users.id',
      'users.account_id',
      'users.name',
      'users.email',
      'users.is_admin',
    ])
    .select(sql<boolean>`api_keys.expires_at is not null and api_keys.expires_at <= bridle_now()`.as('is_expired'))
    .where('api_keys.account_id', '=', accountId)
    .where('api_keys.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    secretHash: row.secret_hash,
    isExpired: row.is_expired,
    isRevoked: row.revoked_at !== null,
    user: { id: row.id, accountId: row.account_id, name: row.name, email: row.email, isAdmin: row.is_admin },
  };
}
