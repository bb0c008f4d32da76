/** A home whose data an earlier PostgreSQL wrote: refused by the start, brought over by `bridle upgrade`, killed in between. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startPostgres } from '@bridle/launcher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detailsWhenFinal, fire } from './src/api.ts';
import { bridle, bridleUp } from './src/bridle-up.ts';
import { commandLines } from './src/processes.ts';
import { REPOSITORY } from './src/product.ts';

const MAJOR = '17';
const former = findFormer();

/** It comes for one platform only; elsewhere the move itself is not shown, the refusal is. */
function findFormer(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('postgres-17-linux-x64');
    return join(dirname(dirname(entry)), 'native');
  } catch {
    return undefined;
  }
}

let folder: string;
let data: string;
let event: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridle upgrade-'));
  data = join(folder, 'home');
  const up = await bridleUp(['--data', data, '--port', '0']);
  event = (await fire(up, 'test', 'myhook')).body.data;
  await detailsWhenFinal(up, event);
  await bridle(['down', '--data', data]);
  await up.ended;
});

afterAll(async () => {
  await bridle(['down', '--data', data]);
  expect((await commandLines()).filter((line) => line.includes(folder))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

it('nothing is done where nothing is to do', async () => {
  expect(await bridle(['upgrade', '--data', data])).toMatchObject({
    code: 0,
    err: expect.stringContaining('nothing to upgrade'),
  });
  expect(await bridle(['upgrade', '--data', join(folder, 'none')])).toMatchObject({
    code: 1,
    err: expect.stringContaining('HOME_EMPTY'),
  });
});

describe.runIf(former !== undefined)(`data of PostgreSQL ${MAJOR}`, () => {
  const binaries = former ?? '';

  beforeAll(async () => makeFormer(data, binaries));

  it('are refused by the start, which names the command', async () => {
    const started = await bridle(['up', '--data', data, '--port', '0']);
    expect(started).toMatchObject({
      code: 1,
      err: expect.stringMatching(/PostgreSQL 17.*DATA_DIRECTORY_VERSION[\s\S]*bridle upgrade/),
    });
  });

  it('survive an upgrade that is killed, wherever that is', async () => {
    const child = spawn(
      process.execPath,
      [join(REPOSITORY, 'packages/cli/bin/bridle.mjs'), 'upgrade', '--data', data, '--binaries', binaries],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, BRIDLE_HOME: '' } },
    );
    let told = '';
    for await (const chunk of child.stderr) {
      told += String(chunk);
      if (told.includes('writing them')) break;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readFileSync(join(data, 'postgres/PG_VERSION'), 'utf8').trim()).toBe(MAJOR);
    const missing = await bridle(['upgrade', '--data', data, '--binaries', folder]);
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('OLD_POSTGRES_MISSING') });
  });

  it('are brought over, and the old ones are kept', async () => {
    const upgraded = await bridle(['upgrade', '--data', data, '--binaries', binaries]);
    expect(upgraded).toMatchObject({ code: 0, err: expect.stringContaining('PostgreSQL 17 → 18') });
    expect(readFileSync(join(data, 'postgres/PG_VERSION'), 'utf8').trim()).toBe('18');
    expect(readFileSync(join(data, 'postgres.old-17/PG_VERSION'), 'utf8').trim()).toBe(MAJOR);
    for (const left of ['upgrade', 'upgrade.tar', 'postgres.next']) expect(existsSync(join(data, left))).toBe(false);
    await expectAllThere();
  });

  it('are not hidden by an empty cluster when the last rename is missing', async () => {
    renameSync(join(data, 'postgres'), join(data, 'postgres.next'));
    expect(await bridle(['up', '--data', data, '--port', '0'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('DATA_DIRECTORY_HALF_UPGRADED'),
    });
    expect(existsSync(join(data, 'postgres'))).toBe(false);
    expect(await bridle(['upgrade', '--data', data])).toMatchObject({ code: 0 });
    await expectAllThere();
  });
});

async function expectAllThere(): Promise<void> {
  const up = await bridleUp(['--data', data, '--port', '0']);
  const { executionDetails } = await detailsWhenFinal(up, event);
  expect(executionDetails?.pipelineExecutionSummary.status).toBe('Success');
  const next = await detailsWhenFinal(up, (await fire(up, 'test', 'myhook')).body.data);
  expect(next.executionDetails?.pipelineExecutionSummary.runSequence).toBeGreaterThan(1);
  await bridle(['down', '--data', data]);
  await up.ended;
}

/** The same home as an earlier release would have it: its rows in a cluster that the earlier PostgreSQL made. */
async function makeFormer(home: string, native: string): Promise<void> {
  const backup = join(folder, 'present.tar');
  expect(await bridle(['backup', backup, '--data', home])).toMatchObject({ code: 0 });
  const [now, then] = [join(home, 'postgres'), join(folder, 'former')];
  const before = {
    major: MAJOR,
    binaries: {
      root: native,
      initdb: join(native, 'bin/initdb'),
      postgres: join(native, 'bin/postgres'),
      pgCtl: join(native, 'bin/pg_ctl'),
    },
  };
  const postgres = await startPostgres({
    dataDirectory: join(then, 'postgres'),
    logFile: join(folder, 'former.log'),
    former: before,
  });
  try {
    const env = { ...process.env, DATABASE_URL: postgres.url, BRIDLE_HOME: then };
    const request = JSON.stringify({ kind: 'restore', file: backup, withHome: false });
    const owner = spawnSync(process.execPath, [join(REPOSITORY, 'packages/server/src/owner.ts')], {
      env: { ...env, BRIDLE_OWNER_REQUEST: request },
      encoding: 'utf8',
    });
    expect({ status: owner.status, said: owner.stderr }).toEqual({ status: 0, said: '' });
  } finally {
    await postgres.stop();
  }
  rmSync(now, { recursive: true });
  renameSync(join(then, 'postgres'), now);
}
