/** Templates in their versions. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { UpdateOutcome } from './pipelines.ts';
import type { TemplatesTable } from './tables.ts';

export interface TemplateKey {
  readonly owner: OwnerScope;
  readonly identifier: string;
  readonly versionLabel: string;
}

export interface TemplateContent {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `Step`, `StepGroup`, `Stage`, `Pipeline`, … */
  readonly type: string;
  /** The type of the step or stage it makes; empty where there is none. */
  readonly childType: string;
  readonly yaml: string;
}

export interface TemplateRow extends TemplateKey, TemplateContent {
  /** The version that is meant where none is named. */
  readonly isStable: boolean;
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface TemplateFilter {
  /** Exactly these owners. */
  readonly owners: readonly OwnerScope[];
  /** One row per template (its stable, or its last changed version), or one per version. */
  readonly show: 'stable' | 'lastUpdated' | 'all';
  readonly identifiers?: readonly string[];
  readonly types?: readonly string[];
  readonly childTypes?: readonly string[];
  /** Part of the name or the identifier, in any case. */
  readonly search?: string;
}

/**
 * Versions of one template are made, chosen and deleted one after the other: which of them is stable depends on the others.
 * Held until the transaction ends.
 */
export async function lockTemplate(tx: Transaction, owner: OwnerScope, identifier: string): Promise<void> {
  const columns = ownerColumns(owner);
  const key = JSON.stringify([columns.account_id, columns.org_identifier, columns.project_identifier, identifier]);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`template ${key}`}, 0))`.execute(tx);
}

/** The first version becomes the stable one. `undefined` = there is such a version. */
export async function insertTemplate(
  tx: Transaction,
  key: TemplateKey,
  content: TemplateContent,
): Promise<TemplateRow | undefined> {
  const owner = ownerColumns(key.owner);
  const now = sql<number>`bridle_now()`;
  const row = await tx
    .insertInto('templates')
    .values({
      ...owner,
      identifier: key.identifier,
      version_label: key.versionLabel,
      is_stable: sql<boolean>`not exists (select from templates where account_id = ${owner.account_id}
        and org_identifier = ${owner.org_identifier} and project_identifier = ${owner.project_identifier}
        and identifier = ${key.identifier})`,
      ...columns(content),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : templateRow(row);
}

/** `expectedVersion` undefined = no check. */
export async function updateTemplate(
  db: Database | Transaction,
  key: TemplateKey,
  content: TemplateContent,
  expectedVersion?: number,
): Promise<UpdateOutcome<TemplateRow>> {
  let update = db
    .updateTable('templates')
    .set({ ...columns(content), version: sql<number>`version + 1`, updated_at: sql<number>`bridle_now()` })
    .where(ownedBy(key.owner))
    .where('identifier', '=', key.identifier)
    .where('version_label', '=', key.versionLabel);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: templateRow(row) };
  return (await findTemplate(db, key)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

/** Makes this version the stable one, and no other; under `lockTemplate`. */
export async function setStableTemplate(tx: Transaction, key: TemplateKey): Promise<void> {
  // In two steps: a unique index sees each row as it is changed.
  for (const isStable of [false, true]) {
    await tx
      .updateTable('templates')
      .set({ is_stable: isStable })
      .where(ownedBy(key.owner))
      .where('identifier', '=', key.identifier)
      .where('version_label', isStable ? '=' : '<>', key.versionLabel)
      .where('is_stable', '<>', isStable)
      .execute();
  }
}

export async function deleteTemplates(
  tx: Transaction,
  owner: OwnerScope,
  identifier: string,
  versionLabels: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('templates')
    .where(ownedBy(owner))
    .where('identifier', '=', identifier)
    .where(sql<boolean>`version_label = any(${versionLabels}::text[])`)
    .execute();
}

/** Without a version label: the stable version. */
export async function findTemplate(
  db: Database | Transaction,
  { owner, identifier, versionLabel }: Omit<TemplateKey, 'versionLabel'> & { readonly versionLabel?: string },
): Promise<TemplateRow | undefined> {
  let wanted = db.selectFrom('templates').selectAll().where(ownedBy(owner)).where('identifier', '=', identifier);
  wanted =
    versionLabel === undefined
      ? wanted.where('is_stable', '=', true)
      : wanted.where('version_label', '=', versionLabel);
  const row = await wanted.executeTakeFirst();
  return row === undefined ? undefined : templateRow(row);
}

/** All versions of one template, in the order they were made. */
export async function listTemplateVersions(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<readonly TemplateRow[]> {
  const rows = await db
    .selectFrom('templates')
    .selectAll()
    .where(ownedBy(owner))
    .where('identifier', '=', identifier)
    .orderBy('created_at')
    .orderBy('version_label')
    .execute();
  return rows.map(templateRow);
}

/** One page (0-based), what was changed last first. */
export async function listTemplates(
  db: Database | Transaction,
  filter: TemplateFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: TemplateRow[]; readonly total: number }> {
  const { owners, identifiers, types, childTypes, search } = filter;
  let matching = db
    .selectFrom('templates as t')
    .where((eb) =>
      eb.or(
        owners
          .map(ownerColumns)
          .map((owner) =>
            eb.and([
              eb('t.account_id', '=', owner.account_id),
              eb('t.org_identifier', '=', owner.org_identifier),
              eb('t.project_identifier', '=', owner.project_identifier),
            ]),
          ),
      ),
    );
  if (filter.show === 'stable') matching = matching.where('t.is_stable', '=', true);
  if (filter.show === 'lastUpdated') matching = matching.where(IS_LAST_UPDATED);
  if (identifiers !== undefined) matching = matching.where(sql<boolean>`t.identifier = any(${identifiers}::text[])`);
  if (types !== undefined) matching = matching.where(sql<boolean>`t.type = any(${types}::text[])`);
  if (childTypes !== undefined) matching = matching.where(sql<boolean>`t.child_type = any(${childTypes}::text[])`);
  if (search !== undefined && search !== '') {
    const pattern = likePattern(search);
    matching = matching.where((eb) => eb.or([eb('t.name', 'ilike', pattern), eb('t.identifier', 'ilike', pattern)]));
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('t.updated_at', 'desc')
      .orderBy('t.identifier')
      .orderBy('t.version_label')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(templateRow), total: count.total };
}

const IS_LAST_UPDATED = sql<boolean>`not exists (select from templates later
  where later.account_id = t.account_id and later.org_identifier = t.org_identifier
    and later.project_identifier = t.project_identifier and later.identifier = t.identifier
    and (later.updated_at, later.version_label) > (t.updated_at, t.version_label))`;

function columns({ name, description, tags, type, childType, yaml }: TemplateContent): Pick<
  Selectable<TemplatesTable>,
  'name' | 'description' | 'type' | 'child_type' | 'yaml'
> & {
  readonly tags: string;
} {
  return { name, description, tags: JSON.stringify(tags), type, child_type: childType, yaml };
}

function templateRow(row: Selectable<TemplatesTable>): TemplateRow {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    versionLabel: row.version_label,
    isStable: row.is_stable,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    type: row.type,
    childType: row.child_type,
    yaml: row.yaml,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
