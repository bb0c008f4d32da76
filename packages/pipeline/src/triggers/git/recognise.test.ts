import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PullRequestEvent, PushEvent } from './git-event.ts';
import { gitValues } from './git-values.ts';
import { GIT_TEXT_LENGTH_MAX } from './read-payload.ts';
import { recogniseEvent, type RecognisedEvent } from './recognise.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const SHA = '8c3d1f6b2a9e4d7c5b0f8e1a6d3c2b9f7e4a5d10';
const BEFORE = '5e1f0c2a9b7d4c83a6e2f1d0b9c8a7e6d5f4c3b2';
const NOTHING = '0'.repeat(40);

function recognise(payload: Json, headers: Readonly<Record<string, string>> = {}): RecognisedEvent {
  return recogniseEvent({ payload: typeof payload === 'string' ? payload : JSON.stringify(payload), headers });
}

function push(payload: Json, headers?: Readonly<Record<string, string>>): PushEvent {
  const found = recognise(payload, headers);
  if (found.kind !== 'git' || found.event.kind !== 'push') throw new Error(`No push: ${JSON.stringify(found)}`);
  return found.event;
}

function pullRequest(payload: Json, headers?: Readonly<Record<string, string>>): PullRequestEvent {
  const found = recognise(payload, headers);
  if (found.kind !== 'git' || found.event.kind !== 'pullRequest') throw new Error(`No PR: ${JSON.stringify(found)}`);
  return found.event;
}

const githubRepository = {
  full_name: 'team/app',
  html_url: 'https://github.com/team/app',
  clone_url: 'https://github.com/team/app.git',
  ssh_url: 'git@github.com:team/app.git',
};

describe('GitHub', () => {
  const payload = {
    ref: 'refs/heads/main',
    before: BEFORE,
    after: SHA,
    deleted: false,
    head_commit: { id: SHA, message: 'Mend', author: { name: 'Ada', email: 'ada@example.com' } },
    repository: githubRepository,
    pusher: { name: 'ada', email: 'ada@example.com' },
    sender: { login: 'ada', avatar_url: 'https://avatars.example/1' },
  };

  test('a push to a branch', () => {
    expect(push(payload)).toEqual({
      kind: 'push',
      provider: 'Github',
      repository: {
        fullName: 'team/app',
        link: 'https://github.com/team/app',
        httpUrl: 'https://github.com/team/app.git',
        sshUrl: 'git@github.com:team/app.git',
      },
      user: { login: 'ada', name: 'Ada', email: 'ada@example.com', avatar: 'https://avatars.example/1' },
      ref: { kind: 'branch', name: 'main' },
      commitSha: SHA,
      baseCommitSha: BEFORE,
      commitMessage: 'Mend',
    });
  });

  test('an annotated tag: the commit, not the tag', () => {
    const tag = push({ ...payload, ref: 'refs/tags/v1/rc', before: NOTHING, after: BEFORE });
    expect(tag).toMatchObject({ ref: { kind: 'tag', name: 'v1/rc' }, commitSha: SHA });
    expect(tag).not.toHaveProperty('baseCommitSha');
  });

  test('a deleted branch has no commit', () => {
    const deleted = push({ ...payload, deleted: true, after: NOTHING, head_commit: null });
    expect(deleted).toMatchObject({ isDeletion: true, baseCommitSha: BEFORE });
    expect(deleted).not.toHaveProperty('commitSha');
  });

  const request = {
    action: 'opened',
    number: 7,
    pull_request: {
      number: 7,
      title: 'Mend',
      body: null,
      state: 'open',
      html_url: 'https://github.com/team/app/pull/7',
      merged: false,
      head: { ref: 'mend', sha: SHA, repo: { full_name: 'team/app' } },
      base: { ref: 'main', sha: BEFORE, repo: { full_name: 'team/app' } },
    },
    repository: githubRepository,
    sender: { login: 'bo' },
  };

  test('a pull request', () => {
    expect(pullRequest(request)).toMatchObject({
      provider: 'Github',
      action: 'Open',
      number: '7',
      title: 'Mend',
      body: '',
      state: 'open',
      sourceBranch: 'mend',
      targetBranch: 'main',
      commitSha: SHA,
      baseCommitSha: BEFORE,
      link: 'https://github.com/team/app/pull/7',
      user: { login: 'bo' },
    });
    expect(pullRequest(request)).not.toHaveProperty('isFromFork');
  });

  test.each([
    ['closed', 'Close'],
    ['reopened', 'Reopen'],
    ['edited', 'Edit'],
    ['labeled', 'Label'],
    ['unlabeled', 'Unlabel'],
    ['synchronize', 'Synchronize'],
    ['ready_for_review', 'ReadyForReview'],
    ['assigned', undefined],
    ['constructor', undefined],
  ])('what %s is called: %s', (action, word) => {
    expect(pullRequest({ ...request, action }).action).toBe(word);
  });

  test('merged is not merely closed; a head elsewhere is a fork, and so is one whose repository is gone', () => {
    const change = (fields: Readonly<Record<string, Json>>): Json => ({
      ...request,
      pull_request: { ...request.pull_request, ...fields },
    });
    expect(pullRequest(change({ state: 'closed', merged: true })).state).toBe('merged');
    expect(pullRequest(change({ state: 'closed' })).state).toBe('closed');
    expect(pullRequest(change({ head: { ref: 'x', sha: SHA, repo: { full_name: 'other/app' } } })).isFromFork).toBe(
      true,
    );
    expect(pullRequest(change({ head: { ref: 'x', sha: SHA, repo: null } })).isFromFork).toBe(true);
  });

  test('a long body is cut', () => {
    const long = { ...request, pull_request: { ...request.pull_request, body: 'x'.repeat(50_000) } };
    expect(pullRequest(long).body).toHaveLength(GIT_TEXT_LENGTH_MAX);
  });

  test('a comment on a pull request is none', () => {
    expect(recognise({ ...request, comment: { body: 'no' } })).toEqual({ kind: 'custom' });
    expect(recognise(request, { 'X-GitHub-Event': 'issue_comment' })).toMatchObject({
      kind: 'unreadable',
      provider: 'Github',
      event: 'issue_comment',
      reason: 'issue_comment events of Github are not served; there are push and pull_request.',
    });
  });
});

