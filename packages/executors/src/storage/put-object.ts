/** Stores one object: in parts when it is large. */
import type { Readable } from 'node:stream';
import { s3Error, type S3Connection } from './s3-connection.ts';

/** Parts in flight times their size is what an upload takes of memory; a store takes 10,000 parts. */
const PART_BYTES = 16 * 1024 * 1024;
const PARTS_IN_FLIGHT = 2;

export interface NewObject {
  readonly key: string;
  readonly body: Readable;
  readonly contentType: string;
}

/**
 * An upload that is given up leaves no parts behind.
 * @throws StoreError, or what reading the body throws
 */
export async function putObject(
  { client, bucket }: S3Connection,
  { key, body, contentType }: NewObject,
  signal: AbortSignal,
): Promise<void> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  let bodyProblem: Error | undefined;
  body.once('error', (error) => (bodyProblem = error));
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: body, ContentType: contentType },
    partSize: PART_BYTES,
    queueSize: PARTS_IN_FLIGHT,
    leavePartsOnError: false,
  });
  const stop = (): void => void upload.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    await upload.done();
  } catch (error) {
    signal.throwIfAborted();
    throw bodyProblem ?? s3Error(error, bucket);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
