/** What every `FileStore` must do (F1, F3–F5): one suite for the folder and the bucket. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileKey, type FileKey } from './file-key.ts';
import { readFileRange, type FileStore } from './file-store.ts';
import { openFolderFiles } from './folder-files.ts';
import { openS3Files } from './s3-files.ts';

interface FileStoreHarness {
  readonly store: FileStore;
  close(): Promise<void>;
}

const LARGE_BYTES = 40 * 1024 * 1024;
const PART = randomBytes(64 * 1024);

describeFileStore('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-files-'));
  return { store: await openFolderFiles(join(folder, 'files')), close: () => rm(folder, { recursive: true }) };
});

describeFileStore('a bucket', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bridle-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'kept' }],
  });
  const { port } = await server.run();
  const store = await openS3Files({
    bucket: 'kept',
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    isPathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  });
  return {
    store,
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
});

function describeFileStore(name: string, open: () => Promise<FileStoreHarness>): void {
  describe(`${name} as a file store`, () => {
    let harness: FileStoreHarness;
    let store: FileStore;
    let tests = 0;

    beforeAll(async () => {
      harness = await open();
      ({ store } = harness);
    });

    afterAll(async () => {
      store.close();
      await harness.close();
    });

    /** A place of its own for each test. */
    const place = (): ((...parts: readonly string[]) => FileKey) => {
      tests += 1;
      const folder = `test-${tests}`;
      return (...parts) => fileKey(folder, ...parts);
    };
    const read = async (key: FileKey, from?: number, to?: number): Promise<string | undefined> =>
      (
        await readFileRange(store, key, {
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        })
      )?.toString('utf8');
    const list = async (prefix: string): Promise<readonly (readonly [string, number])[]> => {
      const found: (readonly [string, number])[] = [];
      for await (const { key, bytes } of store.list(prefix)) found.push([key, bytes]);
      return found.toSorted(([a], [b]) => (a < b ? -1 : 1));
    };

    it('gives back what was put, from buffers and streams', async () => {
      const key = place();
      expect(await store.put(key('a'), Buffer.from('hello'))).toBe(5);
      expect(await store.put(key('b', 'c'), inParts('wor', '', 'ld!'))).toBe(6);
      expect(await store.put(key('empty'), Buffer.alloc(0))).toBe(0);
      expect(await store.put(key('nothing'), inParts())).toBe(0);
      expect([
        await read(key('a')),
        await read(key('b', 'c')),
        await read(key('empty')),
        await read(key('nothing')),
      ]).toEqual(['hello', 'world!', '', '']);
      expect([await store.size(key('a')), await store.size(key('b', 'c')), await store.size(key('nothing'))]).toEqual([
        5, 6, 0,
      ]);
    });

    it('knows what is not there', async () => {
      const key = place();
      await store.put(key('file'), Buffer.from('x'));
      for (const missing of [key('other'), key('file', 'below'), key('folder', 'file')]) {
        expect([await store.open(missing), await store.size(missing)]).toEqual([undefined, undefined]);
      }
      await store.put(key('folder', 'file'), Buffer.from('x'));
      expect([await store.size(key('folder', 'fil')), await store.size(key('folder', 'file'))]).toEqual([undefined, 1]);
    });

    it.each([
      [0, undefined, '0123456789'],
      [3, undefined, '3456789'],
      [3, 7, '3456'],
      [0, 2, '01'],
      [9, 10, '9'],
      [5, 100, '56789'],
      [10, undefined, ''],
      [10, 20, ''],
      [99, undefined, ''],
      [4, 4, ''],
    ])('reads a range: from %j to %j', async (from, to, content) => {
      const key = place()('digits');
      await store.put(key, Buffer.from('0123456789'));
      expect(await read(key, from, to)).toBe(content);
      const file = await store.open(key, { from, ...(to === undefined ? {} : { to }) });
      expect(file?.bytes).toBe(10);
      file?.content.destroy();
    });

    it('F1: content that fails leaves nothing, or what was there before', async () => {
      const key = place();
      await store.put(key('kept'), Buffer.from('before'));
      for (const name of ['kept', 'new']) {
        await expect(store.put(key(name), failing(1))).rejects.toThrow('the source broke');
      }
      await expect(store.put(key('new'), failing(LARGE_BYTES / PART.length))).rejects.toThrow('the source broke');
      expect([await read(key('kept')), await read(key('new'))]).toEqual(['before', undefined]);
      expect(await list(key('new'))).toEqual([]);
    });

    it('F4: a large file goes through, in both directions, in little memory', { timeout: 60_000 }, async () => {
      const key = place()('large');
      const sent = createHash('sha256');
      const bytes = await store.put(key, large(sent));
      expect([bytes, await store.size(key)]).toEqual([LARGE_BYTES, LARGE_BYTES]);
      const received = createHash('sha256');
      const file = await store.open(key);
      for await (const part of file?.content ?? []) received.update(part as Buffer);
      expect(received.digest('hex')).toBe(sent.digest('hex'));
      expect((await readFileRange(store, key, { from: LARGE_BYTES - 10 }))?.length).toBe(10);
    });

    it('F5: a second put takes the place of the first, a second delete finds nothing', async () => {
      const key = place()('file');
      await store.put(key, Buffer.from('one'));
      await store.put(key, Buffer.from('three'));
      expect([await read(key), await store.size(key)]).toEqual(['three', 5]);
      await store.delete(key);
      await store.delete(key);
      expect(await store.size(key)).toBeUndefined();
      await store.put(key, Buffer.from('again'));
      expect(await read(key)).toBe('again');
    });

    it('lists by any prefix', async () => {
      const key = place();
      const names = [['b'], ['a-b'], ['a.b'], ['a', 'z'], ['a', 'b', 'c'], ['aa'], ['a0'], ['a~']];
      for (const name of names) await store.put(key(...name), Buffer.from(name.join('')));
      const all = names.map((name) => [String(key(...name)), name.join('').length] as const);
      const sorted = all.toSorted(([a], [b]) => (a < b ? -1 : 1));
      const folder = key('x').slice(0, -1);
      expect(await list(folder)).toEqual(sorted);
      for (const prefix of ['a', 'a/', 'a/b', 'a/b/c', 'b', 'c', 'a.']) {
        expect([prefix, await list(folder + prefix)]).toEqual([
          prefix,
          sorted.filter(([name]) => name.startsWith(folder + prefix)),
        ]);
      }
      for (const name of names) await store.delete(key(...name));
      expect(await list(folder)).toEqual([]);
    });

    it('lists many files', { timeout: 60_000 }, async () => {
      const key = place();
      const names = Array.from({ length: 900 }, (_, index) => key('many', String(index).padStart(4, '0')));
      for (let at = 0; at < names.length; at += 50) {
        await Promise.all(names.slice(at, at + 50).map((name) => store.put(name, Buffer.from('x'))));
      }
      expect((await list(key('many'))).map(([name]) => name)).toEqual(names);
    });

    it('F3: keys out of any texts give back their own content', { timeout: 60_000 }, async () => {
      const key = place();
      const nasty = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom(
          '..',
          '.',
          '',
          '/',
          '\\',
          '../..',
          '/etc/passwd',
          '%2e%2e',
          '\0',
          '~',
          '~~',
          'con',
          '. ',
          'ä',
          'a/../b',
        ),
        fc.string({ unit: 'grapheme', minLength: 150, maxLength: 300 }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 3 }), async (parts) => {
          // The number of parts in front: no key is the folder of another one.
          const name = key(`depth-${parts.length}`, ...parts);
          await store.put(name, Buffer.from(JSON.stringify(parts)));
          expect(await read(name)).toBe(JSON.stringify(parts));
        }),
        { numRuns: 100 },
      );
    });
  });
}

async function* inParts(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function* failing(parts: number): AsyncGenerator<Buffer> {
  for (let count = 0; count < parts; count += 1) yield PART;
  throw new Error('the source broke');
}

async function* large(hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < LARGE_BYTES; sent += PART.length) {
    PART.writeUInt32LE(sent);
    hash.update(PART);
    // The receiver may keep the buffer for a while.
    yield Buffer.from(PART);
  }
}