describe('GitLab', () => {
  const project = {
    path_with_namespace: 'team/sub/app',
    web_url: 'https://gitlab.example/team/sub/app',
    git_http_url: 'https://gitlab.example/team/sub/app.git',
    git_ssh_url: 'git@gitlab.example:team/sub/app.git',
  };
  const payload = {
    object_kind: 'push',
    ref: 'refs/heads/main',
    before: BEFORE,
    after: SHA,
    checkout_sha: SHA,
    user_name: 'Ada',
    user_username: 'ada',
    user_email: '',
    project,
    commits: [
      { id: BEFORE, message: 'older' },
      { id: SHA, message: 'Mend\n' },
    ],
  };

  test('a push: the newest commit speaks', () => {
    expect(push(payload)).toMatchObject({
      provider: 'Gitlab',
      repository: { fullName: 'team/sub/app', link: 'https://gitlab.example/team/sub/app' },
      user: { login: 'ada', name: 'Ada' },
      commitSha: SHA,
      baseCommitSha: BEFORE,
      commitMessage: 'Mend\n',
    });
    expect(push(payload).user).not.toHaveProperty('email');
  });

  test('a tag, and a deleted one', () => {
    const tag = { ...payload, object_kind: 'tag_push', ref: 'refs/tags/v1', before: NOTHING, message: 'first' };
    expect(push(tag)).toMatchObject({ ref: { kind: 'tag', name: 'v1' }, commitSha: SHA });
    expect(push({ ...tag, commits: [] }).commitMessage).toBe('first');
    expect(push({ ...tag, after: NOTHING, checkout_sha: null }).isDeletion).toBe(true);
  });

  const request = {
    object_kind: 'merge_request',
    user: { username: 'bo', name: 'Bo', email: 'bo@example.com' },
    project,
    object_attributes: {
      iid: 42,
      title: 'Mend',
      description: 'Why',
      state: 'opened',
      action: 'open',
      source_branch: 'mend',
      target_branch: 'main',
      source_project_id: 1,
      target_project_id: 1,
      url: 'https://gitlab.example/team/sub/app/-/merge_requests/42',
      last_commit: { id: SHA },
    },
  };

  test('a merge request', () => {
    expect(pullRequest(request)).toMatchObject({
      action: 'Open',
      number: '42',
      title: 'Mend',
      body: 'Why',
      state: 'open',
      sourceBranch: 'mend',
      targetBranch: 'main',
      commitSha: SHA,
      user: { login: 'bo', email: 'bo@example.com' },
    });
  });

  test.each([
    [{ action: 'update' }, 'Update'],
    [{ action: 'update', oldrev: BEFORE }, 'Sync'],
    [{ action: 'merge', state: 'merged' }, 'Merge'],
    [{ action: 'approved' }, undefined],
  ])('%o is %s', (fields, word) => {
    expect(pullRequest({ ...request, object_attributes: { ...request.object_attributes, ...fields } }).action).toBe(
      word,
    );
  });

  test('a merge request from another project is a fork', () => {
    const fork = { ...request, object_attributes: { ...request.object_attributes, source_project_id: 2 } };
    expect(pullRequest(fork).isFromFork).toBe(true);
  });

  test('the header decides', () => {
    expect(push(payload, { 'X-GitLab-EVENT': 'Push Hook' }).provider).toBe('Gitlab');
    expect(recognise(payload, { 'X-Gitlab-Event': 'Pipeline Hook' })).toMatchObject({ kind: 'unreadable' });
    expect(recognise(payload, { 'X-Gitlab-Event': 'Merge Request Hook' })).toMatchObject({
      kind: 'unreadable',
      reason: 'The headers say that this is a Merge Request Hook event of Gitlab, but the payload is not one.',
    });
  });
});

