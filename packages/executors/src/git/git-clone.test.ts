import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GIT_CLONE_OUTPUTS } from '@bridle/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_SETTINGS, type StepConnector, type StepResult } from '../executor.ts';
import { findProgram } from '../process/shells.ts';
import { startGitServer, type GitServer, type TestRepository } from '../testing/git-server.ts';
import { isShown } from '../testing/needs.ts';
import { openStage, type Stage, type StartOptions, type StepStart } from '../testing/stage.ts';

let server: GitServer;
let app: TestRepository;
/** Commits of `app`. */
let first: string;
let second: string;
let featureHead: string;
let stage: Stage;

beforeAll(async () => {
  server = await startGitServer();
  app = await server.create('group/app.git', { 'README.md': 'one\n', 'src/a.txt': 'a\n', 'docs/b.txt': 'b\n' });
  first = app.git('rev-parse', 'main');
  second = await app.commit('refs/heads/main', { 'README.md': 'two\n' }, { message: 'second\n\nmore words' });
  featureHead = await app.commit('refs/heads/feature', { 'new.txt': 'new\n' }, { onto: first, message: 'feature' });
  app.git('update-ref', 'refs/pull/1/head', featureHead);
  app.git('tag', '-a', 'v1', '-m', 'version one', first);
});
afterAll(() => server.close());
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stage.close();
});

function connector(more: Partial<StepConnector> = {}, password = server.password): StepConnector {
  return {
    identifier: 'repo',
    type: 'Github',
    spec: {
      url: `${server.url}/group/app.git`,
      type: 'Repo',
      authentication: {
        type: 'Http',
        spec: { type: 'UsernameToken', spec: { username: server.username, tokenRef: 'account.token' } },
      },
    },
    secrets: new Map([['account.token', Buffer.from(`${password}\n`)]]),
    ...more,
  };
}

type Spec = Readonly<Record<string, unknown>>;

function begin(spec: Spec, options: StartOptions & { readonly connector?: StepConnector } = {}): StepStart {
  return stage.start(
    'GitClone',
    { connectorRef: 'repo', build: { type: 'branch', spec: { branch: 'main' } }, cloneDirectory: '/harness', ...spec },
    {
      workspaceKey: 'stage1',
      ...options,
      settings: { git: { isFileUrlAllowed: false, retryDelayMs: 1 }, ...options.settings },
      step: { connectors: { repo: options.connector ?? connector() }, ...options.step },
    },
  );
}

const clone = async (spec: Spec, options?: Parameters<typeof begin>[1]): Promise<StepResult & { log: string }> => {
  const { result, log } = begin(spec, options);
  return { ...(await result), log: log.text };
};

const at = (...path: string[]): string => join(stage.folder, 'work', 'workspaces', 'stage1', ...path);
const read = (...path: string[]): string => readFileSync(at(...path), 'utf8');

/** What a later step's git says of the clone. */
async function git(command: string): Promise<string> {
  const { result, log } = stage.start(
    'Run',
    { shell: 'Sh', command: `set +x\n${command}` },
    { workspaceKey: 'stage1' },
  );
  await result;
  return log.body.replace(/^\+ set \+x\n/, '').trim();
}

const failure = (result: StepResult): unknown => (result.kind === 'failed' ? result.failure : result);

