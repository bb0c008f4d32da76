/** Many executions that stand where one stands: each row of it again, under ids of their own. */
import type { Client } from 'pg';

const TABLES = ['executions', 'execution_documents', 'node_executions', 'execution_events', 'timers', 'delegate_tasks'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const READY_MS_MAX = 60_000;
const LOOK_AGAIN_MS = 50;

/**
 * The execution of the trigger event, once its first step waits for a delegate, and `count` more like it. What is written in
 * documents is renamed like what is written in columns, so that each can be run to its end.
 */
export async function multiplyExecution(client: Client, eventId: string, count: number): Promise<void> {
  const executionId = await waitForTask(client, eventId);
  const nodes = await client.query<{ id: string }>('select id from node_executions where execution_id = $1', [
    executionId,
  ]);
  const ids = [executionId, ...nodes.rows.map(({ id }) => id)];
  // As long as the ids of the engine: a letter for which of them it is, and the number of the copy.
  const renamed = (text: string): string =>
    ids.reduce((sql, id, index) => `replace(${sql}, '${id}', '${LETTERS.charAt(index)}' || n.name)`, text);
  await client.query('begin');
  for (const table of TABLES) {
    const { rows } = await client.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = '' order by attnum`,
      [table],
    );
    const values = rows.map(({ name, type }) => valueOf(name, type, renamed));
    const where = table === 'executions' ? 'id' : 'execution_id';
    await client.query(
      `insert into ${table} (${rows.map(({ name }) => name).join(', ')})
       select ${values.join(', ')}
       from (select g as number, lpad(g::text, 21, '0') as name from generate_series(1, ${count}) g) n
       cross join (select * from ${table} where ${where} = '${executionId}') t order by n.number`,
    );
  }
  await client.query(
    `update run_sequences s set last = (select max(run_sequence) from executions e where e.pipeline_identifier = s.pipeline_identifier)`,
  );
  await client.query('commit');
  // What autovacuum does in its time.
  for (const table of TABLES) await client.query(`vacuum analyze ${table}`);
}

function valueOf(name: string, type: string, renamed: (text: string) => string): string {
  switch (type) {
    case 'text':
      return renamed(`t.${name}`);
    case 'json':
      return `${renamed(`t.${name}::text`)}::json`;
    default:
      return name === 'run_sequence' ? `t.${name} + n.number` : `t.${name}`;
  }
}

async function waitForTask(client: Client, eventId: string): Promise<string> {
  for (const begun = performance.now(); performance.now() - begun < READY_MS_MAX;) {
    const { rows } = await client.query<{ execution_id: string }>(
      `select t.execution_id from delegate_tasks t join trigger_events e on e.execution_id = t.execution_id where e.id = $1`,
      [eventId],
    );
    const [row] = rows;
    if (row !== undefined) return row.execution_id;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new Error('The execution did not begin.');
}
