/**
 * Working below a folder that others may change meanwhile.
 *
 * - F1 A path below a root is walked name by name, each opened without following links: nothing outside of the root is ever
 *   read, written or removed, whatever links the tree holds or is given while we are in it.
 * - F2 On Linux names are looked up from the open folder itself (`/proc/self/fd`), so that a folder that was swapped for a link after
 *   it was opened changes nothing. Elsewhere the check and the use are two moments.
 */
import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { lstat, mkdir, open, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A step's path leads out of the folder it belongs to, or through something that is no folder. The text is for the step's author. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;
/** O_NONBLOCK: a named pipe nobody writes to must not hold us. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const HAS_DESCRIPTOR_PATHS = process.platform === 'linux';

/** An open folder. Whoever opened it closes it. */
export class OpenFolder {
  readonly #handle: FileHandle;
  /** For texts and for systems without descriptor paths. */
  readonly path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.path = path;
  }

  /** Opens a folder that is ours by decree: links on the way to it are followed. */
  static async root(path: string): Promise<OpenFolder> {
    const real = await realpath(path);
    return new OpenFolder(await open(real, FOLDER), real);
  }

  /** Where the system finds `name` in this folder; without it the folder itself. */
  at(name?: string): string {
    const base = HAS_DESCRIPTOR_PATHS ? `/proc/self/fd/${this.#handle.fd}` : this.path;
    return name === undefined ? base : `${base}/${name}`;
  }

  /**
   * Opens a folder in this one.
   * @throws PathRefused when it is a link or a file
   */
  async enter(name: string): Promise<OpenFolder> {
    const path = join(this.path, name);
    try {
      return new OpenFolder(await open(this.at(name), FOLDER | constants.O_NOFOLLOW), path);
    } catch (error) {
      throw codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR' ? await notAFolder(this.at(name), path) : error;
    }
  }

  /** Enters a folder that may have to be made first. `onMade` is called with it when it was. */
  async enterOrMake(name: string, onMade: (made: OpenFolder) => Promise<void>): Promise<OpenFolder> {
    try {
      await mkdir(this.at(name), { mode: 0o755 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return this.enter(name);
    }
    const made = await this.enter(name);
    await onMade(made);
    return made;
  }

  /** Walks down; `undefined` when there is nothing of that name. */
  async descend(names: readonly string[]): Promise<OpenFolder | undefined> {
    let folder = new OpenFolder(await open(this.at(), FOLDER), this.path);
    for (const name of names) {
      const inner = await folder.enter(name).catch(async (error: unknown) => {
        await folder.close();
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      });
      if (inner === undefined) return undefined;
      await folder.close();
      folder = inner;
    }
    return folder;
  }

  /** Opens a regular file for reading. @throws PathRefused for anything else */
  async openFile(name: string): Promise<FileHandle> {
    const path = join(this.path, name);
    const handle = await open(this.at(name), FILE).catch((error: unknown) => {
      throw codeOf(error) === 'ELOOP' ? new PathRefused(`${path} is a link.`) : error;
    });
    const info = await handle.stat();
    if (info.isFile()) return handle;
    await handle.close();
    throw new PathRefused(`${path} is not a file.`);
  }

  /**
   * The same at once, for trees of many small files: a file that is in the page cache is there sooner than a thread could be asked.
   * @returns a descriptor, to be closed by whoever asked
   */
  openFileNow(name: string): { readonly fd: number; readonly info: Stats } {
    const path = join(this.path, name);
    let fd: number;
    try {
      fd = openSync(this.at(name), FILE);
    } catch (error) {
      throw codeOf(error) === 'ELOOP' ? new PathRefused(`${path} is a link.`) : error;
    }
    const info = fstatSync(fd);
    if (info.isFile()) return { fd, info };
    closeSync(fd);
    throw new PathRefused(`${path} is not a file.`);
  }

  get handle(): FileHandle {
    return this.#handle;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function notAFolder(at: string, path: string): Promise<PathRefused> {
  const isLink = await lstat(at).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );
  return new PathRefused(
    isLink ? `${path} is a link; paths are not followed through links.` : `${path} is not a folder.`,
  );
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
