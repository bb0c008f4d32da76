/** Logs for tests: a task that may write one, and the chunks that its delegate sends. */
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';
import type { LogChunk } from './logs.ts';
import { countLineStarts } from './place-chunk.ts';

export const DELEGATE = { delegateId: 'delegate', incarnation: 'first' };
export const KEY = 'accountId:account/level0:pipeline';

/** A task that the delegate has started. */
export async function insertTask(db: Database, id: string, logKey: string): Promise<void> {
  await sql`
    insert into executions (id, account_id, org_identifier, project_identifier, pipeline_identifier, name, run_sequence, status, is_final, version,
      trigger_type, triggered_by, created_at, header, state, summary)
    values (${`execution of ${id}`}, 'account', 'o', 'p', ${id}, 'n', 1, 'Running', false, 1, 'MANUAL', 'me', 0, '{}', '{}', '{}')`.execute(
    db,
  );
  await sql`
    insert into delegate_tasks (id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, log_key, delegate_id, incarnation, fence, queued_at)
    values (${id}, ${`execution of ${id}`}, 'account', 'o', 'p', 'started', '{}', '{}', ${logKey}, ${DELEGATE.delegateId}, ${DELEGATE.incarnation}, 1, 0)`.execute(
    db,
  );
}

/** Cuts bytes into chunks as a delegate sends them; the last one ends the log. */
export function cut(bytes: Buffer, size: number, change: Partial<LogChunk> = {}): LogChunk[] {
  const chunks: LogChunk[] = [];
  for (let from = 0; from < bytes.length; from += size) {
    const content = bytes.subarray(from, from + size);
    const lineTimes = Array.from(
      { length: countLineStarts(content, from > 0 && bytes[from - 1] !== 0x0a) },
      (_, index) => 1_000 + from + index,
    );
    chunks.push({
      taskId: 'task',
      fence: 1,
      logKey: KEY,
      byteOffset: from,
      content,
      lineTimes,
      final: from + size >= bytes.length,
      ...change,
    });
  }
  return chunks;
}
