import { describe, expect, test } from 'vitest';
import { matchConditions, type TriggerConditions } from '../conditions.ts';
import { changedFiles } from './changed-files.ts';
import type { GitEvent, PullRequestEvent, PushEvent } from './git-event.ts';
import { eventName, matchSource, runIdentity, type GitSource } from './match-source.ts';
import { isSameAddress } from './repository-address.ts';

const REPOSITORY = {
  fullName: 'team/app',
  link: 'https://github.com/team/app',
  httpUrl: 'https://github.com/team/app.git',
  sshUrl: 'git@github.com:team/app.git',
};
const PUSH: PushEvent = {
  kind: 'push',
  provider: 'Github',
  repository: REPOSITORY,
  user: { login: 'ada' },
  ref: { kind: 'branch', name: 'release/2' },
};
const PULL_REQUEST: PullRequestEvent = {
  kind: 'pullRequest',
  provider: 'Github',
  repository: REPOSITORY,
  user: { login: 'ada' },
  action: 'Synchronize',
  number: '7',
  title: 'Mend',
  body: '',
  state: 'open',
  sourceBranch: 'mend',
  targetBranch: 'main',
};

describe('the source of a trigger', () => {
  const forPush: GitSource = { provider: 'Github', event: 'Push', actions: [] };
  const forRequests: GitSource = { provider: 'Github', event: 'PullRequest', actions: ['Open', 'Synchronize'] };
  const tag: GitEvent = { ...PUSH, ref: { kind: 'tag', name: 'v1' } };

  test.each<[string, GitSource, GitEvent, string]>([
    ['a push', forPush, PUSH, 'matches'],
    ['a pushed tag, which GitHub calls a push', forPush, tag, 'matches'],
    [
      'a pushed tag of GitLab, which calls it a tag',
      { ...forPush, provider: 'Gitlab' },
      { ...tag, provider: 'Gitlab' },
      'event',
    ],
    ['another provider', { ...forPush, provider: 'Bitbucket' }, PUSH, 'provider'],
    ['another event', forRequests, PUSH, 'event'],
    ['a deleted branch', forPush, { ...PUSH, isDeletion: true }, 'deletion'],
    ['an action that is asked for', forRequests, PULL_REQUEST, 'matches'],
    ['an action that is not', forRequests, { ...PULL_REQUEST, action: 'Label' }, 'action'],
    ['every action', { ...forRequests, actions: [] }, { ...PULL_REQUEST, action: 'Label' }, 'matches'],
    ['but that of drafts', { ...forRequests, actions: [] }, { ...PULL_REQUEST, action: 'ReadyForReview' }, 'action'],
    [
      'which may be asked for',
      { ...forRequests, actions: ['ReadyForReview'] },
      { ...PULL_REQUEST, action: 'ReadyForReview' },
      'matches',
    ],
    ['the repository by SSH', { ...forPush, repositoryUrl: 'ssh://git@github.com:22/Team/app' }, PUSH, 'matches'],
    ['another repository', { ...forPush, repositoryUrl: 'https://github.com/team/app2.git' }, PUSH, 'repository'],
  ])('%s', (_, source, event, result) => {
    const match = matchSource(source, event);
    expect(match.kind === 'matches' ? 'matches' : match.in).toBe(result);
    if (match.kind === 'differs') expect(match.reason).toMatch(/^The .*\.$/);
  });

  test('an action that triggers have no word for', () => {
    const { action: _, ...other } = PULL_REQUEST;
    expect(matchSource({ ...forRequests, actions: [] }, other)).toMatchObject({ kind: 'differs', in: 'action' });
  });

  test('what each provider calls them', () => {
    expect([eventName(PUSH), eventName(PULL_REQUEST)]).toEqual(['Push', 'PullRequest']);
    expect(eventName({ ...PULL_REQUEST, provider: 'Gitlab' })).toBe('MergeRequest');
  });

  test('runs that take each other’s place: the same ref, the same pull request with the same branches', () => {
    expect(runIdentity(PUSH)).toBe(runIdentity({ ...PUSH, commitSha: 'abc' }));
    expect(runIdentity(PUSH)).not.toBe(runIdentity(tag));
    expect(runIdentity(PULL_REQUEST)).toBe(runIdentity({ ...PULL_REQUEST, action: 'Label', title: 'x' }));
    expect(runIdentity(PULL_REQUEST)).not.toBe(runIdentity({ ...PULL_REQUEST, targetBranch: 'dev' }));
  });
});

