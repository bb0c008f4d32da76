import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openLogGrant, sealLogGrant, type LogGrant } from './log-tokens.ts';

const key = randomBytes(32);
const grant: LogGrant = { accountId: 'a', kind: 'USER', userId: 'u', prefix: 'p/ü', expiresAt: 1_000 };

describe('a sealed grant', () => {
  it('opens until it expires', () => {
    const token = sealLogGrant(key, grant);
    expect(openLogGrant(key, token, 999)).toEqual(grant);
    expect(openLogGrant(key, token, 1_000)).toBeUndefined();
  });

  it('opens with its own key only', () => {
    expect(openLogGrant(randomBytes(32), sealLogGrant(key, grant), 0)).toBeUndefined();
  });

  it('does not open after any change', () => {
    const token = sealLogGrant(key, grant);
    const other = sealLogGrant(key, { ...grant, accountId: 'b' });
    const changed = [
      '',
      '.',
      `${token}.`,
      token.slice(0, -1),
      `${token.split('.')[0] ?? ''}.`,
      `${other.split('.')[0] ?? ''}.${token.split('.')[1] ?? ''}`,
    ];
    for (const text of changed) expect(openLogGrant(key, text, 0)).toBeUndefined();
  });
});
