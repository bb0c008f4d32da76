/**
 * Caches in a folder of the delegate's host. Several delegates may share it.
 *
 * - O1 No name in the folder comes from outside: a key is hashed, as is the project it belongs to.
 * - O2 Archives are written aside and put into place by one rename (C1). Who reads one goes on when it is replaced or removed.
 * - O3 All archives together stay below the limit: those that were used least recently go, also of other projects.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StoreError, type CacheStore } from './cache-store.ts';
import { codeOf } from './open-folder.ts';

/** After this long nobody is still writing a file aside: its process is gone. */
const ASIDE_MS_MAX = 24 * 60 * 60 * 1_000;
const ASIDE = 'aside';

export interface LocalCacheOptions {
  readonly folder: string;
  /** Whose caches these are; another project does not see them. */
  readonly project: string;
  readonly bytesMax: number;
}

export class LocalCacheStore implements CacheStore {
  readonly #folder: string;
  readonly #own: string;
  readonly #bytesMax: number;

  constructor({ folder, project, bytesMax }: LocalCacheOptions) {
    this.#folder = folder;
    this.#own = join(folder, hashOf(project).slice(0, 32));
    this.#bytesMax = bytesMax;
  }

  async has(key: string): Promise<boolean> {
    return (await findFile(this.pathOf(key))) !== undefined;
  }

  async open(key: string): Promise<Readable | undefined> {
    const path = this.pathOf(key);
    const file = await open(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return undefined;
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined); // removed since, or another delegate's
    return file.createReadStream();
  }

  async put(key: string, body: Readable, isOverwriting: boolean, signal: AbortSignal): Promise<'stored' | 'kept'> {
    if (!isOverwriting && (await this.has(key))) return 'kept';
    const aside = join(this.#folder, ASIDE, randomBytes(12).toString('hex'));
    await mkdir(join(this.#folder, ASIDE), { recursive: true, mode: 0o700 });
    await mkdir(this.#own, { recursive: true, mode: 0o700 });
    try {
      await this.#write(aside, body, signal);
      const path = this.pathOf(key);
      if (isOverwriting) await rename(aside, path);
      else if (!(await placeAsNew(aside, path))) return 'kept';
      await this.#shrink(path);
      return 'stored';
    } finally {
      await rm(aside, { force: true });
    }
  }

  close(): void {
    // Nothing stays open between calls.
  }

  /** Open for its test: where a key lies (O1). */
  pathOf(key: string): string {
    return join(this.#own, hashOf(key));
  }

  async #write(path: string, body: Readable, signal: AbortSignal): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    let size = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        signal.throwIfAborted();
        size += chunk.length;
        if (size > this.#bytesMax)
          throw new StoreError(
            `The cache is larger than all caches of this delegate may be together (${this.#bytesMax} bytes).`,
            'APPLICATION_ERROR',
          );
        await file.writeFile(chunk);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  /** Makes room, but never of what was stored just now. */
  async #shrink(kept: string): Promise<void> {
    const files: { readonly path: string; readonly size: number; readonly usedAt: number }[] = [];
    for (const project of await readdir(this.#folder)) {
      const folder = join(this.#folder, project);
      for (const name of await readdir(folder).catch(() => [])) {
        const path = join(folder, name);
        const info = await findFile(path);
        if (info === undefined) continue;
        if (project !== ASIDE) files.push({ path, size: info.size, usedAt: info.mtimeMs });
        else if (Date.now() - info.mtimeMs > ASIDE_MS_MAX) await rm(path, { force: true });
      }
    }
    let size = files.reduce((sum, file) => sum + file.size, 0);
    for (const file of files.toSorted((left, right) => left.usedAt - right.usedAt)) {
      if (size <= this.#bytesMax) return;
      if (file.path === kept) continue;
      await rm(file.path, { force: true });
      size -= file.size;
    }
  }
}

/** One step of the file system: false when the name is taken. */
async function placeAsNew(aside: string, path: string): Promise<boolean> {
  try {
    await link(aside, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  await unlink(aside);
  return true;
}

async function findFile(path: string): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
  const info = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  return info?.isFile() === true ? info : undefined;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
