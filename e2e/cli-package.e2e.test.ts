/** The package that people install: packed, put into an empty folder, and used from there without a network. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));

let home: string;
let project: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bridle package-'));
  await run('npm', ['pack', '--workspace', 'bridle', '--pack-destination', home, '--silent'], { cwd: ROOT });
  const archive = (await readdir(home)).find((name) => name.endsWith('.tgz'));
  project = join(home, 'my project');
  await mkdir(project);
  await run('npm', ['init', '--yes'], { cwd: project });
  await run('npm', ['install', join(home, archive ?? ''), '--offline', '--no-audit', '--no-fund'], { cwd: project });
});

afterAll(() => rm(home, { recursive: true, force: true }));

function bridle(...words: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const environment = { ...process.env, BRIDLE_CACHE: join(home, 'cache'), NO_COLOR: '1' };
  return run(join(project, 'node_modules/.bin/bridle'), words, { cwd: project, env: environment });
}

describe('the package', () => {
  it('brings all it needs, and says whose work is inside', async () => {
    const manifest = JSON.parse(await readFile(join(project, 'node_modules/bridle/package.json'), 'utf8')) as object;
    expect(manifest).not.toHaveProperty('dependencies');
    expect((await readdir(join(project, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['bridle']);
    const licences = await readFile(join(project, 'node_modules/bridle/dist/THIRD-PARTY.txt'), 'utf8');
    for (const name of ['commander', 'yaml', 'undici']) expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(existsSync(join(project, 'node_modules/bridle/dist/LICENSE'))).toBe(true);
  });

  it('does everything from there: a first pipeline is written, checked, planned, tested and run', async () => {
    expect((await bridle('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    await bridle('init', '--name', 'first');
    expect((await bridle('validate', '--strict')).stderr).toContain('0 errors, 0 warnings');
    expect((await bridle('plan')).stdout).toContain('Announce');
    expect((await bridle('test')).stderr).toContain('3 passed');
    const ran = await bridle('run', '--event', '.harness/events/push.json', '--record', 'record');
    expect(ran.stdout + ran.stderr).toContain('is built');
    await bridle('replay', 'record');
    expect((await bridle('schema', 'pipeline')).stdout).toContain('"$id": "urn:bridle:schema:pipeline"');
  });

  it('leaves nothing of a run behind', async () => {
    await bridle('run');
    expect(await readdir(join(home, 'cache/runs')).catch(() => [])).toEqual([]);
  });
});
