import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type HttpSettings, type StepResult } from './executor.ts';
import { findAddressProblem } from '@bridle/outgoing';
import { openStage, type Stage } from './testing/stage.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let stage: Stage;
const servers: Server[] = [];
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Keeps what it is asked and answers `{"data":{"version":"1.2"}}`. */
async function serveRecorder(): Promise<{ readonly url: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const url = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"data":{"version":"1.2"}}');
    });
  });
  return { url, seen };
}

function perform(spec: unknown, http: Partial<HttpSettings> = {}): Promise<StepResult> {
  return stage.start('Http', spec, { workspaceKey: 'one', settings: { http: { ...DEFAULT_SETTINGS.http, ...http } } })
    .result;
}

describe('Http', () => {
  test('sends method, headers and body; gives code, body and its output variables', async () => {
    const { url, seen } = await serveRecorder();
    const result = await perform({
      url: `${url}/path?q=1`,
      method: 'POST',
      headers: [
        { key: 'X-One', value: '1' },
        { key: 'content-type', value: 'application/json' },
      ],
      requestBody: '{"a":"é"}',
      assertion: '<+httpResponseCode> == 201 && <+json.select("data.version", httpResponseBody)> == "1.2"',
      outputVariables: [
        { name: 'version', type: 'String', value: '<+json.select("data.version", httpResponseBody)>' },
        { name: 'text', type: 'String', value: 'code <+httpResponseCode> of <+httpMethod>' },
      ],
    });
    expect(result).toEqual({
      kind: 'succeeded',
      outputs: {
        httpUrl: `${url}/path?q=1`,
        httpMethod: 'POST',
        httpResponseCode: 201,
        httpResponseBody: '{"data":{"version":"1.2"}}',
        status: 'SUCCESS',
        outputVariables: { version: '1.2', text: 'code 201 of POST' },
      },
    });
    expect(seen).toMatchObject([
      { method: 'POST', url: '/path?q=1', body: '{"a":"é"}', headers: { 'x-one': '1', 'user-agent': 'Bridle' } },
    ]);
  });

  test('without an assertion any response is a success (Q12); a false one fails and keeps the response', async () => {
    const url = await serve((_, response) => response.writeHead(500).end('broken'));
    expect(await perform({ url, method: 'GET' })).toMatchObject({
      kind: 'succeeded',
      outputs: { httpResponseCode: 500 },
    });
    expect(await perform({ url, method: 'GET', assertion: '<+httpResponseCode> == 200' })).toMatchObject({
      kind: 'failed',
      outputs: { httpResponseCode: 500, httpResponseBody: 'broken', status: 'FAILURE' },
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining('<+httpResponseCode> == 200') },
    });
    expect(await perform({ url, method: 'GET', assertion: '<+httpResponseCode> ==' })).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('cannot be evaluated') },
    });
  });

  test('names its secret output variables', async () => {
    const { url } = await serveRecorder();
    const outputVariables = [
      { name: 'token', type: 'Secret', value: '<+json.select("data.version", httpResponseBody)>' },
      { name: 'code', type: 'String', value: '<+httpResponseCode>' },
    ];
    for (const assertion of ['true', '<+httpResponseCode> == 500']) {
      const result = await perform({ url, method: 'GET', outputVariables, assertion });
      expect(result).toMatchObject({ outputs: { outputVariables: { token: '1.2' } }, secretOutputs: ['token'] });
    }
  });

  test('a response is data: expressions in it are not evaluated (S9)', async () => {
    const url = await serve((_, response) => response.end('<+httpMethod>'));
    const outputVariables = [{ name: 'echo', type: 'String', value: '<+httpResponseBody>' }];
    expect(await perform({ url, method: 'GET', outputVariables })).toMatchObject({
      outputs: { outputVariables: { echo: '<+httpMethod>' } },
    });
  });

  test('nobody there is a connectivity failure', async () => {
    const url = await serve(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await perform({ url, method: 'GET' })).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
    expect(await perform({ url: 'http://no-such-host.invalid/', method: 'GET' })).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
  });

  test('cancelling ends a request that nobody answers', async () => {
    const asked = Promise.withResolvers<void>();
    const url = await serve(() => asked.resolve());
    const { result, cancel } = stage.start('Http', { url, method: 'GET' });
    await asked.promise;
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
  });

  test.each([
    ['no url', { method: 'GET' }],
    ['not a url', { url: 'nonsense', method: 'GET' }],
    ['a file', { url: 'file:///etc/passwd', method: 'GET' }],
    ['a bad method', { url: 'http://127.0.0.1:1', method: 'GE T' }],
    ['a bad header', { url: 'http://127.0.0.1:1', method: 'GET', headers: [{ key: 'a b', value: '' }] }],
    [
      'a header with a line break',
      { url: 'http://127.0.0.1:1', method: 'GET', headers: [{ key: 'a', value: 'x\r\ny: z' }] },
    ],
    ['no object', 'text'],
  ])('refuses a spec with %s in words', async (_name, spec) => {
    expect(await perform(spec)).toMatchObject({ kind: 'failed', failure: { types: ['APPLICATION_ERROR'] } });
  });

  test('a long body is cut and the log says so', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(1_000_000)));
    const { result, log } = stage.start('Http', { url, method: 'GET' });
    expect(await result).toMatchObject({ kind: 'succeeded', outputs: { httpResponseBody: 'x'.repeat(262_144) } });
    expect(log.text).toContain('only its beginning is used');
  });

  test('user and password of the url become a header and are not shown', async () => {
    const { url, seen } = await serveRecorder();
    const { result, log } = stage.start('Http', { url: url.replace('//', '//me:s3cret@'), method: 'GET' });
    expect(JSON.stringify(await result)).not.toContain('s3cret');
    expect(log.text).not.toContain('s3cret');
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:s3cret').toString('base64')}`);
  });
});

