import { expect, test } from 'vitest';
import { readRepositoryUrl } from './repository-url.ts';

test.each([
  [
    'https://github.com/team/app.git',
    { owner: 'team', name: 'app', kind: 'http', link: 'https://github.com/team/app' },
  ],
  [
    'https://user:token@host.test:8443/a/b/c/',
    { owner: 'a/b', name: 'c', kind: 'http', link: 'https://host.test:8443/a/b/c' },
  ],
  ['HTTP://host.test/app?x=1#y', { owner: '', name: 'app', kind: 'http', link: 'http://host.test/app' }],
  ['ssh://git@host.test:2222/team/app.git', { owner: 'team', name: 'app', kind: 'ssh' }],
  ['git@host.test:group/team/app.git', { owner: 'group/team', name: 'app', kind: 'ssh' }],
  ['/srv/git/app.git', { owner: 'srv/git', name: 'app', kind: 'other' }],
  ['file:///srv/git/app', { owner: 'srv/git', name: 'app', kind: 'other' }],
  ['', { owner: '', name: '', kind: 'other' }],
] as const)('%s', (url, name) => {
  expect(readRepositoryUrl(url)).toEqual(name);
});
