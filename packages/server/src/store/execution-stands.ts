/** How far executions are, without their plans and texts: what is needed to tell whether an answer about them has changed. */
import type { ExecutionId, ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';

export interface ExecutionStand {
  readonly id: ExecutionId;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly version: number;
  readonly isFinal: boolean;
  /** Written without a new version. */
  readonly notes?: string;
}

/** Those of the given executions that exist, by id. */
export async function listExecutionStands(
  db: Database | Transaction,
  ids: readonly ExecutionId[],
): Promise<readonly ExecutionStand[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('executions')
    .select([
      'id',
      'account_id',
      'org_identifier',
      'project_identifier',
      'pipeline_identifier',
      'version',
      'is_final',
      'notes',
    ])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id as ExecutionId,
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    pipelineIdentifier: row.pipeline_identifier,
    version: row.version,
    isFinal: row.is_final,
    ...(row.notes === null ? {} : { notes: row.notes }),
  }));
}
