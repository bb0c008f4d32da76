/** Timers that are made due on purpose. */
import { sql } from 'kysely';
import type { NodeExecutionId } from '@bridle/pipeline';
import type { Database } from './database.ts';

/** All of a node are due now. */
export async function expireTimers(db: Database, nodeExecutionId: NodeExecutionId): Promise<void> {
  await sql`update timers set due_at = bridle_now() where node_execution_id = ${nodeExecutionId}`.execute(db);
}
