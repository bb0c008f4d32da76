/** Triggers. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy } from './owner-scope.ts';
import { pipelineRow, type InsertOutcome, type PipelineRow, type UpdateOutcome } from './pipelines.ts';
import type { PipelinesTable, TriggersTable } from './tables.ts';

export interface TriggerKey {
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly identifier: string;
}

export interface TriggerContent {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `Webhook`, `Scheduled`, … */
  readonly type: string;
  /** `Custom`, `Github`, …; empty for types that have none. */
  readonly sourceType: string;
  readonly isEnabled: boolean;
  readonly yaml: string;
}

export interface TriggerRow extends TriggerKey, TriggerContent {
  readonly webhookToken: string;
  /** 1-based, raised by each update. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export async function insertTrigger(
  db: Database | Transaction,
  key: TriggerKey,
  content: TriggerContent,
  webhookToken: string,
): Promise<InsertOutcome> {
  const now = sql<number>`bridle_now()`;
  const inserted = await db
    .insertInto('triggers')
    .values({
      account_id: key.scope.accountId,
      org_identifier: key.scope.orgIdentifier,
      project_identifier: key.scope.projectIdentifier,
      pipeline_identifier: key.pipelineIdentifier,
      identifier: key.identifier,
      ...columns(content),
      webhook_token: webhookToken,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('version')
    .executeTakeFirst();
  return inserted === undefined ? 'duplicate' : 'inserted';
}

/** `expectedVersion` undefined = no check. */
export async function updateTrigger(
  db: Database | Transaction,
  key: TriggerKey,
  content: TriggerContent,
  expectedVersion?: number,
): Promise<UpdateOutcome<TriggerRow>> {
  let update = db
    .updateTable('triggers')
    .set({ ...columns(content), version: sql<number>`version + 1`, updated_at: sql<number>`bridle_now()` })
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: triggerRow(row) };
  return (await findTrigger(db, key)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

export async function deleteTrigger(
  db: Database | Transaction,
  key: TriggerKey,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  let deletion = db
    .deleteFrom('triggers')
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
  const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findTrigger(db, key)) === undefined ? 'missing' : 'stale';
}

export async function findTrigger(db: Database | Transaction, key: TriggerKey): Promise<TriggerRow | undefined> {
  const row = await db
    .selectFrom('triggers')
    .selectAll()
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('identifier', '=', key.identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : triggerRow(row);
}

/** By which column lists of triggers may be sorted. */
export interface TriggerSort {
  readonly by: 'name' | 'identifier' | 'created_at' | 'updated_at';
  readonly isDescending: boolean;
}

const NEWEST_FIRST: TriggerSort = { by: 'created_at', isDescending: true };

/** One page (0-based) of the triggers of a pipeline, newest first where nothing else is asked for. */
export async function listTriggers(
  db: Database | Transaction,
  scope: ProjectScope,
  pipelineIdentifier: string,
  search: string,
  page: number,
  size: number,
  { by, isDescending }: TriggerSort = NEWEST_FIRST,
): Promise<{ readonly rows: TriggerRow[]; readonly total: number }> {
  let matching = db.selectFrom('triggers').where(ownedBy(scope)).where('pipeline_identifier', '=', pipelineIdentifier);
  if (search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy(by, isDescending ? 'desc' : 'asc')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(triggerRow), total: count.total };
}

/** Which triggers an event may concern; what is missing narrows nothing. */
export interface TriggerFilter {
  readonly accountId: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  readonly pipelineIdentifier?: string;
  readonly triggerIdentifier?: string;
  /** `Custom`, `Github`, …; `schedule` = those of type Scheduled. */
  readonly source: string;
}

export interface TriggerWithPipeline {
  readonly trigger: TriggerRow;
  readonly pipeline: PipelineRow;
}

/** The enabled triggers an event may concern, each with its pipeline. */
export async function listEnabledTriggers(
  db: Database | Transaction,
  filter: TriggerFilter,
): Promise<TriggerWithPipeline[]> {
  const { accountId, source } = filter;
  const narrows = (column: string, value: string | undefined): ReturnType<typeof sql> =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const result = await sql<Selectable<TriggersTable> & { pipeline: Selectable<PipelinesTable> }>`
    select triggers.*, to_jsonb(pipelines) as pipeline from triggers
    join pipelines on pipelines.account_id = triggers.account_id and pipelines.org_identifier = triggers.org_identifier
      and pipelines.project_identifier = triggers.project_identifier and pipelines.identifier = triggers.pipeline_identifier
    where triggers.account_id = ${accountId} and is_enabled
      and ${source === 'schedule' ? sql`type = 'Scheduled'` : sql`source_type = ${source}`}
      and ${narrows('triggers.org_identifier', filter.orgIdentifier)}
      and ${narrows('triggers.project_identifier', filter.projectIdentifier)}
      and ${narrows('triggers.pipeline_identifier', filter.pipelineIdentifier)}
      and ${narrows('triggers.identifier', filter.triggerIdentifier)}
    order by triggers.org_identifier, triggers.project_identifier, triggers.pipeline_identifier, triggers.identifier`.execute(
    db,
  );
  return result.rows.map((row) => ({ trigger: triggerRow(row), pipeline: pipelineRow(row.pipeline) }));
}

export async function findTriggerByToken(
  db: Database | Transaction,
  accountId: string,
  token: string,
): Promise<TriggerRow | undefined> {
  const row = await db
    .selectFrom('triggers')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('webhook_token', '=', token)
    .executeTakeFirst();
  return row === undefined ? undefined : triggerRow(row);
}

/** The address with the old token stops working; the trigger itself, and so its version, stays as it is. */
export async function replaceTriggerToken(
  db: Database | Transaction,
  key: TriggerKey,
  token: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('triggers')
    .set({ webhook_token: token })
    .where(ownedBy(key.scope))
    .where('pipeline_identifier', '=', key.pipelineIdentifier)
    .where('identifier', '=', key.identifier)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Triggers to be switched, at most so many, by their keys. */
export async function listTriggersToSwitch(
  db: Database | Transaction,
  filter: Omit<TriggerFilter, 'source'> & { readonly type?: string },
  isEnabled: boolean,
  limit: number,
): Promise<TriggerRow[]> {
  let matching = db
    .selectFrom('triggers')
    .selectAll()
    .where('account_id', '=', filter.accountId)
    .where('is_enabled', '!=', isEnabled);
  if (filter.orgIdentifier !== undefined) matching = matching.where('org_identifier', '=', filter.orgIdentifier);
  if (filter.projectIdentifier !== undefined)
    matching = matching.where('project_identifier', '=', filter.projectIdentifier);
  if (filter.pipelineIdentifier !== undefined)
    matching = matching.where('pipeline_identifier', '=', filter.pipelineIdentifier);
  if (filter.type !== undefined) matching = matching.where('type', '=', filter.type);
  const rows = await matching
    .orderBy('org_identifier')
    .orderBy('project_identifier')
    .orderBy('pipeline_identifier')
    .orderBy('identifier')
    .limit(limit)
    .execute();
  return rows.map(triggerRow);
}

function columns(content: TriggerContent): Omit<
  Selectable<TriggersTable>,
  'tags' | 'version' | 'webhook_token' | 'created_at' | 'updated_at' | KeyColumns
> & {
  readonly tags: string;
} {
  return {
    name: content.name,
    description: content.description,
    tags: JSON.stringify(content.tags),
    type: content.type,
    source_type: content.sourceType,
    is_enabled: content.isEnabled,
    yaml: content.yaml,
  };
}

type KeyColumns = 'account_id' | 'org_identifier' | 'project_identifier' | 'pipeline_identifier' | 'identifier';

export function triggerRow(row: Selectable<TriggersTable>): TriggerRow {
  return {
    scope: { accountId: row.account_id, orgIdentifier: row.org_identifier, projectIdentifier: row.project_identifier },
    pipelineIdentifier: row.pipeline_identifier,
    identifier: row.identifier,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    type: row.type,
    sourceType: row.source_type,
    isEnabled: row.is_enabled,
    yaml: row.yaml,
    webhookToken: row.webhook_token,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
