/**
 * Delegate tokens. A token serves an account, one organization of it, or one project; several may. Its name is unique where it
 * belongs, also while it is revoked: it can be used again when the revoked one is deleted.
 */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { closeDoneLogs, requeueLeasesOf, scopeOfRow } from './delegates.ts';
import type { OwnerScope } from './owner-scope.ts';
import type { DelegateTokensTable } from './tables.ts';

export interface DelegateToken extends OwnerScope {
  readonly id: string;
  readonly secretHash: string;
}

export interface NewDelegateToken extends DelegateToken {
  readonly name: string;
  readonly createdBy?: string;
  /** When it ends by itself, in epoch milliseconds. */
  readonly revokeAfter?: number;
}

/** As lists show it: never with its secret. */
export interface ListedToken extends OwnerScope {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly revokeAfter?: number;
  readonly revokedAt?: number;
  /** Revoked, or past its time. */
  readonly isRevoked: boolean;
}

/** A token that is not revoked, by the hash of its secret. One whose time is over says so: it is to be revoked. */
export async function findDelegateToken(
  db: Database,
  secretHash: string,
): Promise<(DelegateToken & { readonly isExpired: boolean }) | undefined> {
  const row = await db
    .selectFrom('delegate_tokens')
    .select(['id', 'account_id', 'org_identifier', 'project_identifier', 'secret_hash'])
    .select(sql<boolean>`coalesce(revoke_after <= bridle_now(), false)`.as('is_expired'))
    .where('secret_hash', '=', secretHash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    accountId: row.account_id,
    ...scopeOfRow(row),
    secretHash: row.secret_hash,
    isExpired: row.is_expired,
  };
}

/** `undefined` when the name is taken where the token belongs. */
export async function insertDelegateToken(
  db: Database | Transaction,
  token: NewDelegateToken,
): Promise<ListedToken | undefined> {
  const row = await db
    .insertInto('delegate_tokens')
    .values({
      id: token.id,
      account_id: token.accountId,
      org_identifier: token.orgIdentifier ?? null,
      project_identifier: token.projectIdentifier ?? null,
      name: token.name,
      secret_hash: token.secretHash,
      created_at: sql<number>`bridle_now()`,
      created_by: token.createdBy ?? '',
      revoke_after: token.revokeAfter ?? null,
      revoked_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning([...LISTED, IS_REVOKED])
    .executeTakeFirst();
  return row === undefined ? undefined : listedToken(row);
}

const LISTED = [
  'id',
  'account_id',
  'org_identifier',
  'project_identifier',
  'name',
  'created_by',
  'created_at',
  'revoke_after',
  'revoked_at',
] as const;
const IS_REVOKED = sql<boolean>`revoked_at is not null or coalesce(revoke_after <= bridle_now(), false)`.as(
  'is_revoked',
);

/** The tokens that belong to exactly this owner, oldest first. */
export async function listDelegateTokens(
  db: Database,
  owner: OwnerScope,
  filter: { readonly name?: string } = {},
): Promise<readonly ListedToken[]> {
  let query = db
    .selectFrom('delegate_tokens')
    .select([...LISTED, IS_REVOKED])
    .where('account_id', '=', owner.accountId)
    .where(sql<boolean>`org_identifier is not distinct from ${owner.orgIdentifier ?? null}`)
    .where(sql<boolean>`project_identifier is not distinct from ${owner.projectIdentifier ?? null}`);
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  const rows = await query.orderBy('created_at').orderBy('name').execute();
  return rows.map(listedToken);
}

/** Of these, the ones that are revoked, deleted or past their time. */
export async function listEndedTokens(db: Database, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const result = await sql<{ id: string }>`
    select v.id from unnest(${ids}::text[]) as v(id) left join delegate_tokens k on k.id = v.id
    where k.id is null or k.revoked_at is not null or k.revoke_after <= bridle_now()`.execute(db);
  return result.rows.map(({ id }) => id);
}

/**
 * Ends a token, and with it every delegate that registered with it: leases go back to the queue, and what was started is lost.
 * Whether there was such a token that had not been revoked yet.
 */
export async function revokeDelegateToken(db: Database, accountId: string, id: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const revoked = await tx
      .updateTable('delegate_tokens')
      .set({ revoked_at: sql<number>`bridle_now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (revoked.numUpdatedRows === 0n) return false;
    const gone = await sql<{ id: string }>`
      update delegates set left_at = bridle_now()
      where id in (select id from delegates where token_id = ${id} and left_at is null order by id for no key update)
      returning id`.execute(tx);
    for (const delegate of gone.rows) {
      await requeueLeasesOf(tx, delegate.id);
      await closeDoneLogs(tx, delegate.id);
    }
    return true;
  });
}

/** Deletes a token that is revoked; `false` when there is none or it still counts. */
export async function deleteRevokedToken(db: Database, accountId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom('delegate_tokens')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('revoked_at', 'is not', null)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

function listedToken(
  row: Pick<Selectable<DelegateTokensTable>, (typeof LISTED)[number]> & { readonly is_revoked: boolean },
): ListedToken {
  return {
    id: row.id,
    accountId: row.account_id,
    ...scopeOfRow(row),
    name: row.name,
    createdBy: row.created_by,
    createdAt: row.created_at,
    ...(row.revoke_after === null ? {} : { revokeAfter: row.revoke_after }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
    isRevoked: row.is_revoked,
  };
}
