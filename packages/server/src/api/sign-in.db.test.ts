/** Passwords, delays, sessions and what an administrator does for others, over HTTP. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../auth/passwords.ts';
import { insertUser } from '../store/users.ts';
import { ACCOUNT, createTestApp, PUBLIC_URL, type Answer, type TestApp } from './test-app.ts';

const PASSWORD = 'correct horse battery';
const OTHER = 'staple of the correct horse';
const SESSION = '/bridle/api/session';
const SESSIONS = '/bridle/api/sessions';
const SAME = { 'sec-fetch-site': 'same-origin' };

let server: TestApp;
let people = 0;

beforeAll(async () => {
  server = await createTestApp({ isIntakeStopped: true });
});
afterAll(() => server.close());

interface Person {
  readonly id: string;
  readonly email: string;
}

async function newPerson(password?: string): Promise<Person> {
  people += 1;
  const person = { id: `person${String(people)}`, email: `Person${String(people)}@example.com` };
  await insertUser(server.db, { ...person, accountId: ACCOUNT, name: person.id, isAdmin: false });
  if (password !== undefined) {
    const hash = await hashPassword(password, { memory: 64, passes: 1, parallelism: 1 });
    await sql`insert into passwords values (${person.id}, ${hash}, false, 0)`.execute(server.db);
  }
  return person;
}

const signIn = (body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', SESSION, { isPublic: true, body, headers });

function cookieOf({ headers }: Answer): string {
  const header = headers['set-cookie'];
  return String(Array.isArray(header) ? header[0] : header).split(';')[0] ?? '';
}

async function browserOf({ email }: Person, password = PASSWORD): Promise<string> {
  const answer = await signIn({ email, password });
  expect(answer.status).toBe(200);
  return cookieOf(answer);
}

const as = (cookie: string, body?: Record<string, unknown>): Parameters<TestApp['call']>[2] => ({
  isPublic: true,
  headers: { cookie, ...SAME },
  ...(body === undefined ? {} : { body }),
});

const isIn = async (cookie: string): Promise<boolean> => (await server.call('GET', SESSION, as(cookie))).status === 200;

const auditOf = async (email: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ action: string }>`
    select action from audit_events where resource_identifier = ${email} order by position`.execute(server.db);
  return rows.map(({ action }) => action);
};

/** Time passes: what was blocked is no longer. */
const unblock = (): Promise<unknown> => sql`update sign_in_attempts set blocked_until = 0`.execute(server.db);

describe('a password', () => {
  it('signs in, whatever the case of the address, and is hashed as today asks for it', async () => {
    const person = await newPerson(PASSWORD);
    const answer = await signIn({ email: ` ${person.email.toUpperCase()} `, password: PASSWORD });
    expect(answer.body.data).toMatchObject({ user: { id: person.id, admin: false, hasPassword: true } });
    const { rows } = await sql<{ hash: string }>`select hash from passwords where user_id = ${person.id}`.execute(
      server.db,
    );
    expect(rows[0]?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    expect((await signIn({ email: person.email, password: PASSWORD })).status).toBe(200);
    expect(await auditOf(person.email)).toEqual(['LOGIN', 'LOGIN']);
  });

  it('that is wrong tells nothing of whose it is', async () => {
    const [person, without, disabled] = [await newPerson(PASSWORD), await newPerson(), await newPerson(PASSWORD)];
    await sql`update users set is_disabled = true where id = ${disabled.id}`.execute(server.db);
    const answers = [
      await signIn({ email: person.email, password: OTHER }),
      await signIn({ email: without.email, password: PASSWORD }),
      await signIn({ email: disabled.email, password: PASSWORD }),
      await signIn({ email: 'nobody@example.com', password: PASSWORD }),
      await signIn({ email: "'; drop table users; --", password: PASSWORD }),
    ];
    const told = answers.map(({ status, body, headers }) => ({
      status,
      body: { ...body, correlationId: 'another for each' },
      headers: Object.keys(headers).toSorted(),
    }));
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(told[0]).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CREDENTIAL', message: 'E-mail address or password is wrong.' },
    });
  });

  it.each([
    [{ email: 'a@example.com' }],
    [{ password: PASSWORD }],
    [{ email: 'a@example.com', password: PASSWORD, token: 'x' }],
  ])('comes with its address and nothing else: not %j', async (body) => {
    expect((await signIn(body)).status).toBe(400);
  });

  it('is refused to pages of other sites', async () => {
    const { email } = await newPerson(PASSWORD);
    for (const headers of [
      { origin: 'https://elsewhere.test' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ]) {
      const answer = await signIn({ email, password: PASSWORD }, headers as Record<string, string>);
      expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
    }
  });
});

