import { expect, test } from 'vitest';
import { isIgnored, parseIgnoreFile } from './dockerignore.ts';

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['node_modules', ['node_modules', 'node_modules/a/b'], ['src/node_modules', 'node_modules2']],
  ['**/node_modules', ['node_modules', 'a/node_modules/x', 'a/b/node_modules'], ['a/node_modulesx']],
  ['*.md\n!README.md', ['a.md'], ['README.md', 'docs/a.md']],
  ['*\n!src', ['a', 'a/b', 'x.md'], ['src', 'src/deep/file']],
  ['/dist/', ['dist', 'dist/x'], ['a/dist']],
  ['# comment\n\n  spaced  \r\n', ['spaced'], ['# comment', 'other']],
  ['*/temp*', ['a/temp', 'a/temporary.txt', 'a/temp/x'], ['temp', 'a/b/temp']],
  ['temp?', ['temp1', 'tempa'], ['temp', 'temp12']],
  ['a/**/z', ['a/z', 'a/b/z', 'a/b/c/z'], ['a', 'b/z', 'a/b/y']],
  ['a/../b', ['b'], ['a']],
  ['**', ['x', 'a/b'], []],
  ['.git', ['.git', '.git/config'], ['a.git']],
  ['a\n!a/keep\na/keep/secret', ['a/x', 'a/keep/secret'], ['a/keep', 'a/keep/x']],
];

test.each(CASES)('%j', (text, out, kept) => {
  const patterns = parseIgnoreFile(text);
  for (const path of out) expect([path, isIgnored(patterns, path.split('/'))]).toEqual([path, true]);
  for (const path of kept) expect([path, isIgnored(patterns, path.split('/'))]).toEqual([path, false]);
});
