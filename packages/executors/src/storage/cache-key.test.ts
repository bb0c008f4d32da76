import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SpecError } from '../step-spec.ts';
import { resolveCacheKey } from './cache-key.ts';
import { LocalCacheStore } from './local-cache-store.ts';
import { PathRefused } from './open-folder.ts';
import { StepPlaces } from './step-places.ts';

let folder: string;
let places: StepPlaces;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle-key-'));
  const work = join(folder, 'work');
  await mkdir(join(work, 'sub'), { recursive: true });
  await writeFile(join(work, 'lock.json'), 'one');
  await writeFile(join(work, 'sub', 'my lock.json'), 'two');
  await writeFile(join(folder, 'outside'), 'secret');
  await symlink('../outside', join(work, 'out'));
  await symlink('..', join(work, 'up'));
  places = new StepPlaces(work, []);
});
afterAll(() => rm(folder, { recursive: true }));

const ONE = createHash('sha256').update('one').digest('hex');
const TWO = createHash('sha256').update('two').digest('hex');

describe('cache keys', () => {
  test.each([
    ['npm-{{ checksum "lock.json" }}', `npm-${ONE}`],
    ["npm-{{ checksum 'lock.json' }}", `npm-${ONE}`],
    ['{{checksum `./sub/my lock.json`}}-{{ checksum "/harness/lock.json" }}', `${TWO}-${ONE}`],
    [
      'v1/{{ checksum "lock.json" "sub/my lock.json" }}',
      `v1/${createHash('sha256').update(ONE).update(TWO).digest('hex')}`,
    ],
    ['plain {key}', 'plain {key}'],
  ])('%s', async (template, key) => {
    expect(await resolveCacheKey(template, places)).toBe(key);
  });

  test.each([
    ['{{ checksum "nothing" }}', 'not in the workspace'],
    ['{{ checksum "sub" }}', 'not a file'],
    ['{{ checksum }}', 'what it may use'],
    ['{{ .Branch }}', 'what it may use'],
    ['{{ checksum "out" }}', 'is a link'],
    ['{{ checksum "up/outside" }}', 'is a link'],
    ['{{ checksum "../outside" }}', '".."'],
    ['{{ checksum "/etc/passwd" }}', 'outside of the workspace'],
    ['', 'needs a key'],
    ['a\nb', 'control character'],
    ['../x', '"."'],
    ['/x', '"."'],
    ['a\\..\\b', '"."'],
    ['k'.repeat(1_025), '1024 bytes'],
  ])('%j is refused in words', async (template, words) => {
    const refused = await resolveCacheKey(template, places).catch((error: unknown) => error);
    expect(refused instanceof SpecError || refused instanceof PathRefused).toBe(true);
    expect(String(refused)).toContain(words);
  });

  test('whatever a key is, it names a file of its own in the folder of caches (S12)', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc
        .array(fc.constantFrom('..', '.', '/', '\\', '\0', 'a', '%2e%2e', '~', ' ', '\u{202e}', 'C:', '-'), {
          maxLength: 12,
        })
        .map((parts) => parts.join('')),
    );
    const caches = join(folder, 'caches');
    const store = (project: string): LocalCacheStore =>
      new LocalCacheStore({ folder: caches, project, bytesMax: 1_000_000 });
    const paths = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (project, key) => {
        const path = store(project).pathOf(key);
        expect(path.startsWith(`${caches}/`)).toBe(true);
        expect(path.slice(caches.length)).toMatch(/^\/[0-9a-f]{32}\/[0-9a-f]{64}$/);
        const name = JSON.stringify([project, key]);
        expect(paths.get(path) ?? name).toBe(name);
        paths.set(path, name);
        // What templates let through goes to a bucket as it is: no server may read it as going up.
        const resolved = await resolveCacheKey(key, places).catch(() => undefined);
        if (resolved === undefined) return;
        expect(
          new URL(`http://store/bucket/${resolved.split('/').map(encodeURIComponent).join('/')}`).pathname.startsWith(
            '/bucket/',
          ),
        ).toBe(true);
        expect(join('/bucket', resolved).startsWith('/bucket/')).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});
