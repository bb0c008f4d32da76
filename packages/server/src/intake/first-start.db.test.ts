import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkToken } from '../auth/tokens.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { prepareInstallation, type Installation, type InstallationSettings } from './first-start.ts';

let database: TestDatabase;
let home: string;
let delegateTokens: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'bridle home '));
  delegateTokens = [];
});

afterEach(async () => {
  await database.close();
  await rm(home, { recursive: true, force: true });
});

const prepare = (more: Partial<InstallationSettings> = {}): Promise<Installation> =>
  prepareInstallation({
    db: database.db,
    accountId: 'acct',
    masterKey: Buffer.alloc(32, 1),
    home,
    isDelegateToken: async (token) => delegateTokens.includes(token),
    createDelegateToken: async () => {
      delegateTokens.push(`token-${delegateTokens.length}`);
      return delegateTokens.at(-1) ?? '';
    },
    ...more,
  });

const adminToken = async (): Promise<string> => (await readFile(join(home, 'admin-token'), 'utf8')).trim();

it('makes account, administrator, tokens and demo once', async () => {
  const first = await prepare();
  expect(first).toMatchObject({ isNew: true, adminToken: await adminToken(), delegateToken: 'token-0' });
  expect(await checkToken(database.db, await adminToken())).toMatchObject({
    kind: 'valid',
    principal: { accountId: 'acct', name: 'admin' },
  });
  for (const name of ['admin-token', 'delegate-token']) expect((await stat(join(home, name))).mode & 0o777).toBe(0o600);
  const pipelines = await database.db.selectFrom('pipelines').select('identifier').orderBy('identifier').execute();
  expect(pipelines.map(({ identifier }) => identifier)).toEqual(['showcase', 'test']);
  const second = await prepare();
  expect(second).toMatchObject({ isNew: false, delegateToken: 'token-0' });
  expect(second).not.toHaveProperty('adminToken');
  expect(await database.db.selectFrom('api_keys').select('id').execute()).toHaveLength(1);
});

it('leaves the demo out where that is asked for', async () => {
  expect(await prepare({ seed: 'none' })).toMatchObject({ isNew: true, hasDemo: false });
  expect(await database.db.selectFrom('pipelines').select('identifier').execute()).toEqual([]);
  // A later start makes up for nothing.
  expect(await prepare()).toMatchObject({ isNew: false, hasDemo: false });
});

it('is done by one of several replicas that start at once', async () => {
  const starts = await Promise.all([prepare(), prepare(), prepare()]);
  expect(starts.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(await database.db.selectFrom('users').select('id').execute()).toHaveLength(1);
  expect(await checkToken(database.db, await adminToken())).toMatchObject({ kind: 'valid' });
});

it('makes up for token files that are gone or of another database', async () => {
  await prepare();
  await rm(join(home, 'admin-token'));
  await writeFile(join(home, 'delegate-token'), 'of another database');
  const later = await prepare();
  expect(later).toMatchObject({ isNew: false, delegateToken: 'token-1' });
  expect(later).not.toHaveProperty('adminToken');
  expect(await checkToken(database.db, await adminToken())).toMatchObject({ kind: 'valid' });
});

it.each([
  ['another master key', { masterKey: Buffer.alloc(32, 2) }, 'MASTER_KEY_CHANGED'],
  ['another account', { accountId: 'other' }, 'ACCOUNT_CHANGED'],
] as const)('refuses %s, and changes nothing', async (_, more, code) => {
  await prepare();
  const before = await adminToken();
  await expect(prepare(more)).rejects.toMatchObject({ code });
  expect(await adminToken()).toBe(before);
});
