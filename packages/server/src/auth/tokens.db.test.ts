import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { insertAccount } from '../store/installation.ts';
import { insertUser, type UserRow } from '../store/users.ts';
import {
  closeSession,
  findSession,
  makeSignInCode,
  openSession,
  spendSignInCode,
  USUAL_SESSION_LIMITS as limits,
} from './browser-sessions.ts';
import { checkToken, issueToken, tokenIdOf } from './tokens.ts';

let database: TestDatabase;
const user: UserRow = { id: 'user', accountId: 'acct', name: 'ada', email: 'ada@example.com', isAdmin: true };
const principal = {
  kind: 'USER' as const,
  accountId: 'acct',
  userId: 'user',
  name: 'ada',
  email: 'ada@example.com',
};

beforeAll(async () => {
  database = await createTestDatabase();
  await insertAccount(database.db, 'acct', 'Account');
  await insertUser(database.db, user);
});

afterAll(async () => {
  await database.close();
});

describe('tokens', () => {
  it('name their account and are stored as a hash only', async () => {
    const token = await issueToken(database.db, user, 'mine');
    expect(token).toMatch(/^pat\.acct\.[A-Za-z0-9]{24}\.[A-Za-z0-9_-]{43}$/);
    expect(await checkToken(database.db, token)).toEqual({ kind: 'valid', principal: { ...principal, by: 'token' } });
    const { rows } = await sql<{ text: string }>`select row_to_json(api_keys)::text as text from api_keys`.execute(
      database.db,
    );
    expect(JSON.stringify(rows)).not.toContain(token.split('.')[3]);
  });

  it.each(['', 'pat', 'pat.acct.x.y', 'pat.acct..', 'sat.acct.a.b', `pat.acct.${'x'.repeat(200)}.y`])(
    'refuse %j',
    async (token) => {
      expect(await checkToken(database.db, token)).toEqual({ kind: 'unknown' });
    },
  );

  it('refuse a right id with a wrong secret or a wrong account', async () => {
    const token = await issueToken(database.db, user, 'mine');
    expect(await checkToken(database.db, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toEqual({
      kind: 'unknown',
    });
    expect(await checkToken(database.db, token.replace('.acct.', '.other.'))).toEqual({ kind: 'unknown' });
  });

  it('end by expiry and by revocation', async () => {
    const token = await issueToken(database.db, user, 'mine');
    const id = token.split('.')[2] ?? '';
    await sql`update api_keys set expires_at = bridle_now() where id = ${id}`.execute(database.db);
    expect(await checkToken(database.db, token)).toEqual({ kind: 'expired' });
    await sql`update api_keys set revoked_at = bridle_now() where id = ${id}`.execute(database.db);
    expect(await checkToken(database.db, token)).toEqual({ kind: 'revoked' });
  });
});

describe('sign-in codes', () => {
  it('work once, also for two at a time', async () => {
    const code = await makeSignInCode(database.db, user);
    const spent = await Promise.all([spendSignInCode(database.db, code), spendSignInCode(database.db, code)]);
    expect(spent.filter((who) => who !== undefined)).toEqual([{ ...principal, by: 'session' }]);
    expect(await spendSignInCode(database.db, code)).toBeUndefined();
  });

  it('expire, and are no session', async () => {
    const code = await makeSignInCode(database.db, user);
    expect(await findSession(database.db, code, limits)).toBeUndefined();
    await sql`update sessions set expires_at = bridle_now()`.execute(database.db);
    expect(await spendSignInCode(database.db, code)).toBeUndefined();
  });
});

describe('sessions', () => {
  const start = { signedInBy: 'token', address: '192.0.2.1', userAgent: 'test' } as const;
  const open = (): Promise<string> => openSession(database.db, { ...principal, by: 'token' }, start, limits);

  it('are found until they are closed', async () => {
    const cookie = await open();
    expect(await findSession(database.db, cookie, limits)).toEqual({
      principal: { ...principal, by: 'session' },
      sessionId: expect.stringMatching(/^[\w-]{22}$/),
      signedInBy: 'token',
    });
    await closeSession(database.db, cookie);
    expect(await findSession(database.db, cookie, limits)).toBeUndefined();
  });

  it('end with the token that opened them', async () => {
    for (const end of [
      sql`update api_keys set revoked_at = bridle_now()`,
      sql`update api_keys set expires_at = bridle_now()`,
      sql`delete from api_keys`,
    ]) {
      const token = await issueToken(database.db, user, 'mine');
      const apiKeyId = tokenIdOf(token) ?? '';
      const origin = { ...start, apiKeyId };
      const cookie = await openSession(database.db, { ...principal, by: 'token' }, origin, limits);
      expect(await findSession(database.db, cookie, limits)).toBeDefined();
      await end.execute(database.db);
      expect(await findSession(database.db, cookie, limits)).toBeUndefined();
    }
  });

  it('end when nobody used them for a while, and live on by being used', async () => {
    const cookie = await open();
    const rest = (ms: number): Promise<unknown> =>
      sql`update sessions set last_used_at = bridle_now() - ${ms}`.execute(database.db);
    await rest(limits.idleMs - 60_000);
    expect(await findSession(database.db, cookie, limits)).toBeDefined();
    const { rows } = await sql<{ rested: number }>`select bridle_now() - last_used_at as rested from sessions`.execute(
      database.db,
    );
    expect(rows.every(({ rested }) => rested < 60_000)).toBe(true);
    await rest(limits.idleMs);
    expect(await findSession(database.db, cookie, limits)).toBeUndefined();
  });
});
