/** What checks before a run have found: kept for a day, until they are asked for. */
import type { ProjectScope } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { ownedBy } from './owner-scope.ts';

export interface PreflightCheckRow {
  readonly id: string;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  /** As it is answered. */
  readonly result: unknown;
}

const KEPT_MS = 86_400_000;

/** Those that are too old go with each new one: they are few. */
export async function keepPreflightCheck(
  db: Database | Transaction,
  { id, scope, pipelineIdentifier, result }: PreflightCheckRow,
): Promise<void> {
  await db
    .with('old', (cte) =>
      cte.deleteFrom('preflight_checks').where('created_at', '<', sql<number>`bridle_now() - ${KEPT_MS}`),
    )
    .insertInto('preflight_checks')
    .values({
      id,
      account_id: scope.accountId,
      org_identifier: scope.orgIdentifier,
      project_identifier: scope.projectIdentifier,
      pipeline_identifier: pipelineIdentifier,
      created_at: sql<number>`bridle_now()`,
      result: JSON.stringify(result),
    })
    .execute();
}

export async function findPreflightCheck(
  db: Database | Transaction,
  scope: ProjectScope,
  id: string,
): Promise<PreflightCheckRow | undefined> {
  const row = await db
    .selectFrom('preflight_checks')
    .selectAll()
    .where('id', '=', id)
    .where(ownedBy(scope))
    .executeTakeFirst();
  return row === undefined ? undefined : { id, scope, pipelineIdentifier: row.pipeline_identifier, result: row.result };
}
