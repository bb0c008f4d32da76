/** Secrets that the delegate finds by itself: the server only knows what they are called. */
import type { FoundSecret } from '@bridle/executors';

export type { FoundSecret };

/** Of one secret, wherever it comes from. */
export const SECRET_BYTES_MAX = 256 * 1024;

/**
 * A place where secrets lie. What all of them keep is in `test-conformance.ts`.
 *
 * - K1 A reference reaches nothing but what the delegate's operator has released for steps.
 * - K2 No message says anything of a value, nor whether what is not released exists.
 */
export interface SecretManager {
  /** The bytes as they lie there. */
  find(reference: string): Promise<FoundSecret>;
}

/** By the kind of source that asks for them. */
export interface SecretManagers {
  readonly environment: SecretManager;
  readonly files: SecretManager;
}

export function tooLarge(what: string): FoundSecret {
  return {
    kind: 'missing',
    message: `${what} has more than ${SECRET_BYTES_MAX} bytes; that is too much for a secret.`,
  };
}
