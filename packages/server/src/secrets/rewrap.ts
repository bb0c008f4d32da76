/**
 * A rotation: everything that lies under an older master key is wrapped anew under the current one, in batches, while secrets
 * are read and saved.
 *
 * - W1 A secret that is saved meanwhile keeps what was saved: only a wrapping that is still there is changed.
 * - W2 It can be broken off and repeated at any time: each value is under the one key or the other.
 */
import type { Database } from '../store/database.ts';
import {
  countByKey,
  listSealingKeys,
  listSecretsUnderKeys,
  listWebhookSecretsUnderKeys,
  rewrapSealingKey,
  rewrapSecrets,
  rewrapWebhookSecret,
  type Rewrapping,
} from '../store/sealed-values.ts';
import type { SecretKey } from '../store/secrets.ts';
import { rewrapValue, secretPlace, ValueDamagedError, webhookSecretPlace } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';
import { sealingKeyPlace } from './sealing-keys.ts';

const BATCH = 500;

export interface RewrapResult {
  readonly rewrapped: number;
  /** Under master keys that nobody gave: they cannot be read, and were left alone. */
  readonly unreadable: ReadonlyMap<string, number>;
  /** Damaged or moved rows; left alone. */
  readonly damaged: readonly SecretKey[];
}

export async function rewrapAll(db: Database, ring: KeyRing, signal?: AbortSignal): Promise<RewrapResult> {
  const damaged: SecretKey[] = [];
  let rewrapped = 0;
  for (const { publicKey, value } of await listSealingKeys(db)) {
    if (value.keyId === ring.current.id || !ring.ids.includes(value.keyId)) continue;
    await rewrapSealingKey(db, publicKey, rewrapValue(ring, sealingKeyPlace(publicKey), value));
    rewrapped += 1;
  }
  const olderIds = ring.ids.filter((id) => id !== ring.current.id);
  for (const { id, owner, value } of await listWebhookSecretsUnderKeys(db, olderIds)) {
    try {
      await rewrapWebhookSecret(db, id, rewrapValue(ring, webhookSecretPlace(owner, id), value));
      rewrapped += 1;
    } catch (error) {
      if (!(error instanceof ValueDamagedError)) throw error;
      damaged.push({ owner, identifier: id });
    }
  }
  while (signal?.aborted !== true) {
    const older = ring.ids.filter((id) => id !== ring.current.id);
    // Damaged rows come again and again: beyond them there is always a batch.
    const rows = await listSecretsUnderKeys(db, older, BATCH + damaged.length);
    const rewrappings: Rewrapping[] = [];
    for (const { key, value } of rows) {
      try {
        const after = rewrapValue(ring, secretPlace(key), value);
        rewrappings.push({ key, before: value.wrappedKey, after });
      } catch (error) {
        if (!(error instanceof ValueDamagedError)) throw error;
        if (!damaged.some((known) => isSame(known, key))) damaged.push(key);
      }
    }
    if (rewrappings.length === 0) break;
    rewrapped += await rewrapSecrets(db, rewrappings);
  }
  const counts = await countByKey(db);
  const unreadable = new Map([...counts].filter(([id]) => !ring.ids.includes(id)));
  return { rewrapped, unreadable, damaged };
}

function isSame(one: SecretKey, other: SecretKey): boolean {
  return (
    one.identifier === other.identifier &&
    one.owner.accountId === other.owner.accountId &&
    one.owner.orgIdentifier === other.owner.orgIdentifier &&
    one.owner.projectIdentifier === other.owner.projectIdentifier
  );
}
