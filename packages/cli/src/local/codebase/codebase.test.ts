import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../testing/test-folder.ts';
import { runLocally, testRepository } from '../test-run.ts';
import { copyTree } from './copy-tree.ts';

const CI = (steps: string): string => `pipeline:
  identifier: p
  name: P
  properties: { ci: { codebase: { connectorRef: <+input>, build: <+input> } } }
  stages:
    - stage:
        identifier: build
        name: build
        type: CI
        spec:
          cloneCodebase: true
          platform: { os: Linux, arch: Amd64 }
          runtime: { type: Docker, spec: {} }
          execution:
            steps:
${steps}
`;

const run = (identifier: string, command: string, more = ''): string =>
  `              - step: { identifier: ${identifier}, name: ${identifier}, type: Run, spec: { shell: Bash, command: ${JSON.stringify(command)}${more} } }`;

/** Everything in a folder that a person could see change: contents, permissions, times, links. */
function fingerprint(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(below, entry.name);
      const { mode, mtimeMs, size, ino } = lstatSync(join(folder, path));
      const what = entry.isSymbolicLink()
        ? readlinkSync(join(folder, path))
        : entry.isFile()
          ? createHash('sha256')
              .update(readFileSync(join(folder, path)))
              .digest('hex')
          : 'folder';
      const own = `${path} ${mode.toString(8)} ${mtimeMs} ${size} ${ino} ${what}`;
      return entry.isDirectory() ? [own, ...fingerprint(folder, path)] : [own];
    });
}

function odd(): Readonly<Record<string, string>> {
  return {
    'src/a.txt': 'a\n',
    'src/deep/er/b.sh': '#!/bin/sh\necho b\n',
    '.gitignore': 'ignored\n*.log\n',
    'with blank.txt': 'x',
  };
}

function dress(folder: string): void {
  chmodSync(join(folder, 'src/deep/er/b.sh'), 0o755);
  chmodSync(join(folder, 'src/a.txt'), 0o640);
  writeFileSync(join(folder, 'untracked.txt'), 'new\n');
  mkdirSync(join(folder, 'ignored'));
  writeFileSync(join(folder, 'ignored/huge'), 'not copied\n');
  symlinkSync('a.txt', join(folder, 'src/link'));
  symlinkSync(join(folder, 'src'), join(folder, 'whole-path'));
  utimesSync(join(folder, 'src/a.txt'), 1_600_000_000, 1_600_000_000);
  mkdirSync(join(folder, 'closed'));
  writeFileSync(join(folder, 'closed/f'), 'f');
  chmodSync(join(folder, 'closed'), 0o555);
}

const DESTROY = [
  'set +e',
  'find . -type f -exec sh -c \'echo broken > "$1"\' _ {} \\;',
  'echo through > whole-path/a.txt; echo through > src/link',
  'git checkout -q -b other 2>/dev/null; git add -A; git -c user.name=x -c user.email=x@x commit -qm broken',
  'git config user.name broken; touch .git/hooks/pre-commit',
  'find . -exec touch {} \\;',
  'chmod -R 777 .',
  'rm -rf -- * .[a-z]*',
  'ls -A',
].join('\n');

test('a step that writes and deletes everything leaves the working tree as it was', async () => {
  const folder = testRepository({ '.harness/pipeline.yaml': CI(run('destroy', DESTROY)), ...odd() });
  dress(folder);
  const before = fingerprint(folder);
  const { exitCode, nodes } = await runLocally('', { folder });
  expect(nodes.get('build.harness-git-clone')).toMatchObject({ status: 'Success' });
  expect(nodes.get('build.destroy')?.status).toBe('Success');
  expect(exitCode).toBe(0);
  expect(fingerprint(folder)).toEqual(before);
});

