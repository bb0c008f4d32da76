/**
 * A copy of the user's working tree that shares nothing with it.
 *
 * - C1 The user's tree is only read. Contents are cloned where the file system can do that (copy on write), else copied: never
 *   linked, so that nothing a step writes gets back.
 * - C2 Links that lead into the tree by their whole path lead into the copy; others stay as they are.
 * - C3 The copy's git knows nothing of the user's: a linked working tree becomes a repository of its own, hooks stay behind, and a
 *   setting that names the user's tree does not come along.
 */
import { constants, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
  lutimes,
} from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { listTree, type ListedTree } from './list-tree.ts';
import { askGitLine } from './user-git.ts';

/** Copies at once; the thread pool of Node has four. */
const LANES = 8;

export interface CopyRequest {
  readonly from: string;
  /** An existing folder; what is in it stays. */
  readonly to: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export interface CopiedTree {
  readonly files: number;
  readonly hasGit: boolean;
  /** What is not in the copy, for the reader of the log. */
  readonly leftOut: readonly string[];
}

/** @throws TreeTooLarge, what the file system says, and the signal's reason */
export async function copyTree({ from, to, signal, onProgress }: CopyRequest): Promise<CopiedTree> {
  const tree = await listTree(from);
  const leftOut = [...tree.unreadable];
  const own = firstFolderOn(from, to);
  const isOwn = (path: string): boolean => own !== undefined && (path === own || path.startsWith(own + sep));
  const paths = tree.paths.filter((path) => !isOwn(path));
  if (own !== undefined) leftOut.push(`${own} (the copy lies in it)`);
  const jobs = [...paths, ...(await listGitFiles(from, tree, leftOut))];
  const folders = new FolderMaker(from, to);
  let done = 0;
  let next = 0;
  const copy = async (job: Job): Promise<void> => {
    signal.throwIfAborted();
    const [source, target] = typeof job === 'string' ? [join(from, job), join(to, job)] : [job[0], join(to, job[1])];
    const hasPlace = await folders.make(dirname(target), dirname(source));
    if (hasPlace) await copyEntry(source, target, from, to, leftOut);
    done += 1;
    onProgress(done, jobs.length);
  };
  const lane = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      try {
        await copy(job);
      } catch (error) {
        // The other lanes end with what they have in hand.
        next = jobs.length;
        throw error;
      }
    }
  };
  // Whoever hears of a failure removes the copy: nothing may be written into it any more.
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  await folders.finish();
  for (const repository of tree.repositories) await separateGit(join(to, repository, '.git'), leftOut);
  return { files: paths.length, hasGit: tree.repositories.includes(''), leftOut };
}

/** A copy that lies in what is copied would go round in circles. */
function firstFolderOn(from: string, to: string): string | undefined {
  const [first = ''] = relative(from, to).split(sep);
  return first === '' || first === '..' || isAbsolute(relative(from, to)) ? undefined : first;
}

/** A whole path, and where it goes below the copy; a text = the same path below both. */
type Job = string | readonly [string, string];

async function listGitFiles(root: string, { repositories }: ListedTree, leftOut: string[]): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  for (const repository of repositories) {
    const git = join(repository, '.git');
    const info = await lstat(join(root, git)).catch(() => undefined);
    if (info?.isDirectory() === true) {
      for (const path of await walkGit(join(root, git))) jobs.push(join(git, path));
    } else if (info?.isFile() === true) {
      jobs.push(...(await listLinkedGit(root, repository, leftOut)));
    }
  }
  return jobs;
}

/** Of a submodule whose `.git` leads into that of the tree: it comes along with it. Of a linked working tree: both halves of it. */
async function listLinkedGit(root: string, repository: string, leftOut: string[]): Promise<readonly Job[]> {
  const folder = join(root, repository);
  const file = join(repository, '.git');
  const [own, common] = await Promise.all([
    askGitLine(folder, ['rev-parse', '--absolute-git-dir']),
    askGitLine(folder, ['rev-parse', '--path-format=absolute', '--git-common-dir']),
  ]);
  const [, written = ''] = /^gitdir: (.+)$/m.exec(await readFile(join(root, file), 'utf8')) ?? [];
  if (own === undefined || common === undefined) {
    leftOut.push(`${file} (git cannot read it)`);
    return [];
  }
  const isInside = !relative(root, own).startsWith('..') && !isAbsolute(relative(root, own));
  if (isInside && !isAbsolute(written)) return [file];
  const target = (path: string): string => join(file, path);
  const shared = (await walkGit(common)).filter((path) => own === common || !OF_A_TREE.has(path));
  const ofTree = own === common ? [] : (await walkGit(own)).filter((path) => !LINKS_OF_A_TREE.has(path));
  return [
    ...shared.map((path): Job => [join(common, path), target(path)]),
    ...ofTree.map((path): Job => [join(own, path), target(path)]),
  ];
}

