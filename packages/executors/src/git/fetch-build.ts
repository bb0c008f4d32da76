/** Brings what is to be built into an empty clone and checks it out. */
import type { Build, CloneSpec } from './clone-spec.ts';
import { fetchPullRequest } from './fetch-pull-request.ts';
import {
  checkOut,
  ensureCommit,
  fetchArguments,
  fetchEverything,
  fetchRefs,
  isRefUnknown,
  knownCommit,
  type FetchedBuild,
} from './fetch-refs.ts';
import type { Git } from './git-command.ts';
import { CloneFailed } from './git-failure.ts';

export async function fetchBuild(
  git: Git,
  spec: CloneSpec,
  tell: (line: string) => Promise<void>,
): Promise<FetchedBuild> {
  const { build } = spec;
  switch (build.type) {
    case 'branch':
      return fetchBranch(git, spec, build);
    case 'tag':
      return fetchTag(git, spec, build.tag);
    case 'commitSha':
      return fetchCommit(git, spec, build.commit);
    case 'PR':
      return fetchPullRequest(git, spec, build, tell);
  }
}

async function fetchBranch(
  git: Git,
  spec: CloneSpec,
  build: Extract<Build, { type: 'branch' }>,
): Promise<FetchedBuild> {
  const { branch } = build;
  const ref = `refs/heads/${branch}`;
  const tracking = `refs/remotes/origin/${branch}`;
  await fetchRefs(git, spec, [`+${ref}:${tracking}`], `branch ${branch}`);
  const commit =
    build.commit === undefined
      ? await knownCommit(git, tracking)
      : await ensureCommit(git, spec, build.commit, `branch ${branch}`);
  await checkOut(git, ['-B', branch, ...(build.commit === undefined ? ['--track', tracking] : [commit])]);
  return { commit, ref, branch };
}

async function fetchTag(git: Git, spec: CloneSpec, tag: string): Promise<FetchedBuild> {
  const ref = `refs/tags/${tag}`;
  await fetchRefs(git, spec, [`+${ref}:${ref}`], `tag ${tag}`);
  const commit = await knownCommit(git, ref);
  await checkOut(git, ['--detach', commit]);
  return { commit, ref, tag };
}

async function fetchCommit(git: Git, spec: CloneSpec, wanted: string): Promise<FetchedBuild> {
  const isWhole = wanted.length === 40 || wanted.length === 64;
  const fetched = isWhole
    ? await git.talk(fetchArguments(spec, [wanted]), `fetch commit ${wanted}`, isRefUnknown)
    : undefined;
  // A server may keep commits to itself that no branch or tag points at; then, and for part of an id, everything is fetched.
  if (fetched?.exitCode !== 0) await fetchEverything(git);
  const commit = await git.findCommit(wanted);
  if (commit === undefined)
    throw new CloneFailed(`There is no commit ${wanted} in the repository, or more than one that begins so.`);
  await checkOut(git, ['--detach', commit]);
  return { commit, ref: commit };
}
