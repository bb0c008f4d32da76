/** What the tables of people and rights have in common: identifier, name, description, tags; one identifier per owner. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';

export type NamedTable = 'service_accounts' | 'user_groups' | 'roles' | 'resource_groups';

export interface NamedContent {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface NamedRow extends NamedContent {
  readonly owner: OwnerScope;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Columns beside the common ones, as they are written. */
export type MoreColumns = Readonly<Record<string, unknown>>;

export interface NamedFilter {
  readonly search?: string;
  readonly identifiers?: readonly string[];
}

export interface RawNamed {
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly created_at: number;
  readonly updated_at: number;
}

export function namedRow(row: RawNamed): NamedRow {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** `undefined` = the identifier is taken. */
export async function insertNamed<More>(
  db: Database | Transaction,
  table: NamedTable,
  owner: OwnerScope,
  content: NamedContent,
  more: MoreColumns = {},
): Promise<(RawNamed & More) | undefined> {
  const { account_id, org_identifier, project_identifier } = ownerColumns(owner);
  const extra = Object.entries(more);
  const result = await sql<RawNamed & More>`
    insert into ${sql.table(table)} (account_id, org_identifier, project_identifier, identifier, name, description, tags, created_at, updated_at
      ${sql.join(
        extra.map(([name]) => sql`, ${sql.ref(name)}`),
        sql``,
      )})
    values (${account_id}, ${org_identifier}, ${project_identifier}, ${content.identifier}, ${content.name}, ${content.description},
      ${JSON.stringify(content.tags)}, bridle_now(), bridle_now()
      ${sql.join(
        extra.map(([, value]) => sql`, ${value}`),
        sql``,
      )})
    on conflict do nothing returning *`.execute(db);
  return result.rows[0];
}

/** `undefined` = there is none. */
export async function updateNamed<More>(
  db: Database | Transaction,
  table: NamedTable,
  owner: OwnerScope,
  content: NamedContent,
  more: MoreColumns = {},
): Promise<(RawNamed & More) | undefined> {
  const extra = Object.entries(more);
  const result = await sql<RawNamed & More>`
    update ${sql.table(table)} set name = ${content.name}, description = ${content.description}, tags = ${JSON.stringify(content.tags)},
      updated_at = bridle_now()
      ${sql.join(
        extra.map(([name, value]) => sql`, ${sql.ref(name)} = ${value}`),
        sql``,
      )}
    where ${ownedBy(owner)} and identifier = ${content.identifier} returning *`.execute(db);
  return result.rows[0];
}

export async function findNamed<More>(
  db: Database | Transaction,
  table: NamedTable,
  owner: OwnerScope,
  identifier: string,
): Promise<(RawNamed & More) | undefined> {
  const result = await sql<
    RawNamed & More
  >`select * from ${sql.table(table)} where ${ownedBy(owner)} and identifier = ${identifier}`.execute(db);
  return result.rows[0];
}

/** One page (0-based), by name. */
export async function listNamed<More>(
  db: Database | Transaction,
  table: NamedTable,
  owner: OwnerScope,
  { search = '', identifiers = [] }: NamedFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly (RawNamed & More)[]; readonly total: number }> {
  const pattern = likePattern(search);
  const matching = sql`from ${sql.table(table)} where ${ownedBy(owner)}
    and (${search} = '' or name ilike ${pattern} or identifier ilike ${pattern})
    and (${identifiers.length} = 0 or identifier = any(${[...identifiers]}::text[]))`;
  const [rows, count] = await Promise.all([
    sql<RawNamed & More>`select * ${matching} order by name, identifier limit ${size} offset ${page * size}`.execute(
      db,
    ),
    sql<{ total: number }>`select count(*) as total ${matching}`.execute(db),
  ]);
  return { rows: rows.rows, total: count.rows[0]?.total ?? 0 };
}

export async function deleteNamed(
  db: Database | Transaction,
  table: NamedTable,
  owner: OwnerScope,
  identifier: string,
): Promise<boolean> {
  const result =
    await sql`delete from ${sql.table(table)} where ${ownedBy(owner)} and identifier = ${identifier}`.execute(db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Whether one above, below or here has the identifier: what is referred to from below must be one thing. */
export async function isTakenAlong(
  db: Database | Transaction,
  table: NamedTable,
  { accountId, orgIdentifier = '', projectIdentifier = '' }: OwnerScope,
  identifier: string,
): Promise<boolean> {
  const result =
    await sql`select 1 from ${sql.table(table)} where account_id = ${accountId} and identifier = ${identifier}
    and (org_identifier = '' or ${orgIdentifier} = '' or org_identifier = ${orgIdentifier})
    and (project_identifier = '' or ${projectIdentifier} = '' or project_identifier = ${projectIdentifier}) limit 1`.execute(
      db,
    );
  return result.rows.length > 0;
}

/** Serialises changes of people and rights of an account, so that what is checked still holds when it is written. */
export async function lockAccess(tx: Transaction, accountId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ACCESS_LOCK}, hashtext(${accountId}))`.execute(tx);
}

/** Any number that no other advisory lock of Bridle uses. */
const ACCESS_LOCK = 72_010_009;
