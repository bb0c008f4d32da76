/** The outbox of what executions ask of each other. Requests are made and settled with transitions (transition-statements.ts). */
import type { ExecutionId } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Connection, Statement } from './connection.ts';
import type { Database } from './database.ts';

export interface OpenRequestRow {
  readonly id: string;
  readonly executionId: ExecutionId;
  readonly kind: string;
  readonly body: unknown;
  readonly attempts: number;
}

/** Takes requests that are due, oldest first; nobody else gets them until `leaseMs` have passed. */
export async function takeRequests(db: Database, limit: number, leaseMs: number): Promise<readonly OpenRequestRow[]> {
  const result = await sql<{ id: string; execution_id: string; kind: string; body: unknown; attempts: number }>`
    with taken as (
      update engine_requests set due_at = bridle_now() + ${leaseMs}::bigint, attempts = attempts + 1
      where id in (
        select id from engine_requests where due_at <= (select bridle_now()) order by position limit ${limit} for update skip locked)
      returning id, position, execution_id, kind, body, attempts)
    select * from taken order by position`.execute(db);
  return result.rows.map((row) => ({
    id: row.id,
    executionId: row.execution_id as ExecutionId,
    kind: row.kind,
    body: row.body,
    attempts: row.attempts,
  }));
}

export async function deleteRequest(db: Database, id: string): Promise<void> {
  await db.deleteFrom('engine_requests').where('id', '=', id).execute();
}

export async function forbidRequest(db: Database, id: string): Promise<void> {
  await db.updateTable('engine_requests').set({ is_forbidden: true }).where('id', '=', id).execute();
}

const LOCK_WANTED: Statement = {
  name: 'bridle_lock_wanted',
  text: 'select id from engine_requests where id = any($1::text[]) and not is_forbidden order by id for share',
};

/** Those of the requests that are open and not forbidden; they stay so until the transaction ends. */
export async function lockWantedRequests(connection: Connection, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await connection.query<{ id: string }>(LOCK_WANTED, [ids]);
  return new Set(rows.map((row) => row.id));
}
