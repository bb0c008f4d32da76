/**
 * Seals a secret output for the server: nobody on the way, and neither state nor event log, holds its plaintext (K1).
 *
 * `sealed:v1:` and the base64url of: an ephemeral X25519 public key (32 bytes), iv (12), ciphertext, tag (16). AES-256-GCM; its key is
 * HKDF-SHA256 of the shared secret (salt empty, info as below), its associated data is the same text as info. The server opens it in
 * `packages/server/src/secrets`.
 */
import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

const PREFIX = 'sealed:v1:';
const CONTEXT = Buffer.from('bridle sealed output v1');
const PUBLIC_KEY_BYTES = 32;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param publicKey - of the server, raw X25519 in base64url */
export function seal(publicKey: string, plaintext: string): string {
  if (Buffer.from(publicKey, 'base64url').length !== PUBLIC_KEY_BYTES) {
    throw new Error('the key for secret outputs is no X25519 public key');
  }
  const ephemeral = generateKeyPairSync('x25519');
  const shared = diffieHellman({
    privateKey: ephemeral.privateKey,
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: publicKey }, format: 'jwk' }),
  });
  const key = Buffer.from(hkdfSync('sha256', shared, '', CONTEXT, KEY_BYTES));
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(CONTEXT);
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  const own = Buffer.from(String(ephemeral.publicKey.export({ format: 'jwk' }).x), 'base64url');
  return PREFIX + Buffer.concat([own, iv, ciphertext, cipher.getAuthTag()]).toString('base64url');
}
