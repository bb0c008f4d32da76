/**
 * What has been kept long enough, and removing it. One statement, one function; each touches few rows, and those that somebody
 * else holds are left for the next time.
 *
 * - R1 What has not ended stays, and so does what it needs: a retry goes before what it retries, a parent before what it started.
 * - R2 The newest executions of a pipeline stay as long as the pipeline does, as many as the setting says.
 */
import { sql, type RawBuilder } from 'kysely';
import type { ExecutionHeader, ExecutionId, ProjectScope } from '@bridle/pipeline';
import type { Database } from './database.ts';

export interface ExecutionRule {
  readonly keepMs: number;
  /** R2 */
  readonly keptPerPipeline: number;
}

/** Where a walk from the oldest execution of a project to the newest has come. */
export interface WalkPosition {
  readonly createdAt: number;
  readonly id: string;
}

export interface OldExecution extends WalkPosition {
  readonly id: ExecutionId;
  /** Its number of events: how much hangs on it. */
  readonly version: number;
  /** It waits for this one, or did. */
  readonly parentId?: ExecutionId;
  /** It may go. */
  readonly isDue: boolean;
}

/** Projects in which anything ever ran, those that are deleted included. */
export async function listScopesWithRuns(db: Database): Promise<readonly ProjectScope[]> {
  const { rows } = await sql<{ account_id: string; org_identifier: string; project_identifier: string }>`
    select distinct account_id, org_identifier, project_identifier from run_sequences order by 1, 2, 3`.execute(db);
  return rows.map((row) => ({
    accountId: row.account_id,
    orgIdentifier: row.org_identifier,
    projectIdentifier: row.project_identifier,
  }));
}

/** Executions of a project that may be old enough, the oldest first. */
export async function listOldExecutions(
  db: Database,
  scope: ProjectScope,
  rule: ExecutionRule,
  after: WalkPosition,
  limit: number,
): Promise<readonly OldExecution[]> {
  return walk(db, scope, isExecutionDue(rule), rule.keepMs, after, limit);
}

/** The same of executions whose logs may be old enough. */
export async function listExecutionsOfOldLogs(
  db: Database,
  scope: ProjectScope,
  keepMs: number,
  after: WalkPosition,
  limit: number,
): Promise<readonly OldExecution[]> {
  // A retry shows the logs of the stages that it took over.
  const isDue = sql<boolean>`${hasEnded(keepMs)} and not exists (
    select from executions r where r.retry_root_id = coalesce(e.retry_root_id, e.id) and r.run_sequence > e.run_sequence
      and (not r.is_final or r.ended_at >= bridle_now() - ${keepMs}::bigint))`;
  return walk(db, scope, isDue, keepMs, after, limit);
}

async function walk(
  db: Database,
  { accountId, orgIdentifier, projectIdentifier }: ProjectScope,
  isDue: RawBuilder<boolean>,
  keepMs: number,
  { createdAt, id }: WalkPosition,
  limit: number,
): Promise<readonly OldExecution[]> {
  const { rows } = await sql<{ id: string; version: number; created_at: number; header: unknown; is_due: boolean }>`
    select e.id, e.version, e.created_at, e.header, coalesce(${isDue}, false) as is_due from executions e
    where e.account_id = ${accountId} and e.org_identifier = ${orgIdentifier} and e.project_identifier = ${projectIdentifier}
      and e.created_at < bridle_now() - ${keepMs}::bigint and (e.created_at, e.id) > (${createdAt}::bigint, ${id}::text)
    order by e.created_at, e.id limit ${limit}`.execute(db);
  return rows.map((row) => {
    const { parent } = row.header as Omit<ExecutionHeader, 'plan'>;
    return {
      id: row.id as ExecutionId,
      version: row.version,
      createdAt: row.created_at,
      isDue: row.is_due,
      ...(parent === undefined ? {} : { parentId: parent.executionId }),
    };
  });
}

function hasEnded(keepMs: number): RawBuilder<boolean> {
  return sql<boolean>`e.is_final and e.ended_at < bridle_now() - ${keepMs}::bigint`;
}

/** R1, but for parents; R2. */
function isExecutionDue({ keepMs, keptPerPipeline }: ExecutionRule): RawBuilder<boolean> {
  return sql<boolean>`${hasEnded(keepMs)}
    and not exists (select from engine_requests q where q.execution_id = e.id)
    and not exists (select from executions r
      where r.retry_root_id = coalesce(e.retry_root_id, e.id) and r.run_sequence > e.run_sequence)
    and (${keptPerPipeline}::int = 0
      or not exists (select from pipelines p where p.account_id = e.account_id and p.org_identifier = e.org_identifier
        and p.project_identifier = e.project_identifier and p.identifier = e.pipeline_identifier)
      or ${keptPerPipeline}::int <= (select count(*) from (select from executions n
        where n.account_id = e.account_id and n.org_identifier = e.org_identifier and n.project_identifier = e.project_identifier
          and n.pipeline_identifier = e.pipeline_identifier and (n.created_at, n.id) > (e.created_at, e.id)
        limit ${keptPerPipeline}::int) as newer))`;
}

