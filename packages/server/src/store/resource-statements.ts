/** Lines of `Queue` steps. Claims come and go with transitions (transition-statements.ts). */
import type { ExecutionId, NodeExecutionId } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Any number; the same in every replica. */
const GRANT_LOCK = 7_070_001;

/** Grants the first claim of each key that nobody holds. One at a time, so that each sees what the one before it granted (Q1). */
export async function grantHeads(db: Database): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${GRANT_LOCK}::bigint)`.execute(tx);
    const result = await sql`
      update resource_claims c set granted_at = bridle_now()
      from (
        select distinct on (account_id, key) node_execution_id, granted_at from resource_claims
        order by account_id, key, granted_at is null, position) as head
      where c.node_execution_id = head.node_execution_id and head.granted_at is null`.execute(tx);
    return Number(result.numAffectedRows ?? 0);
  });
}

/** Whether any claim waits; cheaper than granting. */
export async function hasOpenClaims(db: Database): Promise<boolean> {
  const result = await sql<{ found: boolean }>`
    select exists (select from resource_claims where granted_at is null) as found`.execute(db);
  return result.rows[0]?.found === true;
}

export async function listUntoldClaims(
  db: Database,
  limit: number,
): Promise<readonly { readonly nodeExecutionId: NodeExecutionId; readonly executionId: ExecutionId }[]> {
  const rows = await db
    .selectFrom('resource_claims')
    .select(['node_execution_id', 'execution_id'])
    .where('granted_at', 'is not', null)
    .where('told_at', 'is', null)
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    nodeExecutionId: row.node_execution_id as NodeExecutionId,
    executionId: row.execution_id as ExecutionId,
  }));
}

export async function deleteClaim(db: Database, id: NodeExecutionId): Promise<void> {
  await db.deleteFrom('resource_claims').where('node_execution_id', '=', id).execute();
}