describe('failures', () => {
  it.each(['known', 'unknown'])('cost growing delays, for an address that is %s', async (kind) => {
    const email = kind === 'known' ? (await newPerson(PASSWORD)).email : 'stranger@example.com';
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await signIn({ email, password: OTHER })).status).toBe(401);
    }
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      expect((await signIn({ email, password: OTHER })).status).toBe(401);
      const blocked = await signIn({ email, password: PASSWORD });
      expect([blocked.status, blocked.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
      waits.push(Number(blocked.headers['retry-after']));
      await unblock();
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect((await signIn({ email, password: PASSWORD })).status).toBe(kind === 'known' ? 200 : 401);
  });

  it('are counted before they are looked at: many at once are no way around', async () => {
    const { email } = await newPerson(PASSWORD);
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn({ email, password: OTHER })));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(6);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(14);
  });

  it('are counted by the address they come from, but not on this machine', async () => {
    const from = (remoteAddress: string, email: string): Promise<number> =>
      server.app
        .inject({ method: 'POST', url: SESSION, remoteAddress, payload: { email, password: OTHER } })
        .then(({ statusCode }) => statusCode);
    const outside: number[] = [];
    for (let i = 0; i < 22; i += 1) outside.push(await from('192.0.2.7', `guess${String(i)}@example.com`));
    expect(outside.slice(0, 21).every((status) => status === 401)).toBe(true);
    expect(outside[21]).toBe(429);
    expect(await from('192.0.2.8', 'guess@example.com')).toBe(401);
    expect(await from('127.0.0.1', 'guess1@example.com')).toBe(401);
  });

  it('are forgotten once it succeeds', async () => {
    const { email } = await newPerson(PASSWORD);
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 4; i += 1) await signIn({ email, password: OTHER });
      expect((await signIn({ email, password: PASSWORD })).status).toBe(200);
    }
  });
});

describe('one’s own password', () => {
  const change = (cookie: string, body: Record<string, unknown>): Promise<Answer> =>
    server.call('PUT', '/ng/api/user/password', as(cookie, body));

  it('changes by the current one, and every other session ends', async () => {
    const person = await newPerson(PASSWORD);
    const [here, elsewhere] = [await browserOf(person), await browserOf(person)];
    const wrong = await change(here, { currentPassword: OTHER, newPassword: OTHER });
    expect([wrong.status, wrong.body.data]).toEqual([200, 'INCORRECT_CURRENT_PASSWORD']);
    const missing = await change(here, { newPassword: OTHER });
    expect(missing.body.data).toBe('INCORRECT_CURRENT_PASSWORD');
    const weak = await change(here, { currentPassword: PASSWORD, newPassword: 'short' });
    expect(weak.body.data).toBe('PASSWORD_STRENGTH_VIOLATED');
    expect([await isIn(here), await isIn(elsewhere)]).toEqual([true, true]);
    const changed = await change(here, { currentPassword: PASSWORD, newPassword: OTHER });
    expect(changed.body.data).toBe('PASSWORD_CHANGED');
    expect([await isIn(here), await isIn(elsewhere)]).toEqual([true, false]);
    expect((await signIn({ email: person.email, password: PASSWORD })).status).toBe(401);
    expect((await signIn({ email: person.email, password: OTHER })).status).toBe(200);
    expect(await auditOf(person.email)).toEqual(['LOGIN', 'LOGIN', 'UPDATE', 'LOGIN']);
  });

  it('cannot be guessed by a browser that was left open', async () => {
    const person = await newPerson(PASSWORD);
    const cookie = await browserOf(person);
    const statuses: number[] = [];
    for (let i = 0; i < 7; i += 1)
      statuses.push((await change(cookie, { currentPassword: `${OTHER}${String(i)}`, newPassword: OTHER })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
  });

  it('is chosen for the first time in a browser, not by a token', async () => {
    const byToken = await server.call('PUT', '/ng/api/user/password', { body: { newPassword: OTHER } });
    expect([byToken.status, byToken.body.code]).toEqual([403, 'NG_ACCESS_DENIED']);
  });

  it('is changed by pages of this address only', async () => {
    const cookie = await browserOf(await newPerson(PASSWORD));
    const body = { currentPassword: PASSWORD, newPassword: OTHER };
    for (const headers of [{ origin: 'https://elsewhere.test' }, { 'sec-fetch-site': 'same-site' }, {}]) {
      const answer = await server.call('PUT', '/ng/api/user/password', {
        isPublic: true,
        headers: { cookie, ...headers },
        body,
      });
      expect(answer.status).toBe(403);
    }
  });
});

describe('sessions', () => {
  it('are listed, ended one by one, and all at once', async () => {
    const person = await newPerson(PASSWORD);
    const [one, two, three] = [await browserOf(person), await browserOf(person), await browserOf(person)];
    const { body } = await server.call('GET', SESSIONS, as(three));
    const list = body.data as unknown as readonly { readonly id: string; readonly current: boolean }[];
    expect(list).toHaveLength(3);
    expect(list.filter(({ current }) => current)).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{22}$/),
        current: true,
        signedInBy: 'password',
        address: '127.0.0.1',
        userAgent: 'lightMyRequest',
        createdAt: expect.any(Number),
        lastUsedAt: expect.any(Number),
        expiresAt: expect.any(Number),
      },
    ]);
    const listedByOne = (await server.call('GET', SESSIONS, as(one))).body.data as unknown as typeof list;
    const idOfOne = listedByOne.find(({ current }) => current)?.id ?? '';
    expect((await server.call('DELETE', `${SESSIONS}/${idOfOne}`, as(two))).body.data).toBe(true);
    expect([await isIn(one), await isIn(two)]).toEqual([false, true]);
    expect((await server.call('DELETE', SESSIONS, { ...as(two), query: { keepCurrent: 'true' } })).body.data).toBe(1);
    expect([await isIn(two), await isIn(three)]).toEqual([true, false]);
    expect((await server.call('DELETE', SESSIONS, as(two))).body.data).toBe(1);
    expect(await isIn(two)).toBe(false);
  });

  it('of others are neither listed nor ended', async () => {
    const [mine, theirs] = [await browserOf(await newPerson(PASSWORD)), await browserOf(await newPerson(PASSWORD))];
    const list = (await server.call('GET', SESSIONS, as(theirs))).body.data as unknown as readonly { id: string }[];
    expect(list).toHaveLength(1);
    expect((await server.call('DELETE', `${SESSIONS}/${list[0]?.id ?? ''}`, as(mine))).status).toBe(404);
    expect(await isIn(theirs)).toBe(true);
  });
});

