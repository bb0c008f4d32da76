/**
 * The secrets of one run: what was given for it, and the secret outputs of its steps.
 *
 * - K1 Plaintext is in this object and in the processes that use it: state, events and records hold references and tokens.
 * - K2 Every secret that was given is masked everywhere, also where a step that does not use it prints it.
 */
import { randomBytes } from 'node:crypto';
import { parseScopedIdentifier } from '@bridle/pipeline';
import { Mask, type FoundSecret } from '@bridle/executors';

const TOKEN_BYTES = 18;

export class LocalSecrets {
  readonly #given: ReadonlyMap<string, Buffer>;
  readonly #sealed = new Map<string, Buffer>();
  /** Of everything that leaves the run. */
  readonly mask = new Mask();

  /** @throws MaskLimitPassed */
  constructor(given: ReadonlyMap<string, Buffer>) {
    this.#given = given;
    for (const bytes of given.values()) this.#hide(bytes);
  }

  /** By the reference as a pipeline writes it; one that was given without its scope serves all scopes. */
  has(reference: string): boolean {
    return this.#bytes(reference) !== undefined;
  }

  find(reference: string): FoundSecret {
    const bytes = this.#bytes(reference);
    if (bytes !== undefined) return { kind: 'found', bytes };
    return { kind: 'missing', message: `The secret ${reference} was not given. ${howToGive(reference)}` };
  }

  /** A token in the place of a secret output. */
  seal(plaintext: string): string {
    const token = `sealed:local:${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const bytes = Buffer.from(plaintext);
    this.#sealed.set(token, bytes);
    this.#hide(bytes);
    return token;
  }

  open(token: string): FoundSecret {
    const bytes = this.#sealed.get(token);
    if (bytes !== undefined) return { kind: 'found', bytes };
    return { kind: 'missing', message: 'A secret output of an earlier step is not of this run.' };
  }

  #bytes(reference: string): Buffer | undefined {
    return this.#given.get(reference) ?? this.#given.get(parseScopedIdentifier(reference).identifier);
  }

  #hide(bytes: Buffer): void {
    this.mask.add(bytes);
    this.mask.add(bytes.toString());
  }
}

export function howToGive(reference: string): string {
  const { identifier } = parseScopedIdentifier(reference);
  return `Give it with --secret ${identifier} (from the environment variable of that name), --secret ${identifier}=@FILE, or in a --secrets-file.`;
}
