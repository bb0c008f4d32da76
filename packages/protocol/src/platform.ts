/** The read side of `/ng/api` (api.md §9). */
import { Type, type Static } from 'typebox';
import { UserMetadata } from './access.ts';
import { Tags, Time } from './schema.ts';

export const OrganizationResponse = Type.Object({
  organization: Type.Object({
    identifier: Type.String(),
    name: Type.String(),
    description: Type.String(),
    tags: Tags,
  }),
  createdAt: Time,
  lastModifiedAt: Time,
  harnessManaged: Type.Boolean(),
});
export type OrganizationResponse = Static<typeof OrganizationResponse>;

export const ProjectResponse = Type.Object({
  project: Type.Object({
    orgIdentifier: Type.String(),
    identifier: Type.String(),
    name: Type.String(),
    color: Type.String(),
    modules: Type.Array(Type.String()),
    description: Type.String(),
    tags: Tags,
  }),
  createdAt: Time,
  lastModifiedAt: Time,
});
export type ProjectResponse = Static<typeof ProjectResponse>;

const people = {
  admins: Type.Array(UserMetadata, { description: 'Who administers it.' }),
  collaborators: Type.Array(UserMetadata, { description: 'Who else belongs to it.' }),
};

/** With what a list of cards shows beside an organization. */
export const OrganizationAggregate = Type.Object({
  organizationResponse: OrganizationResponse,
  projectsCount: Type.Integer(),
  connectorsCount: Type.Integer({ description: 'Of the organization itself, as the other counts are.' }),
  secretsCount: Type.Integer(),
  delegatesCount: Type.Integer(),
  templatesCount: Type.Integer(),
  ...people,
});
export type OrganizationAggregate = Static<typeof OrganizationAggregate>;

export const ProjectAggregate = Type.Object({
  projectResponse: ProjectResponse,
  organization: Type.Optional(OrganizationResponse.properties.organization),
  harnessManagedOrg: Type.Boolean(),
  ...people,
});
export type ProjectAggregate = Static<typeof ProjectAggregate>;

export const AccountResponse = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  companyName: Type.String(),
  cluster: Type.String(),
  defaultExperience: Type.Literal('NG'),
  createdAt: Time,
  nextGenEnabled: Type.Boolean(),
});
export type AccountResponse = Static<typeof AccountResponse>;

export const CurrentUser = Type.Object({
  uuid: Type.String(),
  name: Type.String(),
  email: Type.String(),
  defaultAccountId: Type.String(),
  accounts: Type.Array(Type.Object({ uuid: Type.String(), accountName: Type.String(), companyName: Type.String() })),
  admin: Type.Boolean(),
  twoFactorAuthenticationEnabled: Type.Boolean(),
  locked: Type.Boolean(),
  disabled: Type.Boolean(),
  externallyManaged: Type.Boolean(),
});
export type CurrentUser = Static<typeof CurrentUser>;

export const AccountLicenses = Type.Object({
  accountId: Type.String(),
  moduleLicenses: Type.Record(Type.String(), Type.Unknown()),
  allModuleLicenses: Type.Record(Type.String(), Type.Array(Type.Unknown())),
  createdAt: Time,
  lastUpdatedAt: Time,
});
export type AccountLicenses = Static<typeof AccountLicenses>;
