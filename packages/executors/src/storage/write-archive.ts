/**
 * Writes paths of a step into a tar stream: permissions, links, long names and empty folders are kept, owners are not. Files are read
 * as they are sent: memory does not grow with them.
 */
import { closeSync, createReadStream, readlinkSync, readSync, type Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { pack, type Header, type Pack } from 'tar-stream';
import { compressorOf, type ArchiveFormat } from './compression.ts';
import { DEPTH_MAX } from './find-paths.ts';
import { codeOf, OpenFolder, PathRefused } from './open-folder.ts';
import { archiveName, namesOf, type PlacedPath } from './step-places.ts';

/** Read at once; longer files are streamed. */
const SMALL_FILE_BYTES_MAX = 64 * 1024;
/** Of links: nobody asks when they were made. */
const NO_TIME = new Date(0);

type HeaderFields = Partial<Header> & Pick<Header, 'name'>;

export interface ArchiveContents {
  readonly entries: number;
  readonly bytes: number;
  /** Why something was not saved, by the name it would have had. */
  readonly leftOut: ReadonlyMap<string, string>;
}

export interface WrittenArchive {
  readonly stream: Readable;
  /** Resolves when the last byte was handed over; rejects, as the stream does, when something could not be read. */
  readonly contents: Promise<ArchiveContents>;
}

/** @param paths - in the order of `comparePaths`: what lies below an earlier one is in it already */
export function writeArchive(paths: readonly PlacedPath[], format: ArchiveFormat, signal: AbortSignal): WrittenArchive {
  const packed = pack();
  const contents = new ArchiveWriter(packed, signal).write(paths);
  contents.catch((error: unknown) => packed.destroy(error instanceof Error ? error : new Error(String(error))));
  const tar = Readable.from(packed as AsyncIterable<Buffer>, { objectMode: false });
  const compressor = compressorOf(format);
  if (compressor === undefined) return { stream: tar, contents };
  // Whoever reads hears of a failure, whoever writes of a reader that went away.
  pipeline(tar, compressor, () => undefined);
  return { stream: compressor, contents };
}

/** A folder right before everything below it. */
export function comparePaths(left: PlacedPath, right: PlacedPath): number {
  const [first, second] = [left, right].map(({ place, names }) => [place.folder, ...names].join('\0'));
  return first === second ? 0 : (first ?? '') < (second ?? '') ? -1 : 1;
}

/** What of a folder's entry counts. */
interface Named {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function namedAs(name: string, info: Stats): Named {
  return {
    name,
    isFile: () => info.isFile(),
    isDirectory: () => info.isDirectory(),
    isSymbolicLink: () => info.isSymbolicLink(),
  };
}

function readWhole(fd: number, size: number, path: PlacedPath): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    const count = readSync(fd, bytes, at, size - at, at);
    if (count === 0) throw changed(path);
    at += count;
  }
  return bytes;
}

class ArchiveWriter {
  readonly #pack: Pack;
  readonly #signal: AbortSignal;
  readonly #leftOut = new Map<string, string>();
  /** First name of a file that has several, by its device and number. */
  readonly #linked = new Map<string, string>();
  #entries = 0;
  #bytes = 0;

  constructor(packed: Pack, signal: AbortSignal) {
    this.#pack = packed;
    this.#signal = signal;
  }

  async write(paths: readonly PlacedPath[]): Promise<ArchiveContents> {
    let last: PlacedPath | undefined;
    for (const path of paths) {
      if (last !== undefined && last.place === path.place && last.names.every((name, at) => path.names[at] === name))
        continue;
      last = path;
      await this.#addPath(path);
    }
    this.#pack.finalize();
    return { entries: this.#entries, bytes: this.#bytes, leftOut: this.#leftOut };
  }

  async #addPath(path: PlacedPath): Promise<void> {
    const root = OpenFolder.root(path.place.folder);
    try {
      const name = path.names.at(-1);
      const parent = root.descend(path.names.slice(0, -1));
      if (parent === undefined) return;
      try {
        if (name === undefined) await this.#addChildren(parent, path);
        else {
          const info = await lstat(parent.at(name));
          await this.#add(parent, namedAs(name, info), path);
        }
      } finally {
        parent.close();
      }
    } finally {
      root.close();
    }
  }

