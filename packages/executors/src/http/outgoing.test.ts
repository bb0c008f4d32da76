import { createServer as createHttpServer, request as askDirectly, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { connect, type AddressInfo, type Server as NetServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type ExecutorSettings, type HttpSettings, type StepResult } from '../executor.ts';
import { makeAuthority } from '../testing/certificates.ts';
import { openStage, type Stage } from '../testing/stage.ts';
import { findAddressProblem, findProxy, type ProxySettings } from '@bridle/outgoing';
import { failureTypeOf } from './call-failure.ts';

let stage: Stage;
const servers: (Server | NetServer)[] = [];
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  await stage.close();
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server | NetServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function perform(
  spec: unknown,
  settings: Partial<ExecutorSettings> & { readonly trusted?: HttpSettings } = {},
): Promise<StepResult> {
  return stage.start('Http', spec, { workspaceKey: 'one', settings }).result;
}

describe('client certificates', () => {
  const authority = makeAuthority();
  const server = authority.issue('server', ['127.0.0.1']);
  const client = authority.issue('builder');
  const settings = { http: { ...DEFAULT_SETTINGS.http, certificateAuthorities: [authority.cert] } };

  /** Says who the client is. */
  async function serve(options: ServerOptions = {}): Promise<string> {
    const https = createHttpsServer({ ...server, ca: authority.cert, ...options }, (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.end(String(subject?.CN ?? 'nobody'));
    });
    return `https://127.0.0.1:${await listen(https)}/`;
  }

  test('show the server who calls', async () => {
    const url = await serve({ requestCert: true, rejectUnauthorized: true });
    const spec = { url, method: 'GET', certificate: client.cert, certificateKey: client.key };
    expect(await perform(spec, settings)).toMatchObject({
      kind: 'succeeded',
      outputs: { httpResponseBody: 'builder' },
    });
    // Both in one text.
    expect(await perform({ url, method: 'GET', certificate: `${client.cert}${client.key}` }, settings)).toMatchObject({
      kind: 'succeeded',
    });
  });

  test('a server that wants one is not reached without', async () => {
    const url = await serve({ requestCert: true, rejectUnauthorized: true });
    expect(await perform({ url, method: 'GET' }, settings)).toMatchObject({ kind: 'failed' });
  });

  test.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'AUTHENTICATION'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'AUTHENTICATION'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'AUTHENTICATION'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'CONNECTIVITY'],
    ['ECONNRESET', 'CONNECTIVITY'],
  ])('%s of TLS is %s', (code, type) => {
    expect(failureTypeOf(new Error('fetch failed', { cause: Object.assign(new Error('tls'), { code }) }))).toBe(type);
  });

  test('are not shown to the server a redirect leads to', async () => {
    const other = await serve({ requestCert: true, rejectUnauthorized: false });
    const first = createHttpsServer({ ...server, requestCert: true, ca: authority.cert }, (_, response) =>
      response.writeHead(307, { location: other }).end(),
    );
    const url = `https://127.0.0.1:${await listen(first)}/`;
    const spec = { url, method: 'GET', certificate: client.cert, certificateKey: client.key };
    expect(await perform(spec, settings)).toMatchObject({ outputs: { httpUrl: other, httpResponseBody: 'nobody' } });
  });

  test('a server of an unknown authority is refused', async () => {
    const url = await serve();
    expect(await perform({ url, method: 'GET' })).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
  });

  test.each([
    ['a key alone', { certificateKey: client.key }, 'without a certificate'],
    ['a certificate alone', { certificate: client.cert }, 'no certificateKey'],
    ['no certificate', { certificate: 'nonsense', certificateKey: client.key }, 'not a PEM certificate'],
    ['no key', { certificate: client.cert, certificateKey: 'nonsense' }, 'not a PEM private key'],
    ['the key of another', { certificate: client.cert, certificateKey: server.key }, 'not the key of the certificate'],
  ])('%s is refused in words', async (_name, given, words) => {
    const result = await perform({ url: 'https://127.0.0.1:1/', method: 'GET', ...given });
    expect(result).toMatchObject({ kind: 'failed', failure: { message: expect.stringContaining(words) } });
    expect(JSON.stringify(result)).not.toMatch(/nonsense|BEGIN/);
  });
});

