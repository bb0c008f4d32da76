import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import type { UpdateOutcome } from './pipelines.ts';
import type { OrganizationsTable } from './tables.ts';

export interface OrganizationRow {
  readonly accountId: string;
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface NameSort {
  readonly field: 'name' | 'identifier' | 'createdAt' | 'updatedAt';
  readonly direction: 'asc' | 'desc';
}

export interface NameFilter {
  /** Part of the name or identifier, in any case. */
  readonly search?: string;
  readonly identifiers?: readonly string[];
  /** What the reader may see; absent = everything. */
  readonly seen?: SeenScopes;
}

export interface SeenScopes {
  /** Organizations that are seen themselves. */
  readonly organizations: readonly string[];
  /** Organizations whose projects are all seen. */
  readonly wholeOrganizations: readonly string[];
  readonly projects: readonly { readonly orgIdentifier: string; readonly projectIdentifier: string }[];
}

export async function insertOrganization(
  db: Database | Transaction,
  accountId: string,
  identifier: string,
  name: string,
): Promise<void> {
  const now = sql<number>`bridle_now()`;
  await db
    .insertInto('organizations')
    .values({ account_id: accountId, identifier, name, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The new row; `undefined` when the identifier is taken. */
export async function createOrganization(
  db: Database | Transaction,
  accountId: string,
  { identifier, name, description, tags }: Pick<OrganizationRow, 'identifier' | 'name' | 'description' | 'tags'>,
): Promise<OrganizationRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await db
    .insertInto('organizations')
    .values({
      account_id: accountId,
      identifier,
      name,
      description,
      tags: JSON.stringify(tags),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : organizationRow(row);
}

/** `expectedVersion` undefined = no check. */
export async function updateOrganization(
  db: Database | Transaction,
  accountId: string,
  { identifier, name, description, tags }: Pick<OrganizationRow, 'identifier' | 'name' | 'description' | 'tags'>,
  expectedVersion?: number,
): Promise<UpdateOutcome<OrganizationRow>> {
  let update = db
    .updateTable('organizations')
    .set({
      name,
      description,
      tags: JSON.stringify(tags),
      version: sql<number>`version + 1`,
      updated_at: sql<number>`bridle_now()`,
    })
    .where('account_id', '=', accountId)
    .where('identifier', '=', identifier);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: organizationRow(row) };
  return (await findOrganization(db, accountId, identifier)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

export async function findOrganization(
  db: Database | Transaction,
  accountId: string,
  identifier: string,
): Promise<OrganizationRow | undefined> {
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('identifier', '=', identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : organizationRow(row);
}

/** Those that are there, in no order. */
export async function listOrganizationsById(
  db: Database | Transaction,
  accountId: string,
  identifiers: readonly string[],
): Promise<readonly OrganizationRow[]> {
  const rows = await db
    .selectFrom('organizations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(sql<boolean>`identifier = any(${[...identifiers]}::text[])`)
    .execute();
  return rows.map(organizationRow);
}

/** One page (0-based), by name unless sorted otherwise. */
export async function listOrganizations(
  db: Database | Transaction,
  accountId: string,
  filter: NameFilter,
  page: number,
  size: number,
  sort: NameSort = BY_NAME,
): Promise<{ readonly rows: OrganizationRow[]; readonly total: number }> {
  let matching = db.selectFrom('organizations').where('account_id', '=', accountId);
  if (filter.identifiers !== undefined && filter.identifiers.length > 0)
    matching = matching.where('identifier', 'in', filter.identifiers);
  if (filter.seen !== undefined) {
    const { organizations } = filter.seen;
    matching = matching.where(sql<boolean>`identifier = any(${[...organizations]}::text[])`);
  }
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = likePattern(filter.search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy(NAME_COLUMNS[sort.field], sort.direction)
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(organizationRow), total: count.total };
}

export const BY_NAME: NameSort = { field: 'name', direction: 'asc' };

export const NAME_COLUMNS = {
  name: 'name',
  identifier: 'identifier',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<NameSort['field'], keyof OrganizationsTable>;

/** A `like` pattern that finds the text anywhere, its own signs taken literally. */
export function likePattern(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function organizationRow(row: Selectable<OrganizationsTable>): OrganizationRow {
  return {
    accountId: row.account_id,
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
