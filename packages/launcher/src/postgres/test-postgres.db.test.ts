import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { expect, it } from 'vitest';

import { isProcessAlive } from '../process/process-identity.ts';
import { ask, hold } from './testdata/harness.ts';
import { startTestPostgres } from './test-postgres.ts';

function folderOf(url: string): string {
  return dirname(new URL(url).searchParams.get('host') ?? '');
}

it('is quick, forgetful, and gone after the stop', async () => {
  const postgres = await startTestPostgres();
  expect(await ask(postgres.url, "select current_setting('fsync') || current_database()")).toBe('offbridle');
  expect(existsSync(folderOf(postgres.url))).toBe(true);
  await postgres.stop();
  expect(isProcessAlive(postgres.pid)).toBe(false);
  expect(existsSync(folderOf(postgres.url))).toBe(false);
});

it('goes with its parent when that is killed', async () => {
  const holder = await hold(['test']);
  const { url, pid } = holder;
  expect(await ask(url, 'select 1')).toBe('1');
  await holder.kill();
  await expect
    .poll(() => isProcessAlive(pid) || existsSync(folderOf(url)), { timeout: 20_000, interval: 20 })
    .toBe(false);
});