/** Belong to the main working tree, and not to a linked one. */
const OF_A_TREE: ReadonlySet<string> = new Set(['HEAD', 'index', 'ORIG_HEAD', 'FETCH_HEAD', 'MERGE_HEAD']);
const LINKS_OF_A_TREE: ReadonlySet<string> = new Set(['commondir', 'gitdir', 'locked']);

/** Everything git needs; neither hooks nor locks nor other working trees. */
async function walkGit(git: string, below = '', found: string[] = []): Promise<readonly string[]> {
  for (const entry of await readdir(join(git, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (below === '' && (entry.name === 'hooks' || entry.name === 'worktrees')) continue;
    if (entry.isDirectory()) {
      const before = found.length;
      await walkGit(git, path, found);
      // `refs` and `objects` must be there, with nothing in them too.
      if (found.length === before) found.push(path);
    } else if (!entry.name.endsWith('.lock') && !entry.isSocket() && !entry.isFIFO()) {
      found.push(path);
    }
  }
  return found;
}

async function copyEntry(source: string, target: string, from: string, to: string, leftOut: string[]): Promise<void> {
  const info = await lstat(source).catch(() => undefined);
  if (info === undefined) return; // tracked, and deleted in the working tree
  try {
    await copyAs(info, source, target, from, to, leftOut);
  } catch (error) {
    // It went away meanwhile, or something else of the tree stands in its place: a link where git knows a folder.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
    leftOut.push(relative(from, source));
  }
}

async function copyAs(
  info: Stats,
  source: string,
  target: string,
  from: string,
  to: string,
  leftOut: string[],
): Promise<void> {
  if (info.isSymbolicLink()) {
    await symlink(leadInto(await readlink(source), from, to), target);
    await lutimes(target, info.atime, info.mtime);
  } else if (info.isDirectory()) {
    await mkdir(target, { recursive: true });
  } else if (info.isFile()) {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await chmod(target, info.mode & 0o7777);
    await utimes(target, info.atime, info.mtime);
  } else {
    leftOut.push(relative(from, source));
  }
}

/** C2 */
function leadInto(link: string, from: string, to: string): string {
  if (!isAbsolute(link)) return link;
  const inside = relative(from, resolve(link));
  const leadsOut = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return leadsOut ? link : join(to, inside);
}

/**
 * Makes the folders on the way with the permissions of those they stand for. What git knows below a folder that has become a link
 * has no place: it would be written through the link.
 */
class FolderMaker {
  readonly #from: string;
  readonly #to: string;
  readonly #made = new Map<string, Promise<boolean>>();
  readonly #modes: [string, number][] = [];

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  /** Answers whether there is a place for what lies in it. */
  make(target: string, source: string): Promise<boolean> {
    if (target === this.#to) return Promise.resolve(true);
    let made = this.#made.get(target);
    if (made === undefined) {
      made = this.#make(target, source);
      this.#made.set(target, made);
    }
    return made;
  }

  async #make(target: string, source: string): Promise<boolean> {
    const isInside = source.startsWith(this.#from) && source !== this.#from;
    if (isInside && !(await this.make(dirname(target), dirname(source)))) return false;
    const info = await lstat(source).catch(() => undefined);
    if (info?.isDirectory() !== true) return false;
    await mkdir(target, { recursive: true });
    this.#modes.push([target, info.mode & 0o7777]);
    return true;
  }

  /** At last: a folder without the write bit takes no files. */
  async finish(): Promise<void> {
    for (const [folder, mode] of this.#modes.toReversed()) await chmod(folder, mode);
  }
}

/** C3: `core.worktree` with a whole path, and the file that says where the common part of a repository lies. */
async function separateGit(git: string, leftOut: string[]): Promise<void> {
  const config = join(git, 'config');
  const text = await readFile(config, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const kept = text.replaceAll(/^[ \t]*(?:worktree|hooksPath)[ \t]*=.*\n?/gim, (line) =>
    /=\s*["']?(?:\/|[A-Za-z]:|~)/.test(line) ? '' : line,
  );
  if (kept === text) return;
  leftOut.push('settings of git that name folders of yours (core.worktree, core.hooksPath)');
  await writeFile(config, kept);
}
