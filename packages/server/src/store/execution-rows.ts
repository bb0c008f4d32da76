/** Executions as lists and details read them. One statement, one function. */
import type {
  ExecutionCause,
  ExecutionHeader,
  ExecutionId,
  ExecutionSubject,
  ExecutionSummary,
  InterruptRecord,
  NodeExecution,
  NodeStatus,
  Plan,
  ProjectScope,
} from '@bridle/pipeline';
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { stateOf, wholeHeader } from './execution-json.ts';
import type { ExecutionsTable } from './tables.ts';

/** What a list shows of an execution. Times are epoch milliseconds. */
export interface ExecutionSummaryRow {
  readonly id: ExecutionId;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly name: string;
  readonly runSequence: number;
  readonly status: NodeStatus;
  readonly isFinal: boolean;
  readonly version: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Without the trigger's payload and headers (both empty here); `ExecutionRow.cause` has them. */
  readonly cause: ExecutionCause;
  readonly summary: ExecutionSummary;
  readonly abort?: InterruptRecord;
  readonly pause?: InterruptRecord;
  /** Who waits for the end of a chained execution. */
  readonly parent?: NonNullable<ExecutionHeader['parent']>;
  /** What it builds and deploys. */
  readonly subject?: ExecutionSubject;
  /** What people wrote about it. */
  readonly notes?: string;
  /** Set for a retry from a stage. */
  readonly retryOf?: { readonly executionId: ExecutionId; readonly rootExecutionId: ExecutionId };
}

/** All of it but its nodes and its texts. */
export interface ExecutionRow extends ExecutionSummaryRow {
  /** Whole, with its plan and its cause. */
  readonly header: ExecutionHeader;
  readonly plan: Plan;
}

/** Everything about one execution but its nodes and its texts; `undefined` when it is not there. */
export async function findExecutionRow(db: Database | Transaction, id: ExecutionId): Promise<ExecutionRow | undefined> {
  const row = await db
    .selectFrom('executions')
    .innerJoin('execution_documents', 'execution_documents.execution_id', 'executions.id')
    .selectAll('executions')
    .select(['plan', 'trigger_input', 'retained'])
    .where('executions.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const header = wholeHeader(row.header, row);
  return {
    ...summaryRow(row),
    cause: header.cause,
    header,
    plan: header.plan,
  };
}

/** The nodes that changed after a version (default: all), by the order in which they changed. */
export async function listNodeExecutions(
  db: Database | Transaction,
  id: ExecutionId,
  changedAfter = 0,
): Promise<NodeExecution[]> {
  const rows = await db
    .selectFrom('node_executions')
    .select('state')
    .where('execution_id', '=', id)
    .where('changed_at_version', '>', changedAfter)
    .orderBy('changed_at_version')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.state as NodeExecution);
}

/** The execution that has this node, among the newest of the project. */
export async function findExecutionOfNode(
  db: Database | Transaction,
  scope: ProjectScope,
  nodeExecutionId: string,
  newest: number,
): Promise<ExecutionId | undefined> {
  const result = await sql<{ id: string }>`
    select e.id from (
      select id from executions
      where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
      order by created_at desc, id desc limit ${newest}
    ) e join node_executions n on n.execution_id = e.id and n.id = ${nodeExecutionId} limit 1`.execute(db);
  return result.rows[0]?.id as ExecutionId | undefined;
}

/** Empty = none any more. */
export async function keepExecutionNotes(db: Database | Transaction, id: ExecutionId, notes: string): Promise<void> {
  await db
    .updateTable('executions')
    .set({ notes: notes === '' ? null : notes })
    .where('id', '=', id)
    .execute();
}

/** Those of the given executions that exist, in no order: for pages that show the executions of other rows. */
export async function listExecutionsById(
  db: Database | Transaction,
  ids: readonly ExecutionId[],
): Promise<ExecutionSummaryRow[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('executions').selectAll().where('id', 'in', ids).execute();
  return rows.map(summaryRow);
}

/** The first execution of a chain of retries and all its retries, newest first. */
export async function listRetries(db: Database | Transaction, rootId: ExecutionId): Promise<ExecutionSummaryRow[]> {
  const rows = await db
    .selectFrom('executions')
    .selectAll()
    .where((eb) => eb.or([eb('id', '=', rootId), eb('retry_root_id', '=', rootId)]))
    .orderBy('created_at', 'desc')
    .orderBy('run_sequence', 'desc')
    .execute();
  return rows.map(summaryRow);
}

/** Why the execution of a header is there, without the trigger's payload and headers. */
export function causeOf(header: unknown): ExecutionCause {
  return (header as Omit<ExecutionHeader, 'plan'>).cause;
}

export function summaryRow(row: Selectable<ExecutionsTable>): ExecutionSummaryRow {
  const { cause, parent, retained } = row.header as Omit<ExecutionHeader, 'plan'>;
  const { abort, pause } = stateOf(row.state);
  return {
    id: row.id as ExecutionId,
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    pipelineIdentifier: row.pipeline_identifier,
    name: row.name,
    runSequence: row.run_sequence,
    status: row.status as NodeStatus,
    isFinal: row.is_final,
    version: row.version,
    tags: row.tags as Readonly<Record<string, string>>,
    modules: row.modules as readonly string[],
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    cause,
    summary: row.summary as ExecutionSummary,
    ...(abort === undefined ? {} : { abort }),
    ...(pause === undefined ? {} : { pause }),
    ...(row.subject === null ? {} : { subject: row.subject as ExecutionSubject }),
    ...(row.notes === null ? {} : { notes: row.notes }),
    ...(parent === undefined ? {} : { parent }),
    ...(retained === undefined
      ? {}
      : { retryOf: { executionId: retained.executionId, rootExecutionId: retained.rootExecutionId } }),
  };
}
