/** Lists of executions. The ids of a page come from an index where they can; wide rows are read for what is shown only. */
import type { NodeStatus, ProjectScope, TriggerType } from '@bridle/pipeline';
import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { summaryRow, type ExecutionSummaryRow } from './execution-rows.ts';
import { isAbout, type SubjectCondition } from './execution-subjects.ts';
import type { ExecutionsTable, Tables } from './tables.ts';
import { findTextKeys, textConditions, type TextWish } from './text-keys.ts';

export interface ExecutionFilter extends TextWish {
  readonly scope: ProjectScope;
  readonly pipelineIdentifiers?: readonly string[];
  readonly statuses?: readonly NodeStatus[];
  readonly triggerTypes?: readonly TriggerType[];
  readonly triggerIdentifiers?: readonly string[];
  /** Epoch milliseconds, inclusive. */
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  /** With stages of it. */
  readonly module?: string;
  /** What it builds and deploys: all of these. */
  readonly about?: readonly SubjectCondition[];
  /** Identifiers or ids of those who caused it. */
  readonly triggeredBy?: readonly string[];
  /** Leaves those out that were retried. */
  readonly isNewestOfRetries?: true;
}

export interface ExecutionSort {
  readonly field: 'createdAt' | 'startedAt' | 'endedAt' | 'name' | 'status' | 'runSequence';
  readonly direction: 'asc' | 'desc';
}

/** One page (0-based) of the executions that match, and how many match in all. */
export async function listExecutions(
  db: Database | Transaction,
  filter: ExecutionFilter,
  page: number,
  size: number,
  sort: ExecutionSort = { field: 'createdAt', direction: 'desc' },
): Promise<{ readonly rows: ExecutionSummaryRow[]; readonly total: number }> {
  const search = await searchOf(db, filter);
  if (search.kind === 'nothing') return { rows: [], total: 0 };
  const shown = db
    .selectFrom('executions')
    .where((eb) => eb.and(conditions(eb, filter, search)))
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
    countExecutions(db, filter, search),
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
  const search = await searchOf(db, filter);
  if (search.kind === 'nothing') return [];
  const last =
    id === undefined
      ? undefined
      : await db.selectFrom('executions').select(['created_at', 'id']).where('id', '=', id).executeTakeFirst();
  const matching = db.selectFrom('executions').where((eb) => eb.and(conditions(eb, filter, search)));
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

/**
 * Those that were retried are few: they are counted by themselves and taken away. To look at each execution for a retry of it, the
 * whole table would be read.
 */
async function countExecutions(
  db: Database | Transaction,
  { isNewestOfRetries, ...filter }: ExecutionFilter,
  search: Search,
): Promise<number> {
  const counted = db
    .selectFrom('executions')
    .where((eb) => eb.and(conditions(eb, filter, search)))
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

const SORT_COLUMNS = {
  createdAt: 'created_at',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  name: 'name',
  status: 'status',
  runSequence: 'run_sequence',
} as const satisfies Record<ExecutionSort['field'], keyof ExecutionsTable>;

/** What is left to be done about texts. */
type Search =
  | { readonly kind: 'none' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'keys'; readonly keys: readonly number[] }
  | { readonly kind: 'each' };

async function searchOf(db: Database | Transaction, filter: ExecutionFilter): Promise<Search> {
  if (textConditions(filter).length === 0) return { kind: 'none' };
  const keys = await findTextKeys(db, filter.scope, filter);
  if (keys === undefined) return { kind: 'each' };
  return keys.length === 0 ? { kind: 'nothing' } : { kind: 'keys', keys };
}

function conditions(
  eb: ExpressionBuilder<Tables, 'executions'>,
  filter: ExecutionFilter,
  search: Search,
): Expression<SqlBool>[] {
  const { scope, module } = filter;
  const all: Expression<SqlBool>[] = [
    eb('account_id', '=', scope.accountId),
    eb('org_identifier', '=', scope.orgIdentifier),
    eb('project_identifier', '=', scope.projectIdentifier),
  ];
  const oneOf = (
    column: 'pipeline_identifier' | 'status' | 'trigger_type' | 'trigger_identifier',
    values?: readonly string[],
  ): void => {
    if (values !== undefined) all.push(sql<SqlBool>`${sql.ref(column)} = any(${values}::text[])`);
  };
  oneOf('pipeline_identifier', filter.pipelineIdentifiers);
  oneOf('status', filter.statuses);
  oneOf('trigger_type', filter.triggerTypes);
  oneOf('trigger_identifier', filter.triggerIdentifiers);
  if (filter.triggeredBy !== undefined) {
    all.push(sql<SqlBool>`triggered_by_key = any(array(
      select hashtextextended(given, 0) & 9007199254740991 from unnest(${filter.triggeredBy}::text[]) as given))`);
  }
  if (filter.startedAfter !== undefined) all.push(eb('started_at', '>=', filter.startedAfter));
  if (filter.startedBefore !== undefined) all.push(eb('started_at', '<=', filter.startedBefore));
  if (filter.isNewestOfRetries === true) all.push(IS_NEWEST_OF_RETRIES);
  if (module !== undefined) all.push(sql<SqlBool>`strpos(modules::text, ${JSON.stringify(module)}) > 0`);
  for (const condition of filter.about ?? []) all.push(isAbout(condition));
  if (search.kind === 'keys') all.push(hasTextOf(search.keys));
  if (search.kind === 'each') all.push(...textConditions(filter));
  return all;
}

/** Keys that are looked up one by one in an index, or compared one by one. */
const KEYS_COMPARED_MAX = 50;

/** Of many keys a hash table is made: as a subquery that is no condition by itself, which the planner would join in no order. */
function hasTextOf(keys: readonly number[]): Expression<SqlBool> {
  return keys.length <= KEYS_COMPARED_MAX
    ? sql<SqlBool>`texts_key = any(${keys}::bigint[])`
    : sql<SqlBool>`(texts_key in (select unnest(${keys}::bigint[]))) is true`;
}

/**
 * Told apart, the first of a chain and a retry: of the first it is enough that there is any retry of it, and all that were retried
 * fit a hash table. So executions are read in the order of the index, and a far page needs no sort of all.
 */
const IS_NEWEST_OF_RETRIES = sql<SqlBool>`(
  retry_root_id is null
    and not exists (select from executions r where r.retry_root_id is not null and r.retry_root_id = executions.id)
  or retry_root_id is not null
    and not exists (
      select from executions r
      where r.retry_root_id = executions.retry_root_id and r.run_sequence > executions.run_sequence))`;