describe('proxies', () => {
  /** A real forward proxy: absolute targets and CONNECT. Answers for a host of its own net that this host does not know. */
  async function openProxy(
    inner: number,
  ): Promise<{ readonly url: string; readonly seen: string[]; readonly keys: string[] }> {
    const seen: string[] = [];
    const keys: string[] = [];
    const proxy = createHttpServer((incoming, outgoing) => {
      seen.push(`${incoming.method} ${incoming.url}`);
      keys.push(String(incoming.headers['proxy-authorization']));
      const { pathname } = new URL(incoming.url ?? '');
      const onward = askDirectly(
        { host: '127.0.0.1', port: inner, path: pathname, method: incoming.method },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500);
          answer.pipe(outgoing);
        },
      );
      incoming.pipe(onward);
    });
    proxy.on('connect', (incoming, socket) => {
      seen.push(`CONNECT ${incoming.url}`);
      const onward = connect(inner, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    return { url: `127.0.0.1:${await listen(proxy)}`, seen, keys };
  }

  test('carry requests for hosts this one cannot resolve, and know who asks', async () => {
    const inner = await listen(createHttpServer((_, response) => response.end('from inside')));
    const proxy = await openProxy(inner);
    const settings = { proxy: { httpUrl: `http://me:s3cret@${proxy.url}`, noProxy: [] } };
    expect(await perform({ url: 'http://far.invalid/a', method: 'GET' }, settings)).toMatchObject({
      kind: 'succeeded',
      outputs: { httpUrl: 'http://far.invalid/a', httpResponseBody: 'from inside' },
    });
    expect(proxy.seen).toEqual(['GET http://far.invalid/a']);
    expect(proxy.keys).toEqual([`Basic ${Buffer.from('me:s3cret').toString('base64')}`]);
  });

  test('https goes through a tunnel, with the client certificate for the server', async () => {
    const authority = makeAuthority();
    const client = authority.issue('builder');
    const https = createHttpsServer(
      { ...authority.issue('inside', ['8.8.8.8']), ca: authority.cert, requestCert: true },
      (request, response) => response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN)),
    );
    const proxy = await openProxy(await listen(https));
    const settings = {
      proxy: { httpsUrl: `http://${proxy.url}`, noProxy: [] },
      http: { ...DEFAULT_SETTINGS.http, certificateAuthorities: [authority.cert] },
    };
    const spec = { url: 'https://8.8.8.8/', method: 'GET', certificate: client.cert, certificateKey: client.key };
    expect(await perform(spec, settings)).toMatchObject({
      kind: 'succeeded',
      outputs: { httpResponseBody: 'builder' },
    });
    expect(proxy.seen).toEqual(['CONNECT 8.8.8.8:443']);
  });

  test('do not carry what the guard refuses (S11)', async () => {
    const inner = await listen(createHttpServer((_, response) => response.end('from inside')));
    const proxy = await openProxy(inner);
    const settings = { proxy: { httpUrl: `http://${proxy.url}`, noProxy: [] } };
    for (const url of [
      'http://169.254.169.254/',
      'http://0xa9fea9fe/',
      'http://[::ffff:a9fe:a9fe]/',
      'http://metadata.google.internal/',
      'http://METADATA.google.internal./',
    ]) {
      expect(await perform({ url, method: 'GET' }, settings)).toMatchObject({
        kind: 'failed',
        failure: { types: ['AUTHORIZATION_ERROR'] },
      });
    }
    const closed = { ...settings, http: { ...DEFAULT_SETTINGS.http, isPrivateNetworkAllowed: false } };
    expect(await perform({ url: 'http://10.1.2.3/', method: 'GET' }, closed)).toMatchObject({ kind: 'failed' });
    expect(proxy.seen).toEqual([]);
    expect(await perform({ url: 'http://10.1.2.3/', method: 'GET' }, settings)).toMatchObject({ kind: 'succeeded' });
  });

  test('that nobody answers for are a connectivity failure', async () => {
    const settings = { proxy: { httpUrl: 'http://127.0.0.1:1', noProxy: [] } };
    expect(await perform({ url: 'http://far.invalid/', method: 'GET' }, settings)).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
  });

  const set = (noProxy: readonly string[]): ProxySettings => ({
    httpUrl: 'proxy.local:3128',
    httpsUrl: 'http://proxy.local:3129',
    noProxy,
  });
  test.each([
    ['http://example.com/', [], 'http://proxy.local:3128/'],
    ['https://example.com/', [], 'http://proxy.local:3129/'],
    ['http://localhost:80/', [], undefined],
    ['http://127.0.0.9/', [], undefined],
    ['http://[::1]/', [], undefined],
    ['http://example.com/', ['*'], undefined],
    ['http://example.com/', ['example.com'], undefined],
    ['http://a.example.com/', ['example.com'], undefined],
    ['http://a.example.com/', ['.example.com'], undefined],
    ['http://a.example.com/', ['*.Example.com'], undefined],
    ['http://notexample.com/', ['example.com', ''], 'http://proxy.local:3128/'],
    ['http://example.com:81/', ['example.com:80'], 'http://proxy.local:3128/'],
    ['http://example.com/', ['example.com:80'], undefined],
    ['http://10.2.3.4/', ['10.0.0.0/8'], undefined],
    ['http://11.2.3.4/', ['10.0.0.0/8'], 'http://proxy.local:3128/'],
    ['http://[fd00::1]/', ['fd00::/8'], undefined],
    ['http://[fd00::1]/', ['fd00:0::1'], undefined],
    ['http://[fd00::1]:81/', ['[fd00::1]:80'], 'http://proxy.local:3128/'],
  ] as const)('%s with noProxy %j', (url, noProxy, proxy) => {
    expect(findProxy(new URL(url), set(noProxy))?.href).toBe(proxy);
  });

  test('are not needed', () => {
    expect(findProxy(new URL('http://example.com/'), undefined)).toBeUndefined();
    expect(findProxy(new URL('http://example.com/'), { noProxy: [] })).toBeUndefined();
  });
});