/** Tests of the executions' reports, at most so many; answers how many. They may be far more than the rest of an execution. */
export async function thinTestCases(db: Database, ids: readonly ExecutionId[], limit: number): Promise<number> {
  const result = await sql`
    delete from test_cases where ctid = any(array(
      select c.ctid from test_reports r join test_cases c on c.node_execution_id = r.node_execution_id
      where r.execution_id = any(${ids}::text[]) limit ${limit}))`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Removes those of the executions that may still go, with all that hangs on them; answers how many. Files are noted as dropped. */
export async function deleteExecutions(
  db: Database,
  executions: readonly Pick<OldExecution, 'id' | 'parentId'>[],
  rule: ExecutionRule,
): Promise<number> {
  const result = await sql`
    with due as (
      select e.id from unnest(${executions.map(({ id }) => id)}::text[], ${executions.map(({ parentId }) => parentId ?? null)}::text[])
        as given(id, parent_id)
      join executions e on e.id = given.id
      where ${isExecutionDue(rule)} and not exists (select from executions p where p.id = given.parent_id)
      for update of e skip locked)
    delete from executions where id in (select id from due)`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Removes logs of the executions; answers how many. */
export async function deleteLogsOfExecutions(db: Database, ids: readonly ExecutionId[]): Promise<number> {
  const result = await sql`delete from logs where execution_id = any(${ids}::text[])`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Executions of the project that were created before have no logs any more. */
export async function findLogsMark(db: Database, scope: ProjectScope): Promise<number> {
  const row = await db
    .selectFrom('retention_marks')
    .select('logs_before')
    .where('account_id', '=', scope.accountId)
    .where('org_identifier', '=', scope.orgIdentifier)
    .where('project_identifier', '=', scope.projectIdentifier)
    .executeTakeFirst();
  return row?.logs_before ?? 0;
}

export async function moveLogsMark(db: Database, scope: ProjectScope, logsBefore: number): Promise<void> {
  const { accountId, orgIdentifier, projectIdentifier } = scope;
  await sql`
    insert into retention_marks as m (account_id, org_identifier, project_identifier, logs_before)
    values (${accountId}, ${orgIdentifier}, ${projectIdentifier}, ${logsBefore})
    on conflict (account_id, org_identifier, project_identifier) do update
    set logs_before = greatest(m.logs_before, excluded.logs_before)`.execute(db);
}

/**
 * Removes processed events that are older, the oldest first and at most so many; answers how many. One whose execution has not
 * ended stays: its id is what the caller asks about it by.
 */
export async function deleteOldTriggerEvents(
  db: Database,
  accountId: string,
  keepMs: number,
  limit: number,
): Promise<number> {
  const result = await sql`
    with old as (
      select e.id from trigger_events e
      where e.state = 'final' and e.received_at < bridle_now() - ${keepMs}::bigint and e.account_id = ${accountId}
        and not exists (select from executions x where x.id = e.execution_id and not x.is_final)
        and not exists (select from trigger_events f join executions x on x.id = f.execution_id
          where f.origin_event_id = e.id and not x.is_final)
      order by e.received_at limit ${limit} for update of e skip locked)
    delete from trigger_events where id in (select id from old)`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Forgets which signed requests have fired which triggers, longer ago than that. */
export async function deleteOldDeliveries(db: Database, keepMs: number, limit: number): Promise<number> {
  const result = await sql`
    delete from trigger_deliveries where ctid = any(array(
      select ctid from trigger_deliveries where claimed_at < bridle_now() - ${keepMs}::bigint
      order by claimed_at limit ${limit} for update skip locked))`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Sessions that have ended, or that nobody has used for so long. */
export async function deleteEndedSessions(db: Database, idleMs: number, limit: number): Promise<number> {
  const result = await sql`
    delete from sessions where id_hash = any(array(
      select id_hash from sessions where expires_at <= bridle_now()
        or purpose = 'browser' and last_used_at <= bridle_now() - ${idleMs}::bigint
      limit ${limit} for update skip locked))`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

export async function listAccountIds(db: Database): Promise<readonly string[]> {
  const rows = await db.selectFrom('accounts').select('id').execute();
  return rows.map(({ id }) => id);
}

/** Whether this replica does the sweep, from now on for so long; the one that does may ask again. */
export async function claimSweep(db: Database, name: string, holdMs: number): Promise<boolean> {
  const { rows } = await sql`
    insert into sweep_claims as c (name, held_until) values (${name}, bridle_now() + ${holdMs}::bigint)
    on conflict (name) do update set held_until = excluded.held_until where c.held_until <= bridle_now()
    returning 1`.execute(db);
  return rows.length > 0;
}

export async function holdSweep(db: Database, name: string, holdMs: number): Promise<void> {
  await sql`update sweep_claims set held_until = bridle_now() + ${holdMs}::bigint where name = ${name}`.execute(db);
}
