/** Roles and resource groups of one's own. The built-in ones are not stored (auth/built-in-roles.ts). */
import type { DocumentScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import type { StoredResourceGroup } from './grants.ts';
import {
  findNamed,
  insertNamed,
  listNamed,
  namedRow,
  updateNamed,
  type NamedContent,
  type NamedFilter,
  type NamedRow,
  type RawNamed,
} from './named-rows.ts';
import { ownersAbove, type OwnerScope } from './owner-scope.ts';

export interface RoleContent extends NamedContent {
  readonly permissions: readonly string[];
  readonly scopes: readonly DocumentScope[];
}
export interface RoleRow extends NamedRow {
  readonly permissions: readonly string[];
  readonly scopes: readonly DocumentScope[];
}

interface RoleColumns {
  readonly permissions: string[];
  readonly scopes: DocumentScope[];
}

const roleRow = (row: RawNamed & RoleColumns): RoleRow => ({
  ...namedRow(row),
  permissions: row.permissions,
  scopes: row.scopes,
});
const roleColumns = ({ permissions, scopes }: RoleContent): Record<string, unknown> => ({
  permissions: [...permissions],
  scopes: [...scopes],
});

export async function saveRole(
  tx: Transaction,
  how: 'insert' | 'update',
  owner: OwnerScope,
  content: RoleContent,
): Promise<RoleRow | undefined> {
  const save = how === 'insert' ? insertNamed<RoleColumns> : updateNamed<RoleColumns>;
  const row = await save(tx, 'roles', owner, content, roleColumns(content));
  return row === undefined ? undefined : roleRow(row);
}

export async function findRole(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<RoleRow | undefined> {
  const row = await findNamed<RoleColumns>(db, 'roles', owner, identifier);
  return row === undefined ? undefined : roleRow(row);
}

/** The one that is meant at a scope: its own, or one of above. */
export async function findRoleSeenFrom(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<RoleRow | undefined> {
  for (const each of ownersAbove(owner)) {
    const row = await findRole(db, each, identifier);
    if (row !== undefined) return row;
  }
  return undefined;
}

export async function listRoles(
  db: Database | Transaction,
  owner: OwnerScope,
  filter: NamedFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly RoleRow[]; readonly total: number }> {
  const { rows, total } = await listNamed<RoleColumns>(db, 'roles', owner, filter, page, size);
  return { rows: rows.map(roleRow), total };
}

export interface ResourceGroupContent extends NamedContent, StoredResourceGroup {
  readonly color: string;
}
export interface ResourceGroupRow extends NamedRow, StoredResourceGroup {
  readonly color: string;
}

interface GroupColumns {
  readonly color: string;
  readonly included_scopes: StoredResourceGroup['includedScopes'];
  readonly resources: StoredResourceGroup['resources'];
}

const groupRow = (row: RawNamed & GroupColumns): ResourceGroupRow => ({
  ...namedRow(row),
  color: row.color,
  includedScopes: row.included_scopes,
  resources: row.resources,
});
const groupColumns = ({ color, includedScopes, resources }: ResourceGroupContent): Record<string, unknown> => ({
  color,
  included_scopes: JSON.stringify(includedScopes),
  resources: resources === null ? null : JSON.stringify(resources),
});

export async function saveResourceGroup(
  tx: Transaction,
  how: 'insert' | 'update',
  owner: OwnerScope,
  content: ResourceGroupContent,
): Promise<ResourceGroupRow | undefined> {
  const save = how === 'insert' ? insertNamed<GroupColumns> : updateNamed<GroupColumns>;
  const row = await save(tx, 'resource_groups', owner, content, groupColumns(content));
  return row === undefined ? undefined : groupRow(row);
}

export async function findResourceGroup(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<ResourceGroupRow | undefined> {
  const row = await findNamed<GroupColumns>(db, 'resource_groups', owner, identifier);
  return row === undefined ? undefined : groupRow(row);
}

export async function findResourceGroupSeenFrom(
  db: Database | Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<ResourceGroupRow | undefined> {
  for (const each of ownersAbove(owner)) {
    const row = await findResourceGroup(db, each, identifier);
    if (row !== undefined) return row;
  }
  return undefined;
}

export async function listResourceGroups(
  db: Database | Transaction,
  owner: OwnerScope,
  filter: NamedFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly ResourceGroupRow[]; readonly total: number }> {
  const { rows, total } = await listNamed<GroupColumns>(db, 'resource_groups', owner, filter, page, size);
  return { rows: rows.map(groupRow), total };
}
