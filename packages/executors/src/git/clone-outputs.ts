/** What a clone tells later steps. */
import type { GitCloneOutputs } from '@bridle/pipeline';
import type { Build } from './clone-spec.ts';
import type { FetchedBuild } from './fetch-refs.ts';
import type { Git } from './git-command.ts';

const MESSAGE_LENGTH_MAX = 32_768;
const SHORT_ID = 7;

export async function readOutputs(
  git: Git,
  build: Build,
  fetched: FetchedBuild,
  url: string,
): Promise<GitCloneOutputs> {
  const format = '--format=%x00%an%x00%ae%x00%B%x00';
  const [user, email, message] = await git.read(['show', '--no-patch', format, fetched.commit], 'read the commit');
  const request = fetched.pullRequest;
  return {
    buildType: build.type,
    repoUrl: url,
    branch: fetched.branch ?? null,
    tag: fetched.tag ?? null,
    commitSha: fetched.commit,
    shortCommitSha: fetched.commit.slice(0, SHORT_ID),
    commitMessage: (message ?? '').trimEnd().slice(0, MESSAGE_LENGTH_MAX),
    commitRef: fetched.ref,
    gitUser: user ?? null,
    gitUserEmail: email ?? null,
    prNumber: request?.number ?? null,
    sourceBranch: request?.sourceBranch ?? null,
    targetBranch: request?.targetBranch ?? null,
    baseCommitSha: request?.base ?? null,
    mergeSha: request?.merge ?? null,
  };
}
