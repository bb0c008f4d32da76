/**
 * The context of an image build as a tar stream.
 *
 * - B1 Only what lies below the workspace is read, and no link is followed: a link is sent as a link.
 * - B2 What `.dockerignore` names is left out. The Dockerfile gets there in any case, under a name of ours when it lies elsewhere.
 */
import { lstat, readdir, readlink } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { FileHandle } from 'node:fs/promises';
import { pack, type Pack } from 'tar-stream';
import { codeOf, OpenFolder, PathRefused } from '../storage/open-folder.ts';
import { hasExceptions, isIgnored, parseIgnoreFile, type IgnorePattern } from './dockerignore.ts';

const DOCKERFILE_BYTES_MAX = 4 * 1024 * 1024;
const DEPTH_MAX = 200;
const IGNORE_FILE = '.dockerignore';
/** Of a Dockerfile from outside of the context. */
const FOREIGN_DOCKERFILE = '.bridle.dockerfile';

export interface BuildContext {
  readonly tar: Pack;
  /** Where the builder finds it in the context. */
  readonly dockerfileName: string;
  readonly dockerfile: string;
  /** Resolves when all is sent; rejects, as the stream does, when something could not be read. */
  readonly sent: Promise<{ readonly files: number; readonly bytes: number }>;
}

export interface BuildPlaces {
  readonly workspace: string;
  /** Names below the workspace. */
  readonly context: readonly string[];
  /** Below the workspace, or else below the context. */
  readonly dockerfile: readonly string[];
  /** The classic builder takes a Dockerfile out of the context again when `.dockerignore` says so; BuildKit has no such way. */
  readonly canHideDockerfile: boolean;
}

/** @throws PathRefused */
export async function openBuildContext(places: BuildPlaces, signal: AbortSignal): Promise<BuildContext> {
  const root = OpenFolder.root(places.workspace);
  try {
    const folder = root.descend(places.context);
    if (folder === undefined)
      throw new PathRefused(`There is no folder ${places.context.join('/')} in the workspace to build from.`);
    try {
      return await begin(root, folder, places, signal);
    } catch (error) {
      folder.close();
      throw error;
    }
  } finally {
    root.close();
  }
}

async function begin(
  root: OpenFolder,
  folder: OpenFolder,
  places: BuildPlaces,
  signal: AbortSignal,
): Promise<BuildContext> {
  const inWorkspace = await readText(root, places.dockerfile);
  const dockerfile = inWorkspace ?? (await readText(folder, places.dockerfile));
  if (dockerfile === undefined) throw new PathRefused(`There is no ${places.dockerfile.join('/')} in the workspace.`);
  const inside = inWorkspace === undefined ? places.dockerfile : below(places.context, places.dockerfile);
  const own = await readText(root, [
    ...places.dockerfile.slice(0, -1),
    `${places.dockerfile.at(-1) ?? ''}${IGNORE_FILE}`,
  ]);
  const ignoreText = own ?? (await readText(folder, [IGNORE_FILE])) ?? '';
  const tar = pack();
  const writer = new ContextWriter(tar, parseIgnoreFile(ignoreText), signal);
  const hiding = places.canHideDockerfile ? ignoreText : undefined;
  const sent = write(writer, folder, inside, dockerfile, hiding);
  sent.catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return { tar, dockerfile, dockerfileName: inside?.join('/') ?? FOREIGN_DOCKERFILE, sent };
}

async function write(
  writer: ContextWriter,
  folder: OpenFolder,
  inside: readonly string[] | undefined,
  dockerfile: string,
  hiding: string | undefined,
): Promise<{ files: number; bytes: number }> {
  try {
    if (inside === undefined) {
      await writer.addText(FOREIGN_DOCKERFILE, dockerfile);
      if (hiding !== undefined) await writer.addText(IGNORE_FILE, `${hiding}\n${FOREIGN_DOCKERFILE}\n${IGNORE_FILE}\n`);
    } else await writer.addText(inside.join('/'), dockerfile);
    await writer.addFolder(folder, []);
    return writer.finish();
  } finally {
    folder.close();
  }
}

/** What remains of `path` below `folder`. */
function below(folder: readonly string[], path: readonly string[]): readonly string[] | undefined {
  return folder.every((name, at) => path[at] === name) ? path.slice(folder.length) : undefined;
}