describe('Bitbucket', () => {
  const repository = { full_name: 'team/app', links: { html: { href: 'https://bitbucket.org/team/app' } } };
  const actor = { display_name: 'Ada', nickname: 'ada', links: { avatar: { href: 'https://avatars.example/a' } } };
  const target = { hash: SHA, message: 'Mend\n', author: { raw: 'Ada <ada@example.com>' } };
  const change = {
    old: { type: 'branch', name: 'main', target: { hash: BEFORE } },
    new: { type: 'branch', name: 'main', target },
  };

  test('a push', () => {
    expect(push({ push: { changes: [change] }, repository, actor })).toEqual({
      kind: 'push',
      provider: 'Bitbucket',
      repository: {
        fullName: 'team/app',
        link: 'https://bitbucket.org/team/app',
        httpUrl: 'https://bitbucket.org/team/app.git',
      },
      user: { login: 'ada', name: 'Ada', email: 'ada@example.com', avatar: 'https://avatars.example/a' },
      ref: { kind: 'branch', name: 'main' },
      commitSha: SHA,
      baseCommitSha: BEFORE,
      commitMessage: 'Mend\n',
    });
  });

  test('a tag that is new, a branch that is gone', () => {
    const tag = { old: null, new: { type: 'tag', name: 'v1', target } };
    expect(push({ push: { changes: [tag] }, repository, actor }).ref).toEqual({ kind: 'tag', name: 'v1' });
    const gone = { ...change, new: null };
    expect(push({ push: { changes: [gone] }, repository, actor })).toMatchObject({
      isDeletion: true,
      ref: { kind: 'branch', name: 'main' },
    });
  });

  const request = {
    pullrequest: {
      id: 9,
      title: 'Mend',
      description: 'Why',
      state: 'OPEN',
      created_on: '2026-11-20T10:00:00+00:00',
      updated_on: '2026-11-20T10:00:00+00:00',
      links: { html: { href: 'https://bitbucket.org/team/app/pull-requests/9' } },
      source: { branch: { name: 'mend' }, commit: { hash: 'abc1234' }, repository: { full_name: 'team/app' } },
      destination: { branch: { name: 'main' }, commit: { hash: 'def5678' }, repository: { full_name: 'team/app' } },
    },
    repository,
    actor,
  };

  test('a pull request, with and without its header', () => {
    expect(pullRequest(request)).toMatchObject({ action: 'Create', number: '9', state: 'open', commitSha: 'abc1234' });
    expect(pullRequest(request, { 'x-event-key': 'pullrequest:updated' }).action).toBe('Update');
    const merged = { ...request, pullrequest: { ...request.pullrequest, state: 'MERGED' } };
    expect(pullRequest(merged)).toMatchObject({ action: 'Merge', state: 'merged' });
  });

  test('Bitbucket Server names its events itself', () => {
    const project = { key: 'TEAM' };
    const serverRepository = {
      slug: 'app',
      project,
      links: {
        clone: [
          { href: 'ssh://git@host.example:7999/team/app.git', name: 'ssh' },
          { href: 'https://host.example/scm/team/app.git', name: 'http' },
        ],
        self: [{ href: 'https://host.example/projects/TEAM/repos/app/browse' }],
      },
    };
    const serverActor = { name: 'ada', displayName: 'Ada', emailAddress: 'ada@example.com' };
    expect(
      push({
        eventKey: 'repo:refs_changed',
        actor: serverActor,
        repository: serverRepository,
        changes: [{ ref: { id: 'refs/heads/main', type: 'BRANCH' }, fromHash: BEFORE, toHash: SHA, type: 'UPDATE' }],
      }),
    ).toEqual({
      kind: 'push',
      provider: 'Bitbucket',
      repository: {
        fullName: 'TEAM/app',
        link: 'https://host.example/projects/TEAM/repos/app',
        httpUrl: 'https://host.example/scm/team/app.git',
        sshUrl: 'ssh://git@host.example:7999/team/app.git',
      },
      user: { login: 'ada', name: 'Ada', email: 'ada@example.com' },
      ref: { kind: 'branch', name: 'main' },
      commitSha: SHA,
      baseCommitSha: BEFORE,
    });
    const side = (branch: string): Json => ({ displayId: branch, latestCommit: SHA, repository: serverRepository });
    expect(
      pullRequest(
        {
          eventKey: 'pr:from_ref_updated',
          actor: serverActor,
          pullRequest: { id: 3, title: 'Mend', state: 'OPEN', fromRef: side('mend'), toRef: side('main') },
        },
        { 'X-Event-Key': 'pr:from_ref_updated' },
      ),
    ).toMatchObject({ action: 'Update', number: '3', sourceBranch: 'mend', targetBranch: 'main' });
    expect(recognise({ eventKey: 'pr:comment:added' })).toEqual({ kind: 'custom' });
  });
});

