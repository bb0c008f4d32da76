import { describe, expect, test } from 'vitest';
import type { StepResult } from '../executor.ts';
import { Mask } from '../masking/mask.ts';
import { hideSecrets } from './hide-result.ts';

/** Opens what was sealed; what it was made of does not show. */
const sealed = new Map<string, string>();
function seal(plaintext: string): string {
  const token = `sealed:${String(sealed.size)}`;
  sealed.set(token, plaintext);
  return token;
}
const open = (token: string): string | undefined => sealed.get(token);

function maskOf(...secrets: readonly string[]): Mask {
  const mask = new Mask();
  for (const secret of secrets) mask.add(secret);
  return mask;
}

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
    const hidden = hideSecrets(result, maskOf('hunter22'), seal);
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
  expect(hideSecrets(result, maskOf('hunter22', '12345678'), seal)).toEqual({
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
  expect(hideSecrets(result, maskOf('hunter22'), seal)).toEqual(result);
  expect(hideSecrets({ kind: 'cancelled' }, maskOf(), seal)).toEqual({ kind: 'cancelled' });
});

test('a secret output is sealed and masked whatever it is: a number, a map', () => {
  const result: StepResult = {
    kind: 'succeeded',
    outputs: {
      httpResponseBody: '{"pin":48151623,"password":"hunter22"}',
      outputVariables: { pin: 48151623, cred: { user: 'admin', password: 'hunter22' }, none: null },
    },
    secretOutputs: ['pin', 'cred', 'none'],
  };
  const hidden = hideSecrets(result, new Mask(), (text) => `sealed:${Buffer.from(text).toString('hex')}`);
  expect(JSON.stringify(hidden)).not.toMatch(/48151623|hunter22/);
  expect(hidden).toMatchObject({ secretOutputs: ['pin', 'cred'] });
  expect(JSON.stringify(hideSecrets(result, new Mask(), undefined))).not.toMatch(/48151623|hunter22/);
});
