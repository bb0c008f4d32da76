/** What was given to the principals of a page, with the names of roles and resource groups. */
import type { RoleAssignmentMetadata } from '@bridle/protocol';
import { BUILT_IN_RESOURCE_GROUPS, BUILT_IN_ROLES } from '../auth/built-in-roles.ts';
import type { Database } from '../store/database.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { listRoleAssignments, type KeptRoleAssignment } from '../store/role-assignments.ts';
import { findResourceGroupSeenFrom, findRoleSeenFrom } from '../store/roles.ts';
import { assignmentMetadata } from './wire/access.ts';

const ASSIGNMENTS_MAX = 10_000;

/** By the id of the principal. */
export async function assignmentsOf(
  db: Database,
  owner: OwnerScope,
  type: 'USER' | 'SERVICE_ACCOUNT',
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly RoleAssignmentMetadata[]>> {
  const found = new Map<string, RoleAssignmentMetadata[]>();
  if (ids.length === 0) return found;
  const principals = ids.map((id) => ({ type, id }));
  const { rows } = await listRoleAssignments(db, owner, { principals }, 0, ASSIGNMENTS_MAX);
  const names = new Map<string, string>();
  const nameOf = async (key: string, read: () => Promise<string | undefined>): Promise<string> => {
    const name = names.get(key) ?? (await read()) ?? '';
    names.set(key, name);
    return name;
  };
  for (const row of rows) {
    const metadata = assignmentMetadata(row, {
      role: await nameOf(`role ${row.roleIdentifier}`, () => roleName(db, owner, row)),
      resourceGroup: await nameOf(`group ${row.resourceGroupIdentifier}`, () => groupName(db, owner, row)),
      isBuiltIn: row.roleIdentifier.startsWith('_'),
    });
    found.set(row.principal.id, [...(found.get(row.principal.id) ?? []), metadata]);
  }
  return found;
}

async function roleName(db: Database, owner: OwnerScope, row: KeptRoleAssignment): Promise<string | undefined> {
  const { roleIdentifier } = row;
  const builtIn = BUILT_IN_ROLES.find(({ identifier }) => identifier === roleIdentifier);
  return builtIn?.name ?? (await findRoleSeenFrom(db, owner, roleIdentifier))?.name;
}

async function groupName(db: Database, owner: OwnerScope, row: KeptRoleAssignment): Promise<string | undefined> {
  const { resourceGroupIdentifier } = row;
  const builtIn = BUILT_IN_RESOURCE_GROUPS.find(({ identifier }) => identifier === resourceGroupIdentifier);
  return builtIn?.name ?? (await findResourceGroupSeenFrom(db, owner, resourceGroupIdentifier))?.name;
}
