/** How executions come into being: their run sequences, and all their first rows in one statement. */
import { lockOfAccount } from './admission-statements.ts';
import type { Connection, Statement } from './connection.ts';
import { NOTICE_COLUMNS, noticeArrays, noticesAsTable, type NoticeRow } from './outbox.ts';
import {
  claimArrays,
  eventArrays,
  nodeArrays,
  requestArrays,
  taskArrays,
  timerArrays,
  type ClaimRow,
  type EventRow,
  type NodeRow,
  type RequestRow,
  type TaskRow,
  type TimerRow,
} from './transition-statements.ts';

export interface PipelineKey {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
}

const TAKE_SEQUENCES: Statement = {
  name: 'bridle_take_sequences',
  text: `
with locked as materialized (select ${lockOfAccount('a')} from (select distinct a from unnest($1::text[]) as a order by a) as accounts)
insert into run_sequences as s (account_id, org_identifier, project_identifier, pipeline_identifier, last)
select a, o, p, i, n
from (select count(*) from locked) as locks, unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) as v(a, o, p, i, n)
order by a, o, p, i
on conflict (account_id, org_identifier, project_identifier, pipeline_identifier) do update set last = s.last + excluded.last
returning account_id, org_identifier, project_identifier, pipeline_identifier, last, bridle_now() as now`,
};

interface SequenceRow {
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
  readonly pipeline_identifier: string;
  readonly last: number;
  readonly now: number;
}

/**
 * Takes one run sequence for each of the given pipelines (one may occur several times), gap-free because the rows stay locked
 * until the transaction ends. The answer has the order of the question, and the database's time. Also takes the lock of each
 * account under which its running executions are counted.
 */
export async function takeRunSequences(
  connection: Connection,
  pipelines: readonly PipelineKey[],
): Promise<{ readonly sequences: readonly number[]; readonly now: number }> {
  const counts = new Map<string, { readonly key: PipelineKey; count: number }>();
  for (const key of pipelines) {
    const entry = counts.get(pipelineText(key));
    if (entry === undefined) counts.set(pipelineText(key), { key, count: 1 });
    else entry.count += 1;
  }
  const asked = [...counts.values()];
  const rows = await connection.query<SequenceRow>(TAKE_SEQUENCES, [
    asked.map(({ key }) => key.accountId),
    asked.map(({ key }) => key.orgIdentifier),
    asked.map(({ key }) => key.projectIdentifier),
    asked.map(({ key }) => key.pipelineIdentifier),
    asked.map(({ count }) => count),
  ]);
  const next = new Map<string, number>();
  for (const row of rows) {
    const text = pipelineText({
      accountId: row.account_id,
      orgIdentifier: row.org_identifier,
      projectIdentifier: row.project_identifier,
      pipelineIdentifier: row.pipeline_identifier,
    });
    next.set(text, row.last - (counts.get(text)?.count ?? 0) + 1);
  }
  const sequences = pipelines.map((key) => {
    const text = pipelineText(key);
    const sequence = next.get(text);
    if (sequence === undefined) throw new Error(`No run sequence came back for ${text}.`);
    next.set(text, sequence + 1);
    return sequence;
  });
  return { sequences, now: rows[0]?.now ?? 0 };
}

const MISSING_PROJECTS: Statement = {
  name: 'bridle_missing_projects',
  text: `
select distinct o, p from unnest($1::text[], $2::text[], $3::text[]) as v(a, o, p)
where not exists (select from projects where account_id = a and org_identifier = o and identifier = p)`,
};

/** A project is gone: whoever deletes one takes the lock of the account, too (Z1). A statement after `takeRunSequences`. */
export class ProjectGoneError extends Error {
  override readonly name = 'ProjectGoneError';
}

/** @throws ProjectGoneError */
export async function requireProjects(connection: Connection, keys: readonly PipelineKey[]): Promise<void> {
  const [gone] = await connection.query<{ o: string; p: string }>(MISSING_PROJECTS, [
    keys.map(({ accountId }) => accountId),
    keys.map(({ orgIdentifier }) => orgIdentifier),
    keys.map(({ projectIdentifier }) => projectIdentifier),
  ]);
  if (gone !== undefined)
    throw new ProjectGoneError(`The project ${gone.p} of the organization ${gone.o} was deleted.`);
}

function pipelineText(key: PipelineKey): string {
  return `${key.accountId}/${key.orgIdentifier}/${key.projectIdentifier}/${key.pipelineIdentifier}`;
}

export interface NewExecution extends PipelineKey {
  readonly id: string;
  readonly name: string;
  readonly runSequence: number;
  readonly status: string;
  readonly isFinal: boolean;
  readonly version: number;
  readonly triggerType: string;
  readonly triggerIdentifier: string | null;
  readonly triggeredBy: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** JSON text each, down to `triggerInput`. */
  readonly tags: string;
  readonly modules: string;
  readonly header: string;
  readonly state: string;
  readonly summary: string;
  readonly plan: string;
  readonly triggerInput: string | null;
  readonly pipelineYaml: string;
  readonly resolvedYaml: string;
  readonly inputYaml: string;
  readonly retained: string | null;
  readonly retryRootId: string | null;
  /** JSON text. */
  readonly subject: string | null;
}

export interface NewExecutionRows {
  readonly executions: readonly NewExecution[];
  readonly nodes: readonly NodeRow[];
  readonly events: readonly EventRow[];
  readonly timers: readonly TimerRow[];
  readonly tasks: readonly TaskRow[];
  readonly claims: readonly ClaimRow[];
  readonly requests: readonly RequestRow[];
  readonly notices: readonly NoticeRow[];
  /** Ids of those that wait in line. */
  readonly waiting: readonly string[];
}

