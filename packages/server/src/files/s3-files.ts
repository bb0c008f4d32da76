/**
 * `FileStore` in a bucket of S3, or of a server that speaks like it. Large content goes up in parts and appears when the last
 * one has arrived (F1); parts of an upload that failed are given up.
 */
import type * as S3 from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { asFileKey, type FileKey } from './file-key.ts';
import {
  FileStoreError,
  type FileContent,
  type FileEntry,
  type FileRange,
  type FileStore,
  type OpenFile,
} from './file-store.ts';

export interface S3Settings {
  readonly bucket: string;
  /** `undefined` = Amazon's. */
  readonly endpoint?: string;
  readonly region: string;
  /** The bucket's name in the path instead of in the host name; most other servers want it. */
  readonly isPathStyle: boolean;
  /** Default: by the usual means of AWS, such as AWS_ACCESS_KEY_ID, a profile, or the machine's role. */
  readonly credentials?: S3.S3ClientConfig['credentials'];
}

/** S3 takes parts of at least 5 MiB; two are in memory at once (F4). */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const CONNECT_TIMEOUT_MS = 10_000;
/** Without a byte for so long, a request is given up and tried again. */
const SILENCE_MS_MAX = 60_000;
const ATTEMPTS_MAX = 4;

type Library = typeof S3;

/** The library is loaded here, when it is needed: it is large. */
export async function openS3Files(settings: S3Settings): Promise<FileStore> {
  const library = await import('@aws-sdk/client-s3');
  const client = new library.S3Client({
    region: settings.region,
    forcePathStyle: settings.isPathStyle,
    maxAttempts: ATTEMPTS_MAX,
    // Newer checksums are unknown to many servers that speak S3; TLS and signatures protect the content.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_MS_MAX },
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
  });
  return new S3Files(library, client, settings);
}

class S3Files implements FileStore {
  readonly #library: Library;
  readonly #client: S3.S3Client;
  readonly #bucket: string;
  readonly place: string;

  constructor(library: Library, client: S3.S3Client, { bucket, endpoint }: S3Settings) {
    this.#library = library;
    this.#client = client;
    this.#bucket = bucket;
    this.place = `s3://${bucket}${endpoint === undefined ? '' : ` at ${endpoint}`}`;
  }

  async put(key: FileKey, content: FileContent): Promise<number> {
    const target = this.#object(key);
    if (content instanceof Uint8Array) {
      await this.#tell(() =>
        this.#client.send(
          new this.#library.PutObjectCommand({ ...target, Body: content, ContentLength: content.length }),
        ),
      );
      return content.length;
    }
    const { Upload } = await import('@aws-sdk/lib-storage');
    const source = new CountedContent(content);
    const upload = new Upload({
      client: this.#client,
      params: { ...target, Body: Readable.from(source, { objectMode: false, highWaterMark: PART_BYTES }) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    await this.#tell(async () => {
      try {
        await upload.done();
      } catch (error) {
        throw source.failure ?? error;
      }
    }, source);
    return source.bytes;
  }

  async open(key: FileKey, { from = 0, to }: FileRange = {}): Promise<OpenFile | undefined> {
    if (to !== undefined && from >= to) return this.#openEmpty(key);
    const isWhole = from === 0 && to === undefined;
    const range = isWhole ? {} : { Range: `bytes=${from}-${to === undefined ? '' : to - 1}` };
    try {
      const answer = await this.#client.send(new this.#library.GetObjectCommand({ ...this.#object(key), ...range }));
      if (!(answer.Body instanceof Readable)) throw new Error('The answer has no content.');
      const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? answer.ContentLength;
      return { bytes: Number(whole), content: answer.Body };
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (error instanceof Error && error.name === 'InvalidRange') return this.#openEmpty(key);
      throw this.#failure(error);
    }
  }

  async size(key: FileKey): Promise<number | undefined> {
    try {
      const head = await this.#client.send(new this.#library.HeadObjectCommand(this.#object(key)));
      return head.ContentLength;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.#failure(error);
    }
  }

  async delete(key: FileKey): Promise<void> {
    await this.#tell(() => this.#client.send(new this.#library.DeleteObjectCommand(this.#object(key))));
  }

  async *list(prefix: string): AsyncGenerator<FileEntry> {
    let token: string | undefined;
    do {
      const page = await this.#tell(() =>
        this.#client.send(
          new this.#library.ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken: token }),
        ),
      );
      for (const { Key: key, Size: bytes, LastModified: changedAt } of page.Contents ?? []) {
        if (key !== undefined) yield { key: asFileKey(key), bytes: bytes ?? 0, changedAt: changedAt?.getTime() ?? 0 };
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  close(): void {
    this.#client.destroy();
  }

  async #openEmpty(key: FileKey): Promise<OpenFile | undefined> {
    const bytes = await this.size(key);
    return bytes === undefined ? undefined : { bytes, content: Readable.from([]) };
  }

  #object(key: FileKey): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: asFileKey(key) };
  }

  /** @throws FileStoreError, or what the content itself threw */
  async #tell<T>(work: () => Promise<T>, source?: CountedContent): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error === source?.failure) throw error;
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): FileStoreError {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    const reason = message === '' || message === 'UnknownError' ? name : `${name}: ${message}`;
    return new FileStoreError(`The bucket for files, ${this.place}, cannot be used: ${reason}`, { cause: error });
  }
}

/** Counts what goes through, and remembers whether the content itself failed. */
class CountedContent implements AsyncIterable<Uint8Array> {
  readonly #content: AsyncIterable<Uint8Array>;
  bytes = 0;
  failure: unknown;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const part of this.#content) {
        this.bytes += part.length;
        yield part;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/** A HEAD has no body that could name the error. A missing bucket is no missing file. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}