async function readText(folder: OpenFolder, names: readonly string[]): Promise<string | undefined> {
  const name = names.at(-1);
  const parent = name === undefined ? undefined : folder.descend(names.slice(0, -1));
  if (parent === undefined || name === undefined) return undefined;
  let file: FileHandle | undefined;
  try {
    file = await parent.openFile(name);
    const { size } = await file.stat();
    if (size > DOCKERFILE_BYTES_MAX) throw new PathRefused(`${names.join('/')} has ${size} bytes; that is too much.`);
    return (await buffer(file.createReadStream({ autoClose: false }))).toString('utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    await file?.close();
    parent.close();
  }
}

class ContextWriter {
  readonly #tar: Pack;
  readonly #ignored: readonly IgnorePattern[];
  readonly #hasExceptions: boolean;
  readonly #signal: AbortSignal;
  /** Sent already, by their names. */
  readonly #done = new Set<string>();
  #files = 0;
  #bytes = 0;

  constructor(tar: Pack, ignored: readonly IgnorePattern[], signal: AbortSignal) {
    this.#tar = tar;
    this.#ignored = ignored;
    this.#hasExceptions = hasExceptions(ignored);
    this.#signal = signal;
  }

  async addText(name: string, text: string): Promise<void> {
    this.#done.add(name);
    await this.#entry({ name, mode: 0o644, type: 'file' }, Buffer.from(text));
  }

  /** Takes turns with the reader: memory does not grow with the files. */
  async addFolder(folder: OpenFolder, path: readonly string[]): Promise<void> {
    if (path.length > DEPTH_MAX) throw new PathRefused(`${folder.path} is more than ${DEPTH_MAX} folders deep.`);
    for (const name of (await readdir(folder.at())).toSorted()) await this.#add(folder, name, [...path, name]);
  }

  finish(): { files: number; bytes: number } {
    this.#tar.finalize();
    return { files: this.#files, bytes: this.#bytes };
  }

  async #add(parent: OpenFolder, name: string, path: readonly string[]): Promise<void> {
    this.#signal.throwIfAborted();
    const isOut = isIgnored(this.#ignored, path);
    try {
      const info = await lstat(parent.at(name));
      const header = { name: path.join('/'), mode: info.mode & 0o7777, mtime: info.mtime };
      if (info.isDirectory()) {
        if (isOut && !this.#hasExceptions) return;
        if (!isOut) await this.#entry({ ...header, type: 'directory' });
        const folder = parent.enter(name);
        try {
          await this.addFolder(folder, path);
        } finally {
          folder.close();
        }
      } else if (isOut || this.#done.has(header.name)) return;
      else if (info.isSymbolicLink())
        await this.#entry({ ...header, type: 'symlink', linkname: await readlink(parent.at(name)) });
      else if (info.isFile()) await this.#addFile(parent, name, header);
    } catch (error) {
      if (codeOf(error) === 'EACCES') throw new PathRefused(`${path.join('/')} may not be read by this delegate.`);
      if (codeOf(error) !== 'ENOENT') throw error; // gone since its folder was read
    }
  }

  async #addFile(parent: OpenFolder, name: string, header: { name: string; mode: number; mtime: Date }): Promise<void> {
    const file = await parent.openFile(name);
    try {
      const { size } = await file.stat();
      this.#files += 1;
      this.#bytes += size;
      if (size === 0) return await this.#entry({ ...header, type: 'file' }, Buffer.alloc(0));
      await new Promise<void>((resolve, reject) => {
        const entry = this.#tar.entry({ ...header, type: 'file', size }, (error) =>
          error ? reject(error) : resolve(),
        );
        // What is written behind the end meanwhile is not part of it.
        const content = file.createReadStream({ start: 0, end: size - 1, autoClose: false });
        let read = 0;
        content.on('data', (chunk) => {
          read += chunk.length;
          if (entry.write(chunk)) return;
          content.pause();
          entry.once('drain', () => content.resume());
        });
        content.once('error', reject);
        content.once('end', () => {
          if (read < size) reject(new PathRefused(`${header.name} became shorter while it was read.`));
          else entry.end(null);
        });
      });
    } finally {
      await file.close();
    }
  }

  #entry(header: Parameters<Pack['entry']>[0], content?: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve());
      if (content === undefined) this.#tar.entry(header, done);
      else this.#tar.entry(header, content, done);
    });
  }
}
