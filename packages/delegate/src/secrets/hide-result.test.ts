import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';
import { Mask, type StepResult } from '@bridle/executors';
import { describe, expect, test } from 'vitest';
import { hideSecrets } from './hide-result.ts';
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

function maskOf(...secrets: readonly string[]): Mask {
  const mask = new Mask();
  for (const secret of secrets) mask.add(secret);
  return mask;
}

test('what is sealed can be opened with the key, and never looks the same', () => {
  for (const text of ['', 'grüße\n', 'x'.repeat(200_000)]) expect(open(seal(sealKey, text))).toBe(text);
  expect(seal(sealKey, 'same')).not.toBe(seal(sealKey, 'same'));
  expect(() => seal('short', 'x')).toThrow('no X25519 public key');
});

describe('output variables (S6)', () => {
  const result: StepResult = {
    kind: 'succeeded',
    exitCode: 0,
    outputs: {
      outputVariables: {
        declared: 'given-out',
        derived: `Bearer ${Buffer.from('user:hunter22').toString('base64')}`,
        copied: 'it is given-out too',
        plain: 'hunting 22',
        short: 'no',
      },
    },
    secretOutputs: ['declared', 'short'],
  };

  test('leave sealed as a whole when they are secret or hold a secret in any form (H1)', () => {
    const hidden = hideSecrets(result, maskOf('hunter22'), sealKey);
    if (hidden.kind !== 'succeeded') throw new Error('it has succeeded');
    expect(hidden.secretOutputs).toEqual(['declared', 'derived', 'copied', 'short']);
    const values = hidden.outputs['outputVariables'] as Record<string, string>;
    expect(values['plain']).toBe('hunting 22');
    for (const name of hidden.secretOutputs ?? []) {
      const before = (result.outputs['outputVariables'] as Record<string, string>)[name];
      expect(open(values[name] ?? '')).toBe(before);
    }
    expect(JSON.stringify(hidden)).not.toMatch(/given-out|aHVudGVyMjI|odW50ZXIyM|h1bnRlcjIy/);
  });

  test('are masked when there is no key', () => {
    expect(hideSecrets(result, maskOf('hunter22'), undefined)).toEqual({
      kind: 'succeeded',
      exitCode: 0,
      outputs: {
        outputVariables: {
          declared: '********',
          derived: '********',
          copied: '********',
          plain: 'hunting 22',
          short: '********',
        },
      },
    });
  });
});

test('failures, other outputs and names leave masked (H2)', () => {
  const result: StepResult = {
    kind: 'failed',
    exitCode: 22,
    outputs: {
      httpResponseBody: '{"token":"hunter22"}',
      nested: [{ hunter22: 'hunter22', pin: 12345678, ok: true, none: null }],
      outputVariables: { hunter22: 'x' },
    },
    failure: { message: 'no way for hunter22', types: ['CONNECTIVITY'] },
  };
  expect(hideSecrets(result, maskOf('hunter22', '12345678'), sealKey)).toEqual({
    kind: 'failed',
    exitCode: 22,
    outputs: {
      httpResponseBody: '{"token":"********"}',
      nested: [{ '********': '********', pin: '********', ok: true, none: null }],
      outputVariables: { '********': 'x' },
    },
    failure: { message: 'no way for ********', types: ['CONNECTIVITY'] },
  });
});

test('a result without secrets stays as it is', () => {
  const result: StepResult = { kind: 'succeeded', outputs: { outputVariables: { a: 'b' }, list: [1, null, 'x'] } };
  expect(hideSecrets(result, maskOf('hunter22'), sealKey)).toEqual(result);
  expect(hideSecrets({ kind: 'cancelled' }, maskOf(), sealKey)).toEqual({ kind: 'cancelled' });
});
