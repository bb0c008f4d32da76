/**
 * A value at rest: AES-256-GCM under a data key of its own, and that data key under a master key.
 *
 * - N1 What is encrypted is bound to its place (account, scope, identifier): a row that is moved or swapped does not open.
 * - N2 Every value has a data key of its own, so that a rotation wraps 32 bytes anew and leaves the value alone.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { OwnerScope } from '../store/owner-scope.ts';
import type { SealedValue, SecretKey } from '../store/secrets.ts';
import type { KeyRing } from './key-ring.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a value lies; part of what is authenticated (N1). */
export interface ValuePlace {
  readonly kind: 'secret' | 'sealing key' | 'webhook secret';
  readonly owner: OwnerScope;
  readonly identifier: string;
}

export function secretPlace({ owner, identifier }: SecretKey): ValuePlace {
  return { kind: 'secret', owner, identifier };
}

/** What signs for a webhook; it belongs where its endpoint does. */
export function webhookSecretPlace(owner: OwnerScope, id: string): ValuePlace {
  return { kind: 'webhook secret', owner, identifier: id };
}

/** Thrown when a sealed value does not open at its place: it was changed or moved. */
export class ValueDamagedError extends Error {
  override readonly name = 'ValueDamagedError';

  constructor(place: ValuePlace) {
    super(`The ${place.kind} ${place.identifier} cannot be opened: what is stored of it was changed or moved.`);
  }
}

export function sealValue(ring: KeyRing, place: ValuePlace, plaintext: Uint8Array): SealedValue {
  const { id, key } = ring.current;
  const dataKey = randomBytes(KEY_BYTES);
  const sealed = {
    keyId: id,
    wrappedKey: encrypt(key, wrapContext(place), dataKey),
    content: encrypt(dataKey, contentContext(place), plaintext),
  };
  dataKey.fill(0);
  return sealed;
}

/** @throws MasterKeyMissingError, ValueDamagedError */
export function openValue(ring: KeyRing, place: ValuePlace, { keyId, wrappedKey, content }: SealedValue): Buffer {
  const dataKey = unwrap(ring, place, { keyId, wrappedKey });
  const plaintext = decrypt(dataKey, contentContext(place), content);
  dataKey.fill(0);
  if (plaintext === undefined) throw new ValueDamagedError(place);
  return plaintext;
}

/** The same data key under the current master key. @throws MasterKeyMissingError, ValueDamagedError */
export function rewrapValue(
  ring: KeyRing,
  place: ValuePlace,
  value: Omit<SealedValue, 'content'>,
): Omit<SealedValue, 'content'> {
  const dataKey = unwrap(ring, place, value);
  const { id, key } = ring.current;
  const wrappedKey = encrypt(key, wrapContext(place), dataKey);
  dataKey.fill(0);
  return { keyId: id, wrappedKey };
}

function unwrap(ring: KeyRing, place: ValuePlace, { keyId, wrappedKey }: Omit<SealedValue, 'content'>): Buffer {
  const dataKey = decrypt(ring.get(keyId).key, wrapContext(place), wrappedKey);
  if (dataKey === undefined) throw new ValueDamagedError(place);
  return dataKey;
}

function wrapContext(place: ValuePlace): Buffer {
  return context('data key', place);
}

function contentContext(place: ValuePlace): Buffer {
  return context('value', place);
}

function context(what: string, { kind, owner, identifier }: ValuePlace): Buffer {
  const { accountId, orgIdentifier = '', projectIdentifier = '' } = owner;
  return Buffer.from(
    JSON.stringify(['bridle sealed value v1', what, kind, accountId, orgIdentifier, projectIdentifier, identifier]),
  );
}

/** iv, ciphertext, tag. */
function encrypt(key: Buffer, associated: Buffer, plaintext: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(associated);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** `undefined` when it is not what was encrypted. */
function decrypt(key: Buffer, associated: Buffer, sealed: Buffer): Buffer | undefined {
  if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(associated).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}
