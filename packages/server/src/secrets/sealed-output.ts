/**
 * Secret outputs of steps: a delegate seals them for the server before its report leaves it, so that state and event log hold
 * no plaintext (K1). Its half is in `packages/delegate/src/secrets`.
 *
 * `sealed:v1:` and the base64url of: an ephemeral X25519 public key (32 bytes), iv (12), ciphertext, tag (16). The key is
 * HKDF-SHA256 of the shared secret.
 */
import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

const PREFIX = 'sealed:v1:';
const CONTEXT = Buffer.from('bridle sealed output v1');
const PUBLIC_KEY_BYTES = 32;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface SealKeyPair {
  /** Raw, base64url: what delegates seal with. */
  readonly publicKey: string;
  /** Raw, base64url. */
  readonly privateKey: string;
}

export function makeSealKeyPair(): SealKeyPair {
  const { d, x } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  if (d === undefined || x === undefined) throw new Error('An X25519 key pair has no halves.');
  return { publicKey: x, privateKey: d };
}

/** `undefined` when it was not sealed for this key, or is damaged. */
export function openSealedOutput({ publicKey, privateKey }: SealKeyPair, sealed: string): Buffer | undefined {
  if (!sealed.startsWith(PREFIX)) return undefined;
  const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
  if (bytes.length < PUBLIC_KEY_BYTES + IV_BYTES + TAG_BYTES) return undefined;
  const ephemeral = bytes.subarray(0, PUBLIC_KEY_BYTES);
  const iv = bytes.subarray(PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES + IV_BYTES);
  try {
    const shared = diffieHellman({
      privateKey: createPrivateKey({
        key: { kty: 'OKP', crv: 'X25519', x: publicKey, d: privateKey },
        format: 'jwk',
      }),
      publicKey: rawPublicKey(ephemeral),
    });
    const key = Buffer.from(hkdfSync('sha256', shared, '', CONTEXT, KEY_BYTES));
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(CONTEXT).setAuthTag(bytes.subarray(-TAG_BYTES));
    const ciphertext = bytes.subarray(PUBLIC_KEY_BYTES + IV_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

function rawPublicKey(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' });
}
