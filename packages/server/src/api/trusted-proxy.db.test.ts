/** BRIDLE_TRUST_PROXY over real HTTP: what a caller says of itself counts when a trusted proxy says it, and never otherwise. */
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT, createTestApp, PUBLIC_URL, type TestApp, type TestAppOptions } from './test-app.ts';

let server: TestApp;
let base: string;

async function start(options: TestAppOptions): Promise<void> {
  server = await createTestApp(options);
  base = await server.app.listen({ port: 0, host: '127.0.0.1' });
}

afterEach(() => server.close());

interface Said {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** Node's own client: `fetch` sets `host` itself. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Said> {
  return new Promise((resolve, reject) => {
    const sent = {
      'x-api-key': server.token,
      'harness-account': ACCOUNT,
      'content-type': 'application/json',
      ...headers,
    };
    const request = httpRequest(`${base}${path}`, { method, headers: sent, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const LIMITS = { perKey: 1_000, perAddress: 3, isLoopbackLimited: true };
const USER = '/ng/api/user/currentUser';

/** How many of these calls were answered, one after the other. */
async function served(forwarded: readonly string[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const text of forwarded) statuses.push((await ask('GET', USER, { 'x-forwarded-for': text })).status);
  return statuses;
}

const addressOf = async (index: number): Promise<string | undefined> =>
  (await server.db.selectFrom('audit_events').select('source_ip').orderBy('at').execute())[index]?.source_ip;

async function change(identifier: string, headers: Record<string, string>): Promise<void> {
  const body = JSON.stringify({ organization: { identifier, name: identifier } });
  expect((await ask('POST', '/ng/api/organizations', headers, body)).status).toBe(200);
}

describe('without a trusted proxy', () => {
  it('limits and the audit log go by the connection, whatever a caller says', async () => {
    await start({ rateLimits: { ...LIMITS, perAddress: 4 } });
    await change('spoofed', { 'x-forwarded-for': '192.0.2.7', forwarded: 'for=192.0.2.7', 'x-real-ip': '192.0.2.7' });
    expect(await addressOf(0)).toBe('127.0.0.1');
    expect(await served(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'])).toEqual([200, 200, 200, 429]);
  });
});

describe.each([
  ['their number', 1],
  ['their addresses', '127.0.0.1'],
] as const)('with trusted proxies by %s', (_, trustProxy) => {
  it('limits go by the address the proxy says', async () => {
    await start({ rateLimits: LIMITS, trustProxy });
    expect(await served(['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.1'])).toEqual([200, 200, 200, 429]);
    expect(await served(['192.0.2.2'])).toEqual([200]);
    // What the caller itself put before is no matter: the last address is the one that reached the proxy.
    expect(await served(['203.0.113.5, 192.0.2.1', '203.0.113.6,192.0.2.1'])).toEqual([429, 429]);
  });

  it('the audit log and sessions have it, and not what the caller put before it', async () => {
    await start({ trustProxy });
    await change('by_proxy', { 'x-forwarded-for': '198.51.100.1, 192.0.2.9' });
    expect(await addressOf(0)).toBe('192.0.2.9');
    const body = JSON.stringify({ code: server.signInCode });
    const signedIn = await ask(
      'POST',
      '/bridle/api/session',
      { 'x-forwarded-for': '192.0.2.10', 'x-api-key': '' },
      body,
    );
    expect(signedIn.status).toBe(200);
    const rows = await server.db.selectFrom('sessions').select('address').where('purpose', '=', 'browser').execute();
    expect(rows).toEqual([{ address: '192.0.2.10' }]);
  });
});

describe('with a proxy that is another than the one that connects', () => {
  it('nothing is believed', async () => {
    await start({ trustProxy: '10.0.0.0/8' });
    await change('beside', { 'x-forwarded-for': '192.0.2.9' });
    expect(await addressOf(0)).toBe('127.0.0.1');
  });
});

describe('addresses that answers name', () => {
  it('are those of the setting: no header, of whomever, gives them another scheme or host', async () => {
    await start({ trustProxy: 1 });
    const headers = {
      host: 'evil.example.test',
      'x-forwarded-host': 'evil.example.test',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '81',
      forwarded: 'host=evil.example.test;proto=http',
    };
    const scope = 'orgIdentifier=default&projectIdentifier=myproject';
    const fired = await ask(
      'POST',
      `/pipeline/api/webhook/custom/v2?${scope}&pipelineIdentifier=test`,
      { ...headers, 'x-api-key': '' },
      '{}',
    );
    const details = await ask('GET', `/pipeline/api/triggers/myhook/details?${scope}&targetIdentifier=test`, headers);
    const session = await ask('POST', '/bridle/api/session', headers, JSON.stringify({ code: server.signInCode }));
    for (const { status, text } of [fired, details, session]) {
      expect([status, text]).toEqual([200, expect.not.stringContaining('evil.example.test')]);
      expect(text).toContain(PUBLIC_URL);
      expect(text.match(/https?:\/\/[^/"]+/g)?.filter((url) => url !== PUBLIC_URL)).toEqual([]);
    }
    // The public address speaks TLS, so the cookie is for TLS alone.
    expect(String(session.headers['set-cookie'])).toContain('Secure');
    await server.runTasks();
  });
});
