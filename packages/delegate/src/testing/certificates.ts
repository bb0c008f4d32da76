/** Certificates for tests, made by OpenSSL's own tool: an authority nobody knows, and a server's that it signed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificates {
  readonly caFile: string;
  readonly ca: string;
  /** For 127.0.0.1. */
  readonly cert: string;
  readonly key: string;
  remove(): void;
}

/** Whether they can be made here; says so once when they cannot, and is an error in CI. */
export function canMakeCertificates(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['CI'] === 'true') throw new Error('openssl is not on the PATH; TLS to the server cannot be shown.');
    process.stderr.write('openssl is not on the PATH: not shown is TLS to the server with a private authority.\n');
    return false;
  }
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'bridle-tls-'));
  const path = (name: string): string => join(folder, name);
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const run = (...args: readonly string[]): void =>
    void execFileSync('openssl', [...request, ...args], { stdio: 'ignore' });
  run('-subj', '/CN=Bridle test authority', '-keyout', path('ca.key'), '-out', path('ca.pem'));
  run(
    ...[
      '-subj',
      '/CN=bridle.test',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    ],
    ...['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-keyout', path('server.key'), '-out', path('server.pem')],
  );
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  return {
    caFile: path('ca.pem'),
    ca: read('ca.pem'),
    cert: read('server.pem'),
    key: read('server.key'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
