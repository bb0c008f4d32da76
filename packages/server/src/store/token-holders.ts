/** What Harness calls an API key: a container of tokens, of a user or of a service account. And the tokens in it. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { ApiKeysTable, TokenHoldersTable } from './tables.ts';

export interface HolderParent {
  readonly owner: OwnerScope;
  readonly type: 'USER' | 'SERVICE_ACCOUNT';
  /** Of the user or of the service account; not the identifier. */
  readonly id: string;
}

export interface HolderRow {
  readonly id: string;
  readonly parent: HolderParent;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type HolderContent = Pick<HolderRow, 'identifier' | 'name' | 'description' | 'tags'>;

/** `undefined` = the identifier is taken. */
export async function insertHolder(
  db: Database | Transaction,
  parent: HolderParent,
  id: string,
  content: HolderContent,
): Promise<HolderRow | undefined> {
  const row = await db
    .insertInto('token_holders')
    .values({
      ...ownerColumns(parent.owner),
      id,
      parent_type: parent.type,
      parent_id: parent.id,
      identifier: content.identifier,
      name: content.name,
      description: content.description,
      tags: JSON.stringify(content.tags),
      created_at: sql<number>`bridle_now()`,
      updated_at: sql<number>`bridle_now()`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : holderRow(row);
}

export async function updateHolder(
  db: Database | Transaction,
  parent: HolderParent,
  content: HolderContent,
): Promise<HolderRow | undefined> {
  const row = await db
    .updateTable('token_holders')
    .set({
      name: content.name,
      description: content.description,
      tags: JSON.stringify(content.tags),
      updated_at: sql<number>`bridle_now()`,
    })
    .where(ofParent(parent))
    .where('identifier', '=', content.identifier)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : holderRow(row);
}

export async function listHolders(
  db: Database | Transaction,
  parent: HolderParent,
  identifiers: readonly string[] = [],
): Promise<readonly HolderRow[]> {
  let matching = db.selectFrom('token_holders').selectAll().where(ofParent(parent));
  if (identifiers.length > 0) matching = matching.where('identifier', 'in', identifiers);
  return (await matching.orderBy('name').orderBy('identifier').execute()).map(holderRow);
}

/** Its tokens go with it. */
export async function deleteHolder(
  db: Database | Transaction,
  parent: HolderParent,
  identifier: string,
): Promise<boolean> {
  const result = await db
    .deleteFrom('token_holders')
    .where(ofParent(parent))
    .where('identifier', '=', identifier)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function deleteHoldersOf(tx: Transaction, parent: HolderParent): Promise<void> {
  await tx.deleteFrom('token_holders').where(ofParent(parent)).execute();
}

function ofParent({ owner, type, id }: HolderParent): ReturnType<typeof sql<boolean>> {
  return sql<boolean>`${ownedBy(owner)} and parent_type = ${type} and parent_id = ${id}`;
}

export interface TokenRow {
  readonly id: string;
  readonly holderId: string;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly isValid: boolean;
  readonly lastUsedAt?: number;
}

export interface NewToken {
  readonly id: string;
  readonly holder: HolderRow;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string;
  readonly expiresAt?: number;
}

/** `undefined` = the identifier is taken in its container. */
export async function insertToken(db: Database | Transaction, token: NewToken): Promise<TokenRow | undefined> {
  const { parent } = token.holder;
  const row = await db
    .insertInto('api_keys')
    .values({
      id: token.id,
      account_id: parent.owner.accountId,
      user_id: parent.type === 'USER' ? parent.id : null,
      service_account_id: parent.type === 'SERVICE_ACCOUNT' ? parent.id : null,
      holder_id: token.holder.id,
      identifier: token.identifier,
      name: token.name,
      description: token.description,
      tags: JSON.stringify(token.tags),
      secret_hash: token.secretHash,
      created_at: sql<number>`bridle_now()`,
      expires_at: token.expiresAt ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .returning(IS_VALID)
    .executeTakeFirst();
  return row === undefined ? undefined : tokenRow(row);
}

const IS_VALID = sql<boolean>`revoked_at is null and coalesce(expires_at > bridle_now(), true)`.as('is_valid');

export async function listTokens(
  db: Database | Transaction,
  holderIds: readonly string[],
  identifiers: readonly string[] = [],
): Promise<readonly TokenRow[]> {
  let matching = db
    .selectFrom('api_keys')
    .selectAll()
    .select(IS_VALID)
    .where(sql<boolean>`holder_id = any(${[...holderIds]}::text[])`)
    .where('revoked_at', 'is', null);
  if (identifiers.length > 0) matching = matching.where('identifier', 'in', identifiers);
  return (await matching.orderBy('created_at').orderBy('identifier').execute()).map(tokenRow);
}

export async function updateToken(
  db: Database | Transaction,
  holderId: string,
  content: Pick<NewToken, 'identifier' | 'name' | 'description' | 'tags'>,
  /** `null` = it does not expire; `undefined` = as it was. */
  expiresAt: number | null | undefined,
): Promise<TokenRow | undefined> {
  const row = await db
    .updateTable('api_keys')
    .set({
      name: content.name,
      description: content.description,
      tags: JSON.stringify(content.tags),
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    })
    .where('holder_id', '=', holderId)
    .where('identifier', '=', content.identifier)
    .where('revoked_at', 'is', null)
    .returningAll()
    .returning(IS_VALID)
    .executeTakeFirst();
  return row === undefined ? undefined : tokenRow(row);
}

/**
 * Its id and secret become others, for as long as it was made for. The old ones go on until `oldUntil` where it is given (never
 * longer than they would have), under a name of their own.
 */
export async function rotateToken(
  tx: Transaction,
  holderId: string,
  identifier: string,
  next: { readonly id: string; readonly secretHash: string; readonly oldUntil?: number },
): Promise<boolean> {
  const { id, secretHash, oldUntil } = next;
  const old = await tx
    .selectFrom('api_keys')
    .selectAll()
    .where('holder_id', '=', holderId)
    .where('identifier', '=', identifier)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (old === undefined) return false;
  await tx
    .updateTable('api_keys')
    .set({
      identifier: `${identifier}~${old.id}`,
      ...(oldUntil === undefined
        ? { revoked_at: sql<number>`bridle_now()` }
        : { expires_at: sql<number>`least(expires_at, ${oldUntil})` }),
    })
    .where('id', '=', old.id)
    .execute();
  await tx
    .insertInto('api_keys')
    .values({
      id,
      account_id: old.account_id,
      user_id: old.user_id,
      service_account_id: old.service_account_id,
      holder_id: holderId,
      identifier,
      name: old.name,
      description: old.description,
      tags: JSON.stringify(old.tags),
      secret_hash: secretHash,
      created_at: sql<number>`bridle_now()`,
      expires_at: old.expires_at === null ? null : sql<number>`bridle_now() + ${old.expires_at - old.created_at}`,
    })
    .execute();
  return true;
}

/** It is refused from now on, and gone. */
export async function deleteToken(db: Database | Transaction, holderId: string, identifier: string): Promise<boolean> {
  const result = await db
    .deleteFrom('api_keys')
    .where('holder_id', '=', holderId)
    .where('identifier', '=', identifier)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

function holderRow(row: Selectable<TokenHoldersTable>): HolderRow {
  return {
    id: row.id,
    parent: { owner: ownerOfRow(row), type: row.parent_type as HolderParent['type'], id: row.parent_id },
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function tokenRow(row: Selectable<ApiKeysTable> & { readonly is_valid: boolean }): TokenRow {
  return {
    id: row.id,
    holderId: row.holder_id ?? '',
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    createdAt: row.created_at,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    isValid: row.is_valid,
  };
}
