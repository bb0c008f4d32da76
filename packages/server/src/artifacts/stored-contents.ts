/**
 * What is in the files that people store (store/stored-files.ts). Like artifacts, a content is noted before it is written, and
 * deleted by the sweep unless a row has come to stand for it (A3).
 */
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { asFileKey, fileKey } from '../files/file-key.ts';
import type { FileStore, OpenFile } from '../files/file-store.ts';
import { dropUpload, noteUpload } from '../store/artifact-statements.ts';
import type { DatabaseHandle } from '../store/database.ts';

/** Of one file: 100 MiB. */
export const STORED_BYTES_MAX = 104_857_600;
const ID_BYTES = 16;
/** An upload that takes longer is given up. */
const UPLOAD_MS_MAX = 3_600_000;

export interface KeptContent {
  readonly fileKey: string;
  readonly bytes: number;
}

export interface StoredContents {
  /** `tooLarge`: nothing is kept. What `content` throws is thrown. */
  keep(accountId: string, content: AsyncIterable<Uint8Array>): Promise<KeptContent | 'tooLarge'>;
  /** No row has come to stand for it. */
  drop(fileKey: string): Promise<void>;
  open(fileKey: string): Promise<OpenFile | undefined>;
  /** `undefined` = it is gone, or no UTF-8 text of at most so many bytes. */
  readonly readText: (fileKey: string, bytesMax: number) => Promise<string | undefined>;
}

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

export function createStoredContents({ db }: Pick<DatabaseHandle, 'db'>, files: FileStore): StoredContents {
  return {
    keep: async (accountId, content) => {
      const key = fileKey('stored', accountId, randomBytes(ID_BYTES).toString('base64url'));
      await noteUpload(db, key, UPLOAD_MS_MAX);
      try {
        return { fileKey: key, bytes: await files.put(key, limited(content)) };
      } catch (error) {
        await dropUpload(db, key);
        if (error instanceof TooLarge) return 'tooLarge';
        throw error;
      }
    },
    drop: (key) => dropUpload(db, key),
    open: (key) => files.open(asFileKey(key)),
    readText: async (key, bytesMax) => {
      const file = await files.open(asFileKey(key));
      if (file === undefined) return undefined;
      if (file.bytes > bytesMax) {
        file.content.destroy();
        return undefined;
      }
      const bytes = await buffer(file.content);
      return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
    },
  };
}

async function* limited(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > STORED_BYTES_MAX) throw new TooLarge();
    yield chunk;
  }
}
