/** S7: what is at rest opens at its place, under its keys, and nowhere else. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SealedValue } from '../store/secrets.ts';
import { openValue, rewrapValue, sealValue, ValueDamagedError, type ValuePlace } from './envelope.ts';
import { KeyRing, MasterKeyMissingError } from './key-ring.ts';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const place: ValuePlace = {
  kind: 'secret',
  owner: { accountId: 'acct', orgIdentifier: 'org', projectIdentifier: 'proj' },
  identifier: 'token',
};

describe('a sealed value', () => {
  it('opens to what was sealed, whatever it is', () => {
    const ring = new KeyRing({ current: NEW, old: [] });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (plaintext) => {
        const sealed = sealValue(ring, place, plaintext);
        expect(openValue(ring, place, sealed)).toEqual(Buffer.from(plaintext));
        if (plaintext.length > 8) {
          expect(Buffer.concat([sealed.wrappedKey, sealed.content]).includes(Buffer.from(plaintext))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, ValuePlace]>([
    ['another identifier', { ...place, identifier: 'token2' }],
    ['another account', { ...place, owner: { ...place.owner, accountId: 'other' } }],
    ['another organization', { ...place, owner: { ...place.owner, orgIdentifier: 'org2' } }],
    ['the organization', { ...place, owner: { accountId: 'acct', orgIdentifier: 'org' } }],
    ['the account', { ...place, owner: { accountId: 'acct' } }],
    ['a key pair of the same name', { ...place, kind: 'sealing key' }],
    [
      'names that join to the same text',
      { ...place, owner: { accountId: 'acct', orgIdentifier: 'org","proj', projectIdentifier: '' } },
    ],
  ])('does not open at %s', (_what, elsewhere) => {
    const ring = new KeyRing({ current: NEW, old: [] });
    const sealed = sealValue(ring, place, Buffer.from('canary'));
    expect(() => openValue(ring, elsewhere, sealed)).toThrow(ValueDamagedError);
    expect(() => rewrapValue(ring, elsewhere, sealed)).toThrow(ValueDamagedError);
  });

  it('does not open after any bit of it was changed', () => {
    const ring = new KeyRing({ current: NEW, old: [] });
    const sealed = sealValue(ring, place, Buffer.from('canary'));
    for (const part of ['wrappedKey', 'content'] as const) {
      for (let bit = 0; bit < sealed[part].length * 8; bit += 1) {
        const changed = Buffer.from(sealed[part]);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => openValue(ring, place, { ...sealed, [part]: changed })).toThrow(ValueDamagedError);
      }
    }
    const mixed: SealedValue = { ...sealed, content: sealValue(ring, place, Buffer.from('other')).content };
    expect(() => openValue(ring, place, mixed)).toThrow(ValueDamagedError);
    expect(() => openValue(ring, place, { ...sealed, content: Buffer.alloc(3) })).toThrow(ValueDamagedError);
  });

  it('goes from an old key to the current one, and then needs the old one no more', () => {
    const before = sealValue(new KeyRing({ current: OLD, old: [] }), place, Buffer.from('canary'));
    const during = new KeyRing({ current: NEW, old: [OLD] });
    expect(openValue(during, place, before).toString()).toBe('canary');
    const after = { ...before, ...rewrapValue(during, place, before) };
    expect(after.keyId).not.toBe(before.keyId);
    expect(openValue(new KeyRing({ current: NEW, old: [] }), place, after).toString()).toBe('canary');
    expect(() => openValue(new KeyRing({ current: NEW, old: [] }), place, before)).toThrow(MasterKeyMissingError);
  });
});

describe('a key ring', () => {
  it('looks for keys again when one is missing, and makes the new current one its own', () => {
    const elsewhere = new KeyRing({ current: NEW, old: [OLD] });
    let looks = 0;
    const ring = new KeyRing({ current: OLD, old: [] }, () => {
      looks += 1;
      return { current: NEW, old: [OLD] };
    });
    const sealed = sealValue(elsewhere, place, Buffer.from('canary'));
    expect(openValue(ring, place, sealed).toString()).toBe('canary');
    expect([looks, ring.current.id]).toEqual([1, elsewhere.current.id]);
    const ofNobody = { ...sealed, keyId: '0123456789abcdef' };
    expect(() => openValue(ring, place, ofNobody)).toThrow(MasterKeyMissingError);
    expect(() => openValue(ring, place, ofNobody)).toThrow(MasterKeyMissingError);
    // R3: what was nowhere a moment ago is not looked for again.
    expect(looks).toBe(2);
  });

  it('says nothing of its keys in errors', () => {
    const ring = new KeyRing({ current: OLD, old: [] });
    const sealed = sealValue(new KeyRing({ current: NEW, old: [] }), place, Buffer.from('canary'));
    expect(() => openValue(ring, place, sealed)).toThrow(/BRIDLE_OLD_MASTER_KEYS/);
    expect(() => openValue(ring, place, sealed)).not.toThrow(new RegExp(NEW.toString('base64').slice(0, 8)));
  });
});
