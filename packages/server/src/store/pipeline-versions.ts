/** What was saved of a pipeline, one row per version. The rows are written with the pipeline (pipelines.ts), never changed. */
import type { ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { ownedBy } from './owner-scope.ts';

/** Who saved, and what for. */
export interface SaveOrigin {
  readonly by?: SavedBy;
  /** The version whose text was taken. */
  readonly restoredFrom?: number;
}

export interface SavedBy {
  readonly id: string;
  readonly name: string;
}

/** Times are epoch milliseconds. */
export interface PipelineVersionHead extends SaveOrigin {
  readonly version: number;
  readonly name: string;
  readonly savedAt: number;
}

export interface PipelineVersionRow extends PipelineVersionHead {
  readonly yaml: string;
}

const HEAD = ['version', 'name', 'saved_at', 'saved_by', 'restored_from'] as const;

/** One page (0-based), newest first. */
export async function listPipelineVersions(
  db: Database | Transaction,
  scope: ProjectScope,
  identifier: string,
  page: number,
  size: number,
): Promise<{ readonly rows: PipelineVersionHead[]; readonly total: number }> {
  const matching = db
    .selectFrom('pipeline_versions')
    .where(ownedBy(scope))
    .where('pipeline_identifier', '=', identifier);
  const [rows, count] = await Promise.all([
    matching
      .select(HEAD)
      .orderBy('version', 'desc')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(headOf), total: count.total };
}

export async function findPipelineVersion(
  db: Database | Transaction,
  scope: ProjectScope,
  identifier: string,
  version: number,
): Promise<PipelineVersionRow | undefined> {
  const row = await db
    .selectFrom('pipeline_versions')
    .select([...HEAD, 'yaml'])
    .where(ownedBy(scope))
    .where('pipeline_identifier', '=', identifier)
    .where('version', '=', version)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...headOf(row), yaml: row.yaml };
}

function headOf(row: {
  readonly version: number;
  readonly name: string;
  readonly saved_at: number;
  readonly saved_by: unknown;
  readonly restored_from: number | null;
}): PipelineVersionHead {
  return {
    version: row.version,
    name: row.name,
    savedAt: row.saved_at,
    ...(row.saved_by === null ? {} : { by: row.saved_by as SavedBy }),
    ...(row.restored_from === null ? {} : { restoredFrom: row.restored_from }),
  };
}
