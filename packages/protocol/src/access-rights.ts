/** Roles, resource groups, role assignments and checks of access, as Harness's clients write and read them. */
import { Type, type Static } from 'typebox';
import { AccessScope, may } from './access.ts';
import { IDENTIFIER_PATTERN, nullable, Tags, Time } from './schema.ts';

const Identifier = Type.String({ pattern: IDENTIFIER_PATTERN });
const Name = Type.String({ minLength: 1, maxLength: 128 });
const ScopeLevel = Type.Enum(['account', 'organization', 'project']);
const times = { createdAt: Time, lastModifiedAt: Time, harnessManaged: Type.Boolean() };

export const PermissionResponse = Type.Object({
  permission: Type.Object({
    identifier: Type.String(),
    name: Type.String(),
    status: Type.Enum(['ACTIVE']),
    allowedScopeLevels: Type.Array(ScopeLevel),
    resourceType: Type.String(),
    action: Type.String(),
    includeInAllRoles: Type.Boolean(),
  }),
  createdAt: Time,
  lastModifiedAt: Time,
});
export type PermissionResponse = Static<typeof PermissionResponse>;

export const RoleRequest = Type.Object(
  {
    identifier: Identifier,
    name: Name,
    description: may(Type.String({ maxLength: 1_024 })),
    tags: may(Tags),
    permissions: may(Type.Array(Type.String(), { maxItems: 500 })),
    allowedScopeLevels: may(Type.Array(ScopeLevel)),
  },
  {
    examples: [
      {
        identifier: 'releaser',
        name: 'Releaser',
        permissions: ['core_pipeline_view', 'core_pipeline_execute'],
        allowedScopeLevels: ['project'],
        tags: {},
      },
    ],
  },
);
export type RoleRequest = Static<typeof RoleRequest>;

export const RoleResponse = Type.Object({
  role: Type.Object({
    identifier: Type.String(),
    name: Type.String(),
    description: Type.String(),
    tags: Tags,
    permissions: Type.Array(Type.String()),
    allowedScopeLevels: Type.Array(ScopeLevel),
  }),
  scope: nullable(AccessScope),
  ...times,
});
export type RoleResponse = Static<typeof RoleResponse>;

const ScopeFilter = Type.Enum(['EXCLUDING_CHILD_SCOPES', 'INCLUDING_CHILD_SCOPES']);

export const ResourceGroupContent = Type.Object({
  accountIdentifier: may(Type.String()),
  orgIdentifier: may(Type.String()),
  projectIdentifier: may(Type.String()),
  identifier: Identifier,
  name: Name,
  description: may(Type.String({ maxLength: 1_024 })),
  tags: may(Tags),
  color: may(Type.String({ maxLength: 32 })),
  includedScopes: may(
    Type.Array(
      Type.Object({
        filter: ScopeFilter,
        accountIdentifier: may(Type.String()),
        orgIdentifier: may(Type.String()),
        projectIdentifier: may(Type.String()),
      }),
      { maxItems: 200 },
    ),
  ),
  resourceFilter: may(
    Type.Object({
      includeAllResources: may(Type.Boolean()),
      resources: may(
        Type.Array(
          Type.Object({
            resourceType: Type.String(),
            identifiers: may(Type.Array(Type.String(), { maxItems: 1_000 })),
            attributeFilter: may(Type.Unknown()),
          }),
          { maxItems: 100 },
        ),
      ),
    }),
  ),
});
export type ResourceGroupContent = Static<typeof ResourceGroupContent>;

export const ResourceGroupRequest = Type.Object(
  { resourceGroup: ResourceGroupContent },
  {
    examples: [
      {
        resourceGroup: {
          identifier: 'one_pipeline',
          name: 'One pipeline',
          includedScopes: [
            {
              filter: 'EXCLUDING_CHILD_SCOPES',
              accountIdentifier: 'kmpySmUISimoRrJL6NL73w',
              orgIdentifier: 'default',
              projectIdentifier: 'myproject',
            },
          ],
          resourceFilter: {
            includeAllResources: false,
            resources: [{ resourceType: 'PIPELINE', identifiers: ['test'] }],
          },
        },
      },
    ],
  },
);

