/** What fetches of branches, tags, commits and pull requests share. */
import type { CloneSpec } from './clone-spec.ts';
import type { Git, GitEnd } from './git-command.ts';
import { CloneFailed } from './git-failure.ts';

const ALL_BRANCHES = '+refs/heads/*:refs/remotes/origin/*';

/** What stands in the clone now. */
export interface FetchedBuild {
  /** The commit that is built; of a pull request its head. */
  readonly commit: string;
  /** What was fetched. */
  readonly ref: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly pullRequest?: {
    readonly number: string;
    readonly sourceBranch: string | undefined;
    readonly targetBranch: string | undefined;
    readonly base: string | undefined;
    /** Present when a merge is checked out. */
    readonly merge: string | undefined;
  };
}

/** @param what - for people: `branch main` */
export async function fetchRefs(git: Git, spec: CloneSpec, refspecs: readonly string[], what: string): Promise<void> {
  const end = await git.talk(fetchArguments(spec, refspecs), `fetch ${what}`, isRefUnknown);
  if (end.exitCode !== 0) {
    const missing = /couldn't find remote ref (\S+)/.exec(end.output)?.[1];
    throw new CloneFailed(`There is no ${missing === undefined ? what : nameOf(missing)} in the repository.`);
  }
}

function nameOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, 'branch ').replace(/^refs\/tags\//, 'tag ');
}

export function isRefUnknown(end: GitEnd): boolean {
  return /couldn't find remote ref|not our ref|unadvertised object|no such remote ref/i.test(end.output);
}

export function fetchArguments(spec: CloneSpec, refspecs: readonly string[]): readonly string[] {
  const depth = spec.depth === 0 ? [] : [`--depth=${spec.depth}`];
  return ['fetch', spec.hasTags ? '--tags' : '--no-tags', ...depth, 'origin', ...refspecs];
}

/**
 * A commit that should have come with what was fetched. A shallow clone may be too shallow for it.
 * @param where - for people: `branch main`
 */
export async function ensureCommit(git: Git, spec: CloneSpec, wanted: string, where: string): Promise<string> {
  let commit = await git.findCommit(wanted);
  if (commit === undefined && wanted.length >= 40) {
    await git.talk(fetchArguments(spec, [wanted]), `fetch commit ${wanted}`, isRefUnknown);
    commit = await git.findCommit(wanted);
  }
  if (commit === undefined) {
    await fetchEverything(git);
    commit = await git.findCommit(wanted);
  }
  if (commit === undefined)
    throw new CloneFailed(`The commit ${wanted} of ${where} is not in the repository any more.`);
  return commit;
}

/** All branches and tags with their history. */
export async function fetchEverything(git: Git): Promise<void> {
  await git.talk(['fetch', '--tags', ...(await unshallow(git)), 'origin', ALL_BRANCHES], 'fetch all branches');
}

/** The whole history of what was fetched before. */
export async function fetchHistory(git: Git, refspecs: readonly string[]): Promise<void> {
  const shallow = await unshallow(git);
  if (shallow.length > 0)
    await git.talk(['fetch', '--no-tags', ...shallow, 'origin', ...refspecs], 'fetch the history');
}

async function unshallow(git: Git): Promise<readonly string[]> {
  const answer = await git.run(['rev-parse', '--is-shallow-repository'], 'look at the clone', { isQuiet: true });
  return /^true$/m.test(answer) ? ['--unshallow'] : [];
}

/** @throws CloneFailed when what was just fetched is not a commit */
export async function knownCommit(git: Git, ref: string): Promise<string> {
  const commit = await git.findCommit(ref);
  if (commit === undefined) throw new CloneFailed(`${ref} is not a commit.`);
  return commit;
}

/** Files of an earlier try are in nobody's way. */
export async function checkOut(git: Git, args: readonly string[]): Promise<void> {
  await git.run(['checkout', '--force', ...args], 'check the files out');
}
