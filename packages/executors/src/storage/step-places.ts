/**
 * Which files of this host a step's paths mean, and which of them storage steps may touch.
 *
 * - L1 A relative path, and one below `/harness`, is of the step's workspace. Any other absolute path must lie in a folder the delegate's
 *   operator allows (`CacheSettings.outsideFolders`): these steps act with the rights of the delegate, not with those of a step's
 *   process, and a restored archive was made by somebody else.
 * - L2 In archives, names of the workspace are relative, all others absolute.
 */
import { isAbsolute, relative, sep } from 'node:path';
import { PathRefused } from './open-folder.ts';

/** Where containers have the workspace. */
const CONTAINER_WORKSPACE = 'harness';
const PATH_BYTES_MAX = 4_096;

/** A folder below which paths may be used. */
export interface Place {
  readonly folder: string;
  /** What names in archives begin with: nothing for the workspace, the folder itself otherwise. */
  readonly isWorkspace: boolean;
}

export interface PlacedPath {
  readonly place: Place;
  /** Below the place's folder; none = the folder itself. */
  readonly names: readonly string[];
}

export class StepPlaces {
  readonly workspace: Place;
  readonly #outside: readonly Place[];
  readonly #shared: readonly string[];

  /** @param sharedPaths - of the stage's containers: volumes, which are no folders of this host */
  constructor(workspace: string, outsideFolders: readonly string[], sharedPaths: readonly string[] = []) {
    this.#shared = sharedPaths;
    this.workspace = { folder: workspace, isWorkspace: true };
    this.#outside = outsideFolders
      .filter((folder) => isAbsolute(folder) && namesOf(folder).length > 0)
      .map((folder) => ({ folder, isWorkspace: false }));
  }

  /** @throws PathRefused for a path that leads elsewhere */
  find(path: string): PlacedPath {
    if (path.includes('\0')) throw new PathRefused('A path holds a NUL character.');
    if (Buffer.byteLength(path) > PATH_BYTES_MAX)
      throw new PathRefused(`A path has more than ${PATH_BYTES_MAX} bytes.`);
    const names = namesOf(path);
    if (names.includes('..')) throw new PathRefused(`The path ${path} may not go up by "..".`);
    if (!path.startsWith('/')) return { place: this.workspace, names };
    if (names[0] === CONTAINER_WORKSPACE) return { place: this.workspace, names: names.slice(1) };
    for (const place of [this.workspace, ...this.#outside]) {
      const start = namesOf(place.folder);
      if (isPrefix(start, names)) return { place, names: names.slice(start.length) };
    }
    throw new PathRefused(
      this.#shared.some((shared) => isPrefix(namesOf(shared), names))
        ? `${path} is a shared path of the stage's containers, whose files caches and uploads cannot reach; have it in the workspace.`
        : `${path} lies outside of the workspace, in no folder whose files this delegate may cache or upload; its operator can add one (cache-paths).`,
    );
  }
}

function isPrefix(start: readonly string[], names: readonly string[]): boolean {
  return start.every((name, index) => names[index] === name);
}

/** The name of a file in an archive. */
export function archiveName({ place, names }: PlacedPath): string {
  const path = names.join('/');
  if (place.isWorkspace) return path;
  const folder = namesOf(place.folder).join('/');
  return path === '' ? `/${folder}` : `/${folder}/${path}`;
}

export function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** True when `path` is `folder` or lies below it; both are absolute and without links. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