describe('what is checked out', () => {
  test('the head of a branch, with every output the language promises', async () => {
    const result = await clone({});
    expect(result).toMatchObject({
      kind: 'succeeded',
      outputs: {
        buildType: 'branch',
        repoUrl: `${server.url}/group/app.git`,
        branch: 'main',
        tag: null,
        commitSha: second,
        shortCommitSha: second.slice(0, 7),
        commitMessage: 'second\n\nmore words',
        commitRef: 'refs/heads/main',
        gitUser: 'Ada',
        gitUserEmail: 'ada@example.com',
        prNumber: null,
      },
    });
    if (result.kind === 'succeeded') expect(Object.keys(result.outputs).sort()).toEqual([...GIT_CLONE_OUTPUTS].sort());
    expect(read('README.md')).toBe('two\n');
    expect(await git('git status --porcelain --branch; git remote get-url origin')).toBe(
      `## main...origin/main\n${server.url}/group/app.git`,
    );
    expect(result.log).toContain('+ git fetch --no-tags --depth=50 origin +refs/heads/main:refs/remotes/origin/main\n');
  });

  test('a commit of a branch, also where the clone is too shallow for it', async () => {
    const build = { type: 'branch', spec: { branch: 'main', commitSha: first } };
    const result = await clone({ build, depth: 1 });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitSha: first, branch: 'main' } });
    expect(read('README.md')).toBe('one\n');
    expect(await git('git rev-parse --abbrev-ref HEAD')).toBe('main');
  });

  test('a tag, peeled to its commit', async () => {
    const result = await clone({ build: { type: 'tag', spec: { tag: 'v1' } } });
    expect(result).toMatchObject({
      kind: 'succeeded',
      outputs: { tag: 'v1', branch: null, commitSha: first, commitRef: 'refs/tags/v1' },
    });
    expect(await git('git describe')).toBe('v1');
  });

  test.each([
    ['whole', (id: string) => id],
    ['short', (id: string) => id.slice(0, 9)],
  ])('a commit by its %s id', async (_, shorten) => {
    const result = await clone({ build: { type: 'commitSha', spec: { commitSha: shorten(featureHead) } } });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitSha: featureHead, branch: null } });
    expect(read('new.txt')).toBe('new\n');
  });

  test('a commit that the server gives only with its branch', async () => {
    app.git('config', 'uploadpack.allowAnySHA1InWant', 'false');
    const result = await clone({ build: { type: 'commitSha', spec: { commitSha: first } }, depth: 1 });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitSha: first } });
  });

  test('depth: as many commits as are asked for, all for 0', async () => {
    await clone({ depth: 1 });
    expect(await git('git rev-list --count HEAD')).toBe('1');
    await clone({ depth: 0 });
    expect(await git('git rev-list --count HEAD')).toBe('2');
  });

  test('tags only when they are asked for', async () => {
    await clone({});
    expect(await git('git tag')).toBe('');
    await clone({ fetchTags: true });
    expect(await git('git tag')).toBe('v1');
  });

  test('a folder of its own by default, named for the repository of an account', async () => {
    const account = connector({ spec: { ...connector().spec, url: `${server.url}/group/`, type: 'Account' } });
    const result = await clone({ repoName: 'app.git', cloneDirectory: undefined }, { connector: account });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { repoUrl: `${server.url}/group/app.git` } });
    expect(read('app', 'README.md')).toBe('two\n');
  });
});

describe('pull requests', () => {
  const pullRequest = (spec: Spec = {}): Spec => ({ type: 'PR', spec: { number: '1', ...spec } });

  test('the head merged into its target branch; the merge is the same one every time', async () => {
    const build = pullRequest({ targetBranch: 'main', sourceBranch: 'feature', commitSha: featureHead });
    const result = await clone({ build });
    const mergeSha = await git('git rev-parse HEAD');
    expect(result).toMatchObject({
      kind: 'succeeded',
      outputs: {
        commitSha: featureHead,
        branch: 'main',
        commitRef: 'refs/pull/1/head',
        prNumber: '1',
        sourceBranch: 'feature',
        targetBranch: 'main',
        baseCommitSha: second,
        mergeSha,
      },
    });
    expect([read('README.md'), read('new.txt')]).toEqual(['two\n', 'new\n']);
    expect(await clone({ build })).toMatchObject({ outputs: { mergeSha } });
  });

  test('a shallow clone is deepened until the two have a common ancestor', async () => {
    const result = await clone({ build: pullRequest({ targetBranch: 'main' }), depth: 1 });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { baseCommitSha: second, commitSha: featureHead } });
    expect([read('README.md'), read('new.txt')]).toEqual(['two\n', 'new\n']);
  });

  test('without a target branch: the merge of the provider, else the default branch with a warning', async () => {
    const own = await clone({ build: pullRequest() });
    expect(own).toMatchObject({ kind: 'succeeded', outputs: { targetBranch: 'main' } });
    expect(own.log).toContain('Warning: nothing says which branch pull request 1 is for');
    const tree = app.git('rev-parse', `${featureHead}^{tree}`);
    const merge = app.git('commit-tree', tree, '-p', second, '-p', featureHead, '-m', 'merged by the provider');
    app.git('update-ref', 'refs/pull/1/merge', merge);
    try {
      const result = await clone({ build: pullRequest() });
      expect(result).toMatchObject({
        outputs: { commitSha: featureHead, mergeSha: merge, baseCommitSha: second, targetBranch: null },
      });
    } finally {
      app.git('update-ref', '-d', 'refs/pull/1/merge');
    }
  });

  test('SourceBranch: the head alone', async () => {
    const result = await clone({ build: pullRequest({ sourceBranch: 'feature' }), prCloneStrategy: 'SourceBranch' });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitSha: featureHead, mergeSha: null } });
    expect(read('README.md')).toBe('one\n');
    expect(await git('git rev-parse --abbrev-ref HEAD')).toBe('feature');
  });

  test.each([
    ['merge requests', 'refs/merge-requests/7/head'],
    ['pull requests of Bitbucket', 'refs/pull-requests/7/from'],
  ])('%s', async (_, ref) => {
    app.git('update-ref', ref, featureHead);
    const result = await clone({ build: { type: 'PR', spec: { number: '7', targetBranch: 'main' } } });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitRef: ref, commitSha: featureHead } });
    app.git('update-ref', '-d', ref);
  });

  test('the head when its trigger was fired, not what the branch has become', async () => {
    const later = await app.commit('refs/pull/2/head', { 'later.txt': '' }, { onto: featureHead });
    const build = { type: 'PR', spec: { number: '2', targetBranch: 'main', commitSha: featureHead } };
    expect(await clone({ build })).toMatchObject({ outputs: { commitSha: featureHead } });
    expect(existsSync(at('later.txt'))).toBe(false);
    expect(later).not.toBe(featureHead);
  });

  test('conflicts are named', async () => {
    await app.commit('refs/pull/3/head', { 'README.md': 'three\n' }, { onto: first });
    const result = await clone({ build: { type: 'PR', spec: { number: '3', targetBranch: 'main' } } });
    expect(failure(result)).toEqual({
      message: 'Pull request 3 conflicts with main in README.md. Merge main into its branch first.',
      types: ['APPLICATION_ERROR'],
    });
  });

  test('one that is not there', async () => {
    const result = await clone({ build: { type: 'PR', spec: { number: '99', targetBranch: 'main' } } });
    expect(failure(result)).toMatchObject({ message: expect.stringContaining('has no pull request 99') });
  });
});

