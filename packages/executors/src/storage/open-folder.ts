/**
 * Working below a folder that others may change meanwhile.
 *
 * - F1 A path below a root is walked name by name, each opened without following links: nothing outside of the root is ever
 *   read, written or removed, whatever links the tree holds or is given while we are in it.
 * - F2 On Linux names are looked up from the open folder itself (`/proc/self/fd`), so that a folder that was swapped for a link after
 *   it was opened changes nothing. Elsewhere the check and the use are two moments.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A step's path leads out of the folder it belongs to, or through something that is no folder. The text is for the step's author. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;
/** O_NONBLOCK: a named pipe nobody writes to must not hold us. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const HAS_DESCRIPTOR_PATHS = process.platform === 'linux';

/** An open folder. Whoever opened it closes it. Its calls are over at once: one name each, of a tree that is mostly in memory. */
export class OpenFolder {
  readonly #fd: number;
  /** For texts and for systems without descriptor paths. */
  readonly path: string;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.path = path;
  }

  /** Opens a folder that is ours by decree: links on the way to it are followed. */
  static root(path: string): OpenFolder {
    const real = realpathSync(path);
    return new OpenFolder(openSync(real, FOLDER), real);
  }

  /** Where the system finds `name` in this folder; without it the folder itself. */
  at(name?: string): string {
    const base = HAS_DESCRIPTOR_PATHS ? `/proc/self/fd/${this.#fd}` : this.path;
    return name === undefined ? base : `${base}/${name}`;
  }

  /**
   * Opens a folder in this one.
   * @throws PathRefused when it is a link or a file
   */
  enter(name: string): OpenFolder {
    const path = join(this.path, name);
    try {
      return new OpenFolder(openSync(this.at(name), FOLDER | constants.O_NOFOLLOW), path);
    } catch (error) {
      throw codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR' ? notAFolder(this.at(name), path) : error;
    }
  }

  /** Enters a folder that may have to be made first. `onMade` is called with it when it was. */
  enterOrMake(name: string, onMade: (made: OpenFolder) => void): OpenFolder {
    try {
      mkdirSync(this.at(name), { mode: 0o755 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return this.enter(name);
    }
    const made = this.enter(name);
    onMade(made);
    return made;
  }

  /** Walks down; `undefined` when there is nothing of that name. */
  descend(names: readonly string[]): OpenFolder | undefined {
    let folder = new OpenFolder(openSync(this.at(), FOLDER), this.path);
    for (const name of names) {
      const above = folder;
      try {
        folder = above.enter(name);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      } finally {
        above.close();
      }
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
   * The same at once, for trees of many small files.
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

  stat(): Stats {
    return fstatSync(this.#fd);
  }

  chmod(mode: number): void {
    fchmodSync(this.#fd, mode);
  }

  chown(uid: number, gid: number): void {
    fchownSync(this.#fd, uid, gid);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function notAFolder(at: string, path: string): PathRefused {
  const isLink = lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return new PathRefused(
    isLink ? `${path} is a link; paths are not followed through links.` : `${path} is not a folder.`,
  );
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
