/** Secrets as the API prints them (api.md §9): what is known about them. The rows it is made of hold no value. */
import type { SecretResponse } from '@bridle/protocol';
import type { SecretRow } from '../../store/secrets.ts';

export function secretResponse(row: SecretRow): SecretResponse {
  const { owner, type, name, identifier, tags, description } = row;
  return {
    secret: {
      type,
      name,
      identifier,
      orgIdentifier: owner.orgIdentifier ?? null,
      projectIdentifier: owner.projectIdentifier ?? null,
      tags: { ...tags },
      description,
      spec: specOf(row),
    },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    // As Harness has it: the secret is known, its value is not.
    draft: row.isLost,
  };
}

function specOf({ type, manager, valueType, spec }: SecretRow): Record<string, unknown> {
  switch (type) {
    case 'SSHKey':
      return { ...spec };
    case 'SecretFile':
      return { secretManagerIdentifier: manager, additionalMetadata: null };
    default:
      return {
        secretManagerIdentifier: manager,
        valueType,
        // What another manager calls the secret is no secret.
        value: valueType === 'Reference' ? (spec['reference'] ?? null) : null,
        additionalMetadata: null,
      };
  }
}
