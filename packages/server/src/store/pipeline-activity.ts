import { sql } from 'kysely';
import { isBroken, NODE_STATUSES, type ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';

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
  const result = await sql<{ identifier: string; days_ago: number; runs: number; failures: number }>`
    select pipeline_identifier as identifier, bridle_now() / 86400000 - created_at / 86400000 as days_ago,
      count(*) as runs, count(*) filter (where status = any(${BROKEN}::text[])) as failures
    from executions
    where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
      and pipeline_identifier = any(${[...identifiers]}::text[])
      and created_at >= (bridle_now() / 86400000 - ${DAYS - 1}) * 86400000
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
