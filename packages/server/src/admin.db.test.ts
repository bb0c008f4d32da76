/** The ways back in, each as its owner would go it: a real command on a real database. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSession, openSession, spendSignInCode, USUAL_SESSION_LIMITS } from './auth/browser-sessions.ts';
import { changeOwnPassword, signInByPassword, type PasswordSignIn } from './auth/sign-in.ts';
import { checkToken } from './auth/tokens.ts';
import { prepareInstallation, type Installation } from './intake/first-start.ts';
import { masterKeyFile, readMasterKeys } from './secrets/key-files.ts';
import { KeyRing } from './secrets/key-ring.ts';
import { loadSealingKeys } from './secrets/sealing-keys.ts';
import { createSecrets, type Secrets } from './secrets/secrets.ts';
import { findSecret } from './store/secrets.ts';
import { createTestDatabase, type TestDatabase } from './store/test-database.ts';

const accountId = 'acct';
const ADMIN = 'admin@localhost';
const PASSWORD = 'correct horse battery';
const SECRET = { type: 'SecretText', identifier: 'one', spec: { value: 'canary' } };
const key = { owner: { accountId }, identifier: 'one' };

let database: TestDatabase;
let home: string;
let masterKey: Buffer;

beforeEach(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'bridle-admin-'));
  masterKey = randomBytes(32);
  await start(masterKey);
});
afterEach(async () => {
  await database.close();
  await rm(home, { recursive: true, force: true });
});

function start(current: Buffer): Promise<Installation> {
  return prepareInstallation({
    db: database.db,
    accountId,
    masterKey: current,
    home,
    isDelegateToken: async () => true,
    createDelegateToken: async () => 'delegate token',
  });
}

function admin(...args: readonly string[]): { readonly code: number | null; readonly text: string } {
  const result = spawnSync(process.execPath, [fileURLToPath(new URL('admin.ts', import.meta.url)), ...args], {
    env: {
      PATH: process.env['PATH'],
      BRIDLE_HOME: home,
      DATABASE_URL: database.url,
      BRIDLE_PUBLIC_URL: 'https://ci.test/',
    },
    encoding: 'utf8',
  });
  return { code: result.status, text: `${result.stdout}${result.stderr}` };
}

async function secretsWith(current: Buffer): Promise<Secrets> {
  const ring = new KeyRing({ current, old: [] });
  return createSecrets({ db: database.db, ring, sealing: await loadSealingKeys(database.db, ring) });
}

const byPassword = (password: string): Promise<PasswordSignIn> =>
  signInByPassword(database.db, { accountId, email: ADMIN, password, address: '127.0.0.1' });

describe('a lost admin token', () => {
  it('is made anew by the next start', async () => {
    const file = join(home, 'admin-token');
    const before = (await readFile(file, 'utf8')).trim();
    await rm(file);
    await start(masterKey);
    const after = (await readFile(file, 'utf8')).trim();
    expect(after).not.toBe(before);
    expect(await checkToken(database.db, after)).toMatchObject({ kind: 'valid', principal: { name: 'admin' } });
  });

  it('that was revoked is replaced too', async () => {
    const file = join(home, 'admin-token');
    const before = (await readFile(file, 'utf8')).trim();
    await sql`update api_keys set revoked_at = bridle_now()`.execute(database.db);
    await start(masterKey);
    const after = (await readFile(file, 'utf8')).trim();
    expect(after).not.toBe(before);
    expect((await checkToken(database.db, after)).kind).toBe('valid');
  });
});

describe('an admin token that somebody has seen', () => {
  it('is replaced by whoever owns the home, and good no more', async () => {
    const file = join(home, 'admin-token');
    const before = (await readFile(file, 'utf8')).trim();
    const { code, text } = admin('rotate-admin-token');
    const after = (await readFile(file, 'utf8')).trim();
    expect(text).toBe(`A new token of ${ADMIN} is in ${file}; the one before is good no more.\n`);
    expect(code).toBe(0);
    expect(text).not.toContain(after);
    expect((await checkToken(database.db, before)).kind).not.toBe('valid');
    expect(await checkToken(database.db, after)).toMatchObject({ kind: 'valid', principal: { name: 'admin' } });
    // The next start leaves it alone.
    await start(masterKey);
    expect((await readFile(file, 'utf8')).trim()).toBe(after);
  });
});

describe('a lost password', () => {
  it('of the only administrator is forgotten by whoever owns the home, who gets a link', async () => {
    const { rows } = await sql<{ id: string }>`select id from users`.execute(database.db);
    const person = { accountId, userId: rows[0]?.id ?? '', email: ADMIN };
    expect(await changeOwnPassword(database.db, person, { newPassword: PASSWORD })).toEqual({ kind: 'changed' });
    const signedIn = await byPassword(PASSWORD);
    if (signedIn.kind !== 'signedIn') throw new Error(signedIn.kind);
    const how = { signedInBy: 'password', address: '', userAgent: '' } as const;
    const cookie = await openSession(database.db, signedIn.principal, how, USUAL_SESSION_LIMITS);
    // So many wrong ones that even the right one has to wait.
    for (let i = 0; i < 7; i += 1) await byPassword('forgotten it');

    const { code, text } = admin('reset-password', ADMIN.toUpperCase());
    expect([code, text]).toEqual([
      0,
      expect.stringMatching(/https:\/\/ci\.test\/login\?code=[\w-]{43}&to=\/account\n$/),
    ]);
    expect(await byPassword(PASSWORD)).toEqual({ kind: 'wrong' });
    expect(await findSession(database.db, cookie, USUAL_SESSION_LIMITS)).toBeUndefined();
    const entered = await spendSignInCode(database.db, /code=([\w-]+)/.exec(text)?.[1] ?? '');
    expect(entered).toMatchObject({ userId: person.userId });
    const chosen = await changeOwnPassword(database.db, person, { newPassword: 'another horse entirely' });
    expect(chosen).toEqual({ kind: 'changed' });
    expect((await byPassword('another horse entirely')).kind).toBe('signedIn');
    const audit = await sql<{ principal_type: string }>`
      select principal_type from audit_events where resource_identifier = ${ADMIN}`.execute(database.db);
    expect(audit.rows).toEqual([{ principal_type: 'SYSTEM' }]);
  });

  it('needs no reset for a way in, and tells who there is', () => {
    expect(admin('users')).toEqual({ code: 0, text: `${ADMIN}  admin  administrator\n` });
    expect(admin('sign-in-link')).toEqual({ code: 0, text: expect.stringContaining('https://ci.test/login?code=') });
    expect(admin('reset-password', 'nobody@example.com')).toMatchObject({ code: 1 });
    expect(admin('help')).toEqual({ code: 2, text: expect.stringContaining('reset-password EMAIL') });
  });
});

describe('a lost master key', () => {
  it('is told about before anything is given up', async () => {
    await (await secretsWith(masterKey)).create(key.owner, { document: SECRET });
    const { code, text } = admin('give-up-master-key');
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/account: one\nLost with the master key: the value of 1 secret\./),
    ]);
    expect(readMasterKeys(home, { current: masterKey, old: [] }).old).toEqual([]);
    await expect(readFile(masterKeyFile(home))).rejects.toThrow('ENOENT');
    expect((await (await secretsWith(masterKey)).resolve(accountId, [key])).get(key)?.kind).toBe('text');
  });

  it('is replaced: secrets are marked as lost, take new values, and everything else works', async () => {
    await (await secretsWith(masterKey)).create(key.owner, { document: SECRET });
    await expect(start(randomBytes(32))).rejects.toThrow('give-up-master-key');

    const { code, text } = admin('give-up-master-key', '--yes');
    expect([code, text]).toEqual([0, expect.stringContaining('Given up: the value of 1 secret.')]);
    const fresh = Buffer.from((await readFile(masterKeyFile(home), 'utf8')).trim(), 'base64');
    expect(text).not.toContain(fresh.toString('base64'));
    expect((await start(fresh)).isNew).toBe(false);
    expect(await findSecret(database.db, key)).toMatchObject({ isLost: true, version: 1 });
    const secrets = await secretsWith(fresh);
    expect((await secrets.resolve(accountId, [key])).get(key)).toMatchObject({ kind: 'unreadable' });

    expect((await secrets.change(key, { document: { ...SECRET, spec: { value: 'new' } } })).kind).toBe('saved');
    expect(await findSecret(database.db, key)).toMatchObject({ isLost: false });
    expect((await secrets.resolve(accountId, [key])).get(key)).toMatchObject({ kind: 'text' });
    expect(admin('give-up-master-key', '--yes')).toMatchObject({
      code: 0,
      text: expect.stringContaining('Nothing is lost'),
    });
    // The old key, should it turn up, is of another time.
    await expect(start(masterKey)).rejects.toThrow('master key is not the one');
  });
});
