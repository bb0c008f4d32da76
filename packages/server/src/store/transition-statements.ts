/**
 * The statements of the batch commit: each takes the rows of many transitions at once. Their order inside a transaction is
 * the caller's business (executions/postgres-execution-store.ts).
 */
import type { Connection, Statement } from './connection.ts';

export interface LockedTask {
  readonly state: string;
  readonly fence: number;
  readonly delegateId: string | undefined;
}

export interface Locked {
  /** The database's clock, epoch milliseconds. */
  readonly now: number;
  readonly versions: ReadonlyMap<string, number>;
  readonly tasks: ReadonlyMap<string, LockedTask>;
}

// Executions before tasks, each by id: whoever locks several rows does it in this order, so that nobody waits in a circle.
const LOCK: Statement = {
  name: 'bridle_lock_transitions',
  text: `
with locked_executions as materialized (
  select id, version from executions where id = any($1::text[]) order by id for no key update),
locked_tasks as materialized (
  select id, state, fence, delegate_id from delegate_tasks where id = any($2::text[]) order by id for no key update)
select 'execution' as kind, id, version as number, null as state, null as delegate_id from locked_executions
union all select 'task', id, fence, state, delegate_id from locked_tasks
union all select 'now', null, bridle_now(), null, null`,
};

export interface LockRow {
  readonly kind: 'execution' | 'task' | 'now';
  readonly id: string;
  readonly number: number;
  readonly state: string | null;
  readonly delegate_id: string | null;
}

/** Locks the rows and tells how they stand; rows that are not there are absent in the answer. */
export async function lockTransitions(
  connection: Connection,
  executionIds: readonly string[],
  taskIds: readonly string[],
): Promise<Locked> {
  return lockedOf(await connection.query<LockRow>(LOCK, [executionIds, taskIds]));
}

export function lockedOf(rows: readonly LockRow[]): Locked {
  const versions = new Map<string, number>();
  const tasks = new Map<string, LockedTask>();
  let now = 0;
  for (const row of rows) {
    if (row.kind === 'execution') versions.set(row.id, row.number);
    else if (row.kind === 'task')
      tasks.set(row.id, { state: row.state ?? '', fence: row.number, delegateId: row.delegate_id ?? undefined });
    else now = row.number;
  }
  return { now, versions, tasks };
}

export interface ExecutionUpdate {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly isFinal: boolean;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** JSON text, as `summary`. */
  readonly state: string;
  readonly summary: string;
}

const UPDATE_EXECUTIONS: Statement = {
  name: 'bridle_update_executions',
  text: `
update executions e
set version = v.version, status = v.status, is_final = v.is_final, started_at = v.started_at, ended_at = v.ended_at,
  state = v.state, summary = v.summary
from unnest($1::text[], $2::bigint[], $3::text[], $4::boolean[], $5::bigint[], $6::bigint[], $7::json[], $8::json[])
  as v(id, version, status, is_final, started_at, ended_at, state, summary)
where e.id = v.id`,
};

export async function updateExecutions(connection: Connection, rows: readonly ExecutionUpdate[]): Promise<void> {
  await connection.query(UPDATE_EXECUTIONS, [
    rows.map((row) => row.id),
    rows.map((row) => row.version),
    rows.map((row) => row.status),
    rows.map((row) => row.isFinal),
    rows.map((row) => row.startedAt),
    rows.map((row) => row.endedAt),
    rows.map((row) => row.state),
    rows.map((row) => row.summary),
  ]);
}

export interface NodeRow {
  readonly executionId: string;
  readonly id: string;
  readonly nodeId: string;
  readonly status: string;
  readonly changedAtVersion: number;
  /** JSON text. */
  readonly state: string;
}

const UPSERT_NODES: Statement = {
  name: 'bridle_upsert_nodes',
  text: `
insert into node_executions (execution_id, id, node_id, status, changed_at_version, state)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::json[])
on conflict (execution_id, id) do update
set status = excluded.status, changed_at_version = excluded.changed_at_version, state = excluded.state`,
};

export async function upsertNodes(connection: Connection, rows: readonly NodeRow[]): Promise<void> {
  await connection.query(UPSERT_NODES, nodeArrays(rows));
}