describe('parts and additions', () => {
  test('sparse checkout of folders and by patterns', async () => {
    await clone({ sparseCheckout: ['src'] });
    expect([existsSync(at('src/a.txt')), existsSync(at('docs')), existsSync(at('README.md'))]).toEqual([
      true,
      false,
      true,
    ]);
    const other = { workspaceKey: 'stage2' };
    await clone({ sparseCheckout: ['/docs/*\n!/docs/c*'] }, other);
    expect(await readdir(join(stage.folder, 'work', 'workspaces', 'stage2'))).toEqual(['.git', 'docs']);
  });

  test('submodules, with the credentials for the same server', async () => {
    const inner = await server.create('group/inner.git', { 'inner.txt': 'inner\n' });
    const middle = await server.create('group/middle.git', {
      'middle.txt': 'middle\n',
      '.gitmodules': '[submodule "inner"]\n\tpath = inner\n\turl = ../inner.git\n',
    });
    const middleHead = await middle.commit(
      'refs/heads/main',
      {},
      { submodules: { inner: inner.git('rev-parse', 'main') } },
    );
    await app.commit(
      'refs/heads/with-modules',
      { '.gitmodules': '[submodule "middle"]\n\tpath = lib/middle\n\turl = ../middle.git\n' },
      { onto: second, submodules: { 'lib/middle': middleHead } },
    );
    const build = { type: 'branch', spec: { branch: 'with-modules' } };
    expect(await clone({ build })).toMatchObject({ kind: 'succeeded' });
    expect(existsSync(at('lib/middle/middle.txt'))).toBe(false);
    expect(await clone({ build, submoduleStrategy: 'true' })).toMatchObject({ kind: 'succeeded' });
    expect([existsSync(at('lib/middle/middle.txt')), existsSync(at('lib/middle/inner/inner.txt'))]).toEqual([
      true,
      false,
    ]);
    expect(await clone({ build, submoduleStrategy: 'recursive' })).toMatchObject({ kind: 'succeeded' });
    expect(read('lib/middle/inner/inner.txt')).toBe('inner\n');
  });

  test('submodules elsewhere get no credentials, and none is read from this host', async () => {
    const stranger = await startGitServer();
    try {
      const modules = (url: string): Spec => ({ '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ${url}\n` });
      const branch = async (name: string, url: string): Promise<StepResult> => {
        await app.commit(`refs/heads/${name}`, modules(url) as Record<string, string>, {
          onto: second,
          submodules: { x: first },
        });
        return clone({ build: { type: 'branch', spec: { branch: name } }, submoduleStrategy: 'true' });
      };
      expect(failure(await branch('stranger', `${stranger.url}/x.git`))).toMatchObject({ types: ['AUTHENTICATION'] });
      expect(stranger.requests.length).toBeGreaterThan(0);
      expect(stranger.requests.filter((request) => request.includes('with credentials'))).toEqual([]);
      const local = await branch('local', pathToFileURL(app.folder).href);
      expect(local).toMatchObject({ kind: 'failed' });
      expect(await branch('program', 'ext::sh -c touch% /tmp/never')).toMatchObject({ kind: 'failed' });
    } finally {
      await stranger.close();
    }
  });

  const hasLfs = findProgram('git-lfs', process.env['PATH'] ?? '') !== undefined;

  test.runIf(isShown('clones with large files: no git-lfs in PATH', hasLfs))('large files', async () => {
    const pointer = server.keepLarge('large '.repeat(1_000));
    await app.commit(
      'refs/heads/large',
      { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'a.bin': pointer },
      { onto: second },
    );
    const build = { type: 'branch', spec: { branch: 'large' } };
    expect(await clone({ build })).toMatchObject({ kind: 'succeeded' });
    expect(read('a.bin')).toBe(pointer);
    expect(await clone({ build, lfs: true })).toMatchObject({ kind: 'succeeded' });
    expect(read('a.bin')).toBe('large '.repeat(1_000));
    expect(await git('git status --porcelain')).toBe('');
  });

  test('preFetchCommand runs in the clone before anything is fetched, with the variables of the step', async () => {
    const preFetchCommand = 'test -d .git && test ! -e README.md\ngit config core.compression 3\necho "hello $WHO"';
    const result = await clone({ preFetchCommand }, { environment: { WHO: 'you' } });
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(result.log).toMatch(/hello you\n(?:.*\n)*\+ git fetch/);
    expect(await git('git config core.compression')).toBe('3');
    expect(failure(await clone({ preFetchCommand: 'exit 3' }))).toMatchObject({
      message: 'preFetchCommand ended with exit code 3.',
    });
  });

  test('a clone that is there already is replaced, its hooks with it', async () => {
    await clone({});
    writeFileSync(at('README.md'), 'changed');
    writeFileSync(at('kept.txt'), 'kept');
    writeFileSync(at('.git/hooks-marker'), '');
    const result = await clone({ build: { type: 'branch', spec: { branch: 'feature' } } });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitSha: featureHead } });
    expect([read('README.md'), read('kept.txt'), existsSync(at('.git/hooks-marker'))]).toEqual([
      'one\n',
      'kept',
      false,
    ]);
  });
});

