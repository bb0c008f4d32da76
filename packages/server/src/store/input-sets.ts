/** Input sets and overlays of pipelines. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy } from './owner-scope.ts';
import type { InsertOutcome, UpdateOutcome } from './pipelines.ts';
import type { InputSetsTable } from './tables.ts';

export type InputSetType = 'INPUT_SET' | 'OVERLAY_INPUT_SET';

export interface InputSetKey {
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly identifier: string;
}

export interface InputSetContent {
  readonly type: InputSetType;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly yaml: string;
  /** Of an overlay: the input sets it folds, in order. */
  readonly inputSetReferences: readonly string[];
}

export interface InputSetRow extends InputSetKey, InputSetContent {
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export async function insertInputSet(
  db: Database | Transaction,
  key: InputSetKey,
  content: InputSetContent,
): Promise<InsertOutcome> {
  const now = sql<number>`bridle_now()`;
  const inserted = await db
    .insertInto('input_sets')
    .values({
      account_id: key.scope.accountId,
      org_identifier: key.scope.orgIdentifier,
      project_identifier: key.scope.projectIdentifier,
      pipeline_identifier: key.pipelineIdentifier,
      identifier: key.identifier,
      ...columns(content),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('version')
    .executeTakeFirst();
  return inserted === undefined ? 'duplicate' : 'inserted';
}

/** Of the content's type only: an overlay is not made an input set. `expectedVersion` undefined = no check. */
export async function updateInputSet(
  db: Database | Transaction,
  key: InputSetKey,
  content: InputSetContent,
  expectedVersion?: number,
): Promise<UpdateOutcome<InputSetRow>> {
  let update = db
    .updateTable('input_sets')
    .set({ ...columns(content), version: sql<number>`version + 1`, updated_at: sql<number>`bridle_now()` })
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('identifier', '=', key.identifier)
    .where('type', '=', content.type);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: inputSetRow(row) };
  const found = await findInputSet(db, key);
  return found?.type === content.type ? { kind: 'stale' } : { kind: 'missing' };
}

export async function deleteInputSet(
  db: Database | Transaction,
  key: InputSetKey,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  let deletion = db
    .deleteFrom('input_sets')
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
  const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findInputSet(db, key)) === undefined ? 'missing' : 'stale';
}

export async function findInputSet(db: Database | Transaction, key: InputSetKey): Promise<InputSetRow | undefined> {
  const [row] = await findInputSets(db, key.scope, key.pipelineIdentifier, [key.identifier]);
  return row;
}

/** Those of the pipeline that are there; in no order. */
export async function findInputSets(
  db: Database | Transaction,
  scope: ProjectScope,
  pipelineIdentifier: string,
  identifiers: readonly string[],
): Promise<readonly InputSetRow[]> {
  if (identifiers.length === 0) return [];
  const rows = await db
    .selectFrom('input_sets')
    .selectAll()
    .where(ownedBy(scope))
    .where('pipeline_identifier', '=', pipelineIdentifier)
    .where(sql<boolean>`identifier = any(${identifiers}::text[])`)
    .execute();
  return rows.map(inputSetRow);
}

export interface InputSetFilter {
  readonly type?: InputSetType;
  /** Part of the name or the identifier, in any case. */
  readonly search?: string;
}

/** One page (0-based) of a pipeline's input sets and overlays, what was changed last first. */
export async function listInputSets(
  db: Database | Transaction,
  scope: ProjectScope,
  pipelineIdentifier: string,
  { type, search }: InputSetFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: InputSetRow[]; readonly total: number }> {
  let matching = db
    .selectFrom('input_sets')
    .where(ownedBy(scope))
    .where('pipeline_identifier', '=', pipelineIdentifier);
  if (type !== undefined) matching = matching.where('type', '=', type);
  if (search !== undefined && search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('updated_at', 'desc')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(inputSetRow), total: count.total };
}

function columns(content: InputSetContent): Pick<
  Selectable<InputSetsTable>,
  'type' | 'name' | 'description' | 'yaml'
> & {
  readonly tags: string;
  readonly input_set_references: string;
} {
  return {
    type: content.type,
    name: content.name,
    description: content.description,
    tags: JSON.stringify(content.tags),
    yaml: content.yaml,
    input_set_references: JSON.stringify(content.inputSetReferences),
  };
}

function inputSetRow(row: Selectable<InputSetsTable>): InputSetRow {
  return {
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    pipelineIdentifier: row.pipeline_identifier,
    identifier: row.identifier,
    type: row.type === 'OVERLAY_INPUT_SET' ? 'OVERLAY_INPUT_SET' : 'INPUT_SET',
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    yaml: row.yaml,
    inputSetReferences: row.input_set_references as readonly string[],
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
