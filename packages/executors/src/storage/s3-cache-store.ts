/** Caches as objects of a bucket: the key is the object's name. Of two steps that store one key the later wins. */
import { Readable } from 'node:stream';
import type { CacheStore } from './cache-store.ts';
import { putObject } from './put-object.ts';
import { isMissingObject, s3Error, type S3Connection } from './s3-connection.ts';

export class S3CacheStore implements CacheStore {
  readonly #connection: S3Connection;

  constructor(connection: S3Connection) {
    this.#connection = connection;
  }

  async has(key: string): Promise<boolean> {
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const { client, bucket } = this.#connection;
    try {
      await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return true;
    } catch (error) {
      // An answer to HEAD has no body that could say that the bucket is missing; storing will say it.
      if (isMissingObject(error)) return false;
      throw s3Error(error, bucket);
    }
  }

  async open(key: string, signal: AbortSignal): Promise<Readable | undefined> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const { client, bucket } = this.#connection;
    try {
      const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      // In Node the body is one of its streams.
      return Readable.from(inWords(found.Body as Readable, bucket), { objectMode: false });
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw s3Error(error, bucket);
    }
  }

  async put(key: string, body: Readable, isOverwriting: boolean, signal: AbortSignal): Promise<'stored' | 'kept'> {
    if (!isOverwriting && (await this.has(key))) return 'kept';
    await putObject(this.#connection, { key, body, contentType: 'application/octet-stream' }, signal);
    return 'stored';
  }

  close(): void {
    this.#connection.close();
  }
}

/** A connection may break in the middle. */
async function* inWords(body: Readable, bucket: string): AsyncGenerator<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    throw s3Error(error, bucket);
  }
}