describe('redirects', () => {
  test('are followed: 303 as GET without body, 307 as it was; secrets stay with their origin', async () => {
    const { url: other, seen } = await serveRecorder();
    const url = await serve((request, response) => {
      const code = request.url === '/see' ? 303 : 307;
      response.writeHead(code, { location: `${other}/target` }).end();
    });
    const spec = {
      method: 'POST',
      requestBody: 'data',
      headers: [
        { key: 'Authorization', value: 'Bearer x' },
        { key: 'Content-Type', value: 'text/plain' },
      ],
    };
    const result = await perform({ ...spec, url: `${url}/see` });
    expect(result).toMatchObject({ kind: 'succeeded', outputs: { httpUrl: `${other}/target`, httpMethod: 'POST' } });
    await perform({ ...spec, url: `${url}/again` });
    expect(seen.map(({ method, body }) => [method, body])).toEqual([
      ['GET', ''],
      ['POST', 'data'],
    ]);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(seen[0]?.headers['content-type']).toBeUndefined();
  });

  test('that never end are ended', async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      response.writeHead(302, { location: '/next' }).end();
    });
    expect(await perform({ url, method: 'GET' })).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('more than 10 times') },
    });
    expect(count).toBe(11);
  });

  test('to a metadata address are refused (S11)', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    );
    expect(await perform({ url, method: 'GET' })).toMatchObject({
      kind: 'failed',
      failure: { types: ['AUTHORIZATION_ERROR'], message: expect.stringContaining('169.254.169.254') },
    });
  });
});

describe('addresses', () => {
  const free = { callers: 'steps' as const, isPrivateNetworkAllowed: true, own: [] };
  const closed = { callers: 'steps' as const, isPrivateNetworkAllowed: false, own: [] };

  test.each([
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '240.0.0.1',
    'not an address',
    '',
  ])('%s is refused always', (address) => {
    expect(findAddressProblem(address, 80, 'x', free)).toBeDefined();
  });

  test.each(['127.0.0.1', '::1', '10.0.0.1', '192.168.1.1', '172.16.0.1', 'fd12::1', '100.64.0.1', '::ffff:10.0.0.1'])(
    '%s by the setting',
    (address) => {
      expect(findAddressProblem(address, 80, 'x', free)).toBeUndefined();
      expect(findAddressProblem(address, 80, 'x', closed)).toBeDefined();
    },
  );

  test.each(['8.8.8.8', '2606:4700::1111'])('%s is public', (address) => {
    expect(findAddressProblem(address, 80, 'x', closed)).toBeUndefined();
  });

  test.each([
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fe80::1]/',
    'http://0xa9fea9fe/',
    'http://0.0.0.0:8080/',
  ])('a step may not ask %s', async (url) => {
    expect(await perform({ url, method: 'GET' })).toMatchObject({
      kind: 'failed',
      failure: { types: ['AUTHORIZATION_ERROR'] },
    });
  });

  test('private ranges can be closed: by literal and by name', async () => {
    const { url, seen } = await serveRecorder();
    for (const target of [url, url.replace('127.0.0.1', 'localhost')]) {
      expect(await perform({ url: target, method: 'GET' }, { isPrivateNetworkAllowed: false })).toMatchObject({
        kind: 'failed',
        failure: { types: ['AUTHORIZATION_ERROR'], message: expect.stringContaining('loopback') },
      });
    }
    expect(seen).toEqual([]);
  });

  test('Bridle itself is refused whatever it is called, but for its health', async () => {
    const { url, seen } = await serveRecorder();
    const own = { ownOrigins: [url.replace('127.0.0.1', 'localhost')] };
    const redirect = await serve((_, response) => response.writeHead(307, { location: `${url}/api` }).end());
    for (const target of [
      `${url}/api`,
      url.replace('127.0.0.1', 'localhost'),
      url.replace('127.0.0.1', '127.1.2.3'),
      redirect,
    ]) {
      expect(await perform({ url: target, method: 'GET' }, own)).toMatchObject({
        kind: 'failed',
        failure: { types: ['AUTHORIZATION_ERROR'] },
      });
    }
    expect(await perform({ url: `${url}/healthz`, method: 'POST' }, own)).toMatchObject({ kind: 'failed' });
    expect(seen).toEqual([]);
    expect(await perform({ url: `${url}/healthz`, method: 'GET' }, own)).toMatchObject({ kind: 'succeeded' });
    // Another service of the same host is not Bridle.
    const { url: neighbour } = await serveRecorder();
    expect(await perform({ url: neighbour, method: 'GET' }, own)).toMatchObject({ kind: 'succeeded' });
  });
});

test.each(['user:100%25', 'user:100%'])('the password of %s@ in a URL is sent', async (user) => {
  const { url, seen } = await serveRecorder();
  const result = await perform({ method: 'GET', url: url.replace('http://', `http://${user}@`) });
  expect(result).toMatchObject({ kind: 'succeeded' });
  expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:100%').toString('base64')}`);
});
