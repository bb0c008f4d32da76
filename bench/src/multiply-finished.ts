/** A store as an installation has it after years: many pipelines, and many executions of them that have ended as one has. */
import type { Client } from 'pg';

export interface Amounts {
  readonly pipelines: number;
  readonly executions: number;
}

/** As many ends that are not good as people have. */
const STATUSES = [
  'Success',
  'Success',
  'Success',
  'Success',
  'Success',
  'Success',
  'Success',
  'Failed',
  'Failed',
  'Aborted',
];
const MINUTE_MS = 60_000;

/** `executionId` has ended, and is the newest; the others were made before it, a minute apart, one pipeline after the other. */
export async function multiplyFinished(client: Client, executionId: string, amounts: Amounts): Promise<void> {
  await client.query('begin');
  await client.query(
    `insert into pipelines (account_id, org_identifier, project_identifier, identifier, name, description, tags, yaml, stage_names, modules, created_at, updated_at)
     select p.account_id, p.org_identifier, p.project_identifier, 'p' || n, 'Pipeline ' || n, p.description, p.tags,
       replace(p.yaml, 'identifier: ' || p.identifier, 'identifier: p' || n), p.stage_names, p.modules, p.created_at - n, p.updated_at - n
     from executions e
     join pipelines p on p.account_id = e.account_id and p.org_identifier = e.org_identifier
       and p.project_identifier = e.project_identifier and p.identifier = e.pipeline_identifier
     cross join generate_series(1, $2::int) n where e.id = $1`,
    [executionId, amounts.pipelines],
  );
  const columns = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = 'executions'::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
  );
  const own: Readonly<Record<string, string>> = {
    id: "lpad(n::text, 22, '0')",
    pipeline_identifier: "'p' || 1 + n % $3::int",
    name: "'Pipeline ' || 1 + n % $3::int",
    run_sequence: '1 + n / $3::int',
    status: `($4::text[])[1 + (n * 7) % ${STATUSES.length}]`,
    created_at: `e.created_at - n * ${MINUTE_MS}::bigint`,
    started_at: `e.started_at - n * ${MINUTE_MS}::bigint`,
    ended_at: `e.ended_at - n * ${MINUTE_MS}::bigint`,
  };
  const names = columns.rows.map(({ name }) => name);
  await client.query(
    `insert into executions (${names.join(', ')})
     select ${names.map((name) => own[name] ?? `e.${name}`).join(', ')}
     from executions e cross join generate_series(1, $2::int) n where e.id = $1`,
    [executionId, amounts.executions, amounts.pipelines, STATUSES],
  );
  await client.query('commit');
  // What autovacuum does in its time.
  for (const table of ['pipelines', 'executions']) await client.query(`vacuum analyze ${table}`);
}
