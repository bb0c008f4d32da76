/**
 * What of the user's working tree a clone would have, with what is not committed yet: tracked files as they lie there, and those
 * that are new and not ignored. Without git it is everything.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit } from './user-git.ts';

/** More would take the memory of what they are listed for. */
const FILES_MAX = 2_000_000;
/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';
/** Submodules in submodules. */
const DEPTH_MAX = 16;

export interface ListedTree {
  /** Paths below the root: files and links; folders only where they are empty or repositories of their own. */
  readonly paths: readonly string[];
  /** The folders of git repositories in it, the root's as the empty text; none without git. */
  readonly repositories: readonly string[];
  /** Files whose names are no UTF-8, as far as they can be shown: nothing here can open them. */
  readonly unreadable: readonly string[];
}

export class TreeTooLarge extends Error {
  override readonly name = 'TreeTooLarge';
}

/** @throws TreeTooLarge */
export async function listTree(root: string): Promise<ListedTree> {
  const listed = await listRepository(root, '', 0);
  const { paths, repositories } = listed ?? { paths: await walk(root, '', []), repositories: [] };
  const isReadable = (path: string): boolean => !path.includes(REPLACEMENT);
  return {
    paths: paths.filter(isReadable),
    repositories,
    unreadable: paths.filter((path) => !isReadable(path)),
  };
}

type Listed = Omit<ListedTree, 'unreadable'>;

async function listRepository(root: string, below: string, depth: number): Promise<Listed | undefined> {
  const folder = join(root, below);
  if ((await lstat(join(folder, '.git')).catch(() => undefined)) === undefined) return undefined;
  const listed = await askGit(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (listed === undefined) return undefined;
  const paths: string[] = [];
  const repositories = [below];
  for (const entry of new Set(listed.split('\0'))) {
    if (entry === '') continue;
    const path = join(below, entry.replace(/\/$/, ''));
    if (!entry.endsWith('/') && !(await isFolder(join(root, path)))) {
      paths.push(path);
      if (paths.length > FILES_MAX) throw tooLarge();
      continue;
    }
    // A submodule, or another repository that lies in this one.
    const inner = depth < DEPTH_MAX ? await listRepository(root, path, depth + 1) : undefined;
    if (inner === undefined) paths.push(path);
    else {
      repositories.push(...inner.repositories);
      for (const each of inner.paths) paths.push(each);
    }
  }
  return { paths, repositories };
}

async function walk(root: string, below: string, found: string[]): Promise<string[]> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    // A repository that git cannot read: steps could get from its copy to the one it was made of.
    if (entry.name === '.git') continue;
    const path = join(below, entry.name);
    if (entry.isDirectory()) await walk(root, path, found);
    else found.push(path);
    if (found.length > FILES_MAX) throw tooLarge();
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() === true;
}

function tooLarge(): TreeTooLarge {
  return new TreeTooLarge(
    `The working tree has more than ${FILES_MAX.toLocaleString('en')} files; name what is not to be copied in .gitignore, or run with --in-place.`,
  );
}