const INSERT_EXECUTIONS: Statement = {
  name: 'bridle_insert_executions',
  text: `
with given as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::boolean[],
    $10::bigint[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[], $17::json[], $18::json[], $19::json[],
    $20::json[], $21::json[], $22::json[], $23::json[], $24::text[], $25::text[], $26::text[], $27::json[], $28::text[], $63::jsonb[])
  as v(id, account_id, org_identifier, project_identifier, pipeline_identifier, name, run_sequence, status, is_final,
    version, trigger_type, trigger_identifier, triggered_by, created_at, started_at, ended_at, tags, modules, header,
    state, summary, plan, trigger_input, pipeline_yaml, resolved_yaml, input_yaml, retained, retry_root_id, subject)),
fresh as (
  insert into executions (id, account_id, org_identifier, project_identifier, pipeline_identifier, name, run_sequence, status, is_final,
    version, trigger_type, trigger_identifier, triggered_by, created_at, started_at, ended_at, tags, modules, header, state, summary, retry_root_id, subject)
  select id, account_id, org_identifier, project_identifier, pipeline_identifier, name, run_sequence, status, is_final,
    version, trigger_type, trigger_identifier, triggered_by, created_at, started_at, ended_at, tags, modules, header, state, summary, retry_root_id, subject
  from given
  on conflict (id) do nothing
  returning id),
documents as (
  insert into execution_documents (execution_id, plan, trigger_input, pipeline_yaml, resolved_yaml, input_yaml, retained)
  select id, plan, trigger_input, pipeline_yaml, resolved_yaml, input_yaml, retained from given where id in (select id from fresh)),
new_nodes as (
  insert into node_executions (execution_id, id, node_id, status, changed_at_version, state)
  select * from unnest($29::text[], $30::text[], $31::text[], $32::text[], $33::bigint[], $34::json[]) as v(execution_id, id, node_id, status, version, state)
  where execution_id in (select id from fresh)),
new_events as (
  insert into execution_events (execution_id, sequence, at, event)
  select * from unnest($35::text[], $36::bigint[], $37::bigint[], $38::json[]) as v(execution_id, sequence, at, event)
  where execution_id in (select id from fresh)),
new_timers as (
  insert into timers (id, execution_id, node_execution_id, due_at)
  select * from unnest($39::text[], $40::text[], $41::text[], $42::bigint[]) as v(id, execution_id, node_execution_id, due_at)
  where execution_id in (select id from fresh)),
new_tasks as (
  insert into delegate_tasks (id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, workspace_key, log_key, queued_at)
  select id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors::text[], requirements::text[], workspace_key, log_key, bridle_now()
  from unnest($43::text[], $44::text[], $45::text[], $46::text[], $47::text[], $48::text[], $49::json[], $50::text[], $51::text[], $52::text[], $53::text[])
    with ordinality as v(id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, workspace_key, log_key, place)
  where execution_id in (select id from fresh)
  order by place),
new_claims as (
  insert into resource_claims (node_execution_id, account_id, key, execution_id)
  select node_execution_id, account_id, key, execution_id
  from unnest($54::text[], $55::text[], $56::text[], $57::text[]) with ordinality as v(node_execution_id, account_id, key, execution_id, place)
  where execution_id in (select id from fresh)
  order by place),
new_requests as (
  insert into engine_requests (id, execution_id, kind, body, created_at, due_at)
  select id, execution_id, kind, body, bridle_now(), bridle_now()
  from unnest($58::text[], $59::text[], $60::text[], $61::json[]) with ordinality as v(id, execution_id, kind, body, place)
  where execution_id in (select id from fresh)
  order by place),
new_waiting as (
  insert into waiting_executions (execution_id, account_id)
  select id, account_id
  from given, unnest($62::text[]) with ordinality as v(waiting_id, place)
  where id = waiting_id and id in (select id from fresh)
  order by place),
new_notices as (
  insert into outbox (${NOTICE_COLUMNS})
  select ${NOTICE_COLUMNS} from ${noticesAsTable(64)}
  where execution_id in (select id from fresh)
  order by place)
select id from fresh`,
};

/** Inserts executions with all their first rows; answers with the ids that were not there yet (the others change nothing). */
export async function insertExecutions(connection: Connection, rows: NewExecutionRows): Promise<ReadonlySet<string>> {
  const { executions } = rows;
  const inserted = await connection.query<{ id: string }>(INSERT_EXECUTIONS, [
    ...COLUMNS.map((column) => executions.map((row) => row[column])),
    ...nodeArrays(rows.nodes),
    ...eventArrays(rows.events),
    ...timerArrays(rows.timers),
    ...taskArrays(rows.tasks),
    ...claimArrays(rows.claims),
    ...requestArrays(rows.requests),
    rows.waiting,
    executions.map(({ subject }) => subject),
    ...noticeArrays(rows.notices),
  ]);
  return new Set(inserted.map((row) => row.id));
}

/** In the order of the statement's parameters. */
const COLUMNS = [
  'id',
  'accountId',
  'orgIdentifier',
  'projectIdentifier',
  'pipelineIdentifier',
  'name',
  'runSequence',
  'status',
  'isFinal',
  'version',
  'triggerType',
  'triggerIdentifier',
  'triggeredBy',
  'createdAt',
  'startedAt',
  'endedAt',
  'tags',
  'modules',
  'header',
  'state',
  'summary',
  'plan',
  'triggerInput',
  'pipelineYaml',
  'resolvedYaml',
  'inputYaml',
  'retained',
  'retryRootId',
] as const satisfies readonly (keyof NewExecution)[];
