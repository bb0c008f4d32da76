import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findReports, reportGlobs } from './report-files.ts';
import { SpecError } from './step-spec.ts';

let folder: string;
let outside: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'bridle reports ')));
  outside = await mkdtemp(join(tmpdir(), 'bridle-outside-'));
});
afterEach(async () => {
  for (const path of [folder, outside]) await rm(path, { recursive: true });
});

async function make(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '<testsuite/>');
  }
}

async function find(...globs: readonly string[]): Promise<readonly string[]> {
  const found = await findReports(folder, globs, new AbortController().signal);
  return found.files.map((path) => relative(folder, path));
}

describe('findReports', () => {
  test('takes globs as people write them, each file once', async () => {
    await make('a.xml', 'target/reports/b.xml', 'target/reports/c.txt', 'x[1].xml', 'deep/er/d.xml');
    expect(await find('**/*.xml')).toEqual(['a.xml', 'deep/er/d.xml', 'target/reports/b.xml', 'x[1].xml']);
    expect(await find('./a.xml', 'a.xml', '*.xml')).toEqual(['a.xml', 'x[1].xml']);
    expect(await find('target/**')).toEqual(['target/reports/b.xml', 'target/reports/c.txt']);
    expect(await find('{target/reports,deep}/**/*.xml')).toEqual(['deep/er/d.xml', 'target/reports/b.xml']);
    expect(await find('nothing/*.xml')).toEqual([]);
  });

  test('a container knows the workspace by /harness', async () => {
    await make('target/b.xml');
    expect(await find('/harness/target/*.xml', `${folder}/target/b.xml`)).toEqual(['target/b.xml']);
  });

  test('passes over what nobody reports in, unless it is named', async () => {
    await make('node_modules/x/t.xml', '.git/t.xml', 'src/t.xml');
    expect(await find('**/*.xml')).toEqual(['src/t.xml']);
    expect(await find('node_modules/x/*.xml')).toEqual(['node_modules/x/t.xml']);
  });

  test('leads nowhere out of the workspace (J1)', async () => {
    await writeFile(join(outside, 'secret.xml'), 'secret');
    await make('a/in.xml');
    await symlink(outside, join(folder, 'out'));
    await symlink(join(outside, 'secret.xml'), join(folder, 'link.xml'));
    await symlink('in.xml', join(folder, 'a/inside.xml'));
    await symlink('.', join(folder, 'loop'));
    await symlink('/nowhere', join(folder, 'dangling.xml'));
    execFileSync('mkfifo', [join(folder, 'pipe.xml')]);
    const patterns = [
      '**/*.xml',
      'out/*.xml',
      'out/../*.xml',
      '../**/*.xml',
      `${outside}/*.xml`,
      '/etc/passwd',
      'loop/**/*.xml',
    ];
    expect(await find(...patterns)).toEqual(['a/in.xml']);
    const { strays } = await findReports(
      folder,
      ['link.xml', 'dangling.xml', 'pipe.xml'],
      new AbortController().signal,
    );
    expect(strays).toBe(3);
  });

  test('is bounded, and says so (J2)', async () => {
    await make(...Array.from({ length: 20 }, (_, index) => `t${index}.xml`));
    const found = await findReports(folder, ['*.xml'], new AbortController().signal, 7);
    expect([found.files.length, found.stoppedBy]).toEqual([7, 'files']);
    expect((await findReports(folder, ['*.xml'], AbortSignal.abort())).stoppedBy).toBe('time');
  });
});

describe('reportGlobs', () => {
  test.each([
    [undefined, []],
    [null, []],
    ['', []],
    ['a.xml', ['a.xml']],
    [
      ['a.xml', ' ', 'b.xml'],
      ['a.xml', 'b.xml'],
    ],
    [{ type: 'JUnit', spec: { paths: ['a.xml'] } }, ['a.xml']],
    [{ spec: { paths: 'a.xml' } }, ['a.xml']],
    [{ type: 'JUnit' }, []],
  ])('%j', (value, globs) => {
    expect(reportGlobs(value)).toEqual(globs);
  });

  test.each([[{ type: 'TAP', spec: { paths: ['x'] } }], [3], [Array.from({ length: 101 }, () => 'x')]])(
    'refuses %j',
    (value) => {
      expect(() => reportGlobs(value)).toThrow(SpecError);
    },
  );
});

test('absolute patterns match below a folder that is reached by a link', async () => {
  await make('real/r.xml');
  await symlink('real', join(folder, 'link'));
  const found = await findReports(join(folder, 'link'), [join(folder, 'link', 'r.xml')], new AbortController().signal);
  expect(found).toMatchObject({ files: [join(await realpath(folder), 'real', 'r.xml')], strays: 0 });
});