export function nodeArrays(rows: readonly NodeRow[]): readonly unknown[][] {
  return [
    rows.map((row) => row.executionId),
    rows.map((row) => row.id),
    rows.map((row) => row.nodeId),
    rows.map((row) => row.status),
    rows.map((row) => row.changedAtVersion),
    rows.map((row) => row.state),
  ];
}

export interface EventRow {
  readonly executionId: string;
  readonly sequence: number;
  readonly at: number;
  /** JSON text. */
  readonly event: string;
}

const INSERT_EVENTS: Statement = {
  name: 'bridle_insert_events',
  text: `
insert into execution_events (execution_id, sequence, at, event)
select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::json[])`,
};

export async function insertEvents(connection: Connection, rows: readonly EventRow[]): Promise<void> {
  await connection.query(INSERT_EVENTS, eventArrays(rows));
}

export function eventArrays(rows: readonly EventRow[]): readonly unknown[][] {
  return [
    rows.map((row) => row.executionId),
    rows.map((row) => row.sequence),
    rows.map((row) => row.at),
    rows.map((row) => row.event),
  ];
}

const DELETE_TIMERS: Statement = {
  name: 'bridle_delete_timers',
  text: 'delete from timers where id = any($1::text[])',
};

export async function deleteTimers(connection: Connection, ids: readonly string[]): Promise<void> {
  await connection.query(DELETE_TIMERS, [ids]);
}

export interface TimerRow {
  readonly id: string;
  readonly executionId: string;
  readonly nodeExecutionId: string;
  readonly dueAt: number;
}

const INSERT_TIMERS: Statement = {
  name: 'bridle_insert_timers',
  text: `
insert into timers (id, execution_id, node_execution_id, due_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
on conflict (id) do nothing`,
};

export async function insertTimers(connection: Connection, rows: readonly TimerRow[]): Promise<void> {
  await connection.query(INSERT_TIMERS, timerArrays(rows));
}

export function timerArrays(rows: readonly TimerRow[]): readonly unknown[][] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.executionId),
    rows.map((row) => row.nodeExecutionId),
    rows.map((row) => row.dueAt),
  ];
}

export interface TaskRow {
  readonly id: string;
  readonly executionId: string;
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly state: string;
  /** JSON text. */
  readonly request: string;
  readonly selectors: readonly string[];
  readonly requirements: readonly string[];
  readonly workspaceKey: string | null;
  readonly logKey: string;
}

const INSERT_TASKS: Statement = {
  name: 'bridle_insert_tasks',
  text: `
insert into delegate_tasks (id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, workspace_key, log_key, queued_at)
select id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors::text[], requirements::text[], workspace_key, log_key, bridle_now()
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::json[], $8::text[], $9::text[], $10::text[], $11::text[])
  with ordinality as v(id, execution_id, account_id, org_identifier, project_identifier, state, request, selectors, requirements, workspace_key, log_key, place)
order by place
on conflict (id) do nothing`,
};

export async function insertTasks(connection: Connection, rows: readonly TaskRow[]): Promise<void> {
  await connection.query(INSERT_TASKS, taskArrays(rows));
}

export function taskArrays(rows: readonly TaskRow[]): readonly unknown[][] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.executionId),
    rows.map((row) => row.accountId),
    rows.map((row) => row.orgIdentifier),
    rows.map((row) => row.projectIdentifier),
    rows.map((row) => row.state),
    rows.map((row) => row.request),
    rows.map((row) => textArrayLiteral(row.selectors)),
    rows.map((row) => textArrayLiteral(row.requirements)),
    rows.map((row) => row.workspaceKey),
    rows.map((row) => row.logKey),
  ];
}

/** An array inside an array parameter: `unnest` would flatten it, so it travels as text. */
function textArrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`).join(',')}}`;
}

const UPDATE_TASKS: Statement = {
  name: 'bridle_update_tasks',
  text: `
update delegate_tasks t set state = v.state
from unnest($1::text[], $2::text[]) as v(id, state) where t.id = v.id`,
};

export async function updateTaskStates(connection: Connection, states: ReadonlyMap<string, string>): Promise<void> {
  await connection.query(UPDATE_TASKS, [[...states.keys()], [...states.values()]]);
}

export interface ClaimRow {
  readonly nodeExecutionId: string;
  readonly accountId: string;
  readonly key: string;
  readonly executionId: string;
}

