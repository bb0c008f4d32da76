import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { pack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ARCHIVE_FORMATS, type ArchiveFormat } from './compression.ts';
import { findPaths } from './find-paths.ts';
import { PathRefused } from './open-folder.ts';
import { ArchiveError, readArchive } from './read-archive.ts';
import { StepPlaces } from './step-places.ts';
import { comparePaths, leadsOut, writeArchive, type ArchiveContents } from './write-archive.ts';

const run = promisify(execFile);
const free = new AbortController().signal;
const IS_ROOT = process.getuid?.() === 0;
if (!IS_ROOT && process.env['CI'] !== 'true')
  process.stderr.write('not shown, this user is not root: restored files belong to the user of steps\n');
/** Cases of the fuzz; a longer run can be asked for. */
const FUZZ_RUNS = Number(process.env['BRIDLE_FUZZ_RUNS'] ?? 1_000);

let folder: string;
let work: string;
let other: string;
let outside: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle-archive-'));
  [work, other, outside] = [join(folder, 'work'), join(folder, 'other'), join(folder, 'outside')];
  for (const path of [work, other, outside]) await mkdir(path);
});
afterEach(async () => {
  await run('chmod', ['-R', 'u+rwX', folder]);
  await rm(folder, { recursive: true });
});

async function save(
  patterns: readonly string[],
  format: ArchiveFormat = 'Tar',
  places = new StepPlaces(work, []),
): Promise<{ readonly bytes: Buffer; readonly contents: ArchiveContents }> {
  const paths = (await Promise.all(patterns.map((pattern) => findPaths(pattern, places))))
    .flat()
    .toSorted(comparePaths);
  const { stream, contents } = writeArchive(paths, format, free);
  const bytes = await buffer(stream);
  return { bytes, contents: await contents };
}

function restore(bytes: Buffer, places = new StepPlaces(other, [])): ReturnType<typeof readArchive> {
  // In pieces, so that no border falls where entries end.
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1_000) pieces.push(bytes.subarray(at, at + 1_000));
  return readArchive(Readable.from(pieces) as AsyncIterable<Buffer>, places, free);
}

interface Seen {
  readonly kind: string;
  readonly mode: number;
  readonly content?: string;
}

async function look(root: string): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const info = await lstat(path);
    const name = path.slice(root.length + 1);
    if (info.isSymbolicLink()) seen[name] = { kind: 'link', mode: 0, content: await readlink(path) };
    else if (info.isDirectory()) seen[name] = { kind: 'folder', mode: info.mode & 0o7777 };
    else seen[name] = { kind: 'file', mode: info.mode & 0o7777, content: (await readFile(path)).toString('latin1') };
  }
  return seen;
}

async function makeTree(): Promise<void> {
  const tree = join(work, 'tree');
  const deep = join(tree, ...Array.from({ length: 12 }, (_, index) => `a-rather-long-name-of-a-folder-${index}`));
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, `${'é'.repeat(100)}.txt`), 'deep');
  await mkdir(join(tree, 'empty'));
  await writeFile(join(tree, 'program'), '#!/bin/sh\n');
  await chmod(join(tree, 'program'), 0o751);
  await writeFile(join(tree, 'nothing'), '');
  await writeFile(join(tree, 'large'), Buffer.alloc(3_000_001, 'x'));
  await writeFile(join(tree, 'new\nline'), 'n');
  await symlink('program', join(tree, 'link'));
  await symlink('../nothing', join(tree, 'empty', 'up'));
  await symlink('not-there', join(tree, 'dangling'));
  await link(join(tree, 'program'), join(tree, 'second'));
  await mkdir(join(tree, 'closed'));
  await writeFile(join(tree, 'closed', 'in'), 'i');
  await chmod(join(tree, 'closed'), 0o555);
}

