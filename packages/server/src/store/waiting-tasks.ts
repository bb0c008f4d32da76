/**
 * Tasks that wait for a delegate: read by project, so that the work of one never hides that of another, however long its queue
 * is. What is decided about them is the business of `dispatch`.
 */
import type { ExecutionId, NodeExecutionId } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** What deciding about a queued task needs; its request is read when it is leased. */
export interface QueuedTask {
  readonly taskId: NodeExecutionId;
  readonly position: number;
  readonly executionId: ExecutionId;
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly selectors: readonly string[];
  /** Words that must be among the delegate's capabilities. */
  readonly requirements: readonly string[];
  readonly workspaceKey?: string;
  /** The process that has the task's workspace already. */
  readonly boundTo?: { readonly delegateId: string; readonly incarnation: string };
}

/** Those who ask, taken together: tasks that none of them may take do not fill the answer. */
export interface AskingDelegates {
  readonly ids: readonly string[];
  readonly tags: readonly string[];
  readonly capabilities: readonly string[];
  /** What their tokens serve; without a name: all of them. */
  readonly scopes: readonly { readonly orgIdentifier?: string; readonly projectIdentifier?: string }[];
}

export interface QueuePage {
  /** Looks behind this position only. */
  readonly after: number;
  /** Tasks looked at per kind, where a project has a few kinds; of many kinds fewer each. */
  readonly window: number;
  /** Tasks of all projects in the answer. */
  readonly limit: number;
  /** `turns`: the first of each project, then the second of each, and within a project likewise by executions. */
  readonly order: 'turns' | 'age';
}

interface QueuedTaskRow {
  readonly id: string;
  readonly position: number;
  readonly execution_id: string;
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
  readonly selectors: string[];
  readonly requirements: string[];
  readonly workspace_key: string | null;
  readonly delegate_id: string | null;
  readonly incarnation: string | null;
  /** Whether there may be more behind the window of this kind. */
  readonly is_full: boolean;
  /** The last position in it. */
  readonly last: number;
}

export interface QueuedTasks {
  readonly tasks: readonly QueuedTask[];
  /** Where to go on looking; `undefined` = everything was seen. Tasks of this answer may come again. */
  readonly next: number | undefined;
}

/** Kinds whose windows are whole; beyond them a project's windows share the same number of tasks. */
const WHOLE_WINDOWS_MAX = 4;
const WINDOW_MIN = 20;
/** Of what the answer holds. */
const NARROW_WINDOW = 2;

/**
 * Queued tasks of an account: a window of each kind that somebody who asks may take, oldest first there.
 *
 * A kind is what tells one task from another for a delegate (`delegate_tasks.kind`). Of these there are few where tasks are many:
 * they are found by skipping along the queue's index from one to the next, so that tasks nobody here may take cost nothing,
 * however many there are. Where the oldest tasks are of as many executions as the answer has places, those behind them cannot be
 * in it, and the window is narrow: that is a long queue of small executions, not a matrix. Of a `coalesce` the planner knows nothing, and walks along the index until the window is full.
 */
