import { resolve, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asFileKey, fileKey, FileKeyError, type FileKey } from './file-key.ts';

describe('keys (S12)', () => {
  const RUNS = 10_000;
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc.constantFrom(
      '..',
      '.',
      '',
      '/',
      '\\',
      '../',
      '..\\',
      '/etc/passwd',
      'C:\\',
      '%2e%2e%2f',
      '\0',
      '\ud800',
      '~',
      '~~',
      'aux',
    ),
    fc
      .array(fc.constantFrom('.', '/', '\\', '~', '%', '2', 'e', 'a', '\0', '\n', ' '), { maxLength: 12 })
      .map((characters) => characters.join('')),
  );

  it('made of any texts, stay below the root', () => {
    const root = resolve('/srv/files');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (parts) => {
        const key = fileKey(...parts);
        const path = resolve(root, key);
        expect(path.startsWith(root + sep)).toBe(true);
        expect(path.split(sep).length).toBe(root.split(sep).length + parts.length);
        expect(asFileKey(key)).toBe(key);
      }),
      { numRuns: RUNS },
    );
  });

  it('given as texts, are refused, or stay below the root', () => {
    const root = resolve('/srv/files');
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
        (text) => {
          let key: FileKey | undefined;
          try {
            key = asFileKey(text);
          } catch (error) {
            expect(error).toBeInstanceOf(FileKeyError);
          }
          if (key !== undefined) expect(resolve(root, key)).toBe(`${root}${sep}${text.split('/').join(sep)}`);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('of different texts are different', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(piece, (text) => {
        const key = fileKey(text);
        expect(seen.get(key) ?? text).toBe(text);
        seen.set(key, text);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    ['build/app.tar.gz', 'build~2fapp.tar.gz'],
    ['.hidden', '~2ehidden'],
    ['ä b', '~c3~a4~20b'],
    ['', '~'],
    ['plain-Name_1.txt', 'plain-Name_1.txt'],
  ])('%j reads %j', (text, key) => {
    expect(fileKey(text)).toBe(key);
  });

  it.each(['', '/', 'a//b', 'a/', '/a', '..', 'a/..', 'a/.b', 'a b', 'a\\b', 'ä', 'x'.repeat(201), 'a/'.repeat(500)])(
    '%j is none',
    (text) => {
      expect(() => asFileKey(text)).toThrow(FileKeyError);
    },
  );
});
