/**
 * Commits plain transitions, those that only start or report work, in ONE statement: it locks, judges and writes. It stands for
 * LOCK and the writes of transition-statements.ts, whose meaning it has, in one round trip and without a transaction around it.
 *
 * - E2/D1 what is written is written only for transitions whose locked rows are as they expect; the answer tells how the rows
 *   stood, so that whoever asked comes to the same judgement.
 */
import type { Connection, Statement } from './connection.ts';
import { NOTICE_COLUMNS, noticeArrays, noticesAsTable, type NoticeRow } from './outbox.ts';
import {
  eventArrays,
  lockedOf,
  nodeArrays,
  taskArrays,
  timerArrays,
  type EventRow,
  type ExecutionUpdate,
  type Locked,
  type LockRow,
  type NodeRow,
  type TaskRow,
  type TimerRow,
} from './transition-statements.ts';

/** What one transition expects: the version of its execution, and how the task stands whose report it is. */
export interface Expectation {
  readonly expectedVersion?: number | undefined;
  readonly guard?: { readonly taskId: string; readonly fence: number; readonly from: string; readonly to: string };
}

/** Rows of all of them; each belongs to one of their executions. */
export interface PlainRows {
  /** One per transition, in their order. */
  readonly updates: readonly ExecutionUpdate[];
  readonly nodes: readonly NodeRow[];
  readonly events: readonly EventRow[];
  readonly endedTimers: ReadonlySet<string>;
  readonly timers: ReadonlyMap<string, TimerRow>;
  readonly tasks: ReadonlyMap<string, TaskRow>;
  readonly notices: readonly NoticeRow[];
}

// Locks are taken in the order of LOCK: counting the executions has locked them all before the first task is looked at. An
// execution may have a thousand timers: `coalesce` keeps the planner from looking for one through the index of these.
const COMMIT_PLAIN: Statement = {
  name: 'bridle_commit_plain',
  text: `
with given as materialized (
  select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[],
    $7::bigint[], $8::text[], $9::boolean[], $10::bigint[], $11::bigint[], $12::json[], $13::json[])
    as g(id, expected, task_id, task_from, task_fence, task_to, version, status, is_final, started_at, ended_at, state, summary)),
locked_executions as materialized (
  select id, version from executions where id = any($1::text[]) order by id for no key update),
locked_tasks as materialized (
  select id, state, fence from delegate_tasks where (select count(*) from locked_executions) > 0 and id = any($3::text[])
  order by id for no key update),
held as materialized (
  select g.id, g.task_id, g.task_to
  from given g join locked_executions e on e.id = g.id and e.version = g.expected left join locked_tasks t on t.id = g.task_id
  where g.task_id is null or (t.state = g.task_from and t.fence = g.task_fence)),
saved_executions as (
  update executions e
  set version = g.version, status = g.status, is_final = g.is_final, started_at = g.started_at, ended_at = g.ended_at,
    state = g.state, summary = g.summary
  from given g where e.id = g.id and e.id = any($1::text[]) and g.id in (select id from held)),
saved_tasks as (
  update delegate_tasks t set state = h.task_to from held h where t.id = h.task_id and t.id = any($3::text[])),
saved_nodes as (
  insert into node_executions (execution_id, id, node_id, status, changed_at_version, state)
  select * from unnest($14::text[], $15::text[], $16::text[], $17::text[], $18::bigint[], $19::json[])
    as v(execution_id, id, node_id, status, version, state)
  where execution_id in (select id from held)
  on conflict (execution_id, id) do update
  set status = excluded.status, changed_at_version = excluded.changed_at_version, state = excluded.state),
saved_events as (
  insert into execution_events (execution_id, sequence, at, event)
  select * from unnest($20::text[], $21::bigint[], $22::bigint[], $23::json[]) as v(execution_id, sequence, at, event)
  where execution_id in (select id from held)),
ended_timers as (
  delete from timers where id = any($24::text[]) and coalesce(execution_id, '') in (select id from held)),
new_timers as (
  insert into timers (id, execution_id, node_execution_id, due_at)
  select * from unnest($25::text[], $26::text[], $27::text[], $28::bigint[]) as v(id, execution_id, node_execution_id, due_at)
  where execution_id in (select id from held)
  on conflict (id) do nothing),
new_tasks as (
  insert into delegate_tasks (id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, workspace_key, log_key, queued_at)
  select id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors::text[], requirements::text[], workspace_key, log_key, bridle_now()
  from unnest($29::text[], $30::text[], $31::text[], $32::text[], $33::text[], $34::text[], $35::json[], $36::text[], $37::text[], $38::text[], $39::text[])
    with ordinality as v(id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, workspace_key, log_key, place)
  where execution_id in (select id from held)
  order by place
  on conflict (id) do nothing),
new_notices as (
  insert into outbox (${NOTICE_COLUMNS})
  select ${NOTICE_COLUMNS} from ${noticesAsTable(40)}
  where execution_id in (select id from held)
  order by place)
select 'execution' as kind, id, version as number, null as state, null as delegate_id from locked_executions
union all select 'task', id, fence, state, null from locked_tasks
union all select 'now', null, bridle_now(), null, null`,
};

/** Tells how the rows stood before. */
export async function commitPlainTransitions(
  connection: Connection,
  transitions: readonly Expectation[],
  { updates, nodes, events, endedTimers, timers, tasks, notices }: PlainRows,
): Promise<Locked> {
  const rows = await connection.query<LockRow>(COMMIT_PLAIN, [
    updates.map(({ id }) => id),
    transitions.map(({ expectedVersion }) => expectedVersion ?? null),
    transitions.map(({ guard }) => guard?.taskId ?? null),
    transitions.map(({ guard }) => guard?.from ?? null),
    transitions.map(({ guard }) => guard?.fence ?? null),
    transitions.map(({ guard }) => guard?.to ?? null),
    updates.map(({ version }) => version),
    updates.map(({ status }) => status),
    updates.map(({ isFinal }) => isFinal),
    updates.map(({ startedAt }) => startedAt),
    updates.map(({ endedAt }) => endedAt),
    updates.map(({ state }) => state),
    updates.map(({ summary }) => summary),
    ...nodeArrays(nodes),
    ...eventArrays(events),
    [...endedTimers],
    ...timerArrays([...timers.values()]),
    ...taskArrays([...tasks.values()]),
    ...noticeArrays(notices),
  ]);
  return lockedOf(rows);
}
