import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, PUBLIC_URL, type Answer, type Call, type TestApp } from './test-app.ts';

let server: TestApp;

beforeAll(async () => {
  server = await createTestApp();
});

afterAll(async () => {
  await server.close();
});

const url = '/bridle/api/session';
const signIn = (body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<Answer> =>
  server.call('POST', url, { isPublic: true, body, headers });

/** As a browser: the cookie, and where the page comes from. */
const withCookie = (cookie: string, call: Call = {}): Call => ({
  ...call,
  isPublic: true,
  headers: { cookie, ...call.headers },
});

const SAME = { 'sec-fetch-site': 'same-origin' };

function cookieOf({ headers }: Answer): string {
  const header = headers['set-cookie'];
  return String(Array.isArray(header) ? header[0] : header);
}

async function browser(): Promise<string> {
  const answer = await signIn({ token: server.token });
  expect(answer.status).toBe(200);
  return cookieOf(answer).split(';')[0] ?? '';
}

describe('signing in', () => {
  it('takes a token and answers with who it is, and a cookie that scripts cannot read', async () => {
    const answer = await signIn({ token: ` ${server.token}\n` });
    expect(answer.body.data).toEqual({
      user: {
        id: expect.any(String),
        name: expect.any(String),
        email: expect.any(String),
        admin: true,
        hasPassword: false,
      },
      accountId: ACCOUNT,
      defaultScope: { orgIdentifier: 'default', projectIdentifier: 'myproject' },
      publicUrl: PUBLIC_URL,
    });
    expect(cookieOf(answer)).toMatch(
      /^bridle_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('takes a sign-in link once', async () => {
    const [first, second] = [await signIn({ code: server.signInCode }), await signIn({ code: server.signInCode })];
    expect([first.status, second.status, second.body.code]).toEqual([200, 401, 'INVALID_CREDENTIAL']);
    const { status } = await server.call('GET', url, withCookie(cookieOf(first).split(';')[0] ?? ''));
    expect(status).toBe(200);
  });

  it.each([
    [{}, 400, 'INVALID_REQUEST'],
    [{ token: 'x', code: 'y' }, 400, 'INVALID_REQUEST'],
    [{ token: '' }, 400, 'INVALID_REQUEST'],
    [{ token: `pat.${ACCOUNT}.x.y` }, 401, 'INVALID_TOKEN'],
    [{ code: 'guess' }, 401, 'INVALID_CREDENTIAL'],
  ])('refuses %j', async (body, status, code) => {
    const answer = await signIn(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://elsewhere.test' },
  ])('is refused to pages of other sites: %j', async (headers) => {
    const answer = await signIn({ token: server.token }, headers);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});

describe('a session', () => {
  it('that a token opened ends with the token', async () => {
    const cookie = await browser();
    expect((await server.call('GET', url, withCookie(cookie))).status).toBe(200);
    const id = server.token.split('.')[2] ?? '';
    await sql`update api_keys set revoked_at = bridle_now() where id = ${id}`.execute(server.db);
    expect((await server.call('GET', url, withCookie(cookie))).status).toBe(401);
    await sql`update api_keys set revoked_at = null where id = ${id}`.execute(server.db);
  });

  it('stands for its user, without an account being named', async () => {
    const cookie = await browser();
    const response = await server.app.inject({ url, headers: { cookie } });
    expect(response.statusCode).toBe(200);
    expect((await server.call('GET', '/pipeline/api/pipelines/test', withCookie(cookie))).status).toBe(200);
  });

  it('is asked for with 401', async () => {
    expect((await server.call('GET', url, { isPublic: true })).status).toBe(401);
    expect((await server.call('GET', url, withCookie('bridle_session=guess'))).status).toBe(401);
  });

  it.each([
    ['of this address', SAME, 200],
    ['of this address, told by its origin', { origin: 'https://localhost:80', host: 'localhost:80' }, 200],
    ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['of a neighbour below the same domain', { 'sec-fetch-site': 'same-site' }, 403],
    ['of another origin', { origin: 'https://elsewhere.test' }, 403],
    ['that does not say', {}, 403],
  ])('changes things for pages %s', async (_, headers: Record<string, string>, status) => {
    const cookie = await browser();
    const call = withCookie(cookie, { headers, body: '' });
    expect((await server.call('POST', '/pipeline/api/pipeline/execute/test', call)).status).toBe(status);
  });

  it('ends by signing out, which may be repeated', async () => {
    const cookie = await browser();
    expect(
      (await server.call('DELETE', url, withCookie(cookie, { headers: { 'sec-fetch-site': 'cross-site' } }))).status,
    ).toBe(403);
    const answer = await server.call('DELETE', url, withCookie(cookie, { headers: SAME }));
    expect([answer.status, answer.body.data]).toEqual([200, { continueAt: null }]);
    expect(cookieOf(answer)).toMatch(/^bridle_session=; .*Expires=Thu, 01 Jan 1970/);
    expect((await server.call('GET', url, withCookie(cookie))).status).toBe(401);
    expect((await server.call('DELETE', url, withCookie(cookie, { headers: SAME }))).status).toBe(200);
  });
});
