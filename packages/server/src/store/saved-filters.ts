/** Filters of lists that people keep by name. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { SavedFiltersTable } from './tables.ts';

export interface SavedFilterKey {
  readonly owner: OwnerScope;
  /** What is listed with it, by Harness's names: `PipelineSetup`, `PipelineExecution`, `Connector`, … */
  readonly type: string;
  readonly identifier: string;
}

export interface SavedFilterContent {
  readonly name: string;
  /** Who alone sees it; absent = everybody who sees the list. */
  readonly userId?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface SavedFilterRow extends SavedFilterKey, SavedFilterContent {}

/** `undefined` = there is one of that identifier. */
export async function insertSavedFilter(
  db: Database | Transaction,
  key: SavedFilterKey,
  content: SavedFilterContent,
): Promise<SavedFilterRow | undefined> {
  const now = sql<number>`bridle_now()`;
  const row = await db
    .insertInto('saved_filters')
    .values({
      ...ownerColumns(key.owner),
      type: key.type,
      identifier: key.identifier,
      ...columns(content),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : filterRow(row);
}

/** One that the user may not see is not there. */
export async function updateSavedFilter(
  db: Database | Transaction,
  key: SavedFilterKey,
  content: SavedFilterContent,
  viewerId: string,
): Promise<SavedFilterRow | undefined> {
  const row = await db
    .updateTable('saved_filters')
    .set({ ...columns(content), updated_at: sql<number>`bridle_now()` })
    .where(ownedBy(key.owner))
    .where('type', '=', key.type)
    .where('identifier', '=', key.identifier)
    .where('user_id', 'in', ['', viewerId])
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : filterRow(row);
}

export async function deleteSavedFilter(
  db: Database | Transaction,
  key: SavedFilterKey,
  viewerId: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('saved_filters')
    .where(ownedBy(key.owner))
    .where('type', '=', key.type)
    .where('identifier', '=', key.identifier)
    .where('user_id', 'in', ['', viewerId])
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function findSavedFilter(
  db: Database | Transaction,
  key: SavedFilterKey,
  viewerId: string,
): Promise<SavedFilterRow | undefined> {
  const row = await db
    .selectFrom('saved_filters')
    .selectAll()
    .where(ownedBy(key.owner))
    .where('type', '=', key.type)
    .where('identifier', '=', key.identifier)
    .where('user_id', 'in', ['', viewerId])
    .executeTakeFirst();
  return row === undefined ? undefined : filterRow(row);
}

/** One page (0-based) of those the user sees, by name. */
export async function listSavedFilters(
  db: Database | Transaction,
  {
    owner: scope,
    type,
    search,
    viewerId,
  }: Omit<SavedFilterKey, 'identifier'> & { readonly search: string; readonly viewerId: string },
  page: number,
  size: number,
): Promise<{ readonly rows: SavedFilterRow[]; readonly total: number }> {
  let matching = db
    .selectFrom('saved_filters')
    .where(ownedBy(scope))
    .where('type', '=', type)
    .where('user_id', 'in', ['', viewerId]);
  if (search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('name')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(filterRow), total: count.total };
}

function columns({ name, userId = '', properties }: SavedFilterContent): {
  readonly name: string;
  readonly user_id: string;
  readonly properties: string;
} {
  return { name, user_id: userId, properties: JSON.stringify(properties) };
}

function filterRow(row: Selectable<SavedFiltersTable>): SavedFilterRow {
  return {
    owner: ownerOfRow(row),
    type: row.type,
    identifier: row.identifier,
    name: row.name,
    ...(row.user_id === '' ? {} : { userId: row.user_id }),
    properties: row.properties as Readonly<Record<string, unknown>>,
  };
}