describe('archives', () => {
  test.each(ARCHIVE_FORMATS)('%s keeps permissions, links, long names and empty folders', async (format) => {
    await makeTree();
    const { bytes, contents } = await save(['tree'], format);
    expect(contents.leftOut.size).toBe(0);
    const { entries } = await restore(bytes);
    expect(entries).toBe(contents.entries);
    expect(await look(other)).toEqual(await look(work));
    const [first, second] = await Promise.all(['program', 'second'].map((name) => stat(join(other, 'tree', name))));
    expect(first?.ino).toBe(second?.ino);
    expect((await stat(join(other, 'tree', 'large'))).mtimeMs).toBeCloseTo(
      (await stat(join(work, 'tree', 'large'))).mtimeMs,
      -4,
    );
  });

  test('can be restored over what is there, again and again', async () => {
    await makeTree();
    const { bytes } = await save(['tree']);
    await restore(bytes);
    await rm(join(other, 'tree', 'program'));
    await symlink('/etc/passwd', join(other, 'tree', 'program'));
    const passwd = readFileSync('/etc/passwd');
    await restore(bytes);
    expect(await look(other)).toEqual(await look(work));
    expect(readFileSync('/etc/passwd')).toEqual(passwd);
  });

  test('are what the system knows: its tar reads ours, ours reads its', async () => {
    await makeTree();
    const { bytes } = await save(['tree'], 'Gzip');
    await writeFile(join(folder, 'ours.tgz'), bytes);
    await run('tar', ['-xpf', join(folder, 'ours.tgz'), '-C', other]);
    expect(await look(other)).toEqual(await look(work));
    await run('chmod', ['-R', 'u+rwX', other]);
    await rm(other, { recursive: true });
    await mkdir(other);
    await run('tar', ['-cf', join(folder, 'its.tar'), '-C', work, 'tree']);
    await restore(await readFile(join(folder, 'its.tar')));
    expect(await look(other)).toEqual(await look(work));
  });

  test('the same files make the same archive', async () => {
    await makeTree();
    expect((await save(['tree/empty', 'tree/pro*', 'tree'])).bytes.equals((await save(['tree'])).bytes)).toBe(true);
  });

  test('what is no file, and links that lead out, are left out and said so', async () => {
    await mkdir(join(work, 'd'));
    await run('mkfifo', [join(work, 'd', 'pipe')]);
    await symlink('/etc/passwd', join(work, 'd', 'absolute'));
    await symlink('../../outside', join(work, 'd', 'up'));
    await writeFile(join(work, 'd', 'file'), '1');
    const { bytes, contents } = await save(['d']);
    expect([...contents.leftOut.keys()].toSorted()).toEqual(['d/absolute', 'd/pipe', 'd/up']);
    await restore(bytes);
    expect(Object.keys(await look(other))).toEqual(['d', 'd/file']);
  });

  test('absolute paths are kept for the folders the operator names, and come back to them', async () => {
    const places = new StepPlaces(work, [outside]);
    await mkdir(join(outside, 'x'.repeat(90), 'y'.repeat(90)), { recursive: true });
    await writeFile(join(outside, 'x'.repeat(90), 'y'.repeat(90), 'file'), 'kept');
    await writeFile(join(outside, 'short'), 's');
    const { bytes } = await save([outside], 'Tar', places);
    await rm(outside, { recursive: true });
    // Another delegate, whose operator did not.
    await expect(restore(bytes)).rejects.toThrow('outside of the workspace');
    expect(existsSync(outside)).toBe(false);
    await restore(bytes, places);
    expect(await readFile(join(outside, 'x'.repeat(90), 'y'.repeat(90), 'file'), 'utf8')).toBe('kept');
    expect(await readFile(join(outside, 'short'), 'utf8')).toBe('s');
    expect(await readdir(other)).toEqual([]);
  });

  test('a path of a step does not lead out of its places', async () => {
    await writeFile(join(outside, 'secret'), 's');
    await symlink('../outside', join(work, 'out'));
    for (const path of [
      '../outside',
      'out/secret',
      outside,
      '/etc/passwd',
      'a/../../outside',
      'out/*',
      'o*/secret',
      '{../outside,x}',
    ]) {
      const found = await findPaths(path, new StepPlaces(work, [])).catch((error: unknown) => error);
      if (!(found instanceof PathRefused)) expect({ path, found }).toEqual({ path, found: [] });
    }
    // The link itself is a thing of the workspace.
    expect(await findPaths('out', new StepPlaces(work, []))).toHaveLength(1);
  });

  test('damaged ones are refused in words', async () => {
    await makeTree();
    for (const format of ARCHIVE_FORMATS) {
      const { bytes } = await save(['tree'], format);
      const damaged = [
        bytes.subarray(0, bytes.length >> 1),
        Buffer.concat([bytes.subarray(0, 600), Buffer.alloc(9_000, 7), bytes.subarray(9_600)]),
      ];
      for (const archive of damaged) {
        await expect(restore(archive)).rejects.toSatisfy(
          (error) => error instanceof ArchiveError || error instanceof PathRefused,
        );
      }
    }
    await expect(restore(Buffer.from('nothing of the kind, however long it is made. '.repeat(40)))).rejects.toThrow(
      ArchiveError,
    );
  });

  test('memory does not grow with files', async () => {
    const sparse = join(work, 'sparse');
    await writeFile(sparse, '');
    await truncate(sparse, 400_000_000);
    const { stream } = writeArchive(await findPaths('sparse', new StepPlaces(work, [])), 'Zstd', free);
    const archive = join(folder, 'archive');
    await pipeline(stream, createWriteStream(archive));
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    const source = createReadStream(archive) as AsyncIterable<Buffer>;
    const { bytes } = await readArchive(source, new StepPlaces(other, []), free);
    clearInterval(watch);
    expect(bytes).toBe(400_000_000);
    expect(peak - before).toBeLessThan(200 * 1024 * 1024);
  }, 120_000);

  test.runIf(IS_ROOT || process.env['CI'] === 'true')(
    'what is restored belongs to whom the workspace belongs (A2)',
    async () => {
      await makeTree();
      const { bytes } = await save(['tree']);
      await chown(other, 65_534, 65_533);
      await restore(bytes);
      for (const entry of await readdir(other, { recursive: true })) {
        const { uid, gid } = await lstat(join(other, entry));
        expect({ entry, uid, gid }).toEqual({ entry, uid: 65_534, gid: 65_533 });
      }
    },
  );

  test('being stopped ends both ways', async () => {
    await writeFile(join(work, 'file'), Buffer.alloc(5_000_000));
    const { bytes } = await save(['file']);
    const stop = new AbortController();
    const slow = async function* (): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, 1_000_000);
      stop.abort();
      yield bytes.subarray(1_000_000);
    };
    await expect(readArchive(slow(), new StepPlaces(other, []), stop.signal)).rejects.toThrow();
    const written = writeArchive(await findPaths('file', new StepPlaces(work, [])), 'Tar', stop.signal);
    await expect(buffer(written.stream)).rejects.toThrow();
    await expect(written.contents).rejects.toThrow();
  });
});

