import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullName, parseImageName } from './image-name.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  ['alpine', 'docker.io/library/alpine:latest'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20'],
  [' plugins/docker ', 'docker.io/plugins/docker:latest'],
  ['docker.io/alpine', 'docker.io/library/alpine:latest'],
  ['index.docker.io/library/alpine:3', 'docker.io/library/alpine:3'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/team/app:1.0', 'localhost:5000/team/app:1.0'],
  ['registry.example.com/app', 'registry.example.com/app:latest'],
  ['Registry.Example.com/app', 'registry.example.com/app:latest'],
  ['[::1]:5000/app', '[::1]:5000/app:latest'],
  ['a/b/c', 'docker.io/a/b/c:latest'],
  [`alpine@${DIGEST}`, `docker.io/library/alpine@${DIGEST}`],
  [`alpine:3@${DIGEST}`, `docker.io/library/alpine:3@${DIGEST}`],
  ['a__b/c-d---e.f', 'docker.io/a__b/c-d---e.f:latest'],
])('%j is %s', (text, expected) => {
  const name = parseImageName(text);
  expect(name === undefined ? undefined : fullName(name)).toBe(expected);
});

test.each([
  [''],
  ['   '],
  ['Alpine'],
  ['A/a'],
  ['alpine:'],
  ['alpine:a b'],
  ['alpine:-x'],
  ['alpine@sha256:12'],
  [`alpine@${DIGEST}@${DIGEST}`],
  ['/alpine'],
  ['alpine/'],
  ['a//b'],
  ['../x'],
  ['-v/x'],
  ['http://example.com/app'],
  ['example.com/'],
  ['example.com:99999999/app'],
  ['<+input>'],
  ['a\nb'],
])('%j is no name', (text) => {
  expect(parseImageName(text)).toBeUndefined();
});

test('a name that is written out in full means itself, and nothing throws', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9.:/@_[\]-]{1,40}$/), (text) => {
      const name = parseImageName(text);
      if (name === undefined) return;
      const full = fullName(name);
      const again = parseImageName(full);
      expect(again === undefined ? undefined : fullName(again)).toBe(full);
    }),
    { numRuns: 2_000 },
  );
});