export const ResourceGroupResponse = Type.Object({
  resourceGroup: Type.Object({
    ...AccessScope.properties,
    accountIdentifier: nullable(Type.String()),
    identifier: Type.String(),
    name: Type.String(),
    description: Type.String(),
    tags: Tags,
    color: Type.String(),
    allowedScopeLevels: Type.Array(ScopeLevel),
    includedScopes: Type.Array(Type.Object({ filter: ScopeFilter, ...AccessScope.properties })),
    resourceFilter: Type.Object({
      includeAllResources: Type.Boolean(),
      resources: Type.Array(
        Type.Object({ resourceType: Type.String(), identifiers: nullable(Type.Array(Type.String())) }),
      ),
    }),
  }),
  ...times,
});
export type ResourceGroupResponse = Static<typeof ResourceGroupResponse>;

export const PrincipalType = Type.Enum(['USER', 'USER_GROUP', 'SERVICE_ACCOUNT']);

export const RoleAssignmentRequest = Type.Object(
  {
    identifier: may(Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' })),
    roleIdentifier: Type.String(),
    resourceGroupIdentifier: may(Type.String()),
    principal: Type.Object({
      identifier: Type.String(),
      type: PrincipalType,
      scopeLevel: may(ScopeLevel),
    }),
    disabled: may(Type.Boolean()),
    managed: may(Type.Boolean()),
  },
  {
    examples: [
      {
        roleIdentifier: '_pipeline_executor',
        resourceGroupIdentifier: '_all_project_level_resources',
        principal: { identifier: 'deployer', type: 'SERVICE_ACCOUNT', scopeLevel: 'project' },
      },
    ],
  },
);
export type RoleAssignmentRequest = Static<typeof RoleAssignmentRequest>;

export const RoleAssignmentResponse = Type.Object({
  roleAssignment: Type.Object({
    identifier: Type.String(),
    resourceGroupIdentifier: Type.String(),
    roleIdentifier: Type.String(),
    principal: Type.Object({ identifier: Type.String(), type: PrincipalType, scopeLevel: ScopeLevel }),
    disabled: Type.Boolean(),
    managed: Type.Boolean(),
    internal: Type.Boolean(),
  }),
  scope: AccessScope,
  ...times,
});
export type RoleAssignmentResponse = Static<typeof RoleAssignmentResponse>;

export const RoleAssignmentFilter = Type.Object({
  resourceGroupFilter: may(Type.Array(Type.String())),
  roleFilter: may(Type.Array(Type.String())),
  principalTypeFilter: may(Type.Array(PrincipalType)),
  principalFilter: may(Type.Array(Type.Object({ identifier: Type.String(), type: PrincipalType }), { maxItems: 500 })),
});
export type RoleAssignmentFilter = Static<typeof RoleAssignmentFilter>;

const Check = Type.Object({
  resourceScope: may(
    Type.Object({
      accountIdentifier: may(Type.String()),
      orgIdentifier: may(Type.String()),
      projectIdentifier: may(Type.String()),
    }),
  ),
  resourceType: may(Type.String()),
  resourceIdentifier: may(Type.String()),
  permission: Type.String(),
});

export const AccessCheckRequest = Type.Object(
  {
    permissions: Type.Array(Check, { maxItems: 1_000 }),
    principal: may(Type.Object({ principalIdentifier: Type.String(), principalType: Type.String() })),
  },
  {
    examples: [
      {
        permissions: [
          {
            resourceScope: {
              accountIdentifier: 'kmpySmUISimoRrJL6NL73w',
              orgIdentifier: 'default',
              projectIdentifier: 'myproject',
            },
            resourceType: 'PIPELINE',
            resourceIdentifier: 'test',
            permission: 'core_pipeline_execute',
          },
        ],
      },
    ],
  },
);

export const AccessCheckResponse = Type.Object({
  principal: Type.Object({ principalIdentifier: Type.String(), principalType: Type.String() }),
  accessControlList: Type.Array(
    Type.Object({
      permission: Type.String(),
      resourceScope: AccessScope,
      resourceType: nullable(Type.String()),
      resourceIdentifier: nullable(Type.String()),
      permitted: Type.Boolean(),
    }),
  ),
});
export type AccessCheckResponse = Static<typeof AccessCheckResponse>;
