/** What somebody was given: their role assignments and those of the groups they are in, in one statement. */
import { sql, type RawBuilder } from 'kysely';
import type { Database, Transaction } from './database.ts';
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

export interface PrincipalKey {
  readonly kind: 'USER' | 'SERVICE_ACCOUNT';
  readonly id: string;
}

/** Groups in which nobody is listed: whoever belongs to the account, the organization, the project is in them. */
export const ALL_USERS_OF_ACCOUNT = '_account_all_users';
export const ALL_USERS_OF_ORGANIZATION = '_organization_all_users';
export const ALL_USERS_OF_PROJECT = '_project_all_users';
export const BUILT_IN_GROUPS: readonly string[] = [
  ALL_USERS_OF_ACCOUNT,
  ALL_USERS_OF_ORGANIZATION,
  ALL_USERS_OF_PROJECT,
];

/** That the assignment `a` is one of the group that membership `m` is in. */
export const OF_MEMBERSHIP = sql<boolean>`a.account_id = m.account_id and a.principal_type = 'USER_GROUP' and a.principal_id = m.group_identifier
  and m.org_identifier = case a.principal_scope when 'account' then '' else a.org_identifier end
  and m.project_identifier = case a.principal_scope when 'project' then a.project_identifier else '' end`;

/**
 * The organizations and projects somebody belongs to: where they, or a group they are in, were given something, and where such a
 * group is. Being in a group of everybody makes nobody belong anywhere.
 */
export function belongings(accountId: string, userId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select a.org_identifier, a.project_identifier from role_assignments a
      where a.account_id = ${accountId} and a.principal_type = 'USER' and a.principal_id = ${userId} and not a.is_disabled
    union all select m.org_identifier, m.project_identifier from user_group_members m where m.account_id = ${accountId} and m.user_id = ${userId}
    union all select a.org_identifier, a.project_identifier from user_group_members m join role_assignments a on ${OF_MEMBERSHIP}
      where m.account_id = ${accountId} and m.user_id = ${userId} and not a.is_disabled`;
}

export async function listGrants(
  db: Database | Transaction,
  accountId: string,
  principal: PrincipalKey,
): Promise<readonly GrantRow[]> {
  const { kind, id } = principal;
  return await grantRows(
    db,
    accountId,
    // Who is disabled or gone has nothing.
    sql`not a.is_disabled and (${kind} = 'SERVICE_ACCOUNT' or exists (
        select 1 from users u where u.id = ${id} and u.account_id = ${accountId} and not u.is_disabled)) and (
      (a.principal_type = ${kind} and a.principal_id = ${id})
      or (${kind} = 'USER' and a.principal_type = 'USER_GROUP' and (
        a.principal_id = ${ALL_USERS_OF_ACCOUNT}
        or (a.principal_id in (${ALL_USERS_OF_ORGANIZATION}, ${ALL_USERS_OF_PROJECT}) and exists (
          select 1 from (${belongings(accountId, sql`${id}`)}) b where b.org_identifier = a.org_identifier and b.org_identifier <> ''
            and (a.principal_id = ${ALL_USERS_OF_ORGANIZATION} or (b.project_identifier = a.project_identifier and b.project_identifier <> ''))))
        or exists (select 1 from user_group_members m where m.user_id = ${id} and ${OF_MEMBERSHIP}))))`,
  );
}

/** Those of role assignments `a` for which the condition holds, with their roles `r` and resource groups `g`. */
export async function grantRows(
  db: Database | Transaction,
  accountId: string,
  condition: RawBuilder<unknown>,
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
    where a.account_id = ${accountId} and (${condition})`.execute(db);
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
