/** Of which project and pipeline executions are: what rights on them are asked for. */
import type { ProjectScope } from '@bridle/pipeline';
import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface ExecutionTarget {
  readonly executionId: string;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
}

/** Those of the executions that are there. */
export async function listExecutionTargets(
  db: Database,
  executionIds: readonly string[],
): Promise<readonly ExecutionTarget[]> {
  const rows = await db
    .selectFrom('executions')
    .select(['id', 'account_id', 'org_identifier', 'project_identifier', 'pipeline_identifier'])
    .where(sql<boolean>`id = any(${[...executionIds]}::text[])`)
    .execute();
  return rows.map((row) => ({
    executionId: row.id,
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    pipelineIdentifier: row.pipeline_identifier,
  }));
}
