/** The files an upload step means, with their names at the target. */
import { lstat, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SpecError } from '../step-spec.ts';
import { DEPTH_MAX, findPaths } from './find-paths.ts';
import { codeOf, OpenFolder, PathRefused } from './open-folder.ts';
import { isBelow, namesOf, type PlacedPath, type StepPlaces } from './step-places.ts';

const FILES_MAX = 100_000;

export interface UploadFile {
  readonly path: PlacedPath;
  /** Below its place, with forward slashes. */
  readonly name: string;
}

/**
 * A folder means every file below it. A link to a file in the same place is that file; other links are left out.
 * @throws SpecError when there is no file, PathRefused
 */
export async function findUploadFiles(patterns: readonly string[], places: StepPlaces): Promise<readonly UploadFile[]> {
  const files = new Map<string, UploadFile>();
  const add = (path: PlacedPath): void => {
    const name = path.names.join('/');
    files.set(`${path.place.folder}\0${name}`, { path, name });
    if (files.size > FILES_MAX) throw new PathRefused(`The step would upload more than ${FILES_MAX} files.`);
  };
  for (const pattern of patterns) {
    for (const path of await findPaths(pattern, places)) await addFound(path, add);
  }
  if (files.size === 0) throw new SpecError(`There is no file at ${patterns.join(', ')}.`);
  return [...files.values()];
}

async function addFound(path: PlacedPath, add: (path: PlacedPath) => void): Promise<void> {
  await inFolder(path, path.names.slice(0, -1), async (parent) => {
    const name = path.names.at(-1);
    if (name === undefined) await addBelow(parent, path, add);
    else await addEntry(parent, name, path, add);
  });
}

async function addBelow(folder: OpenFolder, path: PlacedPath, add: (path: PlacedPath) => void): Promise<void> {
  if (path.names.length > DEPTH_MAX) throw new PathRefused(`${folder.path} is more than ${DEPTH_MAX} folders deep.`);
  for (const name of (await readdir(folder.at())).toSorted()) {
    await addEntry(folder, name, { place: path.place, names: [...path.names, name] }, add);
  }
}

async function addEntry(
  parent: OpenFolder,
  name: string,
  path: PlacedPath,
  add: (path: PlacedPath) => void,
): Promise<void> {
  const info = await lstat(parent.at(name));
  if (info.isFile()) return add(path);
  if (info.isSymbolicLink()) {
    if ((await findLinked(path)) !== undefined) add(path);
    return;
  }
  if (!info.isDirectory()) return;
  const folder = parent.enter(name);
  try {
    await addBelow(folder, path, add);
  } finally {
    folder.close();
  }
}

/** Opens one; whoever asked closes it. @throws PathRefused when it is none any more */
export async function openUploadFile({ path, name }: UploadFile): Promise<FileHandle> {
  const names = await findLinked(path);
  if (names === undefined) throw new PathRefused(`${name} is no file, or a link that leads out of its folder.`);
  // By its own name now, so that no link can come in between.
  return inFolder(path, names.slice(0, -1), (folder) => folder.openFile(names.at(-1) ?? ''));
}

/** Where the file behind a name lies below the name's place. */
async function findLinked({ place, names }: PlacedPath): Promise<readonly string[] | undefined> {
  try {
    const root = await realpath(place.folder);
    const real = await realpath(join(root, ...names));
    return isBelow(real, root) && (await stat(real)).isFile() ? namesOf(real.slice(root.length)) : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP') return undefined;
    throw error;
  }
}

async function inFolder<T>(
  { place }: PlacedPath,
  names: readonly string[],
  use: (folder: OpenFolder) => Promise<T>,
): Promise<T> {
  const root = OpenFolder.root(place.folder);
  try {
    const folder = root.descend(names);
    if (folder === undefined) throw new PathRefused(`${names.join('/')} is gone.`);
    try {
      return await use(folder);
    } finally {
      folder.close();
    }
  } finally {
    root.close();
  }
}
