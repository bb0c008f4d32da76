/** What ran of pipelines of late: for lists of pipelines, which show many of them at once. */
import { sql } from 'kysely';
import { isBroken, NODE_STATUSES, type ExecutionId, type NodeStatus, type ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { causeOf, type ExecutionSummaryRow } from './execution-rows.ts';

/** Of an execution what a list of pipelines shows. */
export type RecentExecutionRow = Pick<
  ExecutionSummaryRow,
  'id' | 'pipelineIdentifier' | 'status' | 'runSequence' | 'createdAt' | 'startedAt' | 'endedAt' | 'cause'
>;

/** The newest executions of each of the given pipelines, at most `perPipeline` each, newest first. */
export async function listRecentExecutions(
  db: Database | Transaction,
  scope: ProjectScope,
  pipelineIdentifiers: readonly string[],
  perPipeline: number,
): Promise<RecentExecutionRow[]> {
  if (pipelineIdentifiers.length === 0) return [];
  const result = await sql<RecentRow>`
    select recent.* from unnest(${pipelineIdentifiers}::text[]) as asked(identifier),
    lateral (
      select id, pipeline_identifier, status, run_sequence, created_at, started_at, ended_at, header from executions
      where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
        and pipeline_identifier = asked.identifier
      order by created_at desc, id desc limit ${perPipeline}
    ) as recent`.execute(db);
  return result.rows.map((row) => ({
    id: row.id,
    pipelineIdentifier: row.pipeline_identifier,
    status: row.status,
    runSequence: row.run_sequence,
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    cause: causeOf(row.header),
  }));
}

interface RecentRow {
  readonly id: ExecutionId;
  readonly pipeline_identifier: string;
  readonly status: NodeStatus;
  readonly run_sequence: number;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly header: unknown;
}

/** Runs of a pipeline per day of the last seven (UTC, by the database's clock), today last. */
export interface PipelineActivity {
  readonly runs: readonly number[];
  readonly failures: readonly number[];
}

const DAYS = 7;
const BROKEN = NODE_STATUSES.filter(isBroken);

/** Pipelines that did not run are not in the answer. */
export async function listPipelineActivity(
  db: Database | Transaction,
  scope: ProjectScope,
  identifiers: readonly string[],
): Promise<ReadonlyMap<string, PipelineActivity>> {
  if (identifiers.length === 0) return new Map();
  // The day is asked for once: a time that may change from row to row finds no place in an index.
  const today = sql`(select today from clock)`;
  const result = await sql<{ identifier: string; days_ago: number; runs: number; failures: number }>`
    with clock as materialized (select bridle_now() / 86400000 as today)
    select pipeline_identifier as identifier, ${today} - created_at / 86400000 as days_ago,
      count(*) as runs, count(*) filter (where status = any(${BROKEN}::text[])) as failures
    from executions
    where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
      and pipeline_identifier = any(${[...identifiers]}::text[])
      and created_at >= (${today} - ${DAYS - 1}) * 86400000
    group by 1, 2`.execute(db);
  const byPipeline = Map.groupBy(result.rows, ({ identifier }) => identifier);
  return new Map(
    [...byPipeline].map(([identifier, rows]) => {
      const perDay = (read: (row: (typeof rows)[number]) => number): number[] =>
        Array.from({ length: DAYS }, (_, index) => {
          const row = rows.find(({ days_ago: daysAgo }) => daysAgo === DAYS - 1 - index);
          return row === undefined ? 0 : read(row);
        });
      return [identifier, { runs: perDay(({ runs }) => runs), failures: perDay(({ failures }) => failures) }];
    }),
  );
}
