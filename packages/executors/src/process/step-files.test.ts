import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFoundFile } from './step-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'bridle-files-')));
  await mkdir(join(folder, 'a'));
  await writeFile(join(folder, 'a/file'), 'mine');
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere/file'), 'secret');
});
afterEach(() => rm(folder, { recursive: true }));

test('a file that is still where it was found', async () => {
  expect(await text(readFoundFile(join(folder, 'a/file')))).toBe('mine');
});

test.each<[string, () => Promise<void>]>([
  ['a link in its place', () => symlink('../elsewhere/file', join(folder, 'a/file'))],
  ['a pipe in its place', async () => void execFileSync('mkfifo', [join(folder, 'a/file')])],
  ['a folder in its place', async () => void (await mkdir(join(folder, 'a/file')))],
])('%s', async (_, replace) => {
  await rm(join(folder, 'a/file'));
  await replace();
  expect(() => readFoundFile(join(folder, 'a/file'))).toThrow(expect.objectContaining({ code: 'ELOOP' }));
});

test('a link in the place of its folder', async () => {
  await rename(join(folder, 'a'), join(folder, 'b'));
  await symlink('elsewhere', join(folder, 'a'));
  expect(() => readFoundFile(join(folder, 'a/file'))).toThrow(expect.objectContaining({ code: 'ELOOP' }));
});
