/** How the delegate reaches its server: TLS with authorities of the operator's, and proxies. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OutageError, ServerClient, type ServerWay } from './client.ts';
import { readSettings } from './settings.ts';
import { canMakeCertificates, makeCertificates, type Certificates } from './testing/certificates.ts';

const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function ask(url: string, way: ServerWay): Promise<unknown> {
  const client = new ServerClient(new URL(url), 'token', way);
  open.push(() => client.close());
  return client.post('register', { name: 'x' }, { timeoutMs: 5_000 });
}

/** Answers with what it was asked. */
const echo: Parameters<typeof createHttpServer>[1] = (request, response) => {
  request.resume().on('end', () => response.end(JSON.stringify({ path: request.url })));
};

describe.runIf(canMakeCertificates())('TLS with an authority of the operator’s', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates.remove());

  test('is believed when it is named, and only then', async () => {
    const port = await listen(createHttpsServer(certificates, echo));
    const url = `https://127.0.0.1:${port}/prefix/`;
    const refused: unknown = await ask(url, {}).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OutageError);
    expect(String(refused)).toMatch(/certificate/i);
    const settings = readSettings(['--url', url, '--token', 't', '--ca-file', certificates.caFile], {});
    expect(await ask(url, { certificateAuthorities: settings.certificateAuthorities })).toEqual({
      kind: 'ok',
      body: { path: '/prefix/delegate/api/register' },
    });
  });

  test('a certificate for another name is refused, whoever signed it', async () => {
    const port = await listen(createHttpsServer(certificates, echo), '127.0.0.2');
    const refused: unknown = await ask(`https://127.0.0.2:${port}`, {
      certificateAuthorities: [certificates.ca],
    }).catch((error: unknown) => error);
    expect(String(refused)).toMatch(/ALTNAME|altnames/i);
  });

  test('goes through a proxy without being opened', async () => {
    const port = await listen(createHttpsServer(certificates, echo));
    const proxy = await startProxy();
    const way = { certificateAuthorities: [certificates.ca], proxyUrl: `http://ann:secret@127.0.0.1:${proxy.port}` };
    expect(await ask(`https://127.0.0.1:${port}`, way)).toMatchObject({ kind: 'ok' });
    expect(proxy.targets).toEqual([`127.0.0.1:${port}`]);
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('ann:secret').toString('base64')}`]);
  });
});

test('a proxy that is not there is an outage, not the end', async () => {
  const refused: unknown = await ask('https://bridle.test', { proxyUrl: 'http://127.0.0.1:1' }).catch(
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(OutageError);
});

async function startProxy(): Promise<{
  readonly port: number;
  readonly targets: string[];
  readonly credentials: unknown[];
}> {
  const targets: string[] = [];
  const credentials: unknown[] = [];
  const sockets = new Set<Duplex>();
  const server = createHttpServer();
  server.on('connect', (request, socket, head) => {
    targets.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization']);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    sockets.add(upstream).add(socket);
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const port = await listen(server);
  open.push(() => sockets.forEach((socket) => socket.destroy()));
  return { port, targets, credentials };
}
