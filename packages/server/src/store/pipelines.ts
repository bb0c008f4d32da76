/** Saved pipelines. One statement, one function. */
import { sql, type AliasedRawBuilder, type Selectable } from 'kysely';
import type { ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy } from './owner-scope.ts';
import type { SaveOrigin } from './pipeline-versions.ts';
import type { PipelinesTable } from './tables.ts';

export interface PipelineContent {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly yaml: string;
  readonly stageNames: readonly string[];
  readonly modules: readonly string[];
}

export interface PipelineRow extends PipelineContent {
  readonly scope: ProjectScope;
  readonly identifier: string;
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface PipelineListFilter {
  readonly identifiers?: readonly string[];
  /** Part of the name, the identifier or the description, in any case. */
  readonly search?: string;
  readonly name?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** With stages of it. */
  readonly module?: string;
}

export interface PipelineSort {
  readonly field: 'updatedAt' | 'createdAt' | 'name' | 'identifier';
  readonly direction: 'asc' | 'desc';
}

export type InsertOutcome = 'inserted' | 'duplicate';
export type UpdateOutcome<Row> =
  | { readonly kind: 'updated'; readonly row: Row }
  | { readonly kind: 'missing' }
  | { readonly kind: 'stale' };

/** With its first version, in one statement. */
export async function insertPipeline(
  db: Database | Transaction,
  scope: ProjectScope,
  identifier: string,
  content: PipelineContent,
  origin: SaveOrigin = {},
): Promise<InsertOutcome> {
  const now = sql<number>`bridle_now()`;
  const inserted = await db
    .with('saved', (cte) =>
      cte
        .insertInto('pipelines')
        .values({
          account_id: scope.accountId,
          org_identifier: scope.orgIdentifier,
          project_identifier: scope.projectIdentifier,
          identifier,
          ...columns(content),
          created_at: now,
          updated_at: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll(),
    )
    .insertInto('pipeline_versions')
    .columns(VERSION_COLUMNS)
    .expression((eb) => eb.selectFrom('saved').select(versionOf(origin)))
    .returning('version')
    .executeTakeFirst();
  return inserted === undefined ? 'duplicate' : 'inserted';
}

/** With the new version, in one statement. `expectedVersion` undefined = no check. */
export async function updatePipeline(
  db: Database | Transaction,
  scope: ProjectScope,
  identifier: string,
  content: PipelineContent,
  expectedVersion?: number,
  origin: SaveOrigin = {},
): Promise<UpdateOutcome<PipelineRow>> {
  const row = await db
    .with('saved', (cte) => {
      const update = cte
        .updateTable('pipelines')
        .set({ ...columns(content), version: sql<number>`version + 1`, updated_at: sql<number>`bridle_now()` })
        .where(ownedBy(scope))
        .where('identifier', '=', identifier);
      return (expectedVersion === undefined ? update : update.where('version', '=', expectedVersion)).returningAll();
    })
    .with('kept', (cte) =>
      cte
        .insertInto('pipeline_versions')
        .columns(VERSION_COLUMNS)
        .expression((eb) => eb.selectFrom('saved').select(versionOf(origin))),
    )
    .selectFrom('saved')
    .selectAll()
    .executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: pipelineRow(row) };
  return (await findPipeline(db, scope, identifier)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

const VERSION_COLUMNS = [
  'account_id',
  'org_identifier',
  'project_identifier',
  'pipeline_identifier',
  'version',
  'name',
  'yaml',
  'saved_at',
  'saved_by',
  'restored_from',
] as const;

/** In the order of `VERSION_COLUMNS`. */
function versionOf({ by, restoredFrom }: SaveOrigin): readonly AliasedRawBuilder<unknown, string>[] {
  return [
    sql`account_id`.as('account_id'),
    sql`org_identifier`.as('org_identifier'),
    sql`project_identifier`.as('project_identifier'),
    sql`identifier`.as('pipeline_identifier'),
    sql`version`.as('version'),
    sql`name`.as('name'),
    sql`yaml`.as('yaml'),
    sql`updated_at`.as('saved_at'),
    sql`${by === undefined ? null : JSON.stringify(by)}::json`.as('saved_by'),
    sql`${restoredFrom ?? null}::bigint`.as('restored_from'),
  ];
}

/** Its versions, triggers and input sets go with it; its executions and trigger events stay (docs/LIFECYCLE.md). */
export async function deletePipeline(
  db: Database | Transaction,
  scope: ProjectScope,
  identifier: string,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  let deletion = db.deleteFrom('pipelines').where(ownedBy(scope)).where('identifier', '=', identifier);
  if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
  const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findPipeline(db, scope, identifier)) === undefined ? 'missing' : 'stale';
}

export async function findPipeline(
  db: Database | Transaction,
  scope: ProjectScope,
  identifier: string,
): Promise<PipelineRow | undefined> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where(ownedBy(scope))
    .where('identifier', '=', identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : pipelineRow(row);
}

/** One page (0-based). */
export async function listPipelines(
  db: Database | Transaction,
  scope: ProjectScope,
  filter: PipelineListFilter,
  page: number,
  size: number,
  sort: PipelineSort = { field: 'updatedAt', direction: 'desc' },
): Promise<{ readonly rows: PipelineRow[]; readonly total: number }> {
  let matching = db.selectFrom('pipelines').where(ownedBy(scope));
  if (filter.identifiers !== undefined)
    matching = matching.where(sql<boolean>`identifier = any(${filter.identifiers}::text[])`);
  if (filter.name !== undefined && filter.name !== '')
    matching = matching.where('name', 'ilike', likePattern(filter.name));
  if (filter.description !== undefined && filter.description !== '')
    matching = matching.where('description', 'ilike', likePattern(filter.description));
  if (filter.module !== undefined && filter.module !== '')
    matching = matching.where(sql<boolean>`modules @> ${JSON.stringify([filter.module])}::jsonb`);
  if (filter.tags !== undefined) matching = matching.where(sql<boolean>`tags @> ${JSON.stringify(filter.tags)}::jsonb`);
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = likePattern(filter.search);
    matching = matching.where((eb) =>
      eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern), eb('description', 'ilike', pattern)]),
    );
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy(SORT_COLUMNS[sort.field], (order) => (sort.direction === 'asc' ? order.asc() : order.desc()))
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(pipelineRow), total: count.total };
}

const SORT_COLUMNS = {
  updatedAt: 'updated_at',
  createdAt: 'created_at',
  name: 'name',
  identifier: 'identifier',
} as const satisfies Record<PipelineSort['field'], keyof PipelinesTable>;

function columns(content: PipelineContent): Pick<Selectable<PipelinesTable>, 'name' | 'description' | 'yaml'> & {
  readonly tags: string;
  readonly stage_names: string;
  readonly modules: string;
} {
  return {
    name: content.name,
    description: content.description,
    yaml: content.yaml,
    tags: JSON.stringify(content.tags),
    stage_names: JSON.stringify(content.stageNames),
    modules: JSON.stringify(content.modules),
  };
}

export function pipelineRow(row: Selectable<PipelinesTable>): PipelineRow {
  return {
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    yaml: row.yaml,
    stageNames: row.stage_names as readonly string[],
    modules: row.modules as readonly string[],
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
