/** Executions as lists and details read them. One statement, one function. */
import type {
  ExecutionCause,
  ExecutionHeader,
  ExecutionId,
  ExecutionSummary,
  InterruptRecord,
  NodeExecution,
  NodeStatus,
  Plan,
  ProjectScope,
  TriggerType,
} from '@bridle/pipeline';
import { sql, type ExpressionBuilder, type Expression, type Selectable, type SqlBool } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { stateOf, wholeHeader } from './execution-json.ts';
import { likePattern } from './organizations.ts';
import type { ExecutionsTable, Tables } from './tables.ts';

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

export interface ExecutionFilter {
  readonly scope: ProjectScope;
  readonly pipelineIdentifiers?: readonly string[];
  readonly statuses?: readonly NodeStatus[];
  readonly triggerTypes?: readonly TriggerType[];
  readonly triggerIdentifiers?: readonly string[];
  /** Epoch milliseconds, inclusive. */
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  /** Part of the pipeline's name or identifier, or of a tag, in any case. */
  readonly search?: string;
  /** Part of the pipeline's name, in any case. */
  readonly name?: string;
  /** With stages of it. */
  readonly module?: string;
  /** Has all of these. */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** Identifiers or ids of those who caused it. */
  readonly triggeredBy?: readonly string[];
  /** Leaves those out that were retried. */
  readonly isNewestOfRetries?: true;
}