describe('what goes wrong is said', () => {
  test('a wrong password', async () => {
    const result = await clone({}, { connector: connector({}, 'wrong') });
    expect(failure(result)).toMatchObject({
      types: ['AUTHENTICATION'],
      message: expect.stringContaining(`${server.url}/group/app.git does not accept the connector's credentials.`),
    });
    expect(result.log).toContain('does not accept');
  });

  test('a server that is not there', async () => {
    const { spec } = connector();
    const gone = connector({ spec: { ...spec, url: 'http://127.0.0.1:1/app.git' } });
    const result = await clone({}, { connector: gone });
    expect(failure(result)).toMatchObject({ types: ['CONNECTIVITY'] });
    expect(result.log.match(/Trying again/g)).toHaveLength(2);
  });

  test('a server that fails in passing is asked again', async () => {
    server.answerWith(503, 502);
    const result = await clone({});
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitSha: second } });
    expect(result.log.match(/Trying again/g)).toHaveLength(2);
  });

  test('who may not', async () => {
    server.answerWith(403);
    expect(failure(await clone({}))).toMatchObject({ types: ['AUTHORIZATION_ERROR'] });
  });

  /** A search path of these programs of the host alone. */
  function only(...programs: readonly string[]): string {
    const folder = join(stage.folder, 'bin');
    mkdirSync(folder);
    for (const name of [...programs, 'mkfifo']) {
      const path = findProgram(name, process.env['PATH'] ?? '');
      if (path === undefined) throw new Error(`no ${name}`);
      symlinkSync(path, join(folder, name));
    }
    vi.stubEnv('PATH', folder);
    return folder;
  }

  test('no git, or one that is too old', async () => {
    const folder = only();
    const none = await clone({});
    expect(failure(none)).toEqual({
      message: 'git was not found on this delegate: a clone needs git 2.25 or newer in its PATH.',
      types: ['CONFIGURATION_FAILURE'],
    });
    writeFileSync(join(folder, 'git'), '#!/bin/sh\necho git version 2.24.1\n', { mode: 0o755 });
    expect(failure(await clone({}))).toMatchObject({ message: expect.stringContaining('git 2.25 or newer') });
  });

  test('LFS where git-lfs is not there', async () => {
    only('git');
    expect(failure(await clone({ lfs: true }))).toMatchObject({
      message: expect.stringContaining('git-lfs was not found'),
    });
  });

  test.each([
    ['a branch', { type: 'branch', spec: { branch: 'nope' } }, 'There is no branch nope in the repository.'],
    ['a tag', { type: 'tag', spec: { tag: 'nope' } }, 'There is no tag nope in the repository.'],
    [
      'a commit',
      { type: 'commitSha', spec: { commitSha: 'f'.repeat(40) } },
      `There is no commit ${'f'.repeat(40)} in the repository`,
    ],
    [
      'part of one',
      { type: 'commitSha', spec: { commitSha: 'ffffff' } },
      'There is no commit ffffff in the repository',
    ],
  ])('%s that is not there', async (_, build, message) => {
    expect(failure(await clone({ build }))).toMatchObject({
      message: expect.stringContaining(message),
      types: ['APPLICATION_ERROR'],
    });
  });

  test('a repository that is not there', async () => {
    const { spec } = connector();
    const other = connector({ spec: { ...spec, url: `${server.url}/group/other.git` } });
    expect(failure(await clone({}, { connector: other }))).toMatchObject({
      message: expect.stringContaining('There is no repository at'),
    });
  });

  test.each([
    [
      'a branch that reads as an option',
      { build: { type: 'branch', spec: { branch: '--upload-pack=x' } } },
      'cannot be the name of a branch',
    ],
    ['a range', { build: { type: 'branch', spec: { branch: 'a..b' } } }, 'cannot be the name of a branch'],
    ['no branch', { build: { type: 'branch', spec: {} } }, 'needs build.spec.branch'],
    ['a commit of other characters', { build: { type: 'commitSha', spec: { commitSha: 'HEAD' } } }, 'is not a commit'],
    [
      'a number of other characters',
      { build: { type: 'PR', spec: { number: '1/../2' } } },
      'is not the number of a pull request',
    ],
    ['another folder', { cloneDirectory: '../elsewhere' }, 'leads out of the workspace'],
    ['an absolute folder', { cloneDirectory: '/etc' }, 'lies outside of the workspace'],
    ['the workspace itself', { cloneDirectory: './' }, 'may not be the workspace itself'],
    ['files of another clone', { cloneDirectory: 'a/.git/hooks' }, "another clone's own files"],
    ['an unknown connector', { connectorRef: 'who' }, 'The connector who is not there.'],
    ['a depth of other characters', { depth: 'some' }, 'is not a whole number of commits'],
  ])('%s', async (_, spec, message) => {
    const result = await clone(spec);
    expect(failure(result)).toMatchObject({ message: expect.stringContaining(message) });
    expect(result.log).toContain(message);
  });

  test.each([
    ['ext::sh -c id', 'is not the address of a repository'],
    ['ftp://host/x.git', 'cannot be fetched by ftp://'],
    ['-oProxyCommand=id:x', 'is not the address of a repository'],
    ['ssh://-oProxyCommand=id/x', 'is not the address of a repository'],
    ['/srv/repo.git', 'is a folder of the delegate'],
    ['file:///srv/repo.git', 'is a folder of the delegate'],
  ])('the address %s', async (url, message) => {
    const { spec } = connector();
    const result = await clone({}, { connector: connector({ spec: { ...spec, url } }) });
    expect(failure(result)).toMatchObject({ message: expect.stringContaining(message) });
  });

  test('links on the way to the folder are not followed', async () => {
    mkdirSync(at('..', 'stage1'), { recursive: true });
    symlinkSync(stage.folder, at('out'));
    for (const cloneDirectory of ['out', 'out/repo']) {
      expect(failure(await clone({ cloneDirectory }))).toMatchObject({
        message: expect.stringContaining('leads out of the workspace by a link'),
      });
    }
    expect(existsSync(join(stage.folder, 'repo'))).toBe(false);
  });

  test('a folder of this host is cloned where a setting allows it', async () => {
    const local = connector({ type: 'Git', spec: { url: app.folder, connectionType: 'Repo' }, secrets: new Map() });
    const settings = { git: { isFileUrlAllowed: true, retryDelayMs: 1 } };
    const result = await clone({}, { connector: local, settings });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { commitSha: second } });
    expect(DEFAULT_SETTINGS.git.isFileUrlAllowed).toBe(false);
  });
});
