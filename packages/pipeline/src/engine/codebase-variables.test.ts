import { expect, test } from 'vitest';
import { readCloneOutputs } from './ci-stage.ts';
import { codebaseVariables } from './codebase-variables.ts';
import { parseSemver } from './semver.ts';

test('nothing is said of a codebase that was not cloned', () => {
  expect(codebaseVariables(undefined)).toEqual({});
});

test('what is not known is absent, not empty', () => {
  expect(
    codebaseVariables(readCloneOutputs({ buildType: 'commitSha', commitSha: 'abc', branch: '', tag: null })),
  ).toEqual({
    DRONE_BUILD_EVENT: 'push',
    DRONE_COMMIT: 'abc',
    DRONE_COMMIT_SHA: 'abc',
    DRONE_COMMIT_AFTER: 'abc',
  });
});

test('a pull request has two branches, and the commit is of the one it comes from', () => {
  const outputs = {
    buildType: 'PR',
    prNumber: 7,
    branch: 'main',
    sourceBranch: 'mend',
    targetBranch: 'main',
    commitSha: 'abc',
    baseCommitSha: 'fff',
  };
  expect(codebaseVariables(readCloneOutputs(outputs))).toMatchObject({
    DRONE_BUILD_EVENT: 'pull_request',
    DRONE_PULL_REQUEST: '7',
    DRONE_SOURCE_BRANCH: 'mend',
    DRONE_TARGET_BRANCH: 'main',
    DRONE_BRANCH: 'main',
    DRONE_COMMIT_BRANCH: 'main',
    DRONE_COMMIT_BEFORE: 'fff',
    DRONE_COMMIT_AFTER: 'abc',
  });
});

test.each([
  ['https://github.com/team/app.git', 'https://github.com/team/app/commit/abc'],
  ['https://gitlab.example.com/team/app', 'https://gitlab.example.com/team/app/-/commit/abc'],
  ['https://bitbucket.org/team/app', 'https://bitbucket.org/team/app/commits/abc'],
  ['https://mygithub.example.com/team/app', undefined],
  ['git@github.com:team/app.git', undefined],
])('the page of a commit of %s is %s', (repoUrl, link) => {
  const variables = codebaseVariables(readCloneOutputs({ buildType: 'branch', repoUrl, commitSha: 'abc' }));
  expect(variables['DRONE_COMMIT_LINK']).toBe(link);
});

test('a tag that is no version says so', () => {
  expect(codebaseVariables(readCloneOutputs({ buildType: 'tag', tag: 'release-7' }))).toMatchObject({
    DRONE_BUILD_EVENT: 'tag',
    DRONE_TAG: 'release-7',
    DRONE_SEMVER_ERROR: 'release-7 is not a semantic version',
  });
});

test.each(['1.2', '01.2.3', '1.2.3-', '1.2.3+', 'x1.2.3', '1.2.3.4', ''])('"%s" is no version', (text) => {
  expect(parseSemver(text)).toBeUndefined();
});
