/**
 * Pull requests. Providers keep their heads under names of their own, and some the merge they would make; which names there are is
 * asked of the repository, since a connector's type does not tell (self-hosted servers behind a generic one).
 *
 * `MergeCommit`: the base branch with the head merged into it, by us when the base branch is known, else as the provider has
 * merged it. The merge has the dates of the head, so that every stage and every try makes the very same commit.
 */
import type { Build, CloneSpec } from './clone-spec.ts';
import { checkOut, ensureCommit, fetchHistory, fetchRefs, knownCommit, type FetchedBuild } from './fetch-refs.ts';
import type { Git } from './git-command.ts';
import { CloneFailed } from './git-failure.ts';

type PullRequest = Extract<Build, { type: 'PR' }>;

const MERGER = { name: 'Bridle', email: 'bridle@localhost' };
const CONFLICTS_SHOWN = 20;

export async function fetchPullRequest(
  git: Git,
  spec: CloneSpec,
  build: PullRequest,
  tell: (line: string) => Promise<void>,
): Promise<FetchedBuild> {
  const refs = await findRefs(git, build);
  if (build.strategy === 'SourceBranch') return headOnly(git, spec, build, refs);
  if (build.targetBranch === undefined && refs.merge !== undefined && build.commit === undefined)
    return providersMerge(git, spec, build, refs.merge, refs.head);
  const target = build.targetBranch ?? refs.defaultBranch;
  if (target === undefined)
    throw new CloneFailed(`It is not known which branch pull request ${build.number} is to be merged into.`);
  if (build.targetBranch === undefined)
    await tell(
      `Warning: nothing says which branch pull request ${build.number} is for; it is merged into ${target}, the default branch.`,
    );
  return ownMerge(git, spec, build, refs, target);
}

interface PullRequestRefs {
  readonly head: string | undefined;
  readonly merge: string | undefined;
  readonly defaultBranch: string | undefined;
}

async function findRefs(git: Git, build: PullRequest): Promise<PullRequestRefs> {
  const { number } = build;
  const heads = [`refs/pull/${number}/head`, `refs/merge-requests/${number}/head`, `refs/pull-requests/${number}/from`];
  const merges = [
    `refs/pull/${number}/merge`,
    `refs/merge-requests/${number}/merge`,
    `refs/pull-requests/${number}/merge`,
  ];
  const { output } = await git.talk(
    ['ls-remote', '--symref', 'origin', 'HEAD', ...heads, ...merges],
    `look for pull request ${number}`,
  );
  const names = new Set([...output.matchAll(/^[0-9a-f]{40,64}\t(\S+)$/gm)].map((match) => match[1]));
  return {
    head: heads.find((ref) => names.has(ref)) ?? sourceRef(build),
    merge: merges.find((ref) => names.has(ref)),
    defaultBranch: /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(output)?.[1],
  };
}

/** Where the server has no names for pull requests: the branch it comes from, when it is in the same repository. */
function sourceRef(build: PullRequest): string | undefined {
  return build.sourceBranch === undefined ? undefined : `refs/heads/${build.sourceBranch}`;
}

async function headOnly(git: Git, spec: CloneSpec, build: PullRequest, refs: PullRequestRefs): Promise<FetchedBuild> {
  const ref = knownHead(build, refs);
  await fetchRefs(git, spec, [`+${ref}:${localName(build)}`], `pull request ${build.number}`);
  const commit = await headCommit(git, spec, build);
  await checkOut(git, build.sourceBranch === undefined ? ['--detach', commit] : ['-B', build.sourceBranch, commit]);
  return result(build, { commit, ref, base: undefined, merge: undefined, target: build.targetBranch });
}

async function providersMerge(
  git: Git,
  spec: CloneSpec,
  build: PullRequest,
  ref: string,
  head: string | undefined,
): Promise<FetchedBuild> {
  const deepEnough = spec.depth === 1 ? { ...spec, depth: 2 } : spec; // its parents must be there too
  await fetchRefs(git, deepEnough, [`+${ref}:${localName(build)}`], `pull request ${build.number}`);
  const merge = await knownCommit(git, localName(build));
  const base = await git.findCommit(`${merge}^1`);
  const commit = (await git.findCommit(`${merge}^2`)) ?? merge;
  await checkOut(git, ['--detach', merge]);
  return result(build, { commit, ref: head ?? ref, base, merge, target: undefined });
}