test('the copy has what is tracked and what is new, with permissions and times, and its git works', async () => {
  const folder = testRepository({
    '.harness/pipeline.yaml': CI(
      [
        run(
          'look',
          'git status --porcelain; git log --format=%s; stat -c "%a %Y" src/a.txt; stat -c %a src/deep/er/b.sh; cat untracked.txt; ls ignored || true; readlink src/link; readlink whole-path; pwd',
        ),
        run('codebase', 'echo "<+codebase.branch> <+codebase.commitMessage> $DRONE_COMMIT_AUTHOR"'),
      ].join('\n'),
    ),
    ...odd(),
  });
  dress(folder);
  const { logs, exitCode } = await runLocally('', { folder });
  expect(exitCode).toBe(0);
  const look = logs
    .filter((line) => line.startsWith('build.look: '))
    .map((line) => line.slice('build.look: '.length))
    .filter((line) => !line.startsWith('+'));
  expect(look).toEqual(expect.arrayContaining(['first', '640 1600000000', '755', 'new', 'a.txt', '?? untracked.txt']));
  expect(look).not.toContain('huge');
  expect(look.some((line) => line === join(folder, 'src'))).toBe(false);
  expect(look.at(-1)).not.toBe(folder);
  expect(logs.some((line) => line.endsWith('main first Ada'))).toBe(true);
});

test('--in-place works in the folder itself, cleans nothing there, and leaves nothing of ours', async () => {
  const folder = testRepository({
    '.harness/pipeline.yaml': CI([run('write', 'pwd; echo made > made.txt'), run('read', 'cat made.txt')].join('\n')),
    ...odd(),
  });
  dress(folder);
  const before = fingerprint(folder);
  const { exitCode, logs, events } = await runLocally('', { folder, words: ['--in-place'] });
  expect(exitCode).toBe(0);
  expect(logs).toContain(`build.write: ${folder}`);
  expect(logs).toContain('build.read: made');
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'note', level: 'warning', text: expect.stringContaining('--in-place') as string }),
  );
  expect(readFileSync(join(folder, 'made.txt'), 'utf8')).toBe('made\n');
  expect(fingerprint(folder).filter((line) => !line.startsWith('made.txt'))).toEqual(before);
});

test('a folder without git is copied whole', async () => {
  const folder = testFolder({ '.harness/pipeline.yaml': CI(run('look', 'find . -type f | sort')), 'a/b.txt': 'b' });
  const { logs, exitCode } = await runLocally('', { folder });
  expect(exitCode).toBe(0);
  expect(logs).toEqual(expect.arrayContaining(['build.look: ./.harness/pipeline.yaml', 'build.look: ./a/b.txt']));
});

