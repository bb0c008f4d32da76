/** K1: the server's half of sealed outputs. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeSealKeyPair, openSealedOutput } from './sealed-output.ts';
import { sealFor } from './test-seal.ts';

it('opens what was sealed for it, and nothing else', () => {
  const pair = makeSealKeyPair();
  expect(Buffer.from(pair.publicKey, 'base64url')).toHaveLength(32);
  for (const plaintext of [Buffer.alloc(0), Buffer.from('grüße\n'), randomBytes(100_000)]) {
    const sealed = sealFor(pair.publicKey, plaintext);
    expect(openSealedOutput(pair, sealed)).toEqual(plaintext);
    expect(openSealedOutput(makeSealKeyPair(), sealed)).toBeUndefined();
  }
  const sealed = sealFor(pair.publicKey, Buffer.from('token'));
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