export async function listQueuedTasks(
  db: Database,
  accountId: string,
  asking: AskingDelegates,
  { after, window, limit, order }: QueuePage,
): Promise<QueuedTasks> {
  const { ids, tags, capabilities, scopes } = asking;
  const orgs = scopes.map(({ orgIdentifier }) => orgIdentifier ?? null);
  const projects = scopes.map(({ projectIdentifier }) => projectIdentifier ?? null);
  const narrow = order === 'turns' ? Math.min(window, limit * NARROW_WINDOW) : window;
  const columns = sql`t.id, t.position, t.execution_id, t.account_id, t.org_identifier, t.project_identifier, t.selectors, t.requirements,
          t.workspace_key, w.delegate_id, w.incarnation`;
  const ofKind = sql`delegate_tasks t left join workspaces w on w.key = t.workspace_key
        where t.account_id = ${accountId} and t.state = 'queued' and t.org_identifier = o.org_identifier
          and t.project_identifier = o.project_identifier and t.kind = o.kind and coalesce(w.delegate_id = any(${ids}::text[]), true)`;
  const result = await sql<QueuedTaskRow>`
    with recursive kinds as (
      (select org_identifier, project_identifier, kind, selectors, requirements from delegate_tasks
       where account_id = ${accountId} and state = 'queued'
       order by org_identifier, project_identifier, kind limit 1)
      union all
      select n.* from kinds k cross join lateral (
        select org_identifier, project_identifier, kind, selectors, requirements from delegate_tasks t
        where t.account_id = ${accountId} and t.state = 'queued'
          and (t.org_identifier, t.project_identifier, t.kind) > (k.org_identifier, k.project_identifier, k.kind)
        order by t.org_identifier, t.project_identifier, t.kind limit 1) n),
    open as materialized (
      select org_identifier, project_identifier, kind, dense_rank() over (order by org_identifier, project_identifier) as project,
        least(${window}::bigint, greatest(${WINDOW_MIN}::bigint, ${window * WHOLE_WINDOWS_MAX}::bigint / count(*) over (partition by org_identifier, project_identifier))) as wide
      from kinds
      where selectors <@ ${tags}::text[] and requirements <@ ${capabilities}::text[] and exists (
        select 1 from unnest(${orgs}::text[], ${projects}::text[]) as s(org, project)
        where coalesce(s.org = org_identifier, true) and coalesce(s.project = project_identifier, true))),
    nearest as materialized (
      select s.*, o.project, o.kind, o.wide from open o cross join lateral (
        select ${columns} from ${ofKind} and t.position > ${after}::bigint
        order by t.position limit least(o.wide, ${narrow}::bigint)) s),
    hiding as materialized (
      select org_identifier, project_identifier, project, kind, wide, max(position) as last from nearest
      group by org_identifier, project_identifier, project, kind, wide
      having wide > ${narrow}::bigint and count(*) >= ${narrow}::bigint and count(distinct execution_id collate "C") < ${limit}::bigint),
    found as (
      select * from nearest
      union all
      select s.*, o.project, o.kind, o.wide from hiding o cross join lateral (
        select ${columns} from ${ofKind} and t.position > o.last
        order by t.position limit o.wide - ${narrow}::bigint) s),
    seen as (
      select f.*, row_number() over (partition by execution_id collate "C" order by position) as place,
        count(*) over (partition by f.project, f.kind) >= case when h.last is null then least(f.wide, ${narrow}::bigint) else f.wide end as is_full,
        max(position) over (partition by f.project, f.kind) as last
      from found f left join (select project, kind, last from hiding) h on h.project = f.project and h.kind = f.kind),
    turns as (
      select seen.*, row_number() over (partition by project order by place, position) as turn from seen)
    select id, position, execution_id, account_id, org_identifier, project_identifier, selectors, requirements, workspace_key,
      delegate_id, incarnation, is_full, last
    from turns order by case when ${order === 'turns'} then turn else 0 end, position limit ${limit}`.execute(db);
  return { tasks: result.rows.map(queuedTask), next: nextAfter(result.rows, limit) };
}

