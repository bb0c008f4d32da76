/** What every secret manager keeps (K1, K2 of `secret-manager.ts`). */
import { describe, expect, test } from 'vitest';
import { SECRET_BYTES_MAX, type FoundSecret, type SecretManager } from './secret-manager.ts';

export interface ManagerUnderTest {
  readonly manager: SecretManager;
  /** Puts a secret where the manager finds it, and answers with its reference. */
  put(name: string, bytes: Buffer): Promise<string>;
  /** A reference that is well-formed, released, and has nothing behind it. */
  readonly absentReference: string;
  /** Puts something next to the secrets that is not released, and answers with its reference. */
  putUnreleased(bytes: Buffer): Promise<readonly string[]>;
  /** References to what is not released, and does not exist. */
  readonly absentUnreleased: readonly string[];
  /** Values that this place can hold. */
  readonly canHoldBinary: boolean;
  close(): Promise<void>;
}

export function testSecretManager(name: string, open: () => Promise<ManagerUnderTest>): void {
  const within = async (work: (under: ManagerUnderTest) => Promise<void>): Promise<void> => {
    const under = await open();
    await work(under).finally(() => under.close());
  };
  const textOf = (found: FoundSecret): string =>
    found.kind === 'found' ? found.bytes.toString('latin1') : found.message;

  describe(`${name}: a secret manager`, () => {
    test('finds every byte of a value', () =>
      within(async (under) => {
        const values = ['s3cret', 'two\nlines\nand a break\n', ' blanks ', 'grüße €', 'a=b"c\'d$e', '\\'];
        const all = values.map((value) => Buffer.from(value));
        if (under.canHoldBinary) all.push(Buffer.from([0, 255, 254, 10, 13, 0, 10]));
        for (const [index, bytes] of all.entries()) {
          const found = await under.manager.find(await under.put(`VALUE_${index}`, bytes));
          expect(found).toEqual({ kind: 'found', bytes });
        }
      }));

    test('says what is missing', () =>
      within(async (under) => {
        const found = await under.manager.find(under.absentReference);
        expect(found.kind).toBe('missing');
        expect(textOf(found)).toContain(under.absentReference);
      }));

    test('finds a value that has changed', () =>
      within(async (under) => {
        const reference = await under.put('CHANGES', Buffer.from('before'));
        await under.manager.find(reference);
        expect(await under.put('CHANGES', Buffer.from('after'))).toBe(reference);
        expect(textOf(await under.manager.find(reference))).toBe('after');
      }));

    test('gives nothing that is not released, and does not say whether it exists (K1, K2)', () =>
      within(async (under) => {
        for (const reference of await under.putUnreleased(Buffer.from('not for steps'))) {
          const found = await under.manager.find(reference);
          expect([reference, found.kind]).toEqual([reference, 'notReleased']);
          expect(textOf(found)).not.toContain('not for steps');
        }
        for (const reference of under.absentUnreleased) {
          expect([reference, (await under.manager.find(reference)).kind]).toEqual([reference, 'notReleased']);
        }
      }));

    test('names no value when it is too large (K2)', () =>
      within(async (under) => {
        const reference = await under.put('LARGE', Buffer.alloc(SECRET_BYTES_MAX + 1, 'large-value'));
        const found = await under.manager.find(reference);
        expect(found.kind).toBe('missing');
        expect(textOf(found)).not.toContain('large-value');
      }));
  });
}
