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
}

export interface QueuePage {
  /** Looks behind this position only. */
  readonly after: number;
  /** Tasks looked at per project. */
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
  /** Tasks of this project in its window. */
  readonly seen: number;
  /** The last position in the window of this project. */
  readonly last: number;
}

export interface QueuedTasks {
  readonly tasks: readonly QueuedTask[];
  /** Where to go on looking; `undefined` = everything was seen. Tasks of this answer may come again. */
  readonly next: number | undefined;
}

/**
 * Queued tasks of an account: a window of each project that has any, oldest first there.
 *
 * The planner takes an array's `<@` for a rare thing and would read the whole queue and sort it; of a `coalesce` it knows nothing,
 * and walks along the index until the window is full.
 */
export async function listQueuedTasks(
  db: Database,
  accountId: string,
  asking: AskingDelegates,
  { after, window, limit, order }: QueuePage,
): Promise<QueuedTasks> {
  const result = await sql<QueuedTaskRow>`
    with recursive projects as (
      (select org_identifier, project_identifier, 1 as place from delegate_tasks
       where account_id = ${accountId} and state = 'queued'
       order by org_identifier, project_identifier limit 1)
      union all
      select n.org_identifier, n.project_identifier, p.place + 1 from projects p cross join lateral (
        select org_identifier, project_identifier from delegate_tasks t
        where t.account_id = ${accountId} and t.state = 'queued'
          and (t.org_identifier, t.project_identifier) > (p.org_identifier, p.project_identifier)
        order by t.org_identifier, t.project_identifier limit 1) n),
    seen as (
      select s.*, p.place as project, row_number() over (partition by s.execution_id collate "C" order by s.position) as place,
        count(*) over (partition by p.place) as seen,
        max(s.position) over (partition by p.place) as last
      from projects p cross join lateral (
        select t.id, t.position, t.execution_id, t.account_id, t.org_identifier, t.project_identifier, t.selectors, t.requirements,
          t.workspace_key, w.delegate_id, w.incarnation
        from delegate_tasks t left join workspaces w on w.key = t.workspace_key
        where t.account_id = ${accountId} and t.state = 'queued'
          and t.org_identifier = p.org_identifier and t.project_identifier = p.project_identifier and t.position > ${after}::bigint
          and coalesce(t.selectors <@ ${asking.tags}::text[], false) and coalesce(t.requirements <@ ${asking.capabilities}::text[], false)
          and coalesce(w.delegate_id = any(${asking.ids}::text[]), true)
        order by t.position limit ${window}) s),
    turns as (
      select seen.*, row_number() over (partition by project order by place, position) as turn from seen)
    select id, position, execution_id, account_id, org_identifier, project_identifier, selectors, requirements, workspace_key,
      delegate_id, incarnation, seen, last
    from turns order by case when ${order === 'turns'} then turn else 0 end, position limit ${limit}`.execute(db);
  return { tasks: result.rows.map(queuedTask), next: nextAfter(result.rows, window, limit) };
}

function nextAfter(rows: readonly QueuedTaskRow[], window: number, limit: number): number | undefined {
  const ends = rows.filter((row) => row.seen >= window).map((row) => row.last);
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

/** What tells one waiting task from another for a delegate: of these there are few where tasks are many. */
interface TaskKind {
  readonly account_id: string;
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

async function listHopelessKinds(db: Database, windowMs: number, graceMs: number): Promise<readonly TaskKind[]> {
  const result = await sql<TaskKind>`
    with clock as materialized (select bridle_now() as now),
    kinds as (
      select distinct t.account_id, t.org_identifier, t.project_identifier, t.selectors, t.requirements, coalesce(w.delegate_id, '') as bound_to
      from clock, delegate_tasks t left join workspaces w on w.key = t.workspace_key
      where t.state = 'queued' and t.queued_at <= clock.now - ${windowMs}::bigint)
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
      and t.project_identifier = ${kind.project_identifier} and t.selectors = ${kind.selectors}::text[]
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
