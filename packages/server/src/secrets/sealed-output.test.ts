/** K1: the server's half of sealed outputs, against a sealing side written from the format alone. */
import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { expect, it } from 'vitest';
import { makeSealKeyPair, openSealedOutput } from './sealed-output.ts';

function seal(publicKey: string, plaintext: Buffer): string {
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

it('opens what was sealed for it, and nothing else', () => {
  const pair = makeSealKeyPair();
  expect(Buffer.from(pair.publicKey, 'base64url')).toHaveLength(32);
  for (const plaintext of [Buffer.alloc(0), Buffer.from('grüße\n'), randomBytes(100_000)]) {
    const sealed = seal(pair.publicKey, plaintext);
    expect(openSealedOutput(pair, sealed)).toEqual(plaintext);
    expect(openSealedOutput(makeSealKeyPair(), sealed)).toBeUndefined();
  }
  const sealed = seal(pair.publicKey, Buffer.from('token'));
  for (const damaged of [
    '',
    'token',
    sealed.slice(0, -1),
    sealed.slice(0, 40),
    sealed.replace('v1', 'v2'),
    `${sealed.slice(0, 20)}${sealed.charAt(20) === 'A' ? 'B' : 'A'}${sealed.slice(21)}`,
    `sealed:v1:${Buffer.alloc(80).toString('base64url')}`,
  ]) {
    expect(openSealedOutput(pair, damaged)).toBeUndefined();
  }
});
