/** The secrets that callers of triggers sign with. */
import type { ProjectScope } from '@bridle/pipeline';
import type { Secrets } from '../secrets/secrets.ts';
import { describePlace, keyOf } from './scoped-reference.ts';

export type WebhookSecret =
  | { readonly kind: 'known'; readonly value: Buffer }
  | { readonly kind: 'missing'; readonly reason: string };

/** Looks a reference up as the project means it. */
export function createWebhookSecrets(
  secrets: Pick<Secrets, 'resolve'>,
): (scope: ProjectScope, reference: string) => Promise<WebhookSecret> {
  return async (scope, reference) => {
    const key = keyOf(scope, reference);
    if (key === undefined) return missing(`"${reference}" is no reference to a secret.`);
    const found = (await secrets.resolve(scope.accountId, [key])).get(key);
    if (found === undefined) return missing(`There is no secret ${key.identifier} in ${describePlace(key.owner)}.`);
    switch (found.kind) {
      case 'text':
      case 'file':
        return { kind: 'known', value: found.plaintext };
      case 'unreadable':
        return missing(`The secret ${key.identifier} cannot be read: ${found.reason}.`);
      default:
        return missing(`The secret ${key.identifier} is not kept by this server as a text or a file.`);
    }
  };
}

function missing(reason: string): WebhookSecret {
  return { kind: 'missing', reason };
}
