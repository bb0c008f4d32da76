/** What somebody was given: their role assignments and those of the groups they are in, in one statement. */
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { ownerOfRow, type OwnerScope } from './owner-scope.ts';

export interface GrantRow {
  /** Where it was given. */
  readonly scope: OwnerScope;
  readonly roleIdentifier: string;
  readonly resourceGroupIdentifier: string;
  /** Of a role that is not built in; absent = it is, or it is gone. */
  readonly permissions?: readonly string[];
  /** Of a resource group that is not built in. */
  readonly resourceGroup?: StoredResourceGroup;
}

export interface StoredResourceGroup {
  readonly includedScopes: readonly { readonly org?: string; readonly project?: string; readonly children: boolean }[];
  /** By resource type: all of the kind, or these identifiers. `null` = every type. */
  readonly resources: Readonly<Record<string, readonly string[] | null>> | null;
}

/** Everybody of the account is in this group; nobody is listed in it. */
export const ALL_USERS_OF_ACCOUNT = '_account_all_users';

export async function listGrants(
  db: Database,
  accountId: string,
  principal: { readonly kind: 'USER' | 'SERVICE_ACCOUNT'; readonly id: string },
): Promise<readonly GrantRow[]> {
  const result = await sql<{
    account_id: string;
    org_identifier: string;
    project_identifier: string;
    role_identifier: string;
    resource_group_identifier: string;
    permissions: string[] | null;
    included_scopes: StoredResourceGroup['includedScopes'] | null;
    resources: StoredResourceGroup['resources'];
  }>`
    select a.account_id, a.org_identifier, a.project_identifier, a.role_identifier, a.resource_group_identifier,
      r.permissions, g.included_scopes, g.resources
    from role_assignments a
    -- A role and a resource group of one's own are seen from where they are given and from below.
    left join roles r on r.account_id = a.account_id and r.identifier = a.role_identifier
      and (r.org_identifier, r.project_identifier) in (('', ''), (a.org_identifier, ''), (a.org_identifier, a.project_identifier))
    left join resource_groups g on g.account_id = a.account_id and g.identifier = a.resource_group_identifier
      and (g.org_identifier, g.project_identifier) in (('', ''), (a.org_identifier, ''), (a.org_identifier, a.project_identifier))
    where a.account_id = ${accountId} and not a.is_disabled and (
      (a.principal_type = ${principal.kind} and a.principal_id = ${principal.id})
      or (${principal.kind} = 'USER' and a.principal_type = 'USER_GROUP' and (
        a.principal_id = ${ALL_USERS_OF_ACCOUNT}
        or exists (select 1 from user_group_members m where m.user_id = ${principal.id} and m.account_id = a.account_id
          and m.group_identifier = a.principal_id
          and m.org_identifier = case a.principal_scope when 'account' then '' else a.org_identifier end
          and m.project_identifier = case a.principal_scope when 'project' then a.project_identifier else '' end))))`.execute(
    db,
  );
  return result.rows.map((row) => ({
    scope: ownerOfRow(row),
    roleIdentifier: row.role_identifier,
    resourceGroupIdentifier: row.resource_group_identifier,
    ...(row.permissions === null ? {} : { permissions: row.permissions }),
    ...(row.included_scopes === null
      ? {}
      : { resourceGroup: { includedScopes: row.included_scopes, resources: row.resources } }),
  }));
}