describe('what triggers see', () => {
  test('of a push, the pushed branch is the target too', () => {
    expect(gitValues(push({ ref: 'refs/heads/main', after: SHA, repository: githubRepository }))).toEqual({
      event: 'PUSH',
      branch: 'main',
      targetBranch: 'main',
      sourceBranch: null,
      tag: null,
      prNumber: null,
      prTitle: null,
      commitSha: SHA,
      baseCommitSha: null,
      repoUrl: 'https://github.com/team/app',
      gitUser: '',
      triggeredBy: '',
    });
  });

  test('a tag has no branch', () => {
    const values = gitValues(push({ ref: 'refs/tags/v1', after: SHA, repository: githubRepository }));
    expect([values.branch, values.targetBranch, values.tag]).toEqual([null, null, 'v1']);
  });
});

test.each<[string, Json]>([
  ['any map', { anything: 1 }],
  ['a list', [1, 2]],
  ['a text that is no JSON', 'not json'],
  ['nothing', ''],
  ['a ref that is no branch', { ref: 'refs/pull/7/head', after: SHA, repository: githubRepository }],
  ['a GitHub push without repository', { ref: 'refs/heads/main', after: SHA }],
])('%s is the event of a custom webhook', (_, payload) => {
  expect(recognise(payload)).toEqual({ kind: 'custom' });
});

const key = fc.constantFrom(
  ...['ref', 'after', 'repository', 'full_name', 'push', 'changes', 'new', 'pull_request', 'head', 'base', 'number'],
  ...['object_kind', 'object_attributes', 'project', 'pullrequest', 'eventKey', 'pullRequest', 'fromRef', '__proto__'],
);
const { anyPayload } = fc.letrec<{ anyPayload: Json }>((tie) => ({
  anyPayload: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<Json>(null, true, 1, '', 'refs/heads/x', 'push', 'merge_request', 'repo:refs_changed', 'pr:opened'),
    fc.array(tie('anyPayload'), { maxLength: 2 }),
    fc.dictionary(key, tie('anyPayload'), { maxKeys: 5 }),
  ),
}));

test('whatever is sent, under whatever header, is read without throwing', () => {
  const headers = fc.constantFrom(
    {},
    { 'X-GitHub-Event': 'push' },
    { 'X-GitHub-Event': 'pull_request' },
    { 'X-Gitlab-Event': 'Push Hook' },
    { 'X-Gitlab-Event': 'Merge Request Hook' },
    { 'X-Event-Key': 'repo:push' },
    { 'X-Event-Key': 'pullrequest:created' },
    { 'X-Event-Key': 'pr:opened' },
    { 'X-Event-Key': 'constructor' },
  );
  fc.assert(
    fc.property(anyPayload, headers, (payload, sent) => {
      const found = recogniseEvent({ payload: JSON.stringify(payload), headers: sent });
      if (found.kind === 'git') gitValues(found.event);
      if (Object.keys(sent).length > 0) expect(found.kind).not.toBe('custom');
    }),
    { numRuns: 500 },
  );
});