describe('links', () => {
  test.each([
    ['a', 0, false],
    ['../a', 1, false],
    ['./a/b', 0, false],
    ['..', 1, false],
    ['', 0, true],
    ['/a', 5, true],
    ['../a', 0, true],
    ['../../a', 1, true],
    ['a/../b', 3, true],
    ['../a/..', 3, true],
  ])('to %j from %i folders down', (target, depth, isOut) => {
    expect(leadsOut(target, depth)).toBe(isOut);
  });
});

describe('hostile archives (S12)', () => {
  type Entry = Partial<Header> & { readonly name: string };

  async function archiveOf(entries: readonly Entry[]): Promise<Buffer> {
    const packed = pack();
    for (const entry of entries) {
      const isFile = entry.type === undefined || entry.type === 'file';
      if (isFile) packed.entry({ ...entry, pax: {} }, 'hostile');
      else packed.entry({ ...entry, pax: {} });
    }
    packed.finalize();
    return buffer(Readable.from(packed as AsyncIterable<Buffer>));
  }

  test.each<[string, readonly Entry[]]>([
    ['a name that goes up', [{ name: '../escaped' }]],
    ['a name that goes up later', [{ name: 'a/../../escaped' }]],
    ['an absolute name', [{ name: '/etc/cron.d/escaped' }]],
    ['a link out', [{ name: 'a', type: 'symlink', linkname: '../outside' }]],
    ['an absolute link', [{ name: 'a', type: 'symlink', linkname: '/etc' }]],
    [
      'a link that goes up behind a link',
      [
        { name: 'a', type: 'symlink', linkname: '.' },
        { name: 'b', type: 'symlink', linkname: 'a/..' },
      ],
    ],
    ['a second name of a file outside', [{ name: 'a', type: 'link', linkname: '../outside/secret' }]],
    ['a second name of an absolute file', [{ name: 'a', type: 'link', linkname: '/etc/passwd' }]],
    ['a second name behind a link', [{ name: 'a', type: 'link', linkname: 'out/secret' }]],
    ['a device', [{ name: 'a', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['a block device', [{ name: 'a', type: 'block-device' }]],
    ['a pipe', [{ name: 'a', type: 'fifo' }]],
    ['a file behind a link that is there', [{ name: 'out/escaped' }]],
    ['a folder behind a link that is there', [{ name: 'out/escaped', type: 'directory' }]],
    ['the folder itself as a file', [{ name: './' }, { name: '.' }]],
  ])('%s is refused', async (_name, entries) => {
    await writeFile(join(outside, 'secret'), 'secret');
    await symlink('../outside', join(other, 'out'));
    await expect(restore(await archiveOf(entries))).rejects.toThrow(PathRefused);
    expect(await look(outside)).toEqual({ secret: { kind: 'file', mode: 0o644, content: 'secret' } });
    expect((await readdir(folder)).toSorted()).toEqual(['other', 'outside', 'work']);
  });

  test('bits beyond permissions are not restored (A2)', async () => {
    await restore(
      await archiveOf([
        { name: 'program', mode: 0o6755 },
        { name: 'd', type: 'directory', mode: 0o1777 },
      ]),
    );
    expect((await stat(join(other, 'program'))).mode & 0o7777).toBe(0o755);
    expect((await stat(join(other, 'd'))).mode & 0o7777).toBe(0o777);
  });

  test('nothing outside changes, whatever the archive', async () => {
    await writeFile(join(outside, 'secret'), 'secret');
    await mkdir(join(outside, 'd'));
    const before = await look(outside);
    const name = fc
      .array(
        fc.constantFrom(
          '..',
          '.',
          '',
          'a',
          'b',
          'out',
          'in',
          'secret',
          'd',
          folder,
          '/',
          outside,
          '/proc/self/root',
          '\\',
          '..\\',
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((parts) => parts.join('/'));
    const type = fc.constantFrom<NonNullable<Header['type']>>(
      'file',
      'file',
      'directory',
      'symlink',
      'symlink',
      'link',
      'fifo',
      'character-device',
      'block-device',
      'contiguous-file',
    );
    const entry = fc.record({ name, type, linkname: name, mode: fc.constantFrom(0o644, 0o6777, 0o700) });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 6 }), async (entries) => {
        const target = join(folder, 'target');
        await rm(target, { recursive: true, force: true }); // left by a case that failed
        await mkdir(join(target, 'a'), { recursive: true });
        await symlink('../outside', join(target, 'out'));
        await symlink(outside, join(target, 'a', 'out'));
        await symlink('a', join(target, 'in'));
        const packed = pack();
        for (const each of entries) {
          if (each.type === 'file' || each.type === 'contiguous-file') packed.entry({ ...each, pax: {} }, 'hostile');
          else packed.entry({ ...each, pax: {} });
        }
        packed.finalize();
        const bytes = await buffer(Readable.from(packed as AsyncIterable<Buffer>));
        await readArchive(Readable.from([bytes]) as AsyncIterable<Buffer>, new StepPlaces(target, []), free).catch(
          (error: unknown) => {
            const isInWords = error instanceof PathRefused || error instanceof ArchiveError;
            if (!isInWords) throw error;
          },
        );
        expect(await look(outside)).toEqual(before);
        expect((await readdir(folder)).toSorted()).toEqual(['other', 'outside', 'target', 'work']);
        // What was there before leads out, what the archive made does not.
        for (const [path, seen] of Object.entries(await look(target))) {
          if (seen.kind !== 'link' || path === 'out' || path === 'a/out') continue;
          const isOut = leadsOut(seen.content ?? '', path.split('/').length - 1);
          expect({ path, isOut }).toEqual({ path, isOut: false });
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  }, 600_000);
});
