import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandBraces, parseSegment } from './file-pattern.ts';

function matches(pattern: string, name: string): boolean {
  const segment = parseSegment(pattern);
  return segment.kind === 'names' ? segment.matches(name) : segment.kind === 'literal' && segment.name === name;
}

const AS_EXPRESSION: ReadonlyMap<string, string> = new Map([
  ['*', '.*'],
  ['?', '.'],
  ['.', '\\.'],
  ['[!a]', '[^a]'],
]);

describe('file patterns', () => {
  test.each([
    ['*', '.hidden', true],
    ['*.tgz', 'app-1.0.tgz', true],
    ['*.tgz', 'app.tgz.sig', false],
    ['app-?.tgz', 'app-1.tgz', true],
    ['app-?.tgz', 'app-.tgz', false],
    ['app-[0-9].tgz', 'app-7.tgz', true],
    ['app-[!0-9].tgz', 'app-7.tgz', false],
    ['app-[^a]', 'app-b', true],
    ['[]x]', ']', true],
    ['a[b', 'a[b', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['a*', 'a', true],
    ['?', '😀', true],
    ['plain.txt', 'plain.txt', true],
    ['plain.txt', 'plainxtxt', false],
  ])('%s and %s', (pattern, name, isMatch) => {
    expect(matches(pattern, name)).toBe(isMatch);
  });

  test('braces are alternatives, also nested and across folders', () => {
    expect(expandBraces('a/{b,c/{d,e}}.txt')?.toSorted()).toEqual(['a/b.txt', 'a/c/d.txt', 'a/c/e.txt']);
    expect(expandBraces('{a}')).toEqual(['{a}']);
    expect(expandBraces('{a,b}'.repeat(20))).toBeUndefined();
  });

  test('agree with the language of regular expressions', () => {
    const part = fc.constantFrom('*', '?', 'a', 'b', '.', '[ab]', '[!a]');
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.', 'c'), maxLength: 10 }),
        (parts, name) => {
          fc.pre(parts.join('') !== '**');
          const source = parts.map((each) => AS_EXPRESSION.get(each) ?? each).join('');
          expect(matches(parts.join(''), name)).toBe(new RegExp(`^${source}$`, 's').test(name));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('time grows with length, not with the number of stars', () => {
    const startedAt = performance.now();
    expect(matches(`${'*a'.repeat(100)}b`, 'a'.repeat(255))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
