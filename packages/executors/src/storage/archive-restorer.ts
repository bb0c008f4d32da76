/** Makes files, folders and links of the entries of an archive (invariants in read-archive.ts). */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  mkdirSync,
  openSync,
  write,
  writeSync,
} from 'node:fs';
import { lchown, link, lstat, symlink, unlink } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Extract } from 'tar-stream';
import { DEPTH_MAX } from './find-paths.ts';
import { codeOf, OpenFolder, PathRefused } from './open-folder.ts';
import type { Place, PlacedPath, StepPlaces } from './step-places.ts';
import { leadsOut } from './write-archive.ts';

const ENTRIES_MAX = 10_000_000;
/** What a small archive may grow to at most. */
const BYTES_MAX = 500 * 1024 ** 3;
/** Folders that are closed again behind what was put into them. */
const CLOSED_FOLDERS_MAX = 100_000;
/** What a folder needs so that we can fill it. */
const OWNER_ALL = 0o700;
const PERMISSIONS = 0o777;
/** Written at once; longer files go chunk by chunk. */
const SMALL_FILE_BYTES_MAX = 64 * 1024;
const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

const writeSome = promisify(write);

export interface RestoredArchive {
  readonly entries: number;
  readonly bytes: number;
}

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never;

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export class ArchiveRestorer {
  readonly #places: StepPlaces;
  /** Open folders from the place down to where the last entry went: the next one is mostly near. */
  #chain: OpenFolder[] = [];
  #names: readonly string[] = [];
  #place: Place | undefined;
  readonly #owners = new Map<Place, Owner | undefined>();
  readonly #closedFolders: { readonly path: PlacedPath; readonly mode: number }[] = [];
  #entries = 0;
  #bytes = 0;

  constructor(places: StepPlaces) {
    this.#places = places;
  }

  /** @throws PathRefused */
  async restore(entry: Entry): Promise<void> {
    const { name, type } = entry.header;
    this.#entries += 1;
    if (this.#entries > ENTRIES_MAX) throw new PathRefused(`The archive has more than ${ENTRIES_MAX} entries.`);
    const path = this.#places.find(name);
    if (path.names.length > DEPTH_MAX)
      throw new PathRefused(`${name} in the archive is more than ${DEPTH_MAX} folders deep.`);
    switch (type) {
      case 'file':
      case 'contiguous-file':
        await this.#restoreFile(entry, path);
        return;
      case 'directory':
        this.#restoreFolder(entry, path);
        break;
      case 'symlink':
        await this.#restoreLink(entry.header.linkname, path);
        break;
      case 'link':
        await this.#restoreSecondName(entry.header.linkname, path);
        break;
      default:
        throw new PathRefused(
          `${name} in the archive is a ${type ?? 'thing of unknown kind'}; only files, folders and links are restored.`,
        );
    }
    entry.resume();
  }

  finish(): RestoredArchive {
    for (const { path, mode } of this.#closedFolders.toReversed()) {
      const folder = this.#enter(path.place, path.names);
      folder.chmod(mode);
    }
    return { entries: this.#entries, bytes: this.#bytes };
  }

  close(): void {
    for (const folder of this.#chain.splice(0)) folder.close();
    this.#place = undefined;
  }

  async #restoreFile(entry: Entry, path: PlacedPath): Promise<void> {
    const { mode, mtime, size } = entry.header;
    this.#bytes += size;
    if (this.#bytes > BYTES_MAX) throw new PathRefused(`The archive holds more than ${BYTES_MAX} bytes.`);
    const fd = await this.#create(path);
    try {
      if (size <= SMALL_FILE_BYTES_MAX) writeNow(fd, await buffer(entry as AsyncIterable<Buffer>));
      else for await (const chunk of entry as AsyncIterable<Buffer>) await writeAll(fd, chunk);
      const owner = this.#owners.get(path.place);
      if (owner !== undefined) fchownSync(fd, owner.uid, owner.gid);
      fchmodSync(fd, mode & PERMISSIONS);
      futimesSync(fd, mtime, mtime);
    } finally {
      closeSync(fd);
    }
  }

  /** A new file; what has its name goes. */
  async #create(path: PlacedPath): Promise<number> {
    const name = path.names.at(-1);
    if (name === undefined) throw new PathRefused('An entry of the archive has no name.');
    const folder = this.#enter(path.place, path.names.slice(0, -1));
    try {
      return openSync(folder.at(name), NEW_FILE, 0o600);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    await this.#clear(path);
    return openSync(folder.at(name), NEW_FILE, 0o600);
  }

  #restoreFolder(entry: Entry, path: PlacedPath): void {
    const mode = entry.header.mode & PERMISSIONS;
    const folder = this.#enter(path.place, path.names);
    if (path.names.length === 0) return;
    const isOpen = (mode & OWNER_ALL) === OWNER_ALL;
    folder.chmod(mode | OWNER_ALL);
    if (isOpen) return;
    this.#closedFolders.push({ path, mode });
    if (this.#closedFolders.length > CLOSED_FOLDERS_MAX)
      throw new PathRefused(
        `The archive has more than ${CLOSED_FOLDERS_MAX} folders that their owner may not write to.`,
      );
  }

  async #restoreLink(target: string, path: PlacedPath): Promise<void> {
    if (leadsOut(target, path.names.length - 1))
      throw new PathRefused(
        `${path.names.join('/')} in the archive is a link to ${target}, which can lead out of its folder.`,
      );
    const { folder, name } = await this.#clear(path);
    await symlink(target, folder.at(name));
    const owner = this.#owners.get(path.place);
    if (owner !== undefined) await lchown(folder.at(name), owner.uid, owner.gid);
  }

  /** Another name of a file that was restored before. */
  async #restoreSecondName(target: string, path: PlacedPath): Promise<void> {
    const first = this.#places.find(target);
    const firstName = first.names.at(-1);
    if (first.place !== path.place || firstName === undefined)
      throw new PathRefused(`${path.names.join('/')} in the archive is a name of ${target}, which lies elsewhere.`);
    const gone = new PathRefused(`${target}, of which the archive has another name, is not there.`);
    if (first.names.join('/') === path.names.join('/')) throw gone;
    const root = OpenFolder.root(path.place.folder);
    try {
      const firstFolder = root.descend(first.names.slice(0, -1));
      if (firstFolder === undefined) throw gone;
      try {
        const file = await firstFolder.openFile(firstName).catch((error: unknown) => {
          throw codeOf(error) === 'ENOENT' ? gone : error;
        });
        await file.close();
        const { folder, name } = await this.#clear(path);
        await link(firstFolder.at(firstName), folder.at(name)); // does not follow a link either
      } finally {
        firstFolder.close();
      }
    } finally {
      root.close();
    }
  }

  /** The folder an entry goes to, with nothing of its name in it. */
  async #clear(path: PlacedPath): Promise<{ readonly folder: OpenFolder; readonly name: string }> {
    const name = path.names.at(-1);
    if (name === undefined) throw new PathRefused('An entry of the archive has no name.');
    const folder = this.#enter(path.place, path.names.slice(0, -1));
    const info = await lstat(folder.at(name)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (info?.isDirectory() === true)
      throw new PathRefused(`${folder.path}/${name} is a folder; the archive has something else of that name.`);
    if (info !== undefined) await unlink(folder.at(name));
    return { folder, name };
  }

  #enter(place: Place, names: readonly string[]): OpenFolder {
    if (this.#place !== place) this.#start(place);
    let level = 0;
    while (level < names.length && level < this.#names.length && this.#names[level] === names[level]) level += 1;
    for (const folder of this.#chain.splice(level + 1).toReversed()) folder.close();
    this.#names = names.slice(0, level);
    for (const name of names.slice(level)) {
      const above = this.#chain.at(-1);
      if (above === undefined) break;
      this.#chain.push(above.enterOrMake(name, (made) => this.#own(made, place)));
      this.#names = [...this.#names, name];
    }
    const last = this.#chain.at(-1);
    if (last === undefined) throw new Error(`${place.folder} is not open`);
    return last;
  }

  #start(place: Place): void {
    this.close();
    mkdirSync(place.folder, { recursive: true });
    const root = OpenFolder.root(place.folder);
    this.#chain = [root];
    this.#names = [];
    this.#place = place;
    const { uid, gid } = root.stat();
    const isOthers = uid !== process.getuid?.() || gid !== process.getgid?.();
    this.#owners.set(place, isOthers ? { uid, gid } : undefined);
  }

  #own(made: OpenFolder, place: Place): void {
    const owner = this.#owners.get(place);
    if (owner !== undefined) made.chown(owner.uid, owner.gid);
  }
}

/** At once: into the page cache. */
function writeNow(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await writeSome(fd, bytes, at, bytes.length - at)).bytesWritten;
}
