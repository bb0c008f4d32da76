/** Groups of users, and who is in them. */
import { sql } from 'kysely';
import { parseScopedIdentifier, type ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { ALL_USERS_OF_ACCOUNT, belongings, BUILT_IN_GROUPS } from './grants.ts';
import {
  findNamed,
  insertNamed,
  listNamed,
  namedRow,
  updateNamed,
  type NamedContent,
  type NamedFilter,
  type NamedRow,
} from './named-rows.ts';
import { ownedBy, ownerColumns, type OwnerScope, ownerSeenFrom } from './owner-scope.ts';

export interface UserGroupRow extends NamedRow {
  /** Ids, sorted. */
  readonly users: readonly string[];
}

/** `undefined`: taken, or not there. The members become exactly these. */
export async function saveUserGroup(
  tx: Transaction,
  how: 'insert' | 'update',
  owner: OwnerScope,
  content: NamedContent,
  users: readonly string[],
): Promise<UserGroupRow | undefined> {
  const row = await (how === 'insert' ? insertNamed : updateNamed)(tx, 'user_groups', owner, content);
  if (row === undefined) return undefined;
  const members = [...new Set(users)].toSorted();
  await tx
    .deleteFrom('user_group_members')
    .where(ownedBy(owner))
    .where('group_identifier', '=', content.identifier)
    .where(sql<boolean>`user_id <> all(${members}::text[])`)
    .execute();
  for (const userId of members) await addMember(tx, owner, content.identifier, userId);
  return { ...namedRow(row), users: members };
}

/** Being in a group twice is being in it. */
export async function addMember(
  tx: Transaction,
  owner: OwnerScope,
  groupIdentifier: string,
  userId: string,
): Promise<void> {
  await tx
    .insertInto('user_group_members')
    .values({ ...ownerColumns(owner), group_identifier: groupIdentifier, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeMember(
  tx: Transaction,
  owner: OwnerScope,
  groupIdentifier: string,
  userId: string,
): Promise<void> {
  await tx
    .deleteFrom('user_group_members')
    .where(ownedBy(owner))
    .where('group_identifier', '=', groupIdentifier)
    .where('user_id', '=', userId)
    .execute();
}

export async function findUserGroup(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<UserGroupRow | undefined> {
  const row = await findNamed(db, 'user_groups', owner, identifier);
  if (row === undefined) return undefined;
  const members = await membersOf(db, owner, [identifier]);
  return { ...namedRow(row), users: members.get(identifier) ?? [] };
}

export async function listUserGroups(
  db: Database | Transaction,
  owner: OwnerScope,
  filter: NamedFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly UserGroupRow[]; readonly total: number }> {
  const { rows, total } = await listNamed(db, 'user_groups', owner, filter, page, size);
  const members = await membersOf(
    db,
    owner,
    rows.map(({ identifier }) => identifier),
  );
  return { rows: rows.map((row) => ({ ...namedRow(row), users: members.get(row.identifier) ?? [] })), total };
}

async function membersOf(
  db: Database | Transaction,
  owner: OwnerScope,
  identifiers: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom('user_group_members')
    .select(['group_identifier', 'user_id'])
    .where(ownedBy(owner))
    .where(sql<boolean>`group_identifier = any(${[...identifiers]}::text[])`)
    .orderBy('user_id')
    .execute();
  const members = new Map<string, string[]>();
  for (const { group_identifier: group, user_id: user } of rows) {
    members.set(group, [...(members.get(group) ?? []), user]);
  }
  return members;
}

/** Whether somebody is in one of the groups, as a project refers to them: `id`, `org.id`, `account.id`. */
export async function isInAnyGroup(
  db: Database | Transaction,
  scope: ProjectScope,
  references: readonly string[],
  userId: string,
): Promise<boolean> {
  for (const reference of references) {
    const { scope: level, identifier } = parseScopedIdentifier(reference);
    if (await isInGroup(db, ownerSeenFrom(scope, level), identifier, userId)) return true;
  }
  return false;
}

async function isInGroup(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
  userId: string,
): Promise<boolean> {
  if (BUILT_IN_GROUPS.includes(identifier)) {
    if (identifier === ALL_USERS_OF_ACCOUNT) return true;
    const { orgIdentifier = '', projectIdentifier = '' } = owner;
    const result = await sql`select 1 from (${belongings(owner.accountId, sql`${userId}`)}) b
      where b.org_identifier = ${orgIdentifier} and b.org_identifier <> ''
        and (${projectIdentifier} = '' or b.project_identifier = ${projectIdentifier}) limit 1`.execute(db);
    return result.rows.length > 0;
  }
  const row = await db
    .selectFrom('user_group_members')
    .select('user_id')
    .where(ownedBy(owner))
    .where('group_identifier', '=', identifier)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}
