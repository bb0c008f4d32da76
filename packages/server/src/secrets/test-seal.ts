/** For tests: the sealing side of secret outputs, written from the format alone (sealed-output.ts). */
import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

export function sealFor(publicKey: string, plaintext: Uint8Array): string {
  const ephemeral = generateKeyPairSync('x25519');
  const raw = Buffer.from(ephemeral.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const shared = diffieHellman({
    privateKey: ephemeral.privateKey,
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: publicKey }, format: 'jwk' }),
  });
  const context = Buffer.from('bridle sealed output v1');
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), context, 32));
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return `sealed:v1:${Buffer.concat([raw, iv, ciphertext, cipher.getAuthTag()]).toString('base64url')}`;
}
