import { expect, it } from 'vitest';
import { repositoryAddress } from './connector-repository.ts';
import type { GitEvent } from './git-event.ts';
import { hasSkipKeyword } from './skip-keyword.ts';

it.each([
  [{ url: 'https://github.com/team/app', type: 'Repo' }, undefined, 'https://github.com/team/app'],
  [{ url: 'https://github.com/team/', type: 'Account' }, 'app', 'https://github.com/team/app'],
  [{ url: 'git@github.com:team', type: 'Account' }, 'app', 'git@github.com:team/app'],
  [{ url: 'https://git.example/scm/proj', type: 'Project' }, '/app', 'https://git.example/scm/proj/app'],
  [{ url: 'https://git.example/a', type: 'Http', connectionType: 'Account' }, 'b', 'https://git.example/a/b'],
  [{ url: 'https://git.example/a/b', type: 'Http', connectionType: 'Repo' }, 'other', 'https://git.example/a/b'],
  [{ url: 'https://github.com/team', type: 'Account' }, undefined, undefined],
  [{ type: 'Repo' }, 'app', undefined],
])('the repository of %o with %s is %s', (spec, repoName, expected) => {
  expect(repositoryAddress(spec, repoName)).toBe(expected);
});

const push = (commitMessage: string): GitEvent => ({
  kind: 'push',
  provider: 'Github',
  repository: { fullName: 'team/app' },
  user: { login: 'ada' },
  ref: { kind: 'branch', name: 'main' },
  commitMessage,
});

it.each([
  ['Words only [skip ci]', true],
  ['ci skip: words only', true],
  ['[Pipeline Skip] words', true],
  ['words\n\nskip pipeline', true],
  ['we skip circuits that are open', false],
  ['basic skipping', false],
  ['', false],
])('%j skips: %s', (message, skips) => {
  expect(hasSkipKeyword(push(message))).toBe(skips);
});
