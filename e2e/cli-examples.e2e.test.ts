/** The examples as a newcomer has them: copied to a repository of their own, tested, and run. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bridle examples-'));
  for (const name of ['build-with-service', 'release', 'matrix']) {
    const folder = join(home, name);
    await cp(join(ROOT, 'examples', name), folder, { recursive: true });
    await run('git', ['init', '--quiet'], { cwd: folder });
  }
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Finished {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

function bridle(example: string, ...words: string[]): Promise<Finished> {
  const program = join(ROOT, 'node_modules/.bin/bridle');
  const environment = { PATH: process.env['PATH'], HOME: home, BRIDLE_CACHE: join(home, 'cache') };
  return new Promise((resolve) => {
    execFile(program, words, { cwd: join(home, example), env: environment }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), out: stdout, err: stderr });
    });
  });
}

describe.each(['build-with-service', 'release', 'matrix'])('%s', (example) => {
  it('is valid, formatted, and passes its own tests', async () => {
    expect(await bridle(example, 'validate', '--strict')).toMatchObject({ exitCode: 0, out: '' });
    expect(await bridle(example, 'fmt', '--check')).toMatchObject({ exitCode: 0, out: '' });
    expect(await bridle(example, 'test')).toMatchObject({ exitCode: 0, err: expect.stringContaining('passed') });
  });
});

describe('build-with-service', () => {
  it('tests the service beside it, reads the report and tells the version', async () => {
    const { exitCode, out } = await bridle('build-with-service', 'run', '-i', 'port=18123');
    expect({ exitCode, out }).toMatchObject({ exitCode: 0 });
    expect(out).toContain('5 tests, 0 failed');
    expect(out).toContain('greeter 1.0.0 is good');
  });

  it('is built by itself where it is a part of another repository', async () => {
    const part = join(home, 'mono', 'part');
    await cp(join(ROOT, 'examples/build-with-service'), part, { recursive: true });
    await run('git', ['init', '--quiet'], { cwd: join(home, 'mono') });
    const { exitCode, out } = await bridle('mono/part', 'run', '-i', 'port=18124', '--codebase', '.');
    expect({ exitCode, out }).toMatchObject({ exitCode: 0 });
    expect(out).toContain('5 tests, 0 failed');
  });

  it('says what is broken', async () => {
    const { exitCode, out } = await bridle('build-with-service', 'run', '-i', 'port=1');
    expect(exitCode).toBe(1);
    expect(out).toContain('✗ the service greets');
    expect(out).toContain('The tests of the greeter fail.');
  });
});

describe('release', () => {
  it('goes live with an approval, and back when it does not answer', async () => {
    const live = await bridle('release', 'run', '-i', 'version=2.0', '--approve', 'approve.ask:slot=green');
    expect(live).toMatchObject({ exitCode: 0 });
    expect(live.out).toContain('shop-2.0.tgz goes to green');
    const back = await bridle('release', 'run', '-i', 'version=2.0', '-i', 'healthy=no', '--yes');
    expect(back.exitCode).toBe(1);
    expect(back.out).toContain('back to what was live before');
    expect(back.out).toContain('attempt 3 of 3');
  });

  it('stays where it is when somebody says no', async () => {
    const { exitCode, out } = await bridle('release', 'run', '-i', 'version=2.0', '--reject', 'approve.ask');
    expect(exitCode).toBe(1);
    expect(out).not.toContain('goes to');
  });
});

describe('matrix', () => {
  it('measures all combinations and reports what came of two of them', async () => {
    const { exitCode, out } = await bridle('matrix', 'run');
    expect({ exitCode, out }).toMatchObject({ exitCode: 0 });
    expect(out).toMatch(/smallest: \d+\n/);
    expect(out).toContain('6 succeeded');
  });
});
