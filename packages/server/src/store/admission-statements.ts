/**
 * The limit of running executions per account: who must wait in line, and who comes next. Each count is made under the lock
 * of its account, which whoever starts or admits executions holds until the end of its transaction.
 */
import type { ExecutionId } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Connection, Statement } from './connection.ts';
import type { Database, Transaction } from './database.ts';

/** Takes the lock of the account that the SQL expression names. A count must be a statement of its own, after this one. */
export function lockOfAccount(expression: string): string {
  return `pg_advisory_xact_lock(hashtextextended('bridle/admission/' || ${expression}, 0))`;
}

export interface AccountLoad {
  /** Executions stand in line, or were admitted and have not begun: whoever comes now waits behind them, and `running` is not counted. */
  readonly hasWaiting: boolean;
  /** Those that are not final and do not wait in line. */
  readonly running: number;
}

const FIND_LOADS: Statement = {
  name: 'bridle_find_loads',
  text: `
select a as account_id, line.has_waiting,
  case when line.has_waiting then 0
    else (select count(*) from executions e where e.account_id = a and not e.is_final) end as running
from unnest($1::text[]) as a, lateral (
  select exists (
    select from waiting_executions w join executions e on e.id = w.execution_id
    where w.account_id = a and not e.is_final) as has_waiting) as line`,
};

/** How the accounts stand for an execution that starts now. Only true while their locks are held. */
export async function findLoads(
  connection: Connection,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, AccountLoad>> {
  interface Row {
    readonly account_id: string;
    readonly has_waiting: boolean;
    readonly running: number;
  }
  const rows = await connection.query<Row>(FIND_LOADS, [accountIds]);
  return new Map(rows.map(({ account_id: id, has_waiting: hasWaiting, running }) => [id, { hasWaiting, running }]));
}

/** How many executions of the account run, those included that were admitted and do not know it yet. */
export async function countRunning(tx: Transaction, accountId: string): Promise<number> {
  const result = await sql<{ running: number }>`
    select (select count(*) from executions e where e.account_id = ${accountId} and not e.is_final)
      - (select count(*) from waiting_executions w join executions e on e.id = w.execution_id
        where w.account_id = ${accountId} and w.admitted_at is null and not e.is_final) as running`.execute(tx);
  return result.rows[0]?.running ?? 0;
}

/** Accounts with executions in line, whether they were admitted already or not. */
export async function listAccountsInLine(db: Database): Promise<readonly string[]> {
  const rows = await db.selectFrom('waiting_executions').select('account_id').distinct().execute();
  return rows.map((row) => row.account_id);
}

export async function lockAccount(tx: Transaction, accountId: string): Promise<void> {
  await sql`select ${sql.raw(lockOfAccount('a'))} from (select ${accountId}::text as a) as account`.execute(tx);
}

/** Gives the next `count` in line their places. */
export async function admitNext(tx: Transaction, accountId: string, count: number): Promise<void> {
  await sql`
    update waiting_executions set admitted_at = bridle_now() where execution_id in (
      select w.execution_id from waiting_executions w join executions e on e.id = w.execution_id
      where w.account_id = ${accountId} and w.admitted_at is null and not e.is_final
      order by w.position limit ${count})`.execute(tx);
}

/** Those that were admitted, or ended while they waited, and have not heard of it; in the order of the line. */
export async function listAdmitted(
  db: Database,
  limit: number,
): Promise<readonly { readonly executionId: ExecutionId }[]> {
  const rows = await db
    .selectFrom('waiting_executions')
    .innerJoin('executions', 'executions.id', 'waiting_executions.execution_id')
    .select('execution_id')
    .where((eb) => eb.or([eb('admitted_at', 'is not', null), eb('is_final', '=', true)]))
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ executionId: row.execution_id as ExecutionId }));
}

export async function deleteFromLine(db: Database, id: ExecutionId): Promise<void> {
  await db.deleteFrom('waiting_executions').where('execution_id', '=', id).execute();
}