function nextAfter(rows: readonly QueuedTaskRow[], limit: number): number | undefined {
  const ends = rows.filter((row) => row.is_full).map((row) => row.last);
  const last = rows.at(-1);
  if (last !== undefined && rows.length >= limit) ends.push(last.position);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function queuedTask(row: QueuedTaskRow): QueuedTask {
  return {
    taskId: row.id as NodeExecutionId,
    position: row.position,
    executionId: row.execution_id as ExecutionId,
    accountId: row.account_id,
    orgIdentifier: row.org_identifier,
    projectIdentifier: row.project_identifier,
    selectors: row.selectors,
    requirements: row.requirements,
    ...(row.workspace_key === null ? {} : { workspaceKey: row.workspace_key }),
    ...(row.delegate_id === null || row.incarnation === null
      ? {}
      : { boundTo: { delegateId: row.delegate_id, incarnation: row.incarnation } }),
  };
}

/** Tasks that delegates of an account have in hand, counted by execution. */
export interface RunningCount {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly executionId: ExecutionId;
  readonly tasks: number;
}

export async function countRunningTasks(db: Database, accountId: string): Promise<readonly RunningCount[]> {
  const result = await sql<{
    org_identifier: string;
    project_identifier: string;
    execution_id: string;
    tasks: number;
  }>`
    select org_identifier, project_identifier, execution_id, count(*) as tasks from delegate_tasks
    where state in ('leased', 'started', 'cancelling') and account_id = ${accountId}
    group by org_identifier, project_identifier, execution_id`.execute(db);
  return result.rows.map((row) => ({
    orgIdentifier: row.org_identifier,
    projectIdentifier: row.project_identifier,
    executionId: row.execution_id as ExecutionId,
    tasks: row.tasks,
  }));
}

export interface UnassignableTask {
  readonly taskId: NodeExecutionId;
  readonly executionId: ExecutionId;
  readonly fence: number;
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly selectors: readonly string[];
  readonly requirements: readonly string[];
  /** The delegate that has the task's workspace: no other one counts. */
  readonly boundTo?: string;
}

interface TaskKind {
  readonly account_id: string;
  /** A hash of selectors and requirements, by which the queue's index is ordered. */
  readonly kind: number;
  readonly org_identifier: string;
  readonly project_identifier: string;
  readonly selectors: string[];
  readonly requirements: string[];
  readonly bound_to: string;
}

/**
 * Queued tasks that no delegate could take for at least `windowMs`: none is registered in their scope with their selectors
 * and what they need, or the last one of them left or was revoked longer ago than that, or was silent beyond the grace. A task
 * whose workspace is on a delegate can be taken by that one only.
 */
export async function listUnassignableTasks(
  db: Database,
  windowMs: number,
  graceMs: number,
  limit: number,
): Promise<readonly UnassignableTask[]> {
  const tasks: UnassignableTask[] = [];
  for (const kind of await listHopelessKinds(db, windowMs, graceMs)) {
    if (tasks.length >= limit) break;
    tasks.push(...(await listTasksOfKind(db, kind, windowMs, limit - tasks.length)));
  }
  return tasks;
}

/** Kinds are found by skipping, as for `listQueuedTasks`; what waits for the delegate of its workspace, by the workspaces there are. */
async function listHopelessKinds(db: Database, windowMs: number, graceMs: number): Promise<readonly TaskKind[]> {
  const result = await sql<TaskKind>`
    with recursive clock as materialized (select bridle_now() as now),
    free as (
      (select account_id, org_identifier, project_identifier, kind, selectors, requirements from delegate_tasks
       where state = 'queued' order by account_id, org_identifier, project_identifier, kind limit 1)
      union all
      select n.* from free f cross join lateral (
        select account_id, org_identifier, project_identifier, kind, selectors, requirements from delegate_tasks t
        where t.state = 'queued'
          and (t.account_id, t.org_identifier, t.project_identifier, t.kind) > (f.account_id, f.org_identifier, f.project_identifier, f.kind)
        order by t.account_id, t.org_identifier, t.project_identifier, t.kind limit 1) n),
    kinds as (
      select free.*, '' as bound_to from free
      union
      select t.account_id, t.org_identifier, t.project_identifier, t.kind, t.selectors, t.requirements, w.delegate_id
      from workspaces w join delegate_tasks t on t.workspace_key = w.key and t.state = 'queued' where w.deleted_at is null)
    select kinds.* from kinds, clock where not exists (
      select 1 from delegates d join delegate_tokens k on k.id = d.token_id
      where d.account_id = kinds.account_id
        and (kinds.bound_to = '' or kinds.bound_to = d.id)
        and (d.org_identifier is null or d.org_identifier = kinds.org_identifier)
        and (d.project_identifier is null or d.project_identifier = kinds.project_identifier)
        and kinds.selectors <@ d.tags
        and kinds.requirements <@ d.capabilities
        and coalesce(k.revoked_at, clock.now) > clock.now - ${windowMs}::bigint
        and coalesce(d.left_at, clock.now) > clock.now - ${windowMs}::bigint
        and d.heartbeat_at > clock.now - ${graceMs}::bigint)`.execute(db);
  return result.rows;
}

async function listTasksOfKind(
  db: Database,
  kind: TaskKind,
  windowMs: number,
  limit: number,
): Promise<readonly UnassignableTask[]> {
  const result = await sql<{ id: string; execution_id: string; fence: number }>`
    select t.id, t.execution_id, t.fence from delegate_tasks t left join workspaces w on w.key = t.workspace_key
    where t.state = 'queued' and t.account_id = ${kind.account_id} and t.org_identifier = ${kind.org_identifier}
      and t.project_identifier = ${kind.project_identifier} and t.kind = ${kind.kind}::bigint and t.selectors = ${kind.selectors}::text[]
      and t.requirements = ${kind.requirements}::text[] and coalesce(w.delegate_id, '') = ${kind.bound_to}
      and t.queued_at <= (select bridle_now()) - ${windowMs}::bigint
    order by t.position limit ${limit}`.execute(db);
  return result.rows.map((row) => ({
    taskId: row.id as NodeExecutionId,
    executionId: row.execution_id as ExecutionId,
    fence: row.fence,
    accountId: kind.account_id,
    orgIdentifier: kind.org_identifier,
    projectIdentifier: kind.project_identifier,
    selectors: kind.selectors,
    requirements: kind.requirements,
    ...(kind.bound_to === '' ? {} : { boundTo: kind.bound_to }),
  }));
}
