/** Where a repository begins, and which `.harness` folders a place in it sees. */
import { existsSync, readdirSync, statSync, type Dirent } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = '.harness';
const YAML_FILE = /\.ya?ml$/i;
/** Nobody keeps more; a link to the root of the disk does. */
const FILES_MAX = 10_000;
const DEPTH_MAX = 16;

export interface FoundFolders {
  /** The git working tree around the place; without one, the outermost folder with a `.harness`, else the place itself. */
  readonly root: string;
  /** From the nearest to the outermost. */
  readonly harness: readonly string[];
}

/** @param place - an absolute folder */
export function findFolders(place: string): FoundFolders {
  const upwards = listUpwards(place);
  const tree = upwards.findIndex((folder) => existsSync(join(folder, '.git')));
  const within = tree < 0 ? upwards : upwards.slice(0, tree + 1);
  const holders = within.filter((folder) => isFolder(join(folder, FOLDER)));
  const root = tree < 0 ? (holders.at(-1) ?? place) : (upwards[tree] ?? place);
  return { root, harness: holders.map((folder) => join(folder, FOLDER)) };
}

function listUpwards(place: string): readonly string[] {
  const above = dirname(place);
  return above === place ? [place] : [place, ...listUpwards(above)];
}

/** All YAML files below, in the order of their paths. */
export function listYamlFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const walk = (below: string, depth: number): void => {
    if (depth > DEPTH_MAX) return;
    for (const entry of listFolder(below).toSorted(byName)) {
      if (found.length >= FILES_MAX) return;
      const path = join(below, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== '.git') walk(path, depth + 1);
      } else if (YAML_FILE.test(entry.name)) {
        found.push(path);
      }
    }
  };
  walk(folder, 0);
  return found;
}

/** A folder that may not be read holds nothing of ours. */
function listFolder(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
