/** Finds what the path patterns of a storage step mean on this host. Folders that are links are not entered. */
import { lstat, readdir } from 'node:fs/promises';
import { expandBraces, parseSegment, type PatternSegment } from './file-pattern.ts';
import { codeOf, OpenFolder, PathRefused } from './open-folder.ts';
import type { PlacedPath, StepPlaces } from './step-places.ts';

/** Paths one step may name; beyond that it means a folder, and should name that. */
const PATHS_MAX = 200_000;
/** Each level holds a folder open. */
export const DEPTH_MAX = 200;

/**
 * @returns paths that exist, each once, sorted; a pattern that means nothing gives none
 * @throws PathRefused
 */
export async function findPaths(pattern: string, places: StepPlaces): Promise<readonly PlacedPath[]> {
  const alternatives = expandBraces(pattern);
  if (alternatives === undefined) throw new PathRefused(`The pattern ${pattern} has too many alternatives.`);
  const found = new Map<string, PlacedPath>();
  for (const alternative of alternatives) {
    const { place, names } = places.find(alternative);
    const root = openRoot(place.folder);
    if (root === undefined) continue;
    const segments = names.map(parseSegment);
    // `dist/**` means the files below dist.
    if (segments.at(-1)?.kind === 'folders') segments.push(parseSegment('*'));
    const add = (path: readonly string[]): void => {
      found.set(`${place.folder}\0${path.join('/')}`, { place, names: path });
      if (found.size > PATHS_MAX) throw new PathRefused(`The pattern ${pattern} means more than ${PATHS_MAX} files.`);
    };
    try {
      await walk(root, segments, [], add);
    } finally {
      root.close();
    }
  }
  return [...found].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, path]) => path);
}

function openRoot(folder: string): OpenFolder | undefined {
  try {
    return OpenFolder.root(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function walk(
  folder: OpenFolder,
  segments: readonly PatternSegment[],
  above: readonly string[],
  add: (path: readonly string[]) => void,
): Promise<void> {
  if (above.length > DEPTH_MAX) throw new PathRefused(`${folder.path} is more than ${DEPTH_MAX} folders deep.`);
  const [segment, ...rest] = segments;
  if (segment === undefined) return add(above);
  if (segment.kind === 'literal') {
    const { name } = segment;
    if (rest.length > 0) return enter(folder, name, rest, above, add);
    if (await exists(folder.at(name))) add([...above, name]);
    return;
  }
  if (segment.kind === 'folders') await walk(folder, rest, above, add);
  for (const entry of await readdir(folder.at(), { withFileTypes: true })) {
    if (segment.kind === 'folders') {
      if (entry.isDirectory()) await enter(folder, entry.name, segments, above, add);
    } else if (segment.matches(entry.name)) {
      if (rest.length === 0) add([...above, entry.name]);
      else if (entry.isDirectory()) await enter(folder, entry.name, rest, above, add);
    }
  }
}

async function enter(
  folder: OpenFolder,
  name: string,
  rest: readonly PatternSegment[],
  above: readonly string[],
  add: (path: readonly string[]) => void,
): Promise<void> {
  const inner = folder.descend([name]);
  if (inner === undefined) return;
  try {
    await walk(inner, rest, [...above, name], add);
  } finally {
    inner.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
