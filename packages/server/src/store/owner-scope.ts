/** Who owns a document that is shared between projects. */
import type { DocumentScope, ProjectScope } from '@bridle/pipeline';
import { sql, type RawBuilder } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { findOrganization } from './organizations.ts';
import { findProject } from './projects.ts';

/** An account, an organization of it, or a project of that. */
export interface OwnerScope {
  readonly accountId: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

/** The owner as columns: what is missing is the empty text. */
export function ownerColumns({ accountId, orgIdentifier = '', projectIdentifier = '' }: OwnerScope): {
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
} {
  return { account_id: accountId, org_identifier: orgIdentifier, project_identifier: projectIdentifier };
}

/** The condition that a row belongs to exactly this owner. */
export function ownedBy(owner: OwnerScope): RawBuilder<boolean> {
  const { account_id, org_identifier, project_identifier } = ownerColumns(owner);
  return sql<boolean>`account_id = ${account_id} and org_identifier = ${org_identifier} and project_identifier = ${project_identifier}`;
}

export function ownerOfRow(row: {
  readonly account_id: string;
  readonly org_identifier: string;
  readonly project_identifier: string;
}): OwnerScope {
  return {
    accountId: row.account_id,
    ...(row.org_identifier === '' ? {} : { orgIdentifier: row.org_identifier }),
    ...(row.project_identifier === '' ? {} : { projectIdentifier: row.project_identifier }),
  };
}

/** Who owns what a project means by `id`, `org.id` or `account.id`. */
export function ownerSeenFrom(
  { accountId, orgIdentifier, projectIdentifier }: ProjectScope,
  scope: DocumentScope,
): OwnerScope {
  switch (scope) {
    case 'project':
      return { accountId, orgIdentifier, projectIdentifier };
    case 'org':
      return { accountId, orgIdentifier };
    case 'account':
      return { accountId };
  }
}

/** Whose documents the owner can refer to: its account's, its organization's, its own. */
export function ownersAbove({ accountId, orgIdentifier, projectIdentifier }: OwnerScope): readonly OwnerScope[] {
  return [
    { accountId },
    ...(orgIdentifier === undefined ? [] : [{ accountId, orgIdentifier }]),
    ...(orgIdentifier === undefined || projectIdentifier === undefined
      ? []
      : [{ accountId, orgIdentifier, projectIdentifier }]),
  ];
}

/** The organization or project is there; an account is where its caller comes from. */
export async function ownerExists(
  db: Database | Transaction,
  { accountId, orgIdentifier, projectIdentifier }: OwnerScope,
): Promise<boolean> {
  if (orgIdentifier === undefined) return true;
  if (projectIdentifier === undefined) return (await findOrganization(db, accountId, orgIdentifier)) !== undefined;
  return (await findProject(db, { accountId, orgIdentifier, projectIdentifier })) !== undefined;
}