test.each([
  ['https://github.com/team/app', 'git@github.com:team/app.git', true],
  ['https://user:x@GitHub.com:443/team/app.git/', 'https://github.com/Team/App', true],
  ['ssh://git@host.example:7999/team/app.git', 'https://host.example/team/app', true],
  ['https://github.com/team/app', 'https://github.com/team/app/sub', false],
  ['https://github.com/team/app', 'https://gitlab.com/team/app', false],
  ['app', 'app', false],
])('%s and %s are one repository: %s', (one, other, same) => {
  expect(isSameAddress(one, other)).toBe(same);
  expect(isSameAddress(other, one)).toBe(same);
});

describe('conditions', () => {
  const judge = (git: GitEvent, key: string, operator: string, value: string, files?: readonly string[]): string => {
    const conditions: TriggerConditions = { payloadConditions: [{ key, operator, value }] };
    const result = matchConditions(conditions, { payload: '{"x": 1}', headers: {}, git }, files);
    return result.matched ? (result.results.length === 0 ? 'skipped' : 'holds') : String(result.failedKind);
  };

  test.each<[string, GitEvent, string, string, string, string]>([
    ['the target of a push is its branch', PUSH, 'targetBranch', 'Regex', 'release/.*', 'holds'],
    ['and may not be the one that is asked for', PUSH, 'targetBranch', 'Equals', 'main', 'payload'],
    ['a push has no source', PUSH, 'sourceBranch', 'Equals', 'main', 'skipped'],
    ['a pull request has both', PULL_REQUEST, 'sourceBranch', 'In', 'mend, main', 'holds'],
    ['and its target', PULL_REQUEST, 'targetBranch', 'NotIn', 'main,dev', 'payload'],
    ['expressions see the event', PULL_REQUEST, '<+trigger.prNumber>', 'Equals', '7', 'holds'],
    ['and its payload', PULL_REQUEST, '<+trigger.payload.x>', 'Equals', '1', 'holds'],
  ])('%s', (_, git, key, operator, value, result) => {
    expect(judge(git, key, operator, value)).toBe(result);
  });

  const files = ['docs/a.md', 'src/main.ts'];
  test.each<[string, string, readonly string[], string]>([
    ['StartsWith', 'src/', files, 'holds'],
    ['StartsWith', 'test/', files, 'files'],
    ['Regex', String.raw`docs/.*\.md`, files, 'holds'],
    ['Equals', 'src/main.ts', [], 'files'],
    ['NotEquals', 'docs/b.md', files, 'holds'],
    ['NotEquals', 'docs/a.md', files, 'files'],
    ['DoesNotContain', '.ts', files, 'files'],
    ['NotIn', 'x,y', [], 'holds'],
    ['Regex', '(', files, 'files'],
  ])('changed files: %s %s', (operator, value, changed, result) => {
    expect(judge(PUSH, 'changedFiles', operator, value, changed)).toBe(result);
  });

  test('files come last, and are not guessed', () => {
    const conditions = {
      payloadConditions: [
        { key: 'changedFiles', operator: 'StartsWith', value: 'src/' },
        { key: 'targetBranch', operator: 'Equals', value: 'main' },
      ],
      jexlCondition: '<+trigger.event> == "PR"',
    };
    const event = { payload: '{}', headers: {}, git: PULL_REQUEST };
    const result = matchConditions(conditions, event);
    expect(result.results.map(({ kind, holds }) => [kind, holds])).toEqual([
      ['payload', true],
      ['jexl', true],
      ['files', false],
    ]);
    expect(result.message).toBe(
      'The payload condition on changedFiles cannot be judged: the event does not say which files it changed.',
    );
    expect(matchConditions(conditions, event, ['src/a.ts']).matched).toBe(true);
  });
});

describe('changed files of a push', () => {
  const commits = [
    { added: ['b'], modified: ['a'], removed: [] },
    { added: [], modified: ['a'], removed: ['c'] },
  ];

  test('are those of all its commits', () => {
    expect(changedFiles(PUSH, JSON.stringify({ commits }))).toEqual(['a', 'b', 'c']);
    expect(changedFiles({ ...PUSH, provider: 'Gitlab' }, JSON.stringify({ commits, total_commits_count: 2 }))).toEqual([
      ...['a', 'b', 'c'],
    ]);
  });

  test.each<[string, GitEvent, object]>([
    ['when not all commits are there', { ...PUSH, provider: 'Gitlab' }, { commits, total_commits_count: 40 }],
    ['when there are none', PUSH, {}],
    ['of a pull request', PULL_REQUEST, { commits }],
    ['of Bitbucket', { ...PUSH, provider: 'Bitbucket' }, { commits }],
  ])('are not known %s', (_, event, payload) => {
    expect(changedFiles(event, JSON.stringify(payload))).toBeUndefined();
  });
});
