/**
 * Files that are kept: finished logs, build artifacts. A port with two implementations, a folder and an S3 bucket, that pass
 * one suite (file-store-suite.ts).
 *
 * Invariants (cited by tests):
 * - F1 a file is there whole or not at all: readers see what was before, or everything of the new content, also after a crash.
 * - F2 once `put` has answered, the content survives a crash of this machine.
 * - F3 nothing outside of the store's own place is read or written, whatever a key is made of (S12).
 * - F4 memory does not grow with the size of a file.
 * - F5 put and delete may be repeated.
 */
import type { Readable } from 'node:stream';
import type { FileKey } from './file-key.ts';

export interface FileRange {
  /** First byte; default 0. A range that begins behind the end is empty. */
  readonly from?: number;
  /** Behind the last byte; default and at most the size. */
  readonly to?: number;
}

export interface OpenFile {
  /** Of the whole file, whatever range was asked for. */
  readonly bytes: number;
  /** Must be read to its end, or destroyed. */
  readonly content: Readable;
}

export interface FileEntry {
  readonly key: FileKey;
  readonly bytes: number;
  /** Epoch milliseconds, by the clock of whoever keeps the file. */
  readonly changedAt: number;
}

export type FileContent = Uint8Array | AsyncIterable<Uint8Array>;

export interface FileStore {
  /** For the log of the server: where files lie. */
  readonly place: string;
  /**
   * Stores a file, over an older one of the same key; answers its size. When `content` throws, nothing has changed (F1).
   * No key may be the folder of another one (`a/b` beside `a/b/c`).
   */
  put(key: FileKey, content: FileContent): Promise<number>;
  /** `undefined` = there is no such file. */
  open(key: FileKey, range?: FileRange): Promise<OpenFile | undefined>;
  size(key: FileKey): Promise<number | undefined>;
  /** What is not there is deleted already. */
  delete(key: FileKey): Promise<void>;
  /** All files whose keys begin with the text, in no particular order. */
  list(prefix: string): AsyncIterable<FileEntry>;
  close(): void;
}

/** Thrown when the store cannot be used now: no disk, no network, no permission. The message says which place and why. */
export class FileStoreError extends Error {
  override readonly name = 'FileStoreError';
  readonly code = 'FILE_STORE_FAILED';
}

/** A part of a file as one buffer; only for parts whose size has a bound. */
export async function readFileRange(store: FileStore, key: FileKey, range: FileRange): Promise<Buffer | undefined> {
  const file = await store.open(key, range);
  if (file === undefined) return undefined;
  const parts: Buffer[] = [];
  for await (const part of file.content as AsyncIterable<Buffer>) parts.push(part);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
