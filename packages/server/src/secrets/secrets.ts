/**
 * Stored secrets: saved sealed, and opened for nobody but who resolves them for a lease.
 *
 * - V1 No function here returns plaintext but `resolve`; no error and no answer holds any.
 * - V2 A reference means one secret: that of the scope its prefix names, seen from where it is written. Nothing is inherited.
 */
import { sshLogin, type SshLogin } from '@bridle/pipeline';
import type { Database } from '../store/database.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import {
  findSealedSecrets,
  insertSecret,
  updateSecret,
  type SealedSecretRow,
  type SealedValue,
  type SecretKey,
  type SecretRow,
} from '../store/secrets.ts';
import { openValue, sealValue, secretPlace, ValueDamagedError } from './envelope.ts';
import { MasterKeyMissingError, type KeyRing } from './key-ring.ts';
import { findReferencedManager, type DelegateSource } from './managers.ts';
import type { Objection } from './objection.ts';
import { readSecret, type GivenSecret } from './read-secret.ts';
import type { SealingKeys } from './sealing-keys.ts';

export type SaveSecretResult =
  | { readonly kind: 'saved'; readonly row: SecretRow }
  | { readonly kind: 'invalid'; readonly objection: Objection }
  | { readonly kind: 'duplicate' | 'missing' | 'stale' | 'noOwner' };

/** What a secret is, for who puts it into a lease. */
export type ResolvedSecret =
  | { readonly kind: 'text' | 'file'; readonly plaintext: Buffer }
  | DelegateSource
  | { readonly kind: 'sshKey'; readonly login: SshLogin }
  /** Sealed under a key that is gone, or damaged. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface SecretDocument {
  /** As clients send it, without the root key. */
  readonly document: unknown;
  /** The bytes of a secret file. */
  readonly file?: Uint8Array;
}

export interface Secrets {
  /** What delegates seal secret outputs with. */
  readonly sealKey: string;
  create(owner: OwnerScope, given: SecretDocument): Promise<SaveSecretResult>;
  /** Without a value the one that is there stays. `expectedVersion` undefined = whatever is there. */
  change(key: SecretKey, given: SecretDocument, expectedVersion?: number): Promise<SaveSecretResult>;
  /** Those that are there, in one statement; all of one account. */
  resolve(accountId: string, keys: readonly SecretKey[]): Promise<ReadonlyMap<SecretKey, ResolvedSecret>>;
  /** `undefined` when it was sealed for another installation, or is damaged. */
  openOutput(sealed: string): Buffer | undefined;
}

export interface SecretsOptions {
  readonly db: Database;
  readonly ring: KeyRing;
  readonly sealing: SealingKeys;
}

export function createSecrets({ db, ring, sealing }: SecretsOptions): Secrets {
  const seal = (key: SecretKey, plaintext: Uint8Array): SealedValue => sealValue(ring, secretPlace(key), plaintext);

  async function create(owner: OwnerScope, { document, file }: SecretDocument): Promise<SaveSecretResult> {
    const read = readSecret(document, owner, file);
    if (read.kind === 'invalid') return read;
    const { identifier, content, value } = read.secret;
    if (value.kind === 'kept') return { kind: 'invalid', objection: missingValue(read.secret) };
    if (!(await ownerExists(db, owner))) return { kind: 'noOwner' };
    const key = { owner, identifier };
    const sealed = value.kind === 'none' ? undefined : seal(key, value.plaintext);
    const row = await insertSecret(db, key, content, sealed);
    return row === undefined ? { kind: 'duplicate' } : { kind: 'saved', row };
  }

  async function change(
    key: SecretKey,
    { document, file }: SecretDocument,
    expectedVersion?: number,
  ): Promise<SaveSecretResult> {
    const read = readSecret(document, key.owner, file);
    if (read.kind === 'invalid') return read;
    const { identifier, content, value } = read.secret;
    if (identifier !== key.identifier) {
      return { kind: 'invalid', objection: { field: 'secret.identifier', reason: 'is not that of the address' } };
    }
    const before = (await findSealedSecrets(db, key.owner.accountId, [key])).get(key);
    if (before === undefined) return { kind: 'missing' };
    if (before.type !== content.type) {
      return { kind: 'invalid', objection: { field: 'secret.type', reason: `cannot change: it is ${before.type}` } };
    }
    // A reference had no value to keep.
    if (value.kind === 'kept' && before.sealed === undefined) {
      return { kind: 'invalid', objection: missingValue(read.secret) };
    }
    const sealed =
      value.kind === 'sealed' ? seal(key, value.plaintext) : value.kind === 'none' ? ('none' as const) : 'keep';
    const outcome = await updateSecret(db, key, content, sealed, expectedVersion);
    return outcome.kind === 'updated' ? { kind: 'saved', row: outcome.row } : outcome;
  }

  async function resolve(
    accountId: string,
    keys: readonly SecretKey[],
  ): Promise<ReadonlyMap<SecretKey, ResolvedSecret>> {
    const rows = await findSealedSecrets(db, accountId, keys);
    return new Map([...rows].map(([key, row]) => [key, resolved(ring, row)]));
  }

  return { sealKey: sealing.publicKey, create, change, resolve, openOutput: (sealed) => sealing.open(sealed) };
}

function resolved(ring: KeyRing, row: SealedSecretRow): ResolvedSecret {
  const { owner, identifier, type, manager, spec, sealed } = row;
  if (type === 'SSHKey') {
    const login = sshLogin(spec);
    return login === undefined ? unreadable('its spec is damaged') : { kind: 'sshKey', login };
  }
  if (sealed === undefined) {
    const keeper = findReferencedManager(manager);
    const { reference } = spec;
    if (keeper === undefined || typeof reference !== 'string') return unreadable(`its manager ${manager} is unknown`);
    return keeper.sourceOf(reference);
  }
  try {
    const plaintext = openValue(ring, secretPlace({ owner, identifier }), sealed);
    return { kind: type === 'SecretFile' ? 'file' : 'text', plaintext };
  } catch (error) {
    if (error instanceof MasterKeyMissingError) return unreadable('it was sealed with a master key that is not here');
    if (error instanceof ValueDamagedError) return unreadable('what is stored of it was changed or moved');
    throw error;
  }
}

function unreadable(reason: string): ResolvedSecret {
  return { kind: 'unreadable', reason };
}

function missingValue({ content }: GivenSecret): Objection {
  return content.type === 'SecretFile'
    ? { field: 'file', reason: 'is missing: send the file as multipart/form-data to /ng/api/v2/secrets/files' }
    : { field: 'secret.spec.value', reason: 'is missing' };
}
