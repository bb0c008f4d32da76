/** How the runtime reads executions, their events and their timers. */
import type {
  EngineEvent,
  Execution,
  ExecutionId,
  NodeExecution,
  NodeExecutionId,
  NodeStatus,
  ProjectScope,
  TimerId,
} from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { executionFromColumns, type ExecutionColumns } from './execution-json.ts';
import { ownedBy } from './owner-scope.ts';

/** The whole state in one statement, so that header, nodes and version belong together. */
export async function findExecution(db: Database | Transaction, id: ExecutionId): Promise<Execution | undefined> {
  const result = await sql<ExecutionColumns & { nodes: NodeExecution[] | null }>`
    select e.header, e.state, e.status, e.version, e.created_at, e.started_at, e.ended_at, d.plan, d.trigger_input, d.retained,
      (select json_agg(n.state order by n.changed_at_version, n.id) from node_executions n where n.execution_id = e.id) as nodes
    from executions e join execution_documents d on d.execution_id = e.id
    where e.id = ${id}`.execute(db);
  const row = result.rows[0];
  return row === undefined ? undefined : executionFromColumns(row, row.nodes ?? []);
}

/** The execution that has this node, among those of the account that are not final. */
export async function findExecutionOfLiveNode(
  db: Database | Transaction,
  accountId: string,
  id: NodeExecutionId,
): Promise<ExecutionId | undefined> {
  const row = await db
    .selectFrom('executions')
    .innerJoin('node_executions', 'node_executions.execution_id', 'executions.id')
    .select('executions.id')
    .where('executions.account_id', '=', accountId)
    .where('executions.is_final', '=', false)
    .where('node_executions.id', '=', id)
    .limit(1)
    .executeTakeFirst();
  return row?.id as ExecutionId | undefined;
}

/** The kept events 1…version. */
export async function listEvents(db: Database | Transaction, id: ExecutionId): Promise<readonly EngineEvent[]> {
  const rows = await db
    .selectFrom('execution_events')
    .select('event')
    .where('execution_id', '=', id)
    .orderBy('sequence')
    .execute();
  return rows.map((row) => row.event as EngineEvent);
}

export interface DueTimerRow {
  readonly timerId: TimerId;
  readonly executionId: ExecutionId;
  readonly dueAt: number;
}

export async function listDueTimers(db: Database, limit: number): Promise<readonly DueTimerRow[]> {
  const result = await sql<{ id: string; execution_id: string; due_at: number }>`
    select id, execution_id, due_at from timers where due_at <= (select bridle_now()) order by due_at, id limit ${limit}`.execute(
    db,
  );
  return result.rows.map((row) => ({
    timerId: row.id as TimerId,
    executionId: row.execution_id as ExecutionId,
    dueAt: row.due_at,
  }));
}

export async function findNextTimerAt(db: Database): Promise<number | undefined> {
  const row = await db.selectFrom('timers').select('due_at').orderBy('due_at').limit(1).executeTakeFirst();
  return row?.due_at;
}

export interface ExecutionHead {
  readonly id: ExecutionId;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly runSequence: number;
  readonly version: number;
  readonly status: NodeStatus;
  readonly isFinal: boolean;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

interface HeadRow {
  readonly id: string;
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
  readonly pipeline_identifier: string;
  readonly run_sequence: number;
  readonly version: number;
  readonly status: string;
  readonly is_final: boolean;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

const HEAD_COLUMNS = [
  'id',
  'account_id',
  'org_identifier',
  'project_identifier',
  'pipeline_identifier',
  'run_sequence',
  'version',
  'status',
  'is_final',
  'created_at',
  'started_at',
  'ended_at',
] as const;

/** How the given executions stand, without their large columns; those that are not there are left out. */
export async function listExecutionHeads(
  db: Database | Transaction,
  ids: readonly ExecutionId[],
): Promise<readonly ExecutionHead[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('executions')
    .select(HEAD_COLUMNS)
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .execute();
  return rows.map(headFromRow);
}

/** Executions of a project that are not final, and those created at or after a time: what a live list may have missed. */
export async function listLiveHeads(
  db: Database,
  scope: ProjectScope,
  createdSince: number,
  limit: number,
): Promise<readonly ExecutionHead[]> {
  const ofScope = db
    .selectFrom('executions')
    .select(HEAD_COLUMNS)
    .where(ownedBy(scope))
    .orderBy('created_at', 'desc')
    .limit(limit);
  const [active, recent] = await Promise.all([
    ofScope.where('is_final', '=', false).execute(),
    ofScope.where('created_at', '>=', createdSince).execute(),
  ]);
  return [...new Map([...active, ...recent].map((row) => [row.id, headFromRow(row)])).values()];
}

function headFromRow(row: HeadRow): ExecutionHead {
  return {
    id: row.id as ExecutionId,
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    pipelineIdentifier: row.pipeline_identifier,
    runSequence: row.run_sequence,
    version: row.version,
    status: row.status as NodeStatus,
    isFinal: row.is_final,
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}