const INSERT_CLAIMS: Statement = {
  name: 'bridle_insert_claims',
  text: `
insert into resource_claims (node_execution_id, account_id, key, execution_id)
select node_execution_id, account_id, key, execution_id
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as v(node_execution_id, account_id, key, execution_id, place)
order by place
on conflict (node_execution_id) do nothing`,
};

export async function insertClaims(connection: Connection, rows: readonly ClaimRow[]): Promise<void> {
  await connection.query(INSERT_CLAIMS, claimArrays(rows));
}

export function claimArrays(rows: readonly ClaimRow[]): readonly unknown[][] {
  return [
    rows.map((row) => row.nodeExecutionId),
    rows.map((row) => row.accountId),
    rows.map((row) => row.key),
    rows.map((row) => row.executionId),
  ];
}

const TELL_CLAIMS: Statement = {
  name: 'bridle_tell_claims',
  text: 'update resource_claims set told_at = bridle_now() where node_execution_id = any($1::text[]) and told_at is null',
};

/** Their executions have heard that it is their turn. */
export async function tellClaims(connection: Connection, nodeExecutionIds: readonly string[]): Promise<void> {
  await connection.query(TELL_CLAIMS, [nodeExecutionIds]);
}

const DELETE_CLAIMS: Statement = {
  name: 'bridle_delete_claims',
  text: 'delete from resource_claims where node_execution_id = any($1::text[])',
};

export async function deleteClaims(connection: Connection, nodeExecutionIds: readonly string[]): Promise<void> {
  await connection.query(DELETE_CLAIMS, [nodeExecutionIds]);
}

export interface RequestRow {
  readonly id: string;
  readonly executionId: string;
  readonly kind: string;
  /** JSON text. */
  readonly body: string;
}

const INSERT_REQUESTS: Statement = {
  name: 'bridle_insert_requests',
  text: `
insert into engine_requests (id, execution_id, kind, body, created_at, due_at)
select id, execution_id, kind, body, bridle_now(), bridle_now()
from unnest($1::text[], $2::text[], $3::text[], $4::json[]) with ordinality as v(id, execution_id, kind, body, place)
order by place
on conflict (id) do nothing`,
};

export async function insertRequests(connection: Connection, rows: readonly RequestRow[]): Promise<void> {
  await connection.query(INSERT_REQUESTS, requestArrays(rows));
}

export function requestArrays(rows: readonly RequestRow[]): readonly unknown[][] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.executionId),
    rows.map((row) => row.kind),
    rows.map((row) => row.body),
  ];
}

const DELETE_REQUESTS: Statement = {
  name: 'bridle_delete_requests',
  text: 'delete from engine_requests where id = any($1::text[])',
};

export async function deleteRequests(connection: Connection, ids: readonly string[]): Promise<void> {
  await connection.query(DELETE_REQUESTS, [ids]);
}

const DELETE_WAITING: Statement = {
  name: 'bridle_delete_waiting',
  text: 'delete from waiting_executions where execution_id = any($1::text[])',
};

/** They are in line no more. */
export async function deleteWaiting(connection: Connection, executionIds: readonly string[]): Promise<void> {
  await connection.query(DELETE_WAITING, [executionIds]);
}

const RELEASE_WORKSPACES: Statement = {
  name: 'bridle_release_workspaces',
  text: `
update workspaces set released_at = bridle_now() where key = any($1::text[]) and released_at is null
returning delegate_id`,
};

/** Answers with the delegates that hold them. */
export async function releaseWorkspaces(connection: Connection, keys: readonly string[]): Promise<readonly string[]> {
  const rows = await connection.query<{ delegate_id: string }>(RELEASE_WORKSPACES, [keys]);
  return rows.map((row) => row.delegate_id);
}

const CLOSE_LOGS: Statement = {
  name: 'bridle_close_logs',
  text: 'update logs set closed_at = bridle_now(), lacks_end = true where node_execution_id = any($1::text[]) and closed_at is null returning key',
};

/** The logs of tasks that were given up: whoever watches them waits for nothing more. Answers with their keys. */
export async function closeLogsOf(
  connection: Connection,
  nodeExecutionIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ key: string }>(CLOSE_LOGS, [nodeExecutionIds]);
  return rows.map((row) => row.key);
}
