/**
 * Delegate tasks under leases. Each statement judges by the database's clock (T1) and under the row's lock (D1); those that
 * lock several tasks do it by id, or skip what is locked.
 */
import type { ExecutionId, NodeExecutionId, ProjectScope, TaskRequest } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { Connection, Statement } from './connection.ts';

export interface Assignment {
  readonly taskId: NodeExecutionId;
  readonly delegateId: string;
  readonly incarnation: string;
}

export interface Lease {
  readonly taskId: NodeExecutionId;
  readonly delegateId: string;
  readonly incarnation: string;
  readonly executionId: ExecutionId;
  readonly scope: ProjectScope;
  readonly position: number;
  readonly fence: number;
  readonly leaseUntil: number;
  readonly task: TaskRequest;
}

// Tasks are locked as the oldest first, or left to who is just leasing them. The first task of a workspace binds it; one whose
// workspace is somebody else's is left out. Delegates and tokens are read, not locked: a lease given to a process that ends this
// moment just ends by its time. `coalesce`: of a queue that is empty when this is planned the planner would read the whole index.
const LEASE: Statement = {
  name: 'bridle_lease',
  text: `
with given as (select * from unnest($1::text[], $2::text[], $3::text[]) as g(id, delegate_id, incarnation)),
queued as materialized (
  select id, position, execution_id, workspace_key from delegate_tasks where id = any($1::text[]) and coalesce(state = 'queued', false)
  order by position for no key update skip locked),
bound as (
  insert into workspaces (key, execution_id, delegate_id, incarnation)
  select distinct on (q.workspace_key) q.workspace_key, q.execution_id, g.delegate_id, g.incarnation
  from queued q join given g on g.id = q.id where q.workspace_key is not null order by q.workspace_key, q.position
  on conflict (key) do nothing returning key, delegate_id, incarnation),
owners as (
  select key, delegate_id, incarnation from bound
  union all select key, delegate_id, incarnation from workspaces where key in (select workspace_key from queued))
update delegate_tasks t
set state = 'leased', fence = t.fence + 1, delegate_id = g.delegate_id, incarnation = g.incarnation, lease_until = bridle_now() + $4::bigint
from queued q
join given g on g.id = q.id
join delegates d on d.id = g.delegate_id and d.incarnation = g.incarnation and d.left_at is null
join delegate_tokens k on k.id = d.token_id and k.revoked_at is null
left join owners o on o.key = q.workspace_key
where t.id = q.id and (q.workspace_key is null or (o.delegate_id = g.delegate_id and o.incarnation = g.incarnation))
returning t.id, t.position, t.execution_id, t.account_id, t.org_identifier, t.project_identifier, t.delegate_id, t.incarnation, t.fence, t.lease_until, t.request`,
};

interface LeaseRow {
  readonly id: string;
  readonly position: number;
  readonly execution_id: string;
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
  readonly delegate_id: string;
  readonly incarnation: string;
  readonly fence: number;
  readonly lease_until: number;
  readonly request: unknown;
}

/**
 * Leases tasks as assigned (each task at most once in the list), in one statement: those that are still queued and that nobody
 * else is just leasing. Each gets a new fence (D1). Oldest first.
 */
export async function leaseTasks(
  connection: Connection,
  assignments: readonly Assignment[],
  leaseMs: number,
): Promise<readonly Lease[]> {
  const rows = await connection.query<LeaseRow>(LEASE, [
    assignments.map(({ taskId }) => taskId),
    assignments.map(({ delegateId }) => delegateId),
    assignments.map(({ incarnation }) => incarnation),
    leaseMs,
  ]);
  return rows
    .map((row) => ({
      taskId: row.id as NodeExecutionId,
      delegateId: row.delegate_id,
      incarnation: row.incarnation,
      executionId: row.execution_id as ExecutionId,
      scope: {
        accountId: row.account_id,
        orgIdentifier: row.org_identifier,
        projectIdentifier: row.project_identifier,
      },
      position: row.position,
      fence: row.fence,
      leaseUntil: row.lease_until,
      task: row.request as TaskRequest,
    }))
    .toSorted((one, other) => one.position - other.position);
}

export type AskingProcess = Pick<Assignment, 'delegateId' | 'incarnation'>;

/** Of these processes those that get no lease any more: another one is registered, or it left, or its token was revoked. */
export async function listGoneProcesses(
  db: Database,
  processes: readonly AskingProcess[],
): Promise<readonly AskingProcess[]> {
  const result = await sql<{ delegate_id: string; incarnation: string }>`
    select a.delegate_id, a.incarnation
    from unnest(${processes.map(({ delegateId }) => delegateId)}::text[], ${processes.map(({ incarnation }) => incarnation)}::text[]) as a(delegate_id, incarnation)
    where not exists (
      select 1 from delegates d join delegate_tokens k on k.id = d.token_id and k.revoked_at is null
      where d.id = a.delegate_id and d.incarnation = a.incarnation and d.left_at is null)`.execute(db);
  return result.rows.map((row) => ({ delegateId: row.delegate_id, incarnation: row.incarnation }));
}

export interface HeldTaskRow {
  readonly taskId: NodeExecutionId;
  readonly fence: number;
}

/**
 * Extends the leases this delegate's registered process still holds with these fences; answers with the ids it does not hold.
 * Started tasks have no lease to extend: they are only looked up.
 */
