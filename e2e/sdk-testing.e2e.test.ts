/** A server of one's own for tests: `@bridle/sdk/testing`, as another project uses it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBridle } from '@bridle/sdk/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REPOSITORY } from './src/product.ts';

const run = promisify(execFile);
const PROGRAM = join(REPOSITORY, 'packages/cli/bin/bridle.mjs');
const GUIDE = await readFile(join(REPOSITORY, 'docs/guides/emulator.md'), 'utf8');

describe('startBridle', () => {
  it('gives a server with the demo and a client, makes faults, and is gone after it', async () => {
    const said: string[] = [];
    let url = '';
    let home = '';
    {
      await using bridle = await startBridle({ program: PROGRAM, onOutput: (text) => said.push(text) });
      ({ url, home } = bridle);
      expect(existsSync(home)).toBe(true);
      const { faults, harness } = bridle;
      await faults.set({
        requests: [{ match: { path: '*/execution/summary' }, times: 1, action: { kind: 'status', status: 503 } }],
        steps: [{ match: { pipeline: 'test' }, times: 1, action: { kind: 'fail', message: 'connection refused' } }],
      });
      const failed = await (await harness.pipelines.execute('test')).wait();
      expect(failed.status).toBe('Failed');
      const listed = await harness.executions.list({ pipelines: ['test'] });
      expect(listed.items).toHaveLength(1);
      const report = await faults.get();
      expect(report.requests.map(({ applied }) => applied)).toEqual([1]);
      expect(report.steps.map(({ applied }) => applied)).toEqual([1]);
      await faults.clear();
      expect((await (await harness.pipelines.execute('test')).wait()).status).toBe('Success');
    }
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect(existsSync(home)).toBe(false);
    expect(said.join('')).not.toContain('rror');
  });

  it('begins with an empty project where that is wanted', async () => {
    await using bridle = await startBridle({ program: PROGRAM, seed: 'none' });
    expect((await bridle.harness.pipelines.list()).items).toEqual([]);
  });

  it('says why it did not start', async () => {
    await expect(startBridle({ program: join(tmpdir(), 'no-such-bridle') })).rejects.toThrow(/did not start: .*ENOENT/);
    const wrong = startBridle({ program: PROGRAM, env: { BRIDLE_HOST: 'not a host!' } });
    await expect(wrong).rejects.toThrow(/did not start: it ended with \d+\n.*BRIDLE_HOST/s);
  });
});

it('the example of the guide runs in a project of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bridle emulator-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'node_modules/@bridle'), { recursive: true });
  const linked = { '@bridle/sdk': 'packages/sdk', bridle: 'packages/cli', vitest: 'node_modules/vitest' };
  for (const [name, place] of Object.entries(linked)) {
    await symlink(join(REPOSITORY, place), join(folder, 'node_modules', name));
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const [, name = '', text = ''] = /^```ts title=(\S+)\n([\s\S]*?)^```$/m.exec(GUIDE) ?? [];
  await writeFile(join(folder, name), text);
  const vitest = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
  const words = [
    vitest,
    'run',
    '--reporter=json',
    '--outputFile=report.json',
    '--testTimeout=60000',
    '--hookTimeout=90000',
  ];
  await run(process.execPath, words, { cwd: folder });
  const report = await readFile(join(folder, 'report.json'), 'utf8');
  const { numPassedTests, numTotalTests } = JSON.parse(report) as Record<string, number>;
  expect([numPassedTests, numTotalTests]).toEqual([2, 2]);
});
