/** The key pairs that secret outputs are sealed with; the private halves lie in the database like secrets. */
import type { Database } from '../store/database.ts';
import { lockInstallation } from '../store/installation.ts';
import { insertSealingKey, listSealingKeys } from '../store/sealed-values.ts';
import { openValue, sealValue, type ValuePlace } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';
import { makeSealKeyPair, openSealedOutput, type SealKeyPair } from './sealed-output.ts';

export interface SealingKeys {
  /** What delegates seal with: raw X25519, base64url. */
  readonly publicKey: string;
  /** `undefined` when it was sealed for another installation, or is damaged. */
  open(sealed: string): Buffer | undefined;
}

/** Reads the key pairs of the installation, and makes the first one: of replicas that start at once, one does. */
export async function loadSealingKeys(db: Database, ring: KeyRing): Promise<SealingKeys> {
  const rows = await db.transaction().execute(async (tx) => {
    await lockInstallation(tx);
    const kept = await listSealingKeys(tx);
    if (kept.length > 0) return kept;
    const { publicKey, privateKey } = makeSealKeyPair();
    const value = sealValue(ring, sealingKeyPlace(publicKey), Buffer.from(privateKey));
    await insertSealingKey(tx, { publicKey, value });
    return [{ publicKey, value }];
  });
  const pairs = rows.map(({ publicKey, value }): SealKeyPair => {
    const privateKey = openValue(ring, sealingKeyPlace(publicKey), value).toString('utf8');
    return { publicKey, privateKey };
  });
  const [first] = pairs;
  if (first === undefined) throw new Error('There is no key pair for sealed outputs right after one was made.');
  return {
    publicKey: first.publicKey,
    open: (sealed) => {
      for (const pair of pairs) {
        const plaintext = openSealedOutput(pair, sealed);
        if (plaintext !== undefined) return plaintext;
      }
      return undefined;
    },
  };
}

/** Of the installation, not of an account. */
export function sealingKeyPlace(publicKey: string): ValuePlace {
  return { kind: 'sealing key', owner: { accountId: '' }, identifier: publicKey };
}
