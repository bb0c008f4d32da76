/** Users of an account. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { belongings } from './grants.ts';
import { likePattern } from './organizations.ts';
import { ownerColumns, type OwnerScope } from './owner-scope.ts';
import type { UsersTable } from './tables.ts';

export interface UserRow {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly isAdmin: boolean;
}

export interface KeptUser extends UserRow {
  readonly isDisabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
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
  return row === undefined ? undefined : keptUser(row);
}

/** One who was taken out of the account is not there. */
export async function findUser(
  db: Database | Transaction,
  accountId: string,
  id: string,
): Promise<KeptUser | undefined> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : keptUser(row);
}

/** Also one who was taken out: they may come back. */
export async function findUserByEmail(
  db: Database | Transaction,
  accountId: string,
  email: string,
): Promise<(KeptUser & { readonly isRemoved: boolean }) | undefined> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...keptUser(row), isRemoved: row.removed_at !== null };
}

/** Those of the ids that are users of the account. */
export async function listUsersById(
  db: Database | Transaction,
  accountId: string,
  ids: readonly string[],
): Promise<readonly KeptUser[]> {
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('removed_at', 'is', null)
    .where(sql<boolean>`id = any(${[...ids]}::text[])`)
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map(keptUser);
}

export interface UserFilter {
  readonly search?: string;
  readonly ids?: readonly string[];
  /** Who has one of these here, themself. */
  readonly roles?: readonly string[];
  readonly resourceGroups?: readonly string[];
}

/** One page (0-based) of the users of an account, or of those who belong to the organization or project, by name. */
export async function listUsers(
  db: Database | Transaction,
  owner: OwnerScope,
  { search = '', ids = [], roles = [], resourceGroups = [] }: UserFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly KeptUser[]; readonly total: number }> {
  const { account_id, org_identifier, project_identifier } = ownerColumns(owner);
  const pattern = likePattern(search);
  const matching = sql`from users u where u.account_id = ${account_id} and u.removed_at is null
    and (${search} = '' or u.name ilike ${pattern} or u.email ilike ${pattern})
    and (${ids.length} = 0 or u.id = any(${[...ids]}::text[]))
    and (${org_identifier} = '' or exists (select 1 from (${belongings(account_id, sql`u.id`)}) b
      where b.org_identifier = ${org_identifier} and (${project_identifier} = '' or b.project_identifier = ${project_identifier})))
    and (${roles.length + resourceGroups.length} = 0 or exists (select 1 from role_assignments a where a.account_id = u.account_id
      and a.org_identifier = ${org_identifier} and a.project_identifier = ${project_identifier} and a.principal_type = 'USER' and a.principal_id = u.id
      and (${roles.length} = 0 or a.role_identifier = any(${[...roles]}::text[]))
      and (${resourceGroups.length} = 0 or a.resource_group_identifier = any(${[...resourceGroups]}::text[]))))`;
  const [rows, count] = await Promise.all([
    sql<
      Selectable<UsersTable>
    >`select u.* ${matching} order by u.name, u.id limit ${size} offset ${page * size}`.execute(db),
    sql<{ total: number }>`select count(*) as total ${matching}`.execute(db),
  ]);
  return { rows: rows.rows.map(keptUser), total: count.rows[0]?.total ?? 0 };
}

/** Sessions of a disabled user end with it; tokens are refused while it lasts. */
export async function switchUser(tx: Transaction, accountId: string, id: string, isEnabled: boolean): Promise<boolean> {
  const result = await tx
    .updateTable('users')
    .set({ is_disabled: !isEnabled, updated_at: sql<number>`bridle_now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (!isEnabled) await tx.deleteFrom('sessions').where('user_id', '=', id).execute();
  return result.numUpdatedRows > 0n;
}

/** Comes back as they were before they were given anything. */
export async function restoreUser(tx: Transaction, id: string, name: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ is_disabled: false, removed_at: null, name, updated_at: sql<number>`bridle_now()` })
    .where('id', '=', id)
    .execute();
}

/** What they were given here and below, and their places in groups of here and below, are gone. */
export async function removeUserFrom(tx: Transaction, owner: OwnerScope, id: string): Promise<boolean> {
  const { account_id, org_identifier, project_identifier } = ownerColumns(owner);
  const here = sql<boolean>`account_id = ${account_id} and (${org_identifier} = '' or org_identifier = ${org_identifier})
    and (${project_identifier} = '' or project_identifier = ${project_identifier})`;
  const given = await tx
    .deleteFrom('role_assignments')
    .where(here)
    .where('principal_type', '=', 'USER')
    .where('principal_id', '=', id)
    .executeTakeFirst();
  const places = await tx.deleteFrom('user_group_members').where(here).where('user_id', '=', id).executeTakeFirst();
  if (org_identifier !== '') return given.numDeletedRows + places.numDeletedRows > 0n;
  await tx.deleteFrom('sessions').where('user_id', '=', id).execute();
  await tx
    .updateTable('api_keys')
    .set({ revoked_at: sql<number>`bridle_now()` })
    .where('user_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  const result = await tx
    .updateTable('users')
    .set({ is_disabled: true, removed_at: sql<number>`bridle_now()` })
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export function keptUser(row: Selectable<UsersTable>): KeptUser {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    email: row.email,
    isAdmin: row.is_admin,
    isDisabled: row.is_disabled,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? row.created_at,
  };
}
