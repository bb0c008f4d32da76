/** TLS from end to end: the server shows a certificate of an authority that only those know who were told. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, startProduct, type Product } from './src/product.ts';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['CI'] === 'true') throw new Error('openssl is not on the PATH; TLS cannot be shown.');
    process.stderr.write('openssl is not on the PATH: not shown is TLS with a private authority, end to end.\n');
    return false;
  }
}

describe.runIf(hasOpenssl())('with a certificate', () => {
  let folder: string;
  let product: Product;
  let authority: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bridle-tls-'));
    const path = (name: string): string => join(folder, name);
    const make = (...args: readonly string[]): void => {
      const common = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      execFileSync('openssl', [...common, ...args], { stdio: 'ignore' });
    };
    make('-subj', '/CN=Nobody knows me', '-keyout', path('ca.key'), '-out', path('ca.pem'));
    make(
      ...['-subj', '/CN=bridle.test', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE', '-CA', path('ca.pem'), '-CAkey', path('ca.key')],
      ...['-keyout', path('server.key'), '-out', path('server.pem')],
    );
    authority = await readFile(path('ca.pem'), 'utf8');
    const port = await freePort();
    product = await startProduct({
      port,
      env: {
        BRIDLE_TLS_CERT_FILE: path('server.pem'),
        BRIDLE_TLS_KEY_FILE: path('server.key'),
        BRIDLE_CA_FILE: path('ca.pem'),
        BRIDLE_PUBLIC_URL: `https://127.0.0.1:${port}`,
      },
    });
  });

  afterAll(async () => {
    await product.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  function get(path: string, ca: string | undefined): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { 'x-api-key': product.adminToken };
      const call = request(`${product.url}${path}`, { headers, ...(ca === undefined ? {} : { ca }) }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.on('error', reject).end();
    });
  }

  it('clients that know the authority are served, others refuse, and plain HTTP is not spoken', async () => {
    expect(product.url).toMatch(/^https:/);
    expect((await get('/readyz', authority)).status).toBe(200);
    await expect(get('/readyz', undefined)).rejects.toThrow(/certificate/);
    await expect(fetch(product.url.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
  });

  it('its delegate is connected by TLS', async () => {
    const list = async (): Promise<unknown> => {
      const { status, text } = await get(`/bridle/api/delegates?accountIdentifier=${product.accountId}`, authority);
      expect(status).toBe(200);
      return (JSON.parse(text) as { readonly data: unknown }).data;
    };
    await expect.poll(list, { timeout: 30_000 }).toMatchObject([{ status: 'connected' }]);
  });
});
