/** Users, groups, service accounts, API keys and tokens, as Harness's clients write and read them. */
import { Type, type Static, type TSchema } from 'typebox';
import { IDENTIFIER_PATTERN, nullable, Tags, Time } from './schema.ts';

const Identifier = Type.String({ pattern: IDENTIFIER_PATTERN });
const Name = Type.String({ minLength: 1, maxLength: 128 });
/** Clients leave it out or send null. */
export const may = <T extends TSchema>(schema: T): ReturnType<typeof Type.Optional<ReturnType<typeof nullable<T>>>> =>
  Type.Optional(nullable(schema));
/** The scope, which the query may name as well; both must agree. */
const scopeKeys = {
  accountIdentifier: may(Type.String()),
  orgIdentifier: may(Type.String()),
  projectIdentifier: may(Type.String()),
};
const described = { description: may(Type.String({ maxLength: 1_024 })), tags: may(Tags) };
const scopeAnswer = {
  accountIdentifier: Type.String(),
  orgIdentifier: nullable(Type.String()),
  projectIdentifier: nullable(Type.String()),
};

/** Where something belongs. */
export const AccessScope = Type.Object(scopeAnswer);
export type AccessScope = Static<typeof AccessScope>;

export const UserMetadata = Type.Object({
  uuid: Type.String(),
  name: Type.String(),
  email: Type.String(),
  locked: Type.Boolean(),
  disabled: Type.Boolean(),
  externallyManaged: Type.Boolean(),
  twoFactorAuthenticationEnabled: Type.Boolean(),
});
export type UserMetadata = Static<typeof UserMetadata>;

export const RoleAssignmentMetadata = Type.Object({
  identifier: Type.String(),
  roleIdentifier: Type.String(),
  roleName: Type.String(),
  resourceGroupIdentifier: Type.String(),
  resourceGroupName: Type.String(),
  managedRole: Type.Boolean(),
  managedRoleAssignment: Type.Boolean(),
});
export type RoleAssignmentMetadata = Static<typeof RoleAssignmentMetadata>;

export const UserAggregate = Type.Object({
  user: UserMetadata,
  roleAssignmentMetadata: Type.Array(RoleAssignmentMetadata),
});
export type UserAggregate = Static<typeof UserAggregate>;

export const AccessFilter = Type.Object({
  resourceGroupIdentifiers: may(Type.Array(Type.String())),
  roleIdentifiers: may(Type.Array(Type.String())),
});
export type AccessFilter = Static<typeof AccessFilter>;

export const AddUsersRequest = Type.Object(
  {
    emails: Type.Array(Type.String({ pattern: '^[^\\s@]{1,128}@[^\\s@]{1,190}$' }), { minItems: 1, maxItems: 100 }),
    userGroups: may(Type.Array(Type.String())),
    roleBindings: may(
      Type.Array(Type.Object({ roleIdentifier: Type.String(), resourceGroupIdentifier: may(Type.String()) }), {
        maxItems: 50,
      }),
    ),
  },
  {
    examples: [
      {
        emails: ['ada@example.com'],
        userGroups: [],
        roleBindings: [{ roleIdentifier: '_project_viewer', resourceGroupIdentifier: '_all_project_level_resources' }],
      },
    ],
  },
);
export type AddUsersRequest = Static<typeof AddUsersRequest>;

export const AddUsersResponse = Type.Object({
  addUserResponseMap: Type.Record(Type.String(), Type.Enum(['USER_ADDED_SUCCESSFULLY', 'USER_ALREADY_ADDED'])),
  signInLinks: Type.Record(Type.String(), Type.String(), {
    description: 'Of users who are new: a link that signs in once, within a day. Shown this once; pass it on.',
  }),
});
export type AddUsersResponse = Static<typeof AddUsersResponse>;

export const ServiceAccountRequest = Type.Object(
  { identifier: Identifier, name: Name, email: may(Type.String()), ...described, ...scopeKeys },
  { examples: [{ identifier: 'deployer', name: 'Deployer', description: 'Starts releases', tags: {} }] },
);
export type ServiceAccountRequest = Static<typeof ServiceAccountRequest>;

export const ServiceAccount = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  email: Type.String(),
  description: Type.String(),
  tags: Tags,
  ...scopeAnswer,
  governanceMetadata: Type.Null(),
});
export type ServiceAccount = Static<typeof ServiceAccount>;

export const ServiceAccountAggregate = Type.Object({
  serviceAccount: ServiceAccount,
  createdAt: Time,
  lastModifiedAt: Time,
  tokensCount: Type.Integer(),
  roleAssignmentsMetadataDTO: Type.Array(RoleAssignmentMetadata),
});
export type ServiceAccountAggregate = Static<typeof ServiceAccountAggregate>;

