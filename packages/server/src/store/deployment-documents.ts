/** Services, environments, infrastructures and service overrides. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { InsertOutcome, UpdateOutcome } from './pipelines.ts';
import type { DeploymentDocumentsTable } from './tables.ts';

export type DeploymentKind = 'service' | 'environment' | 'infrastructure' | 'serviceOverrides';

export interface DeploymentKey {
  readonly owner: OwnerScope;
  readonly kind: DeploymentKind;
  readonly identifier: string;
  /** As a project would write it (`id`, `org.id`, `account.id`); empty for services and environments. */
  readonly environmentRef: string;
}

export interface DeploymentContent {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `Production` or `PreProduction` of an environment, the type of an infrastructure or of overrides; else empty. */
  readonly type: string;
  readonly deploymentType: string;
  /** Of overrides: the service, as a project would write it; empty for those of every service. */
  readonly serviceRef: string;
  readonly yaml: string;
}

export interface DeploymentRow extends DeploymentKey, DeploymentContent {
  /** 1-based, raised by each update: what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface DeploymentFilter {
  readonly owner: OwnerScope;
  readonly kind: DeploymentKind;
  /** Undefined = of every environment. */
  readonly environmentRef?: string;
  readonly serviceRef?: string;
  readonly identifiers?: readonly string[];
  readonly names?: readonly string[];
  readonly types?: readonly string[];
  /** Part of the name or the identifier, in any case. */
  readonly search?: string;
}

export async function insertDeploymentDocument(
  db: Database | Transaction,
  key: DeploymentKey,
  content: DeploymentContent,
): Promise<InsertOutcome> {
  const now = sql<number>`bridle_now()`;
  const inserted = await db
    .insertInto('deployment_documents')
    .values({
      ...ownerColumns(key.owner),
      kind: key.kind,
      environment_ref: key.environmentRef,
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

/** `expectedVersion` undefined = no check. */
export async function updateDeploymentDocument(
  db: Database | Transaction,
  key: DeploymentKey,
  content: DeploymentContent,
  expectedVersion?: number,
): Promise<UpdateOutcome<DeploymentRow>> {
  let update = db
    .updateTable('deployment_documents')
    .set({ ...columns(content), version: sql<number>`version + 1`, updated_at: sql<number>`bridle_now()` })
    .where(ownedBy(key.owner))
    .where('kind', '=', key.kind)
    .where('environment_ref', '=', key.environmentRef)
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) update = update.where('version', '=', expectedVersion);
  const row = await update.returningAll().executeTakeFirst();
  if (row !== undefined) return { kind: 'updated', row: deploymentRow(row) };
  return (await findDeploymentDocument(db, key)) === undefined ? { kind: 'missing' } : { kind: 'stale' };
}

export async function deleteDeploymentDocument(
  db: Database | Transaction,
  key: DeploymentKey,
  expectedVersion?: number,
): Promise<'deleted' | 'missing' | 'stale'> {
  let deletion = db
    .deleteFrom('deployment_documents')
    .where(ownedBy(key.owner))
    .where('kind', '=', key.kind)
    .where('environment_ref', '=', key.environmentRef)
    .where('identifier', '=', key.identifier);
  if (expectedVersion !== undefined) deletion = deletion.where('version', '=', expectedVersion);
  const { numDeletedRows } = await deletion.executeTakeFirstOrThrow();
  if (numDeletedRows > 0n) return 'deleted';
  return (await findDeploymentDocument(db, key)) === undefined ? 'missing' : 'stale';
}

/** Infrastructures and overrides that the owner keeps for an environment; `environmentRef` as a project would write it. */
export async function deleteDocumentsOfEnvironment(
  db: Database | Transaction,
  owner: OwnerScope,
  environmentRef: string,
): Promise<void> {
  await db
    .deleteFrom('deployment_documents')
    .where(ownedBy(owner))
    .where('environment_ref', '=', environmentRef)
    .execute();
}

export async function findDeploymentDocument(
  db: Database | Transaction,
  key: DeploymentKey,
): Promise<DeploymentRow | undefined> {
  const row = await db
    .selectFrom('deployment_documents')
    .selectAll()
    .where(ownedBy(key.owner))
    .where('kind', '=', key.kind)
    .where('environment_ref', '=', key.environmentRef)
    .where('identifier', '=', key.identifier)
    .executeTakeFirst();
  return row === undefined ? undefined : deploymentRow(row);
}

/** By the identifier that is made of environment and service. */
export async function findOverrides(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<DeploymentRow | undefined> {
  const row = await db
    .selectFrom('deployment_documents')
    .selectAll()
    .where(ownedBy(owner))
    .where('kind', '=', 'serviceOverrides')
    .where('identifier', '=', identifier)
    .orderBy('environment_ref')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : deploymentRow(row);
}

/** One page (0-based), what was changed last first. */
export async function listDeploymentDocuments(
  db: Database | Transaction,
  { owner, kind, environmentRef, serviceRef, identifiers, names, types, search }: DeploymentFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: DeploymentRow[]; readonly total: number }> {
  let matching = db.selectFrom('deployment_documents').where(ownedBy(owner)).where('kind', '=', kind);
  if (environmentRef !== undefined) matching = matching.where('environment_ref', '=', environmentRef);
  if (serviceRef !== undefined) matching = matching.where('service_ref', '=', serviceRef);
  if (identifiers !== undefined) matching = matching.where(sql<boolean>`identifier = any(${identifiers}::text[])`);
  if (names !== undefined) matching = matching.where(sql<boolean>`name = any(${names}::text[])`);
  if (types !== undefined) matching = matching.where(sql<boolean>`type = any(${types}::text[])`);
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
  return { rows: rows.map(deploymentRow), total: count.total };
}

function columns(
  content: DeploymentContent,
): Pick<
  Selectable<DeploymentDocumentsTable>,
  'name' | 'description' | 'type' | 'deployment_type' | 'service_ref' | 'yaml'
> & { readonly tags: string } {
  return {
    name: content.name,
    description: content.description,
    tags: JSON.stringify(content.tags),
    type: content.type,
    deployment_type: content.deploymentType,
    service_ref: content.serviceRef,
    yaml: content.yaml,
  };
}

function deploymentRow(row: Selectable<DeploymentDocumentsTable>): DeploymentRow {
  return {
    owner: ownerOfRow(row),
    kind: row.kind as DeploymentKind,
    identifier: row.identifier,
    environmentRef: row.environment_ref,
    serviceRef: row.service_ref,
    name: row.name,
    description: row.description,
    tags: row.tags as Readonly<Record<string, string>>,
    type: row.type,
    deploymentType: row.deployment_type,
    yaml: row.yaml,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
