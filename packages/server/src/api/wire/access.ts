/** People and rights as Harness's clients read them. */
import type {
  AccessScope,
  ResourceGroupResponse,
  RoleAssignmentMetadata,
  RoleAssignmentResponse,
  RoleResponse,
  ServiceAccount,
  UserGroup,
  UserMetadata,
} from '@bridle/protocol';
import type { DocumentScope } from '@bridle/pipeline';
import type { ResourceGroup, Role } from '../../auth/built-in-roles.ts';
import { ALL_USERS_OF_ACCOUNT, ALL_USERS_OF_ORGANIZATION } from '../../store/grants.ts';
import type { OwnerScope } from '../../store/owner-scope.ts';
import type { KeptRoleAssignment } from '../../store/role-assignments.ts';
import type { ResourceGroupRow, RoleRow } from '../../store/roles.ts';
import type { ServiceAccountRow } from '../../store/service-accounts.ts';
import type { UserGroupRow } from '../../store/user-groups.ts';
import type { KeptUser } from '../../store/users.ts';

type ScopeLevel = RoleAssignmentResponse['roleAssignment']['principal']['scopeLevel'];
const LEVELS: Readonly<Record<DocumentScope, ScopeLevel>> = {
  account: 'account',
  org: 'organization',
  project: 'project',
};

export function levelName(level: DocumentScope): ScopeLevel {
  return LEVELS[level];
}

export function levelNamed(name: ScopeLevel): DocumentScope {
  return name === 'organization' ? 'org' : name;
}

export function accessScope({ accountId, orgIdentifier, projectIdentifier }: OwnerScope): AccessScope {
  return {
    accountIdentifier: accountId,
    orgIdentifier: orgIdentifier ?? null,
    projectIdentifier: projectIdentifier ?? null,
  };
}

export function userMetadata({ id, name, email, isDisabled }: KeptUser): UserMetadata {
  return {
    uuid: id,
    name,
    email,
    locked: false,
    disabled: isDisabled,
    externallyManaged: false,
    twoFactorAuthenticationEnabled: false,
  };
}

export function serviceAccount({
  owner,
  identifier,
  name,
  email,
  description,
  tags,
}: ServiceAccountRow): ServiceAccount {
  return { identifier, name, email, description, tags: { ...tags }, ...accessScope(owner), governanceMetadata: null };
}

export function userGroup({ owner, identifier, name, description, tags, users }: UserGroupRow): UserGroup {
  return {
    identifier,
    name,
    description,
    tags: { ...tags },
    users: [...users],
    notificationConfigs: [],
    ssoLinked: false,
    externallyManaged: false,
    harnessManaged: false,
    ...accessScope(owner),
  };
}

/** Nobody is listed in it: whoever belongs to the scope is in it. */
export function builtInGroup(identifier: string, owner: OwnerScope): UserGroup {
  const of =
    identifier === ALL_USERS_OF_ACCOUNT
      ? 'Account'
      : identifier === ALL_USERS_OF_ORGANIZATION
        ? 'Organization'
        : 'Project';
  const name = `All ${of} Users`;
  const description = `Everybody who belongs to the ${of.toLowerCase()}.`;
  const row = { owner, identifier, name, description, tags: {}, users: [], createdAt: 0, updatedAt: 0 };
  return { ...userGroup(row), harnessManaged: true };
}

export function roleResponse(row: RoleRow): RoleResponse {
  const { owner, identifier, name, description, tags, permissions, scopes } = row;
  return {
    role: {
      identifier,
      name,
      description,
      tags: { ...tags },
      permissions: [...permissions],
      allowedScopeLevels: scopes.map(levelName),
    },
    scope: accessScope(owner),
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
    harnessManaged: false,
  };
}

export function builtInRole({ identifier, name, description, permissions, scopes }: Role): RoleResponse {
  return {
    role: {
      identifier,
      name,
      description,
      tags: {},
      permissions: [...permissions],
      allowedScopeLevels: scopes.map(levelName),
    },
    scope: null,
    createdAt: 0,
    lastModifiedAt: 0,
    harnessManaged: true,
  };
}

export function resourceGroupResponse(row: ResourceGroupRow, level: DocumentScope): ResourceGroupResponse {
  const { owner, identifier, name, description, tags, color, includedScopes, resources } = row;
  return {
    resourceGroup: {
      ...accessScope(owner),
      identifier,
      name,
      description,
      tags: { ...tags },
      color,
      allowedScopeLevels: [levelName(level)],
      includedScopes: includedScopes.map(({ org, project, children }) => ({
        filter: children ? 'INCLUDING_CHILD_SCOPES' : 'EXCLUDING_CHILD_SCOPES',
        accountIdentifier: owner.accountId,
        orgIdentifier: org ?? null,
        projectIdentifier: project ?? null,
      })),
      resourceFilter: {
        includeAllResources: resources === null,
        resources: Object.entries(resources ?? {}).map(([resourceType, identifiers]) => ({
          resourceType,
          identifiers: identifiers === null ? null : [...identifiers],
        })),
      },
    },
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
    harnessManaged: false,
  };
}

export function builtInResourceGroup(group: ResourceGroup, owner: OwnerScope): ResourceGroupResponse {
  const { identifier, name, scopes, hasChildScopes } = group;
  return {
    resourceGroup: {
      accountIdentifier: null,
      orgIdentifier: null,
      projectIdentifier: null,
      identifier,
      name,
      description: '',
      tags: {},
      color: '',
      allowedScopeLevels: scopes.map(levelName),
      includedScopes: [
        { filter: hasChildScopes ? 'INCLUDING_CHILD_SCOPES' : 'EXCLUDING_CHILD_SCOPES', ...accessScope(owner) },
      ],
      resourceFilter: { includeAllResources: true, resources: [] },
    },
    createdAt: 0,
    lastModifiedAt: 0,
    harnessManaged: true,
  };
}

export function roleAssignmentResponse(row: KeptRoleAssignment): RoleAssignmentResponse {
  const { owner, identifier, roleIdentifier, resourceGroupIdentifier, principal } = row;
  return {
    roleAssignment: {
      identifier,
      resourceGroupIdentifier,
      roleIdentifier,
      principal: { identifier: principal.id, type: principal.type, scopeLevel: levelName(principal.scope) },
      disabled: row.isDisabled,
      managed: row.isManaged,
      internal: false,
    },
    scope: accessScope(owner),
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
    harnessManaged: row.isManaged,
  };
}

export function assignmentMetadata(
  { identifier, roleIdentifier, resourceGroupIdentifier, isManaged }: KeptRoleAssignment,
  names: { readonly role: string; readonly resourceGroup: string; readonly isBuiltIn: boolean },
): RoleAssignmentMetadata {
  return {
    identifier,
    roleIdentifier,
    roleName: names.role,
    resourceGroupIdentifier,
    resourceGroupName: names.resourceGroup,
    managedRole: names.isBuiltIn,
    managedRoleAssignment: isManaged,
  };
}
