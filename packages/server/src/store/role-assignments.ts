/** Who was given which role for which resources. One statement, one function. */
import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { grantRows, type GrantRow } from './grants.ts';
import { ownedBy, ownerColumns, ownerOfRow, type OwnerScope } from './owner-scope.ts';
import type { RoleAssignmentsTable } from './tables.ts';

/** Somebody was given a role for some resources. */
export interface RoleAssignmentRow {
  /** Where. */
  readonly owner: OwnerScope;
  readonly identifier: string;
  readonly roleIdentifier: string;
  readonly resourceGroupIdentifier: string;
  readonly principal: AssignedPrincipal;
  /** Made by Bridle itself, and not to be changed. */
  readonly isManaged: boolean;
  readonly isDisabled: boolean;
}

export interface AssignedPrincipal {
  readonly type: 'USER' | 'SERVICE_ACCOUNT' | 'USER_GROUP';
  readonly id: string;
  /** Of a group: whose it is, seen from `owner`. */
  readonly scope: 'account' | 'org' | 'project';
}

export interface KeptRoleAssignment extends RoleAssignmentRow {
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AssignmentFilter {
  readonly identifiers?: readonly string[];
  readonly roles?: readonly string[];
  readonly resourceGroups?: readonly string[];
  readonly principalTypes?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly id: string }[];
}

/** The same role for the same resources and principal is given once; `undefined` = it was, or the identifier is taken. */
export async function insertRoleAssignment(
  db: Database | Transaction,
  row: RoleAssignmentRow,
): Promise<KeptRoleAssignment | undefined> {
  const { owner, identifier, roleIdentifier, resourceGroupIdentifier, principal, isManaged, isDisabled } = row;
  const inserted = await db
    .insertInto('role_assignments')
    .values({
      ...ownerColumns(owner),
      identifier,
      role_identifier: roleIdentifier,
      resource_group_identifier: resourceGroupIdentifier,
      principal_type: principal.type,
      principal_id: principal.id,
      principal_scope: principal.scope,
      is_managed: isManaged,
      is_disabled: isDisabled,
      created_at: sql<number>`bridle_now()`,
      updated_at: sql<number>`bridle_now()`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return inserted === undefined ? undefined : assignmentRow(inserted);
}

/** One page (0-based) of those given at exactly this scope, oldest first. */
export async function listRoleAssignments(
  db: Database | Transaction,
  owner: OwnerScope,
  filter: AssignmentFilter,
  page: number,
  size: number,
): Promise<{ readonly rows: readonly KeptRoleAssignment[]; readonly total: number }> {
  let matching = db.selectFrom('role_assignments').where(ownedBy(owner));
  const { identifiers = [], roles = [], resourceGroups = [], principalTypes = [], principals = [] } = filter;
  if (identifiers.length > 0) matching = matching.where('identifier', 'in', identifiers);
  if (roles.length > 0) matching = matching.where('role_identifier', 'in', roles);
  if (resourceGroups.length > 0) matching = matching.where('resource_group_identifier', 'in', resourceGroups);
  if (principalTypes.length > 0) matching = matching.where('principal_type', 'in', principalTypes);
  if (principals.length > 0) {
    matching = matching.where((eb) =>
      eb.or(principals.map(({ type, id }) => eb.and([eb('principal_type', '=', type), eb('principal_id', '=', id)]))),
    );
  }
  const [rows, count] = await Promise.all([
    matching
      .selectAll()
      .orderBy('created_at')
      .orderBy('identifier')
      .limit(size)
      .offset(page * size)
      .execute(),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { rows: rows.map(assignmentRow), total: count.total };
}

/** One that Bridle itself made is not found by it. */
export async function deleteRoleAssignment(
  tx: Transaction,
  owner: OwnerScope,
  identifier: string,
): Promise<KeptRoleAssignment | undefined> {
  const row = await tx
    .deleteFrom('role_assignments')
    .where(ownedBy(owner))
    .where('identifier', '=', identifier)
    .where('is_managed', '=', false)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : assignmentRow(row);
}

/** What refers to something that goes away, at its scope and below. */
export async function deleteAssignmentsOf(
  tx: Transaction,
  owner: OwnerScope,
  of: { readonly role: string } | { readonly resourceGroup: string } | { readonly principal: AssignedPrincipal },
): Promise<void> {
  let deletion = tx.deleteFrom('role_assignments').where(atOrBelow(owner));
  if ('role' in of) deletion = deletion.where('role_identifier', '=', of.role);
  else if ('resourceGroup' in of) deletion = deletion.where('resource_group_identifier', '=', of.resourceGroup);
  else {
    const { type, id, scope } = of.principal;
    deletion = deletion.where('principal_type', '=', type).where('principal_id', '=', id);
    if (type === 'USER_GROUP') deletion = deletion.where('principal_scope', '=', scope);
  }
  await deletion.execute();
}

/** What was given by way of a role, of a resource group, or to a group. */
export async function listGrantsBy(
  db: Database | Transaction,
  owner: OwnerScope,
  by:
    | { readonly role: string }
    | { readonly resourceGroup: string }
    | { readonly group: string; readonly scope: string },
): Promise<readonly GrantRow[]> {
  const below = atOrBelow(owner, 'a.');
  if ('role' in by) return await grantRows(db, owner.accountId, sql`${below} and a.role_identifier = ${by.role}`);
  if ('resourceGroup' in by) {
    return await grantRows(db, owner.accountId, sql`${below} and a.resource_group_identifier = ${by.resourceGroup}`);
  }
  return await grantRows(
    db,
    owner.accountId,
    sql`${below} and a.principal_type = 'USER_GROUP' and a.principal_id = ${by.group} and a.principal_scope = ${by.scope}`,
  );
}

/** Users who may do everything in the account, and are not disabled. */
export async function countAdmins(tx: Transaction, accountId: string): Promise<number> {
  const result = await sql<{ admins: number }>`select count(*) as admins from users u where u.account_id = ${accountId}
    and not u.is_disabled and u.removed_at is null and exists (select 1 from role_assignments a where a.account_id = u.account_id
      and a.org_identifier = '' and not a.is_disabled and a.role_identifier = '_account_admin'
      and a.resource_group_identifier = '_all_resources_including_child_scopes' and a.principal_type = 'USER' and a.principal_id = u.id)`.execute(
    tx,
  );
  return result.rows[0]?.admins ?? 0;
}

function atOrBelow(
  { accountId, orgIdentifier = '', projectIdentifier = '' }: OwnerScope,
  prefix: '' | 'a.' = '',
): ReturnType<typeof sql<boolean>> {
  const column = (name: string): ReturnType<typeof sql> => sql.ref(`${prefix}${name}`);
  return sql<boolean>`${column('account_id')} = ${accountId}
    and (${orgIdentifier} = '' or ${column('org_identifier')} = ${orgIdentifier})
    and (${projectIdentifier} = '' or ${column('project_identifier')} = ${projectIdentifier})`;
}

function assignmentRow(row: Selectable<RoleAssignmentsTable>): KeptRoleAssignment {
  return {
    owner: ownerOfRow(row),
    identifier: row.identifier,
    roleIdentifier: row.role_identifier,
    resourceGroupIdentifier: row.resource_group_identifier,
    // Written by insertRoleAssignment alone.
    principal: {
      type: row.principal_type as AssignedPrincipal['type'],
      id: row.principal_id,
      scope: row.principal_scope as AssignedPrincipal['scope'],
    },
    isManaged: row.is_managed,
    isDisabled: row.is_disabled,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