describe('an administrator', () => {
  it('invites by a link: it signs in once, and the first password needs no other', async () => {
    const person = await newPerson();
    const { body, status } = await server.call('POST', `/bridle/api/users/${person.id}/sign-in-link`, {
      body: { hours: 1 },
    });
    expect(status).toBe(200);
    const { url, expiresAt } = body.data as unknown as { readonly url: string; readonly expiresAt: number };
    expect(url).toMatch(new RegExp(`^${PUBLIC_URL}/login\\?code=[\\w-]{43}&to=/account$`));
    expect(Math.abs(expiresAt - Date.now() - 3_600_000)).toBeLessThan(60_000);
    const code = new URL(url).searchParams.get('code') ?? '';
    const entered = await signIn({ code });
    expect(entered.body.data).toMatchObject({ user: { id: person.id, hasPassword: false } });
    expect((await signIn({ code })).status).toBe(401);
    const chosen = await server.call('PUT', '/ng/api/user/password', as(cookieOf(entered), { newPassword: PASSWORD }));
    expect(chosen.body.data).toBe('PASSWORD_CHANGED');
    expect((await signIn({ email: person.email, password: PASSWORD })).status).toBe(200);
    expect(await auditOf(person.email)).toEqual(['INVITE', 'LOGIN', 'UPDATE', 'LOGIN']);
  });

  it('gives a one-time password: it opens nothing until another one is chosen', async () => {
    const person = await newPerson(PASSWORD);
    const before = await browserOf(person);
    const answer = await server.call('POST', `/bridle/api/users/${person.id}/one-time-password`);
    const { password } = answer.body.data as unknown as { readonly password: string };
    expect(password).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(await isIn(before)).toBe(false);
    const { email } = person;
    const first = await signIn({ email, password });
    expect([first.status, first.body.code, first.headers['set-cookie']]).toEqual([401, 'PASSWORD_EXPIRED', undefined]);
    for (const newPassword of [password, 'short']) {
      const refused = await signIn({ email, password, newPassword });
      expect([refused.status, refused.body.code]).toEqual([400, 'INVALID_REQUEST']);
    }
    expect((await signIn({ email, password, newPassword: OTHER })).status).toBe(200);
    expect((await signIn({ email, password })).status).toBe(401);
    expect((await signIn({ email, password: OTHER })).status).toBe(200);
  });

  it('signs somebody out everywhere', async () => {
    const person = await newPerson(PASSWORD);
    const cookie = await browserOf(person);
    expect((await server.call('DELETE', `/bridle/api/users/${person.id}/sessions`)).body.data).toBe(1);
    expect(await isIn(cookie)).toBe(false);
  });

  it('is who may: others cannot become somebody else', async () => {
    const [person, other] = [await newPerson(PASSWORD), await newPerson(PASSWORD)];
    const cookie = await browserOf(person);
    for (const [method, what] of [
      ['POST', 'sign-in-link'],
      ['POST', 'one-time-password'],
      ['DELETE', 'sessions'],
    ] as const) {
      const answer = await server.call(method, `/bridle/api/users/${other.id}/${what}`, as(cookie, {}));
      expect([what, answer.status]).toEqual([what, 403]);
    }
    expect((await server.call('POST', '/bridle/api/users/nobody/one-time-password')).status).toBe(404);
  });
});

describe('ways to sign in', () => {
  it('are told to everybody', async () => {
    const { body } = await server.call('GET', '/bridle/api/sign-in', { isPublic: true });
    expect(body.data).toEqual({ password: true, openId: null });
    for (const path of ['start', 'return'])
      expect((await server.call('GET', `/bridle/api/openid/${path}`, { isPublic: true })).status).toBe(404);
  });
});