async function ownMerge(
  git: Git,
  spec: CloneSpec,
  build: PullRequest,
  refs: PullRequestRefs,
  target: string,
): Promise<FetchedBuild> {
  const ref = knownHead(build, refs);
  const tracking = `refs/remotes/origin/${target}`;
  const refspecs = [`+refs/heads/${target}:${tracking}`, `+${ref}:${localName(build)}`];
  await fetchRefs(git, spec, refspecs, `pull request ${build.number}`);
  const commit = await headCommit(git, spec, build);
  const base = await knownCommit(git, tracking);
  if (spec.depth > 0 && !(await haveCommonAncestor(git, base, commit))) await fetchHistory(git, refspecs);
  // Files that an earlier clone left where the merge will put its own would stop it: now they belong to the head, and go.
  if (git.wasCloned) await checkOut(git, ['--detach', commit]);
  await checkOut(git, ['-B', target, '--track', tracking]);
  const merge = await mergeInto(git, build, target, commit);
  return result(build, { commit, ref, base, merge, target });
}

function knownHead(build: PullRequest, refs: PullRequestRefs): string {
  if (refs.head === undefined)
    throw new CloneFailed(
      `The repository has no pull request ${build.number}, or its server does not give pull requests names of their own.`,
    );
  return refs.head;
}

function localName(build: PullRequest): string {
  return `refs/remotes/origin/pull-request-${build.number}`;
}

/** The head when the trigger was fired; the branch may have gone on since. */
async function headCommit(git: Git, spec: CloneSpec, build: PullRequest): Promise<string> {
  return build.commit === undefined
    ? knownCommit(git, localName(build))
    : ensureCommit(git, spec, build.commit, `pull request ${build.number}`);
}

async function haveCommonAncestor(git: Git, one: string, other: string): Promise<boolean> {
  return (await git.try(['merge-base', one, other], { isQuiet: true })).exitCode === 0;
}

async function mergeInto(git: Git, build: PullRequest, target: string, commit: string): Promise<string> {
  const [date = ''] = await git.read(
    ['show', '--no-patch', '--format=%x00%cd%x00', '--date=raw', commit],
    'read the commit',
  );
  const environment = {
    GIT_AUTHOR_NAME: MERGER.name,
    GIT_AUTHOR_EMAIL: MERGER.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: MERGER.name,
    GIT_COMMITTER_EMAIL: MERGER.email,
    GIT_COMMITTER_DATE: date,
  };
  const message = `Merge pull request ${build.number} into ${target}`;
  const end = await git.try(['merge', '--no-edit', '--no-ff', '-m', message, commit], { environment });
  if (end.exitCode === 0) return knownCommit(git, 'HEAD');
  const files = await conflicts(git);
  if (files.length === 0) throw new CloneFailed(`Pull request ${build.number} could not be merged into ${target}.`);
  const shown = files.slice(0, CONFLICTS_SHOWN).join(', ');
  const more = files.length > CONFLICTS_SHOWN ? ` and ${files.length - CONFLICTS_SHOWN} more` : '';
  throw new CloneFailed(
    `Pull request ${build.number} conflicts with ${target} in ${shown}${more}. Merge ${target} into its branch first.`,
  );
}

async function conflicts(git: Git): Promise<readonly string[]> {
  const { output } = await git.try(['diff', '--name-only', '--diff-filter=U', '-z'], { isQuiet: true });
  return output.split('\0').filter((name) => name !== '');
}

interface Merged {
  readonly commit: string;
  readonly ref: string;
  readonly base: string | undefined;
  readonly merge: string | undefined;
  readonly target: string | undefined;
}

function result(build: PullRequest, { commit, ref, base, merge, target }: Merged): FetchedBuild {
  return {
    commit,
    ref,
    ...(target === undefined ? {} : { branch: target }),
    pullRequest: { number: build.number, sourceBranch: build.sourceBranch, targetBranch: target, base, merge },
  };
}