const ApiKeyType = Type.Enum(['USER', 'SERVICE_ACCOUNT']);

export const ApiKeyRequest = Type.Object(
  {
    identifier: Identifier,
    name: Name,
    apiKeyType: ApiKeyType,
    parentIdentifier: Type.String({ description: 'Id of the user, identifier of the service account.' }),
    defaultTimeToExpireToken: may(Type.Integer({ minimum: 0, description: 'Milliseconds; kept for nobody.' })),
    ...described,
    ...scopeKeys,
  },
  {
    examples: [{ identifier: 'ci', name: 'CI', apiKeyType: 'SERVICE_ACCOUNT', parentIdentifier: 'deployer', tags: {} }],
  },
);
export type ApiKeyRequest = Static<typeof ApiKeyRequest>;

const apiKeyKeys = {
  identifier: Type.String(),
  name: Type.String(),
  description: Type.String(),
  tags: Tags,
  apiKeyType: ApiKeyType,
  parentIdentifier: Type.String(),
  defaultTimeToExpireToken: nullable(Type.Integer()),
  governanceMetadata: Type.Null(),
  ...scopeAnswer,
};
export const ApiKey = Type.Object(apiKeyKeys);
export type ApiKey = Static<typeof ApiKey>;

export const ApiKeyAggregate = Type.Object({
  apiKey: ApiKey,
  createdAt: Time,
  lastModifiedAt: Time,
  tokensCount: Type.Integer(),
});
export type ApiKeyAggregate = Static<typeof ApiKeyAggregate>;

export const TokenRequest = Type.Object(
  {
    identifier: Identifier,
    name: Name,
    apiKeyIdentifier: Type.String(),
    apiKeyType: ApiKeyType,
    parentIdentifier: Type.String(),
    validFrom: may(Type.Integer({ minimum: 0 })),
    validTo: may(
      Type.Integer({
        minimum: 0,
        maximum: 253_402_300_799_999,
        description: 'Epoch milliseconds; 0 or absent = it does not expire.',
      }),
    ),
    ...described,
    ...scopeKeys,
  },
  {
    examples: [
      {
        identifier: 'laptop',
        name: 'Laptop',
        apiKeyIdentifier: 'ci',
        apiKeyType: 'SERVICE_ACCOUNT',
        parentIdentifier: 'deployer',
        validTo: 1_893_456_000_000,
        tags: {},
      },
    ],
  },
);
export type TokenRequest = Static<typeof TokenRequest>;

export const TokenDetails = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  description: Type.String(),
  tags: Tags,
  apiKeyIdentifier: Type.String(),
  apiKeyType: ApiKeyType,
  parentIdentifier: Type.String(),
  validFrom: Time,
  validTo: nullable(Time),
  scheduledExpireTime: nullable(Time),
  valid: Type.Boolean(),
  email: Type.String(),
  username: Type.String(),
  encodedPassword: Type.Null(),
  ...scopeAnswer,
});
export type TokenDetails = Static<typeof TokenDetails>;

export const TokenAggregate = Type.Object({
  token: TokenDetails,
  createdAt: Time,
  lastModifiedAt: Time,
  expiryAt: nullable(Time),
  /** To the minute; null = never. A key of ours. */
  lastUsedAt: nullable(Time),
});
export type TokenAggregate = Static<typeof TokenAggregate>;

export const UserGroupRequest = Type.Object(
  {
    identifier: Identifier,
    name: Name,
    users: may(Type.Array(Type.String({ description: 'Ids of users.' }), { maxItems: 5_000 })),
    ...described,
    ...scopeKeys,
  },
  { examples: [{ identifier: 'approvers', name: 'Approvers', users: [], tags: {} }] },
);
export type UserGroupRequest = Static<typeof UserGroupRequest>;

export const UserGroup = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  description: Type.String(),
  tags: Tags,
  users: Type.Array(Type.String()),
  notificationConfigs: Type.Array(Type.Unknown()),
  ssoLinked: Type.Boolean(),
  externallyManaged: Type.Boolean(),
  harnessManaged: Type.Boolean(),
  ...scopeAnswer,
});
export type UserGroup = Static<typeof UserGroup>;

export const UserGroupFilter = Type.Object({
  identifierFilter: may(Type.Array(Type.String())),
  searchTerm: may(Type.String()),
});
export type UserGroupFilter = Static<typeof UserGroupFilter>;
