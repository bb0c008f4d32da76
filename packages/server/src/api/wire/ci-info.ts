/** What the event of a Git provider says of a build (api.md §6.9), as far as it says it. */
import type { GitEvent, PullRequestEvent, PushEvent } from '@bridle/pipeline';
import { commitLink } from './trigger-info.ts';

export function eventModuleInfo(git: GitEvent): Record<string, unknown> {
  const repoName = git.repository.fullName.split('/').at(-1) ?? git.repository.fullName;
  const { login, name, avatar } = git.user;
  const author = { id: login, name: name ?? login, ...(avatar === undefined ? {} : { avatar }) };
  return {
    repoName,
    ...(git.kind === 'push' ? pushed(git) : { branch: git.targetBranch, buildType: 'PR' }),
    ciExecutionInfoDTO: {
      event: git.kind === 'push' ? 'push' : 'pullRequest',
      author,
      ...(git.kind === 'push' ? branchInfo(git) : { pullRequest: pullRequestInfo(git) }),
    },
  };
}

function pushed({ ref }: PushEvent): Record<string, unknown> {
  return ref.kind === 'branch' ? { branch: ref.name, buildType: 'branch' } : { tag: ref.name, buildType: 'tag' };
}

function branchInfo(git: PushEvent): Record<string, unknown> {
  const commits = commitsOf(git, git.commitMessage);
  if (git.ref.kind === 'tag') return { triggerCommits: commits };
  const { link } = git.repository;
  return { branch: { name: git.ref.name, ...(link === undefined ? {} : { link }), commits }, triggerCommits: commits };
}

function pullRequestInfo(git: PullRequestEvent): Record<string, unknown> {
  const { number, title, link, sourceBranch, targetBranch, state } = git;
  return {
    id: Number(number),
    ...(link === undefined ? {} : { link }),
    title,
    body: git.body,
    sourceBranch,
    targetBranch,
    sourceRepo: git.repository.fullName,
    state,
    commits: commitsOf(git, undefined),
  };
}

/** The newest one: an event does not say all of each. */
function commitsOf(git: GitEvent, message: string | undefined): readonly Record<string, string>[] {
  const { commitSha } = git;
  if (commitSha === undefined) return [];
  const link = commitLink(git, commitSha);
  return [
    {
      id: commitSha,
      ...(link === undefined ? {} : { link }),
      ...(message === undefined ? {} : { message }),
      ownerName: git.user.name ?? git.user.login,
    },
  ];
}
