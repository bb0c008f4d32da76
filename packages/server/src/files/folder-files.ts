/**
 * `FileStore` in a folder, which replicas on several machines may share. New content is written beside the files, flushed,
 * and takes its place by a rename (F1, F2).
 */
import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rmdir, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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

/** Below the root; keys never begin with a dot. */
const UNFINISHED = '.unfinished';
/** Of a process that died; another replica's are younger. */
const UNFINISHED_AGE_MS_MAX = 86_400_000;
/** A folder may be removed as empty while a file is on its way into it. */
const PLACE_TRIES_MAX = 10;
const READ_BYTES = 262_144;

export async function openFolderFiles(root: string): Promise<FileStore> {
  const files = new FolderFiles(resolve(root));
  await files.prepare();
  return files;
}

class FolderFiles implements FileStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  get place(): string {
    return this.#root;
  }

  /** Makes the folder and removes what dead processes left unfinished. */
  async prepare(): Promise<void> {
    const unfinished = join(this.#root, UNFINISHED);
    await this.#tell(async () => {
      await mkdir(unfinished, { recursive: true, mode: 0o700 });
      for await (const { name } of await opendir(unfinished)) {
        const path = join(unfinished, name);
        const found = await stat(path).catch(ignoreMissing);
        if (found !== undefined && Date.now() - found.mtimeMs > UNFINISHED_AGE_MS_MAX)
          await unlink(path).catch(ignoreMissing);
      }
    });
  }

  async put(key: FileKey, content: FileContent): Promise<number> {
    const path = this.#pathOf(key);
    const unfinished = join(this.#root, UNFINISHED, randomUUID());
    try {
      const file = await this.#tell(() => open(unfinished, 'wx', 0o600));
      const bytes = await this.#write(file, content);
      await this.#tell(() => this.#moveTo(unfinished, path));
      return bytes;
    } catch (error) {
      await unlink(unfinished).catch(() => undefined);
      throw error;
    }
  }

  async open(key: FileKey, { from = 0, to }: FileRange = {}): Promise<OpenFile | undefined> {
    return this.#tell(async () => {
      const file = await open(this.#pathOf(key), 'r').catch(ignoreMissing);
      if (file === undefined) return undefined;
      const { size } = await file.stat();
      const end = Math.min(to ?? size, size);
      if (from >= end) {
        await file.close();
        return { bytes: size, content: Readable.from([]) };
      }
      return {
        bytes: size,
        content: file.createReadStream({ start: from, end: end - 1, highWaterMark: READ_BYTES }),
      };
    });
  }

  async size(key: FileKey): Promise<number | undefined> {
    return this.#tell(async () => (await stat(this.#pathOf(key)).catch(ignoreMissing))?.size);
  }

  async delete(key: FileKey): Promise<void> {
    await this.#tell(async () => {
      const path = this.#pathOf(key);
      await unlink(path).catch(ignoreMissing);
      // Folders that are empty now go too; what is not empty stops it.
      for (let folder = dirname(path); folder !== this.#root; folder = dirname(folder)) {
        const isGone = await rmdir(folder).then(
          () => true,
          (error: unknown) => isCode(error, 'ENOENT'),
        );
        if (!isGone) return;
      }
    });
  }

  async *list(prefix: string): AsyncGenerator<FileEntry> {
    yield* this.#listBelow('', prefix);
  }

  close(): void {
    // Nothing is held open.
  }

  /** @param folder - its key, with a slash at the end unless it is the root */
  async *#listBelow(folder: string, prefix: string): AsyncGenerator<FileEntry> {
    const entries = await this.#tell(async () =>
      readdir(join(this.#root, folder), { withFileTypes: true }).catch((error: unknown): Dirent[] => {
        ignoreMissing(error);
        return [];
      }),
    );
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const key = `${folder}${entry.name}`;
      const below = `${key}/`;
      if (entry.isDirectory()) {
        if (below.startsWith(prefix) || prefix.startsWith(below)) yield* this.#listBelow(below, prefix);
      } else if (key.startsWith(prefix)) {
        const found = await stat(join(this.#root, key)).catch(ignoreMissing);
        if (found !== undefined) yield { key: asFileKey(key), bytes: found.size, changedAt: Math.floor(found.mtimeMs) };
      }
    }
  }

  async #write(file: FileHandle, content: FileContent): Promise<number> {
    try {
      let bytes = 0;
      for await (const part of content instanceof Uint8Array ? [content] : content) {
        await this.#tell(() => writeWhole(file, part));
        bytes += part.length;
      }
      await this.#tell(() => file.sync());
      return bytes;
    } finally {
      await file.close();
    }
  }

  /** F2: the names of new folders and of the file are flushed as well. */
  async #moveTo(unfinished: string, path: string): Promise<void> {
    const folder = dirname(path);
    for (let tries = 1; ; tries += 1) {
      const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        await rename(unfinished, path);
        const last = firstMade === undefined ? folder : dirname(firstMade);
        for (let each = folder; ; each = dirname(each)) {
          await syncFolder(each);
          if (each === last) return;
        }
      } catch (error) {
        if (!isCode(error, 'ENOENT') || tries === PLACE_TRIES_MAX) throw error;
      }
    }
  }

  #pathOf(key: FileKey): string {
    return join(this.#root, asFileKey(key));
  }

  /** @throws FileStoreError for what the file system refuses */
  async #tell<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || !('syscall' in error)) throw error;
      throw new FileStoreError(`The folder for files, ${this.#root}, cannot be used: ${error.message}`, {
        cause: error,
      });
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  // Somebody may have deleted the file already, and its folder with it.
  const folder = await open(path, 'r').catch(ignoreMissing);
  try {
    await folder?.sync();
  } finally {
    await folder?.close();
  }
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
}

/** `ENOTDIR`: a part of the way is a file, so nothing lies behind it. */
function ignoreMissing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT') && !isCode(error, 'ENOTDIR')) throw error;
  return undefined;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
