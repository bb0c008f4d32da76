/** Connectors (api.md §9). */
import { Type, type Static } from 'typebox';
import { EntityGitDetails } from './git-details.ts';
import { nullable, Tags, Time } from './schema.ts';

const ConnectorError = Type.Object({ reason: Type.String(), message: Type.String(), code: Type.Integer() });

/** Times are null before the first test. */
export const ConnectorStatus = Type.Object({
  status: Type.Enum(['SUCCESS', 'FAILURE', 'UNKNOWN']),
  errorSummary: nullable(Type.String()),
  errors: nullable(Type.Array(ConnectorError)),
  testedAt: nullable(Time),
  lastTestedAt: nullable(Time),
  lastConnectedAt: nullable(Time),
});
export type ConnectorStatus = Static<typeof ConnectorStatus>;

export const ConnectorResponse = Type.Object({
  connector: Type.Object({
    name: Type.String(),
    identifier: Type.String(),
    description: Type.String(),
    orgIdentifier: nullable(Type.String()),
    projectIdentifier: nullable(Type.String()),
    tags: Tags,
    type: Type.String(),
    spec: Type.Record(Type.String(), Type.Unknown()),
  }),
  createdAt: Time,
  lastModifiedAt: Time,
  status: ConnectorStatus,
  harnessManaged: Type.Boolean(),
  gitDetails: EntityGitDetails,
  entityValidityDetails: Type.Object({ valid: Type.Boolean(), invalidYaml: Type.Null() }),
});
export type ConnectorResponse = Static<typeof ConnectorResponse>;

export const ConnectorFilter = Type.Object({
  filterType: Type.Optional(nullable(Type.String())),
  connectorIdentifiers: Type.Optional(nullable(Type.Array(Type.String()))),
  types: Type.Optional(nullable(Type.Array(Type.String()))),
  categories: Type.Optional(nullable(Type.Array(Type.String()))),
});
export type ConnectorFilter = Static<typeof ConnectorFilter>;

export const ConnectorCatalogue = Type.Object({
  catalogue: Type.Array(Type.Object({ category: Type.String(), connectors: Type.Array(Type.String()) })),
});
export type ConnectorCatalogue = Static<typeof ConnectorCatalogue>;

export const ConnectorTestResult = Type.Object({
  status: Type.Enum(['SUCCESS', 'FAILURE']),
  errorSummary: nullable(Type.String()),
  errors: nullable(Type.Array(ConnectorError)),
  testedAt: Time,
  delegateId: nullable(Type.String()),
});
export type ConnectorTestResult = Static<typeof ConnectorTestResult>;
