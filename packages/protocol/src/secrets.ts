/** Secrets (api.md §9). Their values are taken and never given. */
import { Type, type Static } from 'typebox';
import { nullable, Tags, Time } from './schema.ts';

/**
 * `secret` is checked by who saves it, so that no message can hold a value: `type` (`SecretText`, `SecretFile`, `SSHKey`), `name`,
 * `identifier`, `description`, `tags`, `spec`.
 */
export const SecretRequest = Type.Object({
  secret: Type.Unknown({ description: 'type, name, identifier, description, tags, spec.' }),
});
export type SecretRequest = Static<typeof SecretRequest>;

export const SecretResponse = Type.Object({
  secret: Type.Object({
    type: Type.String(),
    name: Type.String(),
    identifier: Type.String(),
    orgIdentifier: nullable(Type.String()),
    projectIdentifier: nullable(Type.String()),
    tags: Tags,
    description: Type.String(),
    /** `value` is null, but for references to other managers. */
    spec: Type.Record(Type.String(), Type.Unknown()),
  }),
  createdAt: Time,
  updatedAt: Time,
  draft: Type.Boolean(),
});
export type SecretResponse = Static<typeof SecretResponse>;

/** Clients send null, or nothing, for what they do not filter by. */
export const SecretFilter = Type.Object({
  filterType: Type.Optional(nullable(Type.String())),
  identifiers: Type.Optional(nullable(Type.Array(Type.String()))),
  secretTypes: Type.Optional(nullable(Type.Array(Type.String()))),
  searchTerm: Type.Optional(nullable(Type.String())),
  includeAllSecretsAccessibleAtScope: Type.Optional(nullable(Type.Boolean())),
});
export type SecretFilter = Static<typeof SecretFilter>;