export interface ExecutionSort {
  readonly field: 'createdAt' | 'startedAt' | 'endedAt' | 'name' | 'status' | 'runSequence';
  readonly direction: 'asc' | 'desc';
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

/** One page (0-based) of the executions that match, and how many match in all. */
export async function listExecutions(
  db: Database | Transaction,
  filter: ExecutionFilter,
  page: number,
  size: number,
  sort: ExecutionSort = { field: 'createdAt', direction: 'desc' },
): Promise<{ readonly rows: ExecutionSummaryRow[]; readonly total: number }> {
  // The ids of the page come from an index where they can; wide rows are read for what is shown only.
  const shown = db
    .selectFrom('executions')
    .where((eb) => eb.and(conditions(eb, filter)))
    .select('id')
    .orderBy(SORT_COLUMNS[sort.field], sort.direction)
    .orderBy('id', sort.direction)
    .limit(size)
    .offset(page * size);
  const [rows, count] = await Promise.all([
    db
      .selectFrom('executions')
      .selectAll()
      .where('id', 'in', shown)
      .orderBy(SORT_COLUMNS[sort.field], sort.direction)
      .orderBy('id', sort.direction)
      .execute(),
    countExecutions(db, filter),
  ]);
  return { rows: rows.map(summaryRow), total: count };
}

/** Where a list goes on: behind this execution, or, where it is not there, behind this time. Empty = from the newest on. */
export interface ListPlace {
  readonly id?: string;
  readonly createdAt?: number;
}

/** The newest that match behind a place. */
export async function listExecutionsAfter(
  db: Database | Transaction,
  filter: ExecutionFilter,
  { id, createdAt }: ListPlace,
  limit: number,
): Promise<ExecutionSummaryRow[]> {
  const last =
    id === undefined
      ? undefined
      : await db.selectFrom('executions').select(['created_at', 'id']).where('id', '=', id).executeTakeFirst();
  const matching = db.selectFrom('executions').where((eb) => eb.and(conditions(eb, filter)));
  const behind =
    last === undefined
      ? createdAt === undefined
        ? matching
        : matching.where('created_at', '<', createdAt)
      : matching.where(sql<SqlBool>`(created_at, id) < (${last.created_at}, ${last.id})`);
  const shown = behind.select('id').orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  const rows = await db
    .selectFrom('executions')
    .selectAll()
    .where('id', 'in', shown)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(summaryRow);
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

/**
 * Those that were retried are few: they are counted by themselves and taken away. To look at each execution for a retry of it, the
 * whole table would be read.
 */
async function countExecutions(
  db: Database | Transaction,
  { isNewestOfRetries, ...filter }: ExecutionFilter,
): Promise<number> {
  const counted = db
    .selectFrom('executions')
    .where((eb) => eb.and(conditions(eb, filter)))
    .select(({ fn }) => fn.countAll<number>().as('total'));
  if (isNewestOfRetries !== true) return (await counted.executeTakeFirstOrThrow()).total;
  const firstOnes = counted.where(
    sql<SqlBool>`id in (select retry_root_id from executions r where retry_root_id is not null)`,
  );
  const earlierRetries = counted.where('retry_root_id', 'is not', null).where(sql<SqlBool>`exists (
    select from executions r
    where r.retry_root_id = executions.retry_root_id and r.run_sequence > executions.run_sequence)`);
  const result = await sql<{ total: number }>`
    select (${counted}) - (${firstOnes}) - (${earlierRetries}) as total`.execute(db);
  return result.rows[0]?.total ?? 0;
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

/** The newest executions of each of the given pipelines, at most `perPipeline` each: for the pipelines list. */
export async function listRecentExecutions(
  db: Database | Transaction,
  scope: ProjectScope,
  pipelineIdentifiers: readonly string[],
  perPipeline: number,
): Promise<ExecutionSummaryRow[]> {
  if (pipelineIdentifiers.length === 0) return [];
  const result = await sql<Selectable<ExecutionsTable>>`
    select recent.* from unnest(${pipelineIdentifiers}::text[]) as asked(identifier),
    lateral (
      select * from executions
      where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
        and pipeline_identifier = asked.identifier
      order by created_at desc, id desc limit ${perPipeline}
    ) as recent`.execute(db);
  return result.rows.map(summaryRow);
}

const SORT_COLUMNS = {
  createdAt: 'created_at',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  name: 'name',
  status: 'status',
  runSequence: 'run_sequence',
} as const satisfies Record<ExecutionSort['field'], keyof ExecutionsTable>;

function conditions(eb: ExpressionBuilder<Tables, 'executions'>, filter: ExecutionFilter): Expression<SqlBool>[] {
  const { scope } = filter;
  const all: Expression<SqlBool>[] = [
    eb('account_id', '=', scope.accountId),
    eb('org_identifier', '=', scope.orgIdentifier),
    eb('project_identifier', '=', scope.projectIdentifier),
  ];
  const oneOf = (
    column: 'pipeline_identifier' | 'status' | 'trigger_type' | 'trigger_identifier' | 'triggered_by',
    values?: readonly string[],
  ): void => {
    if (values !== undefined) all.push(sql<SqlBool>`${sql.ref(column)} = any(${values}::text[])`);
  };
  oneOf('pipeline_identifier', filter.pipelineIdentifiers);
  oneOf('status', filter.statuses);
  oneOf('trigger_type', filter.triggerTypes);
  oneOf('trigger_identifier', filter.triggerIdentifiers);
  oneOf('triggered_by', filter.triggeredBy);
  if (filter.startedAfter !== undefined) all.push(eb('started_at', '>=', filter.startedAfter));
  if (filter.startedBefore !== undefined) all.push(eb('started_at', '<=', filter.startedBefore));
  if (filter.isNewestOfRetries === true) {
    all.push(sql<SqlBool>`not exists (
      select from executions r
      where r.retry_root_id = coalesce(executions.retry_root_id, executions.id) and r.run_sequence > executions.run_sequence)`);
  }
  const name = filter.name?.trim() ?? '';
  if (name !== '') all.push(eb('name', 'ilike', likePattern(name)));
  // JSON may hold what PostgreSQL takes no text out of; as the text that was written, it is searched as it is.
  const { module, tags = [] } = filter;
  if (module !== undefined) all.push(sql<SqlBool>`strpos(modules::text, ${JSON.stringify(module)}) > 0`);
  for (const { key, value } of tags) {
    const pair = `${JSON.stringify(key)}:${JSON.stringify(value)}`;
    all.push(sql<SqlBool>`strpos(tags::text, ${pair}) > 0`);
  }
  const search = filter.search?.trim() ?? '';
  if (search !== '') {
    const pattern = likePattern(search);
    all.push(
      eb.or([
        eb('name', 'ilike', pattern),
        eb('pipeline_identifier', 'ilike', pattern),
        sql<SqlBool>`tags::text ilike ${pattern}`,
      ]),
    );
  }
  return all;
}

function summaryRow(row: Selectable<ExecutionsTable>): ExecutionSummaryRow {
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
    ...(row.notes === null ? {} : { notes: row.notes }),
    ...(parent === undefined ? {} : { parent }),
    ...(retained === undefined
      ? {}
      : { retryOf: { executionId: retained.executionId, rootExecutionId: retained.rootExecutionId } }),
  };
}
