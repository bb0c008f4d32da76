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

/** A key with whom it speaks for, as authentication needs it. */
export interface ApiKeyWithUser {
  readonly isDisabled: boolean;
  readonly isServiceAccount: boolean;
  readonly secretHash: string;
  readonly isExpired: boolean;
  readonly isRevoked: boolean;
  /** Its last use was noted a while ago, or never. */
  readonly isUseOld: boolean;
  readonly user: UserRow;
}

/** How old the noted use of a key may get: one statement a minute for each that is used, and none for every request. */
const NOTE_USE_MS = 60_000;

const isUseOld = sql<boolean>`coalesce(api_keys.last_used_at <= bridle_now() - ${NOTE_USE_MS}, true)`;

/** Nothing is written when somebody else has just noted it. */
export async function noteApiKeyUse(db: Database | Transaction, accountId: string, id: string): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: sql<number>`bridle_now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where(isUseOld)
    .execute();
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

/** Those of this name that nobody has revoked yet. */
export async function revokeApiKeysNamed(db: Database | Transaction, accountId: string, name: string): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ revoked_at: sql<number>`bridle_now()` })
    .where('account_id', '=', accountId)
    .where('name', '=', name)
    .where('user_id', 'is not', null)
    .where('revoked_at', 'is', null)
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
    .leftJoin('users', 'users.id', 'api_keys.user_id')
    .leftJoin('service_accounts', 'service_accounts.id', 'api_keys.service_account_id')
    .select([
      'api_keys.secret_hash',
      'api_keys.revoked_at',
      'api_keys.account_id',
      'users.is_admin',
      'users.is_disabled',
    ])
    .select(sql<string>`coalesce(users.id, service_accounts.id)`.as('principal_id'))
    .select(sql<string>`coalesce(users.name, service_accounts.name)`.as('principal_name'))
    .select(sql<string>`coalesce(users.email, service_accounts.email)`.as('principal_email'))
    .select(sql<boolean>`api_keys.service_account_id is not null`.as('is_service_account'))
    .select(sql<boolean>`api_keys.expires_at is not null and api_keys.expires_at <= bridle_now()`.as('is_expired'))
    .select(isUseOld.as('is_use_old'))
    .where('api_keys.account_id', '=', accountId)
    .where('api_keys.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    secretHash: row.secret_hash,
    isExpired: row.is_expired,
    isRevoked: row.revoked_at !== null,
    isUseOld: row.is_use_old,
    isDisabled: row.is_disabled === true,
    isServiceAccount: row.is_service_account,
    user: {
      id: row.principal_id,
      accountId: row.account_id,
      name: row.principal_name,
      email: row.principal_email,
      isAdmin: row.is_admin === true,
    },
  };
}
