/** Who belongs to organizations and projects, and how much an organization has: for lists that show it beside each. */
import { sql, type Selectable } from 'kysely';
import type { Database } from './database.ts';
import { OF_MEMBERSHIP } from './grants.ts';
import type { UsersTable } from './tables.ts';
import { keptUser, type KeptUser } from './users.ts';

/** An organization, or a project of one. */
export interface NamedScope {
  readonly orgIdentifier: string;
  readonly projectIdentifier?: string;
}

export interface ScopeMember {
  readonly user: KeptUser;
  /** Has one of the asked roles there, themself or by a group. */
  readonly hasRole: boolean;
}

/** Of one scope: enough to show who is there (P1). The users of it are listed in pages elsewhere. */
const MEMBERS_MAX = 30;

/** By `scopeKey`, by name: those who were given something there, themselves or by a group, and the members of its groups. */
export async function listScopeMembers(
  db: Database,
  accountId: string,
  scopes: readonly NamedScope[],
  roles: readonly string[],
): Promise<ReadonlyMap<string, readonly ScopeMember[]>> {
  if (scopes.length === 0) return new Map();
  const hasRole = sql`a.role_identifier = any(${[...roles]}::text[])`;
  const result = await sql<Selectable<UsersTable> & { org: string; project: string; has_role: boolean }>`
    with asked as (
      select * from unnest(${scopes.map(({ orgIdentifier }) => orgIdentifier)}::text[],
        ${scopes.map(({ projectIdentifier = '' }) => projectIdentifier)}::text[]) as t(org, project)
    ), members as (
      select a.org_identifier as org, a.project_identifier as project, a.principal_id as user_id, ${hasRole} as has_role
        from role_assignments a where a.account_id = ${accountId} and a.principal_type = 'USER' and not a.is_disabled
      union all select m.org_identifier, m.project_identifier, m.user_id, false
        from user_group_members m where m.account_id = ${accountId}
      union all select a.org_identifier, a.project_identifier, m.user_id, ${hasRole}
        from user_group_members m join role_assignments a on ${OF_MEMBERSHIP}
        where m.account_id = ${accountId} and not a.is_disabled
    ), placed as (
      select org, project, user_id, bool_or(has_role) as has_role,
        row_number() over (partition by org, project order by min(u.name), user_id) as place
      from members join asked using (org, project) join users u on u.id = user_id
      where u.account_id = ${accountId} and u.removed_at is null
      group by org, project, user_id
    )
    select u.*, org, project, has_role from placed join users u on u.id = user_id
    where place <= ${MEMBERS_MAX} order by org, project, place`.execute(db);
  const members = result.rows.map((row) => ({
    key: scopeKey({ orgIdentifier: row.org, ...(row.project === '' ? {} : { projectIdentifier: row.project }) }),
    user: keptUser(row),
    hasRole: row.has_role,
  }));
  return Map.groupBy(members, ({ key }) => key);
}

export function scopeKey({ orgIdentifier, projectIdentifier = '' }: NamedScope): string {
  return `${orgIdentifier}/${projectIdentifier}`;
}

export interface OrganizationCounts {
  readonly projects: number;
  /** Of the organization itself: those of its projects do not count. */
  readonly connectors: number;
  readonly secrets: number;
  readonly delegates: number;
  readonly templates: number;
}

/** By identifier; of those that are there. */
export async function countInOrganizations(
  db: Database,
  accountId: string,
  identifiers: readonly string[],
): Promise<ReadonlyMap<string, OrganizationCounts>> {
  const ofIt = sql`x.account_id = o.account_id and x.org_identifier = o.identifier`;
  const own = sql`${ofIt} and x.project_identifier = ''`;
  const result = await sql<OrganizationCounts & { identifier: string }>`
    select o.identifier,
      (select count(*) from projects x where ${ofIt}) as projects,
      (select count(*) from connectors x where ${own}) as connectors,
      (select count(*) from secrets x where ${own}) as secrets,
      (select count(*) from delegates x where ${ofIt} and x.project_identifier is null and x.left_at is null) as delegates,
      (select count(distinct x.identifier) from templates x where ${own}) as templates
    from organizations o where o.account_id = ${accountId} and o.identifier = any(${[...identifiers]}::text[])`.execute(
    db,
  );
  return new Map(result.rows.map(({ identifier, ...counts }) => [identifier, counts]));
}
