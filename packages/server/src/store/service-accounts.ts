/** Service accounts: whom programs act as. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import {
  findNamed,
  insertNamed,
  listNamed,
  namedRow,
  updateNamed,
  type NamedContent,
  type NamedFilter,
  type NamedRow,
  type RawNamed,
} from './named-rows.ts';
import { ownedBy, type OwnerScope } from './owner-scope.ts';

export interface ServiceAccountRow extends NamedRow {
  readonly id: string;
  readonly email: string;
}

interface Columns {
  readonly id: string;
  readonly email: string;
}

const rowOf = (row: RawNamed & Columns): ServiceAccountRow => ({ ...namedRow(row), id: row.id, email: row.email });

export async function insertServiceAccount(
  db: Database | Transaction,
  owner: OwnerScope,
  content: NamedContent,
  more: Columns,
): Promise<ServiceAccountRow | undefined> {
  const row = await insertNamed<Columns>(db, 'service_accounts', owner, content, { ...more });
  return row === undefined ? undefined : rowOf(row);
}

export async function updateServiceAccount(
  db: Database | Transaction,
  owner: OwnerScope,
  content: NamedContent,
): Promise<ServiceAccountRow | undefined> {
  const row = await updateNamed<Columns>(db, 'service_accounts', owner, content);
  return row === undefined ? undefined : rowOf(row);
}

export async function findServiceAccount(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<ServiceAccountRow | undefined> {
  const row = await findNamed<Columns>(db, 'service_accounts', owner, identifier);
  return row === undefined ? undefined : rowOf(row);
}

export async function listServiceAccounts(
  db: Database | Transaction,
  owner: OwnerScope,
  filter: NamedFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly ServiceAccountRow[]; readonly total: number }> {
  const { rows, total } = await listNamed<Columns>(db, 'service_accounts', owner, filter, page, size);
  return { rows: rows.map(rowOf), total };
}

/** By its id, where it belongs to exactly this owner. */
export async function findServiceAccountById(
  db: Database | Transaction,
  owner: OwnerScope,
  id: string,
): Promise<ServiceAccountRow | undefined> {
  const result = await sql<
    RawNamed & Columns
  >`select * from service_accounts where ${ownedBy(owner)} and id = ${id}`.execute(db);
  const [row] = result.rows;
  return row === undefined ? undefined : rowOf(row);
}
