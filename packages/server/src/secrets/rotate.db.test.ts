/** `npm run secrets:rotate`, as its own process, on a home like the launcher makes it. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { insertAccount } from '../store/installation.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { masterKeyFile, parseMasterKey, readMasterKeys } from './key-files.ts';
import { KeyRing, masterKeyId } from './key-ring.ts';
import { loadSealingKeys } from './sealing-keys.ts';
import { createSecrets, type Secrets } from './secrets.ts';

const owner = { accountId: 'acct' };
const key = { owner, identifier: 'one' };
let database: TestDatabase;
let home: string;

beforeEach(async () => {
  database = await createTestDatabase();
  await insertAccount(database.db, owner.accountId, 'Account');
  home = await mkdtemp(join(tmpdir(), 'bridle-rotate-'));
});

afterEach(async () => {
  await database.close();
  await rm(home, { recursive: true, force: true });
});

function rotate(env: Readonly<Record<string, string>>): { readonly status: number | null; readonly text: string } {
  const script = fileURLToPath(new URL('rotate.ts', import.meta.url));
  const result = spawnSync(process.execPath, [script], {
    env: { PATH: process.env['PATH'], BRIDLE_HOME: home, ...env },
    encoding: 'utf8',
  });
  return { status: result.status, text: `${result.stdout}${result.stderr}` };
}

async function secretsWith(ring: KeyRing): Promise<Secrets> {
  return createSecrets({ db: database.db, ring, sealing: await loadSealingKeys(database.db, ring) });
}

async function valueOf(ring: KeyRing): Promise<string | undefined> {
  const found = (await (await secretsWith(ring)).resolve(owner.accountId, [key])).get(key);
  return found?.kind === 'text' ? found.plaintext.toString() : found?.kind;
}

const DOCUMENT = { type: 'SecretText', identifier: 'one', spec: { value: 'canary' } };

it('makes a new key, keeps the old one, and tells no key', async () => {
  const first = randomBytes(32);
  await mkdir(join(home, 'keys'));
  await writeFile(masterKeyFile(home), `${first.toString('base64')}\n`);
  await (await secretsWith(new KeyRing({ current: first, old: [] }))).create(owner, { document: DOCUMENT });
  // As a server that runs since before the rotation holds it.
  const running = (): ReturnType<typeof readMasterKeys> => readMasterKeys(home, { current: first, old: [] });
  const ring = new KeyRing(running(), running);

  const { status, text } = rotate({ DATABASE_URL: database.url });
  expect([status, text]).toEqual([0, expect.stringContaining('2 values are wrapped anew')]);
  const second = parseMasterKey(await readFile(masterKeyFile(home), 'utf8'), 'file');
  expect(second.equals(first)).toBe(false);
  expect((await stat(masterKeyFile(home))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(home, 'keys', 'old'))).toEqual([`${masterKeyId(first)}.key`]);
  for (const secret of [first, second]) expect(text).not.toContain(secret.toString('base64'));

  expect(await valueOf(ring)).toBe('canary');
  expect(ring.current.id).toBe(masterKeyId(second));
  expect(await valueOf(new KeyRing({ current: second, old: [] }))).toBe('canary');
  // Again, with nobody's help: each key in turn.
  expect(rotate({ DATABASE_URL: database.url }).status).toBe(0);
  expect(await readdir(join(home, 'keys', 'old'))).toHaveLength(2);
  expect(await valueOf(ring)).toBe('canary');
});

it('takes the keys of the environment where the operator keeps them', async () => {
  const [first, second] = [randomBytes(32), randomBytes(32)];
  await (await secretsWith(new KeyRing({ current: first, old: [] }))).create(owner, { document: DOCUMENT });
  const env = { DATABASE_URL: database.url, BRIDLE_MASTER_KEY: second.toString('base64') };
  const without = rotate(env);
  expect([without.status, without.text]).toEqual([2, expect.stringContaining('which is not here')]);
  expect(rotate({ ...env, BRIDLE_OLD_MASTER_KEYS: first.toString('base64') }).status).toBe(0);
  expect(await valueOf(new KeyRing({ current: second, old: [] }))).toBe('canary');
  const broken = rotate({ ...env, BRIDLE_MASTER_KEY: 'c2VjcmV0LXR5cG8' });
  expect([broken.status, broken.text.includes('c2VjcmV0LXR5cG8')]).toEqual([1, false]);
});

it('says what it needs where there is no database', () => {
  expect(rotate({})).toEqual({ status: 1, text: expect.stringContaining('no running database') });
});