test('a linked working tree becomes a repository of its own', async () => {
  const main = testRepository({ 'a.txt': 'a\n' });
  const tree = join(testFolder({}), 'tree');
  const git = (folder: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  git(main, 'worktree', 'add', '-q', '-b', 'side', tree);
  writeFileSync(join(tree, 'b.txt'), 'b\n');
  const to = testFolder({});
  const before = fingerprint(main);
  const copied = await copyTree({ from: tree, to, signal: new AbortController().signal, onProgress: () => undefined });
  expect(copied).toMatchObject({ files: 2, hasGit: true });
  expect(git(to, 'symbolic-ref', '--short', 'HEAD').trim()).toBe('side');
  expect(git(to, 'status', '--porcelain').trim()).toBe('?? b.txt');
  git(to, 'add', '-A');
  git(to, 'commit', '-qm', 'only here');
  expect(git(tree, 'log', '--format=%s').trim()).toBe('first');
  expect(fingerprint(main)).toEqual(before);
});

test('hooks stay behind, and settings that lead to other folders', async () => {
  const from = testRepository({ 'a.txt': 'a\n' });
  writeFileSync(join(from, '.git/hooks/post-checkout'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  execFileSync('git', ['config', 'core.hooksPath', join(from, 'hooks')], { cwd: from });
  const to = testFolder({});
  const { leftOut } = await copyTree({ from, to, signal: new AbortController().signal, onProgress: () => undefined });
  expect(existsSync(join(to, '.git/hooks'))).toBe(false);
  expect(readFileSync(join(to, '.git/config'), 'utf8')).not.toContain(from);
  expect(leftOut.join()).toContain('core.hooksPath');
});

test('submodules come along with their own repositories', async () => {
  const inner = testRepository({ 'inner.txt': 'i\n' });
  const from = testRepository({ 'a.txt': 'a\n' });
  const git = (folder: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', '-c', 'user.name=x', '-c', 'user.email=x@x', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  git(from, 'submodule', 'add', '-q', inner, 'sub');
  git(from, 'commit', '-qm', 'with a submodule');
  writeFileSync(join(from, 'sub/new.txt'), 'n');
  const to = testFolder({});
  await copyTree({ from, to, signal: new AbortController().signal, onProgress: () => undefined });
  expect(readFileSync(join(to, 'sub/new.txt'), 'utf8')).toBe('n');
  expect(git(join(to, 'sub'), 'status', '--porcelain').trim()).toBe('?? new.txt');
  expect(git(join(to, 'sub'), 'rev-parse', '--absolute-git-dir').trim()).toContain(join(to, '.git'));
});

test('a copy that is stopped stops', async () => {
  const from = testFolder(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, 'x'])));
  const controller = new AbortController();
  const copying = copyTree({
    from,
    to: testFolder({}),
    signal: controller.signal,
    onProgress: (done) => {
      if (done === 10) controller.abort();
    },
  });
  await expect(copying).rejects.toThrow('aborted');
});

test('a copy that would lie in the tree leaves its own folder out', async () => {
  const from = testFolder({ 'a.txt': 'a', '.cache/bridle/other/x.txt': 'x' });
  const to = join(from, '.cache/bridle/runs/1');
  mkdirSync(to, { recursive: true });
  const copied = await copyTree({ from, to, signal: new AbortController().signal, onProgress: () => undefined });
  expect(readdirSync(to)).toEqual(['a.txt']);
  expect(copied.leftOut.join()).toContain('.cache');
});

test('names that are no UTF-8 are said to be missing', async () => {
  const from = testRepository({ 'a.txt': 'a' });
  execFileSync('sh', ['-c', String.raw`printf x > "$(printf 'odd\377name')"`], { cwd: from });
  const to = testFolder({});
  const copied = await copyTree({ from, to, signal: new AbortController().signal, onProgress: () => undefined });
  expect(copied.files).toBe(1);
  expect(copied.leftOut.join()).toContain('odd');
});

test('a folder that became a link is copied as the link, and nothing is written through it', async () => {
  const from = testRepository({ 'src/a.txt': 'a', 'b.txt': 'b' });
  const elsewhere = testFolder({ 'a.txt': 'elsewhere' });
  rmSync(join(from, 'src'), { recursive: true });
  symlinkSync(elsewhere, join(from, 'src'));
  const to = testFolder({});
  await copyTree({ from, to, signal: new AbortController().signal, onProgress: () => undefined });
  expect(readFileSync(join(to, 'b.txt'), 'utf8')).toBe('b');
  expect(readlinkSync(join(to, 'src'))).toBe(elsewhere);
  expect(readFileSync(join(elsewhere, 'a.txt'), 'utf8')).toBe('elsewhere');
});

test('a repository that git cannot read is copied without it', async () => {
  const from = testFolder({
    'a.txt': 'a',
    '.git': 'gitdir: /nowhere\n',
    'sub/.git': 'gitdir: /nowhere\n',
    'sub/b.txt': 'b',
  });
  const to = testFolder({});
  const copied = await copyTree({ from, to, signal: new AbortController().signal, onProgress: () => undefined });
  expect(copied).toMatchObject({ files: 2, hasGit: false });
  expect(existsSync(join(to, '.git'))).toBe(false);
  expect(existsSync(join(to, 'sub/.git'))).toBe(false);
});
