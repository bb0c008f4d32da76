import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal } from './seal.ts';

const server = generateKeyPairSync('x25519');
const sealKey = String(server.publicKey.export({ format: 'jwk' }).x);

/** As the format says; the server's own code is elsewhere. */
function open(sealed: string): string {
  const [, version, text = ''] = sealed.split(':');
  expect(version).toBe('v1');
  const bytes = Buffer.from(text, 'base64url');
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: bytes.toString('base64url', 0, 32) },
    format: 'jwk',
  });
  const shared = diffieHellman({ privateKey: server.privateKey, publicKey });
  const context = Buffer.from('bridle sealed output v1');
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), context, 32));
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(32, 44)).setAAD(context);
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(44, -16)), decipher.final()]).toString();
}

test('what is sealed can be opened with the key, and never looks the same', () => {
  for (const text of ['', 'grüße\n', 'x'.repeat(200_000)]) expect(open(seal(sealKey, text))).toBe(text);
  expect(seal(sealKey, 'same')).not.toBe(seal(sealKey, 'same'));
  expect(() => seal('short', 'x')).toThrow('no X25519 public key');
});
