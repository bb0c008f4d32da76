/** What a CI step's environment says of the codebase of its stage (pipelines.md §6.4); nothing is said of what is not known. */
import type { GitCloneOutputs } from '../steps/git-clone.ts';
import { readRepositoryUrl } from './repository-url.ts';
import { parseSemver } from './semver.ts';

type Variables = Readonly<Record<string, string>>;

export function codebaseVariables(codebase: GitCloneOutputs | undefined): Variables {
  if (codebase === undefined) return {};
  return { ...buildVariables(codebase), ...commitVariables(codebase), ...repositoryVariables(codebase) };
}

function buildVariables({ buildType, tag, prNumber, sourceBranch, targetBranch, branch }: GitCloneOutputs): Variables {
  return {
    DRONE_BUILD_EVENT: buildType === 'PR' ? 'pull_request' : buildType === 'tag' ? 'tag' : 'push',
    ...known({
      DRONE_PULL_REQUEST: prNumber,
      DRONE_SOURCE_BRANCH: sourceBranch ?? branch,
      DRONE_TARGET_BRANCH: targetBranch ?? branch,
      DRONE_TAG: tag,
    }),
    ...semverVariables(tag),
  };
}

function semverVariables(tag: string | null): Variables {
  if (tag === null) return {};
  const semver = parseSemver(tag);
  if (semver === undefined) return { DRONE_SEMVER_ERROR: `${tag} is not a semantic version` };
  const { version, major, minor, patch, prerelease, build } = semver;
  return {
    DRONE_SEMVER: version,
    DRONE_SEMVER_MAJOR: major,
    DRONE_SEMVER_MINOR: minor,
    DRONE_SEMVER_PATCH: patch,
    DRONE_SEMVER_SHORT: `${major}.${minor}.${patch}`,
    DRONE_SEMVER_PRERELEASE: prerelease,
    DRONE_SEMVER_BUILD: build,
  };
}

function commitVariables(codebase: GitCloneOutputs): Variables {
  const { commitSha, commitRef, commitMessage, baseCommitSha, gitUser, gitUserEmail } = codebase;
  const branch = codebase.targetBranch ?? codebase.branch;
  return known({
    DRONE_BRANCH: branch,
    DRONE_COMMIT: commitSha,
    DRONE_COMMIT_SHA: commitSha,
    DRONE_COMMIT_BEFORE: baseCommitSha,
    DRONE_COMMIT_AFTER: commitSha,
    DRONE_COMMIT_REF: commitRef,
    DRONE_COMMIT_BRANCH: branch,
    DRONE_COMMIT_LINK: commitLink(codebase),
    DRONE_COMMIT_MESSAGE: commitMessage,
    DRONE_COMMIT_AUTHOR: gitUser,
    DRONE_COMMIT_AUTHOR_NAME: gitUser,
    DRONE_COMMIT_AUTHOR_EMAIL: gitUserEmail,
  });
}

/** Where the usual providers show a commit; elsewhere nobody knows. */
function commitLink({ repoUrl, commitSha }: GitCloneOutputs): string | null {
  const link = repoUrl === null ? undefined : readRepositoryUrl(repoUrl).link;
  if (link === undefined || commitSha === null) return null;
  const [, host = ''] = /^https?:\/\/([^/:]+)/.exec(link) ?? [];
  const provider = COMMIT_PATHS.find(([word]) => host.split('.').includes(word));
  return provider === undefined ? null : `${link}/${provider[1]}/${commitSha}`;
}

const COMMIT_PATHS = [
  ['github', 'commit'],
  ['gitlab', '-/commit'],
  ['bitbucket', 'commits'],
] as const;

function repositoryVariables({ repoUrl }: GitCloneOutputs): Variables {
  if (repoUrl === null) return {};
  const { owner, name, link, kind } = readRepositoryUrl(repoUrl);
  return {
    DRONE_REMOTE_URL: repoUrl,
    ...(kind === 'http' ? { DRONE_GIT_HTTP_URL: repoUrl } : {}),
    ...(kind === 'ssh' ? { DRONE_GIT_SSH_URL: repoUrl } : {}),
    DRONE_REPO: owner === '' ? name : `${owner}/${name}`,
    DRONE_REPO_NAME: name,
    DRONE_REPO_NAMESPACE: owner,
    DRONE_REPO_OWNER: owner,
    DRONE_REPO_SCM: 'git',
    ...(link === undefined ? {} : { DRONE_REPO_LINK: link }),
  };
}

function known(variables: Readonly<Record<string, string | null>>): Variables {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== null));
}
