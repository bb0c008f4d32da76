/** Facts about this installation, and its account. */
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';

/** The value stored under a key, or `undefined`. */
export async function findInstallationFact(db: Database | Transaction, key: string): Promise<string | undefined> {
  const row = await db.selectFrom('installation').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

/** Stores the value unless another replica stored one first; returns what is stored afterwards. */
export async function keepInstallationFact(db: Database | Transaction, key: string, value: string): Promise<string> {
  await db
    .insertInto('installation')
    .values({ key, value })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const kept = await findInstallationFact(db, key);
  if (kept === undefined) throw new Error(`The installation fact ${key} is gone right after it was stored.`);
  return kept;
}

export async function changeInstallationFact(db: Database | Transaction, key: string, value: string): Promise<void> {
  await db.updateTable('installation').set({ value }).where('key', '=', key).execute();
}

/** Serialises what only one replica may do at a time (first start). Held until the transaction ends. */
export async function lockInstallation(tx: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(${INSTALLATION_LOCK})`.execute(tx);
}

/** Any number that no other advisory lock of Bridle uses. */
const INSTALLATION_LOCK = 72_010_001;

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

export async function findAccount(db: Database | Transaction, id: string): Promise<AccountRow | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : { id: row.id, name: row.name, createdAt: row.created_at };
}

export async function insertAccount(db: Database | Transaction, id: string, name: string): Promise<void> {
  await db
    .insertInto('accounts')
    .values({ id, name, created_at: sql<number>`bridle_now()` })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
