/** The server speaks TLS itself when it has a certificate. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localUrl, readServerSettings, SettingsError } from './settings.ts';

const BASE = {
  BRIDLE_HOME: '/home',
  BRIDLE_ACCOUNT_ID: 'account',
  BRIDLE_MASTER_KEY: Buffer.alloc(32).toString('base64'),
  DATABASE_URL: 'postgres://x',
};

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['CI'] === 'true') throw new Error('openssl is not on the PATH; the TLS settings cannot be shown.');
    process.stderr.write('openssl is not on the PATH: not shown are the TLS settings of the server.\n');
    return false;
  }
}

test('plain HTTP is the default', () => {
  expect(readServerSettings(BASE).tls).toBeUndefined();
  expect([localUrl('0.0.0.0', 1), localUrl('::', 1, true)]).toEqual(['http://127.0.0.1:1', 'https://[::1]:1']);
});

describe.runIf(hasOpenssl())('certificate and key', () => {
  let folder: string;
  let files: { readonly BRIDLE_TLS_CERT_FILE: string; readonly BRIDLE_TLS_KEY_FILE: string };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridle-tls-'));
    files = { BRIDLE_TLS_CERT_FILE: join(folder, 'cert.pem'), BRIDLE_TLS_KEY_FILE: join(folder, 'key.pem') };
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...['-subj', '/CN=bridle.test', '-keyout', files.BRIDLE_TLS_KEY_FILE, '-out', files.BRIDLE_TLS_CERT_FILE],
      ],
      { stdio: 'ignore' },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are read', () => {
    const { tls } = readServerSettings({ ...BASE, ...files });
    expect(tls?.cert).toContain('BEGIN CERTIFICATE');
    expect(tls?.key).toContain('PRIVATE KEY');
  });

  test('are refused in words when one is missing, cannot be read, or does not fit', () => {
    const read = (change: object): unknown => {
      try {
        return readServerSettings({ ...BASE, ...files, ...change });
      } catch (error) {
        return error;
      }
    };
    writeFileSync(join(folder, 'other'), 'no key');
    for (const [change, text] of [
      [{ BRIDLE_TLS_KEY_FILE: '' }, 'BRIDLE_TLS_KEY_FILE is not'],
      [{ BRIDLE_TLS_CERT_FILE: '' }, 'BRIDLE_TLS_CERT_FILE is not'],
      [{ BRIDLE_TLS_KEY_FILE: '/no/such/file' }, '/no/such/file cannot be read'],
      [{ BRIDLE_TLS_KEY_FILE: join(folder, 'other') }, 'not a certificate and its key'],
    ] as const) {
      expect(read(change)).toBeInstanceOf(SettingsError);
      expect(String(read(change))).toContain(text);
    }
  });
});
