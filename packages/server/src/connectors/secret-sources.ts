/** Where the plaintext of a reference comes from, as a lease says it. */
import {
  asProjectsWrite,
  levelOf,
  objectToReference,
  type ProjectScope,
  type SshKeySecret,
  type SshLogin,
  type SshSources,
} from '@bridle/pipeline';
import type { SecretSource } from '@bridle/protocol';
import type { ResolvedSecret, Secrets } from '../secrets/secrets.ts';
import { type OwnerScope } from '../store/owner-scope.ts';
import { describePlace, keyOf, type StoredKey } from './scoped-reference.ts';

/** The references of one project, looked up together. */
export class SecretSources implements SshSources<SecretSource> {
  readonly #secrets: Secrets;
  readonly #scope: ProjectScope;
  readonly #isPrivate: boolean;
  readonly #known = new Map<string, { readonly key: StoredKey; readonly found: ResolvedSecret | undefined }>();

  constructor(secrets: Secrets, scope: ProjectScope, isPrivate: boolean) {
    this.#secrets = secrets;
    this.#scope = scope;
    this.#isPrivate = isPrivate;
  }

  /** Looks up those that are not known yet, and what the SSH keys among them refer to: one statement each. */
  async load(references: Iterable<string>): Promise<void> {
    await this.#loadPlain(references);
    const inner = [...this.#known.values()].flatMap(({ key, found }) =>
      found?.kind === 'sshKey' ? referencesOf(found.login, key.owner) : [],
    );
    await this.#loadPlain(inner);
  }

  async #loadPlain(references: Iterable<string>): Promise<void> {
    const keys = new Map<string, StoredKey>();
    for (const reference of references) {
      const key = this.#known.has(reference) ? undefined : keyOf(this.#scope, reference);
      if (key !== undefined) keys.set(reference, key);
    }
    if (keys.size === 0) return;
    const found = await this.#secrets.resolve(this.#scope.accountId, [...keys.values()]);
    for (const [reference, key] of keys) this.#known.set(reference, { key, found: found.get(key) });
  }

  /** The login and its owner, when the reference means an SSH key. */
  sshKey(reference: string): SshKeySecret | undefined {
    const known = this.#known.get(reference);
    return known?.found?.kind === 'sshKey' ? { login: known.found.login, ...known.key } : undefined;
  }

  /** @param reference - one that was loaded */
  source(reference: string): SecretSource {
    const known = this.#known.get(reference);
    if (known === undefined) return missing(`"${reference}" is no reference to a secret.`);
    const { key, found } = known;
    if (found === undefined) {
      return missing(
        `The secret ${reference} is not there: ${describePlace(key.owner)} has no secret ${key.identifier}.`,
      );
    }
    switch (found.kind) {
      case 'text':
        return this.#plain(reference, { kind: 'text', text: found.plaintext.toString('utf8') });
      case 'file':
        return this.#plain(reference, { kind: 'file', base64: found.plaintext.toString('base64') });
      case 'delegateEnvironment':
      case 'delegateFile':
        return found;
      case 'sshKey':
        return missing(`The secret ${reference} is an SSH key with its user: it signs in to hosts, and has no text.`);
      case 'unreadable':
        return missing(`The secret ${reference} cannot be read: ${found.reason}.`);
    }
  }

  missing(message: string): SecretSource {
    return missing(message);
  }

  /** A secret output of an earlier step. */
  sealed(sealed: string): SecretSource {
    const plaintext = this.#secrets.openOutput(sealed);
    if (plaintext === undefined) {
      return missing('A secret output of an earlier step cannot be opened: it was not sealed for this server.');
    }
    return this.#plain('of an earlier step', { kind: 'text', text: plaintext.toString('utf8') });
  }

  #plain(reference: string, source: SecretSource): SecretSource {
    if (this.#isPrivate) return source;
    return missing(
      `The secret ${reference} was not sent: the delegate reaches the server over plain HTTP. Let it use https, or allow that with BRIDLE_ALLOW_PLAIN_HTTP_SECRETS=on at the server.`,
    );
  }
}

/** What a login refers to, as a project would write it. */
export function referencesOf(login: SshLogin, owner: OwnerScope): readonly string[] {
  const written =
    'keyRef' in login.with ? [login.with.keyRef] : 'passwordRef' in login.with ? [login.with.passwordRef] : [];
  const passphrase = 'passphraseRef' in login.with ? [login.with.passphraseRef] : [];
  return [...written, ...passphrase]
    .filter((reference) => reference !== undefined && objectToReference(owner, reference) === undefined)
    .map((reference) => asProjectsWrite(levelOf(owner), reference));
}

export function missing(message: string): SecretSource {
  return { kind: 'missing', message };
}

/** It may be there: whoever started the execution may not use it. */
export function denied(message: string): SecretSource {
  return { kind: 'missing', message, isDenied: true };
}
