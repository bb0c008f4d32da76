/** What every `CacheStore` must do (C1, C2): one suite for the folder and the bucket. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../executor.ts';
import { awsConnector, openS3Server } from '../testing/s3-server.ts';
import type { CacheStore } from './cache-store.ts';
import { LocalCacheStore } from './local-cache-store.ts';
import { S3CacheStore } from './s3-cache-store.ts';
import { openS3 } from './s3-connection.ts';

const free = new AbortController().signal;

interface Opened {
  readonly store: CacheStore;
  close(): Promise<void>;
}

describeCacheStore('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-caches-'));
  const store = new LocalCacheStore({ folder: join(folder, 'caches'), project: 'p', bytesMax: 1024 ** 3 });
  return { store, close: () => rm(folder, { recursive: true }) };
});

describeCacheStore('a bucket', async () => {
  const server = await openS3Server();
  const spec = { bucket: server.bucket, connectorRef: 'store' };
  const connection = await openS3(spec, { store: awsConnector(server.endpoint) }, DEFAULT_SETTINGS);
  const store = new S3CacheStore(connection);
  return {
    store,
    close: async () => {
      store.close();
      await server.close();
    },
  };
});

function describeCacheStore(name: string, open: () => Promise<Opened>): void {
  describe(`${name} as a store of caches`, () => {
    let opened: Opened;
    let store: CacheStore;
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    const put = (key: string, text: string | Buffer, isOverwriting = false): Promise<'stored' | 'kept'> =>
      store.put(key, Readable.from([text], { objectMode: false }), isOverwriting, free);
    const read = async (key: string): Promise<string | undefined> => {
      const found = await store.open(key, free);
      return found === undefined ? undefined : (await buffer(found)).toString();
    };

    test('gives what was put, by its key', async () => {
      expect(await store.has('a/b c-ü')).toBe(false);
      expect(await read('a/b c-ü')).toBeUndefined();
      expect(await put('a/b c-ü', 'one')).toBe('stored');
      expect(await store.has('a/b c-ü')).toBe(true);
      expect(await read('a/b c-ü')).toBe('one');
      expect(await read('a')).toBeUndefined();
    });

    test('an existing key is kept, or overwritten when asked to', async () => {
      await put('key', 'one');
      expect(await put('key', 'two')).toBe('kept');
      expect(await read('key')).toBe('one');
      expect(await put('key', 'three', true)).toBe('stored');
      expect(await read('key')).toBe('three');
    });

    test('what could not be read to its end is not there (C1)', async () => {
      const broken = Readable.from(
        (async function* () {
          yield randomBytes(1_000_000);
          throw new Error('the disk is gone');
        })(),
        { objectMode: false },
      );
      await expect(store.put('key', broken, false, free)).rejects.toThrow('the disk is gone');
      expect(await store.has('key')).toBe(false);
    });

    test('what was given up is not there', async () => {
      const stop = new AbortController();
      const endless = Readable.from(
        (async function* () {
          for (let count = 0; ; count += 1) {
            if (count === 3) stop.abort();
            yield randomBytes(100_000);
          }
        })(),
        { objectMode: false },
      );
      await expect(store.put('key', endless, false, stop.signal)).rejects.toThrow();
      endless.destroy();
      expect(await store.has('key')).toBe(false);
    });

    test('large archives pass in parts and come back byte for byte', async () => {
      const part = randomBytes(1024 * 1024);
      const count = 40;
      const large = Readable.from(
        (async function* () {
          for (let index = 0; index < count; index += 1) yield part;
        })(),
        { objectMode: false },
      );
      expect(await store.put('large', large, false, free)).toBe('stored');
      const found = await store.open('large', free);
      let at = 0;
      for await (const chunk of found as AsyncIterable<Buffer>) {
        for (let from = 0; from < chunk.length;) {
          const start = (at + from) % part.length;
          const length = Math.min(part.length - start, chunk.length - from);
          expect(chunk.subarray(from, from + length).equals(part.subarray(start, start + length))).toBe(true);
          from += length;
        }
        at += chunk.length;
      }
      expect(at).toBe(count * part.length);
    });
  });
}

describe('a folder of caches', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bridle-caches-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (store: CacheStore, key: string, bytes: number): Promise<'stored' | 'kept'> =>
    store.put(key, Readable.from([Buffer.alloc(bytes)], { objectMode: false }), true, free);

  test('shows no project what another has (O1)', async () => {
    const one = new LocalCacheStore({ folder, project: 'one', bytesMax: 1_000 });
    const two = new LocalCacheStore({ folder, project: 'two', bytesMax: 1_000 });
    await put(one, 'key', 10);
    expect(await two.has('key')).toBe(false);
    expect(await two.open('key')).toBeUndefined();
  });

  test('stays below its limit: what was used least recently goes (O3)', async () => {
    const store = new LocalCacheStore({ folder, project: 'p', bytesMax: 1_000 });
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      await put(store, key, 300);
      const usedAt = new Date(Date.now() - 60_000 + index * 1_000);
      await utimes(store.pathOf(key), usedAt, usedAt);
    }
    await buffer((await store.open('a')) ?? Readable.from([])); // used now
    await put(store, 'd', 300);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.has(key)))).toEqual([true, false, true, true]);
  });

  // Of a bucket it is the promise of S3 itself, which the server of these tests does not keep.
  test('steps side by side: one of the archives wins whole, who reads gets one of them (C2)', async () => {
    const store = new LocalCacheStore({ folder, project: 'p', bytesMax: 100_000_000 });
    const archives = Array.from({ length: 8 }, (_, index) => Buffer.alloc(200_000, String(index)));
    const results = await Promise.all(
      archives.map((archive, index) =>
        store.put('key', Readable.from([archive], { objectMode: false }), index % 2 === 0, free),
      ),
    );
    expect(results).toContain('stored');
    for (let count = 0; count < 8; count += 1) {
      const text = (await buffer((await store.open('key')) ?? Readable.from([]))).toString();
      expect(archives.some((archive) => archive.toString() === text)).toBe(true);
    }
  });

  test('a reader goes on when its archive is removed', async () => {
    const store = new LocalCacheStore({ folder, project: 'p', bytesMax: 1_000 });
    await put(store, 'a', 900);
    const reading = await store.open('a');
    await put(store, 'b', 900);
    expect(await store.has('a')).toBe(false);
    expect((await buffer(reading ?? Readable.from([]))).length).toBe(900);
  });

  test('takes nothing larger than all of it', async () => {
    const store = new LocalCacheStore({ folder, project: 'p', bytesMax: 1_000 });
    await put(store, 'a', 500);
    await expect(put(store, 'b', 1_001)).rejects.toThrow('larger than all caches');
    expect(await store.has('a')).toBe(true);
  });

  test('throws away what a process left that died while it wrote', async () => {
    const store = new LocalCacheStore({ folder, project: 'p', bytesMax: 1_000 });
    await put(store, 'a', 10);
    const left = join(folder, 'aside', 'left');
    const fresh = join(folder, 'aside', 'fresh');
    await writeFile(left, 'half');
    await writeFile(fresh, 'another delegate is at it');
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1_000);
    await utimes(left, longAgo, longAgo);
    await put(store, 'b', 10);
    expect(await readdir(dirname(left))).toEqual(['fresh']);
  });
});