export async function extendLeases(
  db: Database,
  delegateId: string,
  held: readonly HeldTaskRow[],
  leaseMs: number,
): Promise<readonly NodeExecutionId[]> {
  if (held.length === 0) return [];
  const result = await sql<{ id: string }>`
    with alive as materialized (
      select t.id, t.state from delegate_tasks t
      join unnest(${held.map(({ taskId }) => taskId)}::text[], ${held.map(({ fence }) => fence)}::bigint[]) as h(id, fence) on h.id = t.id and h.fence = t.fence
      join delegates d on d.id = t.delegate_id and d.incarnation = t.incarnation
      where t.delegate_id = ${delegateId} and t.state in ('leased', 'started', 'cancelling')
      order by t.id for no key update of t),
    extended as (
      update delegate_tasks t set lease_until = bridle_now() + ${leaseMs}::bigint from alive a where t.id = a.id and a.state = 'leased')
    select id from alive`.execute(db);
  const alive = new Set(result.rows.map((row) => row.id));
  return held.map(({ taskId }) => taskId).filter((id) => !alive.has(id));
}

/** Leased, unstarted tasks go back to the queue with their fence void: when their lease is over. Answers with their accounts. */
export async function requeueExpiredLeases(db: Database): Promise<readonly string[]> {
  const result = await sql<{ account_id: string }>`
    update delegate_tasks set state = 'queued', fence = fence + 1, lease_until = null, queued_at = bridle_now()
    where id in (
      select id from delegate_tasks where state = 'leased' and lease_until <= (select bridle_now())
      for no key update skip locked)
    returning account_id`.execute(db);
  return result.rows.map((row) => row.account_id);
}

/** The same for leases that never reached their delegate (its connection broke while they were given). */
export async function returnLeases(db: Database, held: readonly HeldTaskRow[]): Promise<readonly string[]> {
  const result = await sql<{ account_id: string }>`
    update delegate_tasks t set state = 'queued', fence = t.fence + 1, lease_until = null, queued_at = bridle_now()
    from unnest(${held.map(({ taskId }) => taskId)}::text[], ${held.map(({ fence }) => fence)}::bigint[]) as h(id, fence)
    where t.id = h.id and t.fence = h.fence and t.state = 'leased'
    returning t.account_id`.execute(db);
  return result.rows.map((row) => row.account_id);
}

export interface LostTaskRow {
  readonly taskId: NodeExecutionId;
  readonly executionId: ExecutionId;
  readonly fence: number;
  readonly state: 'started' | 'cancelling' | 'queued';
  readonly delegateName: string;
  readonly why: 'left' | 'restarted' | 'revoked' | 'silent';
}

/** Tasks whose process is gone (D3): those it had started, and queued ones bound to a workspace it held. */
export async function listLostTasks(db: Database, graceMs: number, limit: number): Promise<readonly LostTaskRow[]> {
  const result = await sql<{
    id: string;
    execution_id: string;
    fence: number;
    state: LostTaskRow['state'];
    name: string;
    why: LostTaskRow['why'];
  }>`
    with gone as (
      select t.id, t.position, t.execution_id, t.fence, t.state, d.name, d.token_id, t.incarnation <> d.incarnation as restarted, d.left_at is not null as has_left
      from delegate_tasks t join delegates d on d.id = t.delegate_id
      where t.state in ('started', 'cancelling')
        and (d.left_at is not null or d.incarnation <> t.incarnation or d.heartbeat_at <= (select bridle_now()) - ${graceMs}::bigint)
      union all
      select t.id, t.position, t.execution_id, t.fence, t.state, d.name, d.token_id, w.incarnation <> d.incarnation, d.left_at is not null
      from workspaces w join delegates d on d.id = w.delegate_id
      join delegate_tasks t on t.workspace_key = w.key and t.state = 'queued'
      where w.deleted_at is null
        and (d.left_at is not null or d.incarnation <> w.incarnation or d.heartbeat_at <= (select bridle_now()) - ${graceMs}::bigint))
    select gone.id, execution_id, fence, state, gone.name,
      case when restarted then 'restarted' when not has_left then 'silent'
        when gone.token_id is null or k.revoked_at is not null then 'revoked' else 'left' end as why
    from gone left join delegate_tokens k on k.id = gone.token_id order by position limit ${limit}`.execute(db);
  return result.rows.map((row) => ({
    taskId: row.id as NodeExecutionId,
    executionId: row.execution_id as ExecutionId,
    fence: row.fence,
    state: row.state,
    delegateName: row.name,
    why: row.why,
  }));
}

export interface TaskHolder {
  readonly executionId: ExecutionId;
  readonly delegateId: string;
  readonly incarnation: string;
  readonly fence: number;
  readonly logKey: string;
  readonly accountId: string;
  /** It was given up (D3). */
  readonly isLost: boolean;
}

/** Who has a task, or had it last; `undefined` when it was never leased or is not there. */
export async function findTaskHolders(
  db: Database,
  taskIds: readonly string[],
): Promise<ReadonlyMap<string, TaskHolder>> {
  const rows = await db
    .selectFrom('delegate_tasks')
    .select(['id', 'execution_id', 'delegate_id', 'incarnation', 'fence', 'log_key', 'account_id', 'state'])
    .where(sql<boolean>`id = any(${taskIds}::text[])`)
    .execute();
  return new Map(
    rows.flatMap((row) => {
      if (row.delegate_id === null || row.incarnation === null) return [];
      const holder: TaskHolder = {
        executionId: row.execution_id as ExecutionId,
        delegateId: row.delegate_id,
        incarnation: row.incarnation,
        fence: row.fence,
        logKey: row.log_key,
        accountId: row.account_id,
        isLost: row.state === 'lost',
      };
      return [[row.id, holder] as const];
    }),
  );
}

/** How a task stands. */
export async function findTask(
  db: Database,
  taskId: string,
): Promise<{ readonly state: string; readonly fence: number } | undefined> {
  return db.selectFrom('delegate_tasks').select(['state', 'fence']).where('id', '=', taskId).executeTakeFirst();
}
