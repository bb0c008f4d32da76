import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { isProcessAlive, listProcessesIn } from '../process/process-identity.ts';
import { LaunchSite, type Launched } from './testdata/launched.ts';

let site: LaunchSite;

beforeEach(() => {
  site = new LaunchSite();
});

afterEach(async () => expect(await site.close()).toEqual([]));

function launch(): Launched {
  return site.launch({ STAND_IN_SERVER: 'database' }, { backoffMinMs: 1 });
}

function postgresPid(): number {
  const pid = Number(readFileSync(join(site.home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  expect(pid).toBeGreaterThan(1);
  return pid;
}

async function stop(bridle: Launched): Promise<void> {
  const pid = postgresPid();
  bridle.signal('SIGINT');
  expect(await bridle.exit()).toBe(0);
  expect(isProcessAlive(pid)).toBe(false);
  expect(listProcessesIn(join(site.home, 'postgres'))).toEqual([]);
}

it('V1: PostgreSQL starts first, ends last, and the next start finds its data', async () => {
  const first = launch();
  await first.says('Stop      Ctrl-C');
  await stop(first);
  expect(site.story.at(-1)).toBe('server down database 2');
  const second = launch();
  await second.says('Stop      Ctrl-C');
  await stop(second);
  expect(site.story.at(-1)).toBe('server down database 4');
});

it('V2: a killed PostgreSQL is started again, and the server lives on', async () => {
  const bridle = launch();
  await bridle.says('Stop      Ctrl-C');
  const before = postgresPid();
  process.kill(before, 'SIGKILL');
  await bridle.says('✓ PostgreSQL   again');
  expect(postgresPid()).not.toBe(before);
  expect(site.pids('server')).toHaveLength(1);
  await stop(bridle);
  expect(site.story.at(-1)).toBe('server down database 2');
});

it('replaces the PostgreSQL of a killed launcher', async () => {
  const first = launch();
  await first.says('Stop      Ctrl-C');
  const orphan = postgresPid();
  await first.end();
  await site.told(/^server down, launcher gone/);
  expect(isProcessAlive(orphan)).toBe(true);
  const second = launch();
  await second.says('Stop      Ctrl-C');
  expect(isProcessAlive(orphan)).toBe(false);
  await stop(second);
});
