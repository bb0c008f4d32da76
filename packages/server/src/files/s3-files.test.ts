import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { fileKey, type FileKey } from './file-key.ts';
import { FileStoreError, readFileRange, type FileStore } from './file-store.ts';
import { openS3Files } from './s3-files.ts';

const BUCKET = 'kept';
const CREDENTIALS = { accessKeyId: 'x', secretAccessKey: 'y' };

/** What the S3 server of the suite gets wrong (it has no second page, and no range of nothing), by hand. */
describe('a bucket', () => {
  const openBucket = (port: number): Promise<FileStore> =>
    openS3Files({
      bucket: BUCKET,
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      isPathStyle: true,
      credentials: CREDENTIALS,
    });
  let close: () => void = () => undefined;
  let store: FileStore;
  const serve = async (answer: (url: URL, method: string) => { status: number; body: string }): Promise<void> => {
    const server = createServer((request, response) => {
      const { status, body } = answer(new URL(request.url ?? '/', 'http://localhost'), request.method ?? '');
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    store = await openBucket(typeof address === 'object' ? (address?.port ?? 0) : 0);
    close = () => void server.close();
  };

  afterEach(() => {
    store.close();
    close();
  });

  it('is listed page by page', async () => {
    const asked: string[] = [];
    await serve(({ pathname, searchParams }) => {
      asked.push(`${pathname} ${searchParams.get('prefix') ?? ''}`);
      const page = Number(searchParams.get('continuation-token') ?? '0');
      const next = page < 2 ? `<NextContinuationToken>${page + 1}</NextContinuationToken>` : '';
      const file = `<Contents><Key>logs/${page}</Key><Size>${page}</Size><LastModified>2026-01-01T00:00:0${page}.000Z</LastModified></Contents>`;
      return {
        status: 200,
        body: `<ListBucketResult><IsTruncated>${String(page < 2)}</IsTruncated>${next}${file}</ListBucketResult>`,
      };
    });
    const listed: unknown[] = [];
    for await (const entry of store.list('logs/')) listed.push(entry);
    expect(listed).toEqual(
      [0, 1, 2].map((page) => ({ key: `logs/${page}`, bytes: page, changedAt: Date.UTC(2026, 0, 1, 0, 0, page) })),
    );
    expect(new Set(asked)).toEqual(new Set([`/${BUCKET}/ logs/`]));
  });

  it('that has an empty file, or none, reads nothing of a range', async () => {
    await serve(({ pathname }, method) => {
      if (pathname.endsWith('/missing'))
        return { status: 404, body: method === 'HEAD' ? '' : '<Error><Code>NoSuchKey</Code></Error>' };
      return method === 'HEAD'
        ? { status: 200, body: '' }
        : { status: 416, body: '<Error><Code>InvalidRange</Code></Error>' };
    });
    expect(await textOf(store, fileKey('empty'), 0, 5)).toBe('');
    expect(await textOf(store, fileKey('missing'), 0, 5)).toBeUndefined();
    expect(await store.size(fileKey('missing'))).toBeUndefined();
  });

  it('that is not there is an error, not a missing file', async () => {
    await serve(() => ({ status: 404, body: '<Error><Code>NoSuchBucket</Code><Message>No bucket.</Message></Error>' }));
    await expect(store.open(fileKey('x'))).rejects.toThrow('NoSuchBucket: No bucket.');
    await expect(store.put(fileKey('x'), Buffer.from('x'))).rejects.toThrow(FileStoreError);
  });

  it('that cannot be reached says so, and where', { timeout: 60_000 }, async () => {
    store = await openBucket(1);
    await expect(store.put(fileKey('x'), Buffer.from('x'))).rejects.toThrow(
      `The bucket for files, s3://${BUCKET} at http://127.0.0.1:1, cannot be used`,
    );
    await expect(store.size(fileKey('x'))).rejects.toThrow(FileStoreError);
  });
});

async function textOf(store: FileStore, key: FileKey, from?: number, to?: number): Promise<string | undefined> {
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return (await readFileRange(store, key, range))?.toString('utf8');
}