describe('addresses in other clothes (S11)', () => {
  const free = { callers: 'steps' as const, isPrivateNetworkAllowed: true, own: [] };
  const closed = { callers: 'steps' as const, isPrivateNetworkAllowed: false, own: [] };

  test.each([
    '::a9fe:a9fe',
    '::ffff:0:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '2001:0:a9fe:a9fe::1',
    '::0:0',
  ])('%s is refused always', (address) => {
    expect(findAddressProblem(address, 80, 'x', free)).toBeDefined();
  });

  test.each(['::7f00:1', '::ffff:0:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '64:ff9b::a00:1', 'fec0::1'])(
    '%s by the setting',
    (address) => {
      expect(findAddressProblem(address, 80, 'x', free)).toBeUndefined();
      expect(findAddressProblem(address, 80, 'x', closed)).toBeDefined();
    },
  );

  test.each([
    'http://2852039166/',
    'http://0251.0376.0251.0376/',
    'http://0xa9.254.43518/',
    'http://169.254.169.254./',
    'http://[::a9fe:a9fe]/',
    'http://①⑥⑨.254.169.254/',
    'http://0/',
    'http://metadata/',
  ])('a step may not ask %s', async (url) => {
    expect(await perform({ url, method: 'GET' })).toMatchObject({
      kind: 'failed',
      failure: { types: ['AUTHORIZATION_ERROR'] },
    });
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'data:text/plain,x', 'unix:/run/x.sock'])(
    'a redirect to %s is refused',
    async (location) => {
      const port = await listen(createHttpServer((_, response) => response.writeHead(302, { location }).end()));
      expect(await perform({ url: `http://127.0.0.1:${port}/`, method: 'GET' })).toMatchObject({
        kind: 'failed',
        failure: { message: expect.stringContaining('use http:// or https://') },
      });
    },
  );
});
