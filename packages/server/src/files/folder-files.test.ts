import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileKey, type FileKey } from './file-key.ts';
import { FileStoreError, readFileRange, type FileStore } from './file-store.ts';
import { openFolderFiles } from './folder-files.ts';

describe('a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bridle-files-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is not readable by others', async () => {
    const store = await openFolderFiles(join(folder, 'files'));
    await store.put(fileKey('a', 'b'), Buffer.from('x'));
    const modes = await Promise.all(
      ['', 'a', 'a/b'].map(async (path) => (await stat(join(folder, 'files', path))).mode & 0o77),
    );
    expect(modes.slice(1)).toEqual([0, 0]);
  });

  it('F1: what a dead process left unfinished is not listed, and is removed in time', async () => {
    await openFolderFiles(folder);
    const [old, young] = [join(folder, '.unfinished', 'old'), join(folder, '.unfinished', 'young')];
    await writeFile(old, 'half');
    await writeFile(young, 'half');
    const longAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(old, longAgo, longAgo);
    const store = await openFolderFiles(folder);
    expect(await readdir(join(folder, '.unfinished'))).toEqual(['young']);
    const listed: unknown[] = [];
    for await (const entry of store.list('')) listed.push(entry);
    expect(listed).toEqual([]);
  });

  it('F1: who reads while a file is put over sees the old or the new one, whole', async () => {
    const store = await openFolderFiles(folder);
    const key = fileKey('file');
    const versions = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(300_000));
    await store.put(key, Buffer.from(versions[0] ?? ''));
    let isDone = false;
    const writing = (async () => {
      for (const version of versions) await store.put(key, Buffer.from(version));
      isDone = true;
    })();
    while (!isDone) expect(versions).toContain(await textOf(store, key));
    await writing;
    expect(await textOf(store, key)).toBe(versions.at(-1));
  });

  it('reads a range of an empty file, and none of what is not there', async () => {
    const store = await openFolderFiles(folder);
    await store.put(fileKey('empty'), Buffer.alloc(0));
    expect(await textOf(store, fileKey('empty'), 0, 5)).toBe('');
    expect(await textOf(store, fileKey('missing'), 5)).toBeUndefined();
  });

  it('leaves no empty folders behind, also when files come and go at once', async () => {
    const store = await openFolderFiles(folder);
    const keys = Array.from({ length: 40 }, (_, index) => fileKey('x', 'y', `z${index % 3}`, String(index)));
    await Promise.all(
      keys.map(async (key) => {
        await store.put(key, Buffer.from(key));
        expect(await readFile(join(folder, key), 'utf8')).toBe(key);
        await store.delete(key);
      }),
    );
    expect(await readdir(folder)).toEqual(['.unfinished']);
  });

  it('that cannot be used says so, and where', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openFolderFiles(join(folder, 'file', 'files'))).rejects.toThrow(FileStoreError);
    const store = await openFolderFiles(join(folder, 'files'));
    await mkdir(join(folder, 'files', 'taken'));
    await writeFile(join(folder, 'files', 'taken', 'x'), '');
    await expect(store.put(fileKey('taken'), Buffer.from('x'))).rejects.toThrow(
      `The folder for files, ${join(folder, 'files')}`,
    );
  });
});

async function textOf(store: FileStore, key: FileKey, from?: number, to?: number): Promise<string | undefined> {
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return (await readFileRange(store, key, range))?.toString('utf8');
}
