import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';
import { ownerColumns, type OwnerScope } from './owner-scope.ts';

/** Somebody was given a role for some resources. */
export interface RoleAssignmentRow {
  /** Where. */
  readonly owner: OwnerScope;
  readonly identifier: string;
  readonly roleIdentifier: string;
  readonly resourceGroupIdentifier: string;
  readonly principal: {
    readonly type: 'USER' | 'SERVICE_ACCOUNT' | 'USER_GROUP';
    readonly id: string;
    /** Of a group: whose it is, seen from `owner`. */
    readonly scope: 'account' | 'org' | 'project';
  };
  /** Made by Bridle itself, and not to be changed. */
  readonly isManaged: boolean;
  readonly isDisabled: boolean;
}

/** The same role for the same resources and principal is given once: a second time changes nothing. */
export async function insertRoleAssignment(db: Database | Transaction, row: RoleAssignmentRow): Promise<void> {
  const { owner, identifier, roleIdentifier, resourceGroupIdentifier, principal, isManaged, isDisabled } = row;
  await db
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
    .execute();
}
