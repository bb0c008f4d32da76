/** Services, environments, infrastructures and service overrides (api.md §9). */
import { Type, type Static } from 'typebox';
import { IDENTIFIER_PATTERN, nullable, Tags, Time } from './schema.ts';

const scope = {
  accountId: Type.String(),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
};
const named = {
  ...scope,
  identifier: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  tags: Tags,
};
const times = { createdAt: Time, lastModifiedAt: Time };

export const ServiceResponse = Type.Object({
  service: Type.Object({ ...named, deleted: Type.Boolean(), yaml: Type.String() }),
  ...times,
});
export type ServiceResponse = Static<typeof ServiceResponse>;

export const EnvironmentResponse = Type.Object({
  environment: Type.Object({
    ...named,
    deleted: Type.Boolean(),
    type: Type.Enum(['PreProduction', 'Production']),
    yaml: Type.String(),
  }),
  ...times,
});
export type EnvironmentResponse = Static<typeof EnvironmentResponse>;

export const InfrastructureResponse = Type.Object({
  infrastructure: Type.Object({
    ...named,
    environmentRef: Type.String(),
    type: Type.Optional(Type.String()),
    deploymentType: Type.Optional(Type.String()),
    yaml: Type.String(),
  }),
  ...times,
});
export type InfrastructureResponse = Static<typeof InfrastructureResponse>;

export const ServiceOverridesResponse = Type.Object({
  ...scope,
  identifier: Type.String(),
  environmentRef: Type.String(),
  serviceRef: Type.String(),
  type: Type.String(),
  yaml: Type.String(),
  ...times,
});
export type ServiceOverridesResponse = Static<typeof ServiceOverridesResponse>;

/** What the body of a save says beside its YAML; where both speak they must agree. */
const given = {
  orgIdentifier: Type.Optional(nullable(Type.String())),
  projectIdentifier: Type.Optional(nullable(Type.String())),
  name: Type.Optional(nullable(Type.String({ maxLength: 128 }))),
  description: Type.Optional(nullable(Type.String({ maxLength: 1_024 }))),
  tags: Type.Optional(nullable(Tags)),
  yaml: Type.Optional(nullable(Type.String())),
};
const identifier = Type.String({ pattern: IDENTIFIER_PATTERN });

export const ServiceRequest = Type.Object({ ...given, identifier });
export type ServiceRequest = Static<typeof ServiceRequest>;

export const EnvironmentRequest = Type.Object({
  ...given,
  identifier,
  type: Type.Optional(nullable(Type.Enum(['PreProduction', 'Production']))),
});
export type EnvironmentRequest = Static<typeof EnvironmentRequest>;

/** Clients send null, or nothing, for what they do not filter by. */
export const EnvironmentFilter = Type.Object(
  {
    filterType: Type.Optional(nullable(Type.String())),
    environmentIdentifiers: Type.Optional(nullable(Type.Array(Type.String()))),
    environmentNames: Type.Optional(nullable(Type.Array(Type.String()))),
    environmentTypes: Type.Optional(nullable(Type.Array(Type.Enum(['PreProduction', 'Production'])))),
  },
  { examples: [{ filterType: 'Environment', environmentTypes: ['Production'] }] },
);
export type EnvironmentFilter = Static<typeof EnvironmentFilter>;

export const InfrastructureRequest = Type.Object({
  ...given,
  identifier,
  environmentRef: Type.String({ minLength: 1 }),
  type: Type.Optional(nullable(Type.String())),
  deploymentType: Type.Optional(nullable(Type.String())),
});
export type InfrastructureRequest = Static<typeof InfrastructureRequest>;

/** Bridle knows overrides of one service in one environment; the other types are refused rather than passed over. */
export const ServiceOverridesRequest = Type.Object({
  orgIdentifier: Type.Optional(nullable(Type.String())),
  projectIdentifier: Type.Optional(nullable(Type.String())),
  environmentRef: Type.String({ minLength: 1 }),
  serviceRef: Type.String({ minLength: 1 }),
  type: Type.Optional(nullable(Type.Enum(['ENV_SERVICE_OVERRIDE']))),
  yaml: Type.String({ minLength: 1 }),
});
export type ServiceOverridesRequest = Static<typeof ServiceOverridesRequest>;
