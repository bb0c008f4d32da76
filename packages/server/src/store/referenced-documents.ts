/** The documents that a compilation asks for: all references of one round in one statement per table. */
import { sql } from 'kysely';
import { asProjectsWrite, type DocumentReference, type ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { ownerColumns, ownerSeenFrom } from './owner-scope.ts';

/** What one statement may bring of templates, and of other documents (P1): all of it is held while a pipeline is compiled. */
export const DOCUMENT_BYTES_MAX = 16 * 1_048_576;

/** They are there, but more than may be held. */
export const TOO_LARGE = 'tooLarge';

export type TemplateReference = Extract<DocumentReference, { readonly kind: 'template' }>;
export type VariablesReference = Extract<DocumentReference, { readonly kind: 'variables' }>;
export type FileReference = Extract<DocumentReference, { readonly kind: 'file' }>;
export type DeploymentReference = Exclude<DocumentReference, TemplateReference | VariablesReference | FileReference>;

export interface FoundTemplate {
  readonly reference: TemplateReference;
  readonly versionLabel: string;
  readonly yaml: string;
}

/** For `infrastructures` one per infrastructure, in the order of their identifiers. */
export interface FoundDeploymentDocument {
  readonly reference: DeploymentReference;
  readonly identifier: string;
  readonly yaml: string;
}

/** Those that are there. Without a version label: the stable version. */
export async function findReferencedTemplates(
  db: Database | Transaction,
  scope: ProjectScope,
  references: readonly TemplateReference[],
): Promise<readonly FoundTemplate[] | typeof TOO_LARGE> {
  if (references.length === 0) return [];
  const owners = references.map((reference) => ownerColumns(ownerSeenFrom(scope, reference.scope)));
  const result = await sql<{ position: number; version_label: string; yaml: string | null }>`
    select wanted.position, t.version_label,
      case when sum(octet_length(t.yaml)) over (order by wanted.position) <= ${DOCUMENT_BYTES_MAX} then t.yaml end as yaml
    from unnest(${owners.map((owner) => owner.org_identifier)}::text[],
      ${owners.map((owner) => owner.project_identifier)}::text[],
      ${references.map(({ identifier }) => identifier)}::text[],
      ${references.map(({ versionLabel = '' }) => versionLabel)}::text[])
      with ordinality as wanted (org_identifier, project_identifier, identifier, version_label, position)
    join templates t on t.account_id = ${scope.accountId} and t.org_identifier = wanted.org_identifier
      and t.project_identifier = wanted.project_identifier and t.identifier = wanted.identifier
      and (t.version_label = wanted.version_label or wanted.version_label = '' and t.is_stable)`.execute(db);
  const found: FoundTemplate[] = [];
  for (const { position, version_label, yaml } of result.rows) {
    const reference = references[position - 1];
    if (yaml === null) return TOO_LARGE;
    if (reference !== undefined) found.push({ reference, versionLabel: version_label, yaml });
  }
  return found;
}

/**
 * Those that are there. Overrides of one service in one environment may be kept by the project, its organization and the
 * account: the nearest ones are given.
 */
export async function findReferencedDeploymentDocuments(
  db: Database | Transaction,
  scope: ProjectScope,
  references: readonly DeploymentReference[],
): Promise<readonly FoundDeploymentDocument[] | typeof TOO_LARGE> {
  if (references.length === 0) return [];
  const wanted = references.flatMap((reference) => {
    const levels = reference.kind === 'serviceOverrides' ? NEAREST_FIRST : [reference.scope];
    return levels.map((level) => ({
      reference,
      ...ownerColumns(ownerSeenFrom(scope, level)),
      ...keyOf(reference),
    }));
  });
  const result = await sql<{ position: number; identifier: string; yaml: string | null }>`
    select wanted.position, d.identifier, case when sum(octet_length(d.yaml))
      over (order by wanted.position, d.identifier) <= ${DOCUMENT_BYTES_MAX} then d.yaml end as yaml
    from unnest(${wanted.map((each) => each.org_identifier)}::text[], ${wanted.map((each) => each.project_identifier)}::text[],
      ${wanted.map((each) => each.kind)}::text[], ${wanted.map((each) => each.environmentRef)}::text[],
      ${wanted.map((each) => each.identifier)}::text[])
      with ordinality as wanted (org_identifier, project_identifier, kind, environment_ref, identifier, position)
    join deployment_documents d on d.account_id = ${scope.accountId} and d.org_identifier = wanted.org_identifier
      and d.project_identifier = wanted.project_identifier and d.kind = wanted.kind
      and d.environment_ref = wanted.environment_ref and (d.identifier = wanted.identifier or wanted.identifier = '')
    order by wanted.position, d.identifier`.execute(db);
  const overridden = new Set<DeploymentReference>();
  const found: FoundDeploymentDocument[] = [];
  for (const { position, identifier, yaml } of result.rows) {
    const reference = wanted[position - 1]?.reference;
    if (yaml === null) return TOO_LARGE;
    if (reference === undefined || overridden.has(reference)) continue;
    if (reference.kind === 'serviceOverrides') overridden.add(reference);
    found.push({ reference, identifier, yaml });
  }
  return found;
}

const NEAREST_FIRST: readonly DocumentReference['scope'][] = ['project', 'org', 'account'];

/** An empty identifier stands for all of the environment. */
function keyOf(reference: DeploymentReference): {
  readonly kind: string;
  readonly environmentRef: string;
  readonly identifier: string;
} {
  switch (reference.kind) {
    case 'service':
    case 'environment':
      return { kind: reference.kind, environmentRef: '', identifier: reference.identifier };
    case 'infrastructure':
      return {
        kind: 'infrastructure',
        environmentRef: asProjectsWrite(reference.scope, reference.environmentRef),
        identifier: reference.identifier,
      };
    case 'infrastructures':
      return {
        kind: 'infrastructure',
        environmentRef: asProjectsWrite(reference.scope, reference.environmentRef),
        identifier: '',
      };
    // Both as the pipeline writes them: the scope of the one says nothing about that of the other.
    case 'serviceOverrides': {
      const { environmentRef, serviceRef } = reference;
      return { kind: 'serviceOverrides', environmentRef, identifier: overridesIdentifier(environmentRef, serviceRef) };
    }
  }
}

/** Overrides have no identifier of their own: it is made of what they are about. */
export function overridesIdentifier(environmentRef: string, serviceRef: string): string {
  return [environmentRef, serviceRef]
    .filter((part) => part !== '')
    .join('_')
    .replaceAll('.', '_');
}