  async #addChildren(folder: OpenFolder, path: PlacedPath): Promise<void> {
    if (path.names.length > DEPTH_MAX) throw new PathRefused(`${folder.path} is more than ${DEPTH_MAX} folders deep.`);
    // Sorted, so that the same files make the same archive.
    const entries = await readdir(folder.at(), { withFileTypes: true });
    for (const entry of entries.toSorted(({ name: left }, { name: right }) => (left < right ? -1 : 1))) {
      await this.#add(folder, entry, { place: path.place, names: [...path.names, entry.name] });
    }
  }

  async #add(parent: OpenFolder, entry: Named, path: PlacedPath): Promise<void> {
    this.#signal.throwIfAborted();
    const { name } = entry;
    try {
      if (entry.isSymbolicLink()) await this.#addLink(parent, name, path);
      else if (entry.isDirectory()) await this.#addFolder(parent, name, path);
      else if (entry.isFile()) await this.#addFile(parent, name, path);
      else this.#leaveOut(path, 'it is neither a file nor a folder nor a link');
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EACCES' || code === 'EPERM')
        throw new PathRefused(`${archiveName(path)} may not be read by the user of this delegate.`);
      // Gone since its folder was read; a name that is not UTF-8 cannot be asked for.
      if (code !== 'ENOENT') throw error;
      if (name.includes('\u{FFFD}')) this.#leaveOut(path, 'its name is not UTF-8');
    }
  }

  async #addFolder(parent: OpenFolder, name: string, path: PlacedPath): Promise<void> {
    const folder = parent.enter(name);
    try {
      const { mode, mtime } = folder.stat();
      await this.#entry({ ...headerOf(path, mode, mtime), type: 'directory' });
      await this.#addChildren(folder, path);
    } finally {
      folder.close();
    }
  }

  async #addLink(parent: OpenFolder, name: string, path: PlacedPath): Promise<void> {
    const target = readlinkSync(parent.at(name));
    if (leadsOut(target, path.names.length - 1)) {
      this.#leaveOut(path, `it is a link to ${target}, which can lead out of its folder`);
      return;
    }
    await this.#entry({ ...headerOf(path, 0o777, NO_TIME), type: 'symlink', linkname: target });
  }

  async #addFile(parent: OpenFolder, name: string, path: PlacedPath): Promise<void> {
    const { fd, info } = parent.openFileNow(name);
    try {
      const { size, mode, mtime } = info;
      const header = headerOf(path, mode, mtime);
      const first = this.#firstName(info, path.place.folder, header.name);
      if (first !== undefined) return await this.#entry({ ...header, type: 'link', linkname: first });
      this.#bytes += size;
      if (size <= SMALL_FILE_BYTES_MAX)
        return await this.#entry({ ...header, type: 'file' }, readWhole(fd, size, path));
      // What is written behind the end meanwhile is not part of it.
      const content = createReadStream('', { fd, start: 0, end: size - 1, autoClose: false });
      await this.#stream({ ...header, type: 'file', size }, content, path);
    } finally {
      closeSync(fd);
    }
  }

  /** The name a file was saved by already; `undefined` when it was not. */
  #firstName({ nlink, dev, ino }: Stats, place: string, name: string): string | undefined {
    if (nlink === 1) return undefined;
    const id = `${dev}:${ino}:${place}`; // a restored name never leads to another place
    const first = this.#linked.get(id);
    if (first === undefined) this.#linked.set(id, name);
    return first;
  }

  #entry(header: HeaderFields, content: Buffer = Buffer.alloc(0)): Promise<void> {
    this.#entries += 1;
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve());
      if (header.type === 'file') this.#pack.entry(header, content, done);
      else this.#pack.entry(header, done);
    });
  }

  #stream(header: HeaderFields & { readonly size: number }, content: Readable, path: PlacedPath): Promise<void> {
    this.#entries += 1;
    return new Promise((resolve, reject) => {
      const entry = this.#pack.entry(header, (error) => (error ? reject(error) : resolve()));
      let size = 0;
      content.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (entry.write(chunk)) return;
        content.pause();
        entry.once('drain', () => content.resume());
      });
      content.once('error', reject);
      content.once('end', () => {
        if (size < header.size) reject(changed(path));
        else entry.end(null);
      });
    });
  }

  #leaveOut(path: PlacedPath, why: string): void {
    this.#leftOut.set(archiveName(path), why);
  }
}

function headerOf(path: PlacedPath, mode: number, mtime: Date): HeaderFields {
  const name = archiveName(path);
  const header = { name, mode: mode & 0o777, mtime };
  // The short form of a header may lose the slash at the beginning of a long name.
  return path.place.isWorkspace ? header : { ...header, pax: {} };
}

/**
 * Whether a link can lead out of its place. Going up is allowed at the beginning only, where it goes from the link's own folder: behind
 * a name it would go up from wherever that name, maybe a link too, leads.
 * @param depth - of the folder the link lies in, below its place
 */
export function leadsOut(target: string, depth: number): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return true;
  const names = namesOf(target);
  const start = names.findIndex((name) => name !== '..');
  const ups = start === -1 ? names.length : start;
  return ups > depth || names.slice(ups).includes('..');
}

function changed(path: PlacedPath): Error {
  return new PathRefused(`${archiveName(path)} became shorter while it was being read.`);
}
