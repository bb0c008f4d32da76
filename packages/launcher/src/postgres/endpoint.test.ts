import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { databaseUrl, fitsSocketPath, findFreePort, prepareSocketEndpoint, shortDirectory } from './endpoint.ts';

const PLAIN = { kind: 'plain' } as const;
const isRoot = process.getuid?.() === 0;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bridle-endpoint-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The short folder of a data directory, removed after the test. */
function shortOf(dataDirectory: string): string {
  const folder = shortDirectory(dataDirectory, PLAIN);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('databaseUrl', () => {
  it.each(['/run/x', '/home/a b/é ü', '/tmp/100%/a&b=c?#+', '/tmp/a:b@c'])(
    'names the socket folder %s for pg',
    (directory) => {
      process.env['PGPORT'] = '1';
      process.env['PGSSLMODE'] = 'require';
      onTestFinished(() => {
        delete process.env['PGPORT'];
        delete process.env['PGSSLMODE'];
      });
      const client = new pg.Client(databaseUrl({ kind: 'socket', directory, isTemporary: false }));
      expect([client.host, client.port, client.user, client.database]).toEqual([directory, 5432, 'bridle', 'bridle']);
      expect(client.ssl).toBe(false);
    },
  );

  it('names host, port and password over TCP', () => {
    const client = new pg.Client(databaseUrl({ kind: 'tcp', port: 5499, password: 'p%/@:' }, 'postgres'));
    expect([client.host, client.port, client.user, client.password, client.database]).toEqual([
      '127.0.0.1',
      5499,
      'bridle',
      'p%/@:',
      'postgres',
    ]);
  });
});

describe('prepareSocketEndpoint', () => {
  it('S2: takes the wanted folder and keeps others out', async () => {
    const directory = join(root, 'a b', 'run');
    expect(await prepareSocketEndpoint(directory, root, PLAIN)).toEqual({
      kind: 'socket',
      directory,
      isTemporary: false,
    });
    expect(lstatSync(directory).mode & 0o777).toBe(0o700);
    chmodSync(directory, 0o755);
    await prepareSocketEndpoint(directory, root, PLAIN);
    expect(lstatSync(directory).mode & 0o777).toBe(0o700);
  });

  it('S3: counts bytes, not letters', () => {
    const most = process.platform === 'linux' ? 93 : 89;
    expect(fitsSocketPath(`/${'x'.repeat(most - 1)}`)).toBe(true);
    expect(fitsSocketPath(`/${'x'.repeat(most)}`)).toBe(false);
    expect(fitsSocketPath(`/${'é'.repeat(most / 2 + 1)}`)).toBe(false);
  });

  it('S3: takes a short private folder for a long path, the same each time', async () => {
    const short = shortOf(root);
    const wanted = join(root, 'x'.repeat(120));
    const endpoint = { kind: 'socket', directory: short, isTemporary: true };
    expect(await prepareSocketEndpoint(wanted, root, PLAIN)).toEqual(endpoint);
    expect(await prepareSocketEndpoint(wanted, root, PLAIN)).toEqual(endpoint);
    expect(lstatSync(short).mode & 0o777).toBe(0o700);
    expect(shortDirectory(join(root, 'other'), PLAIN)).not.toBe(short);
  });

  it('S2: does not follow a link that somebody put in the place of the short folder', async () => {
    const short = shortOf(root);
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), short);
    await expect(prepareSocketEndpoint(join(root, 'x'.repeat(120)), root, PLAIN)).rejects.toMatchObject({
      code: 'SOCKET_DIRECTORY_UNSAFE',
    });
  });

  it.runIf(isRoot)('S2: refuses a short folder of another user', async () => {
    const short = shortOf(root);
    mkdirSync(short, { mode: 0o700 });
    chownSync(short, 65_534, 65_534);
    await expect(prepareSocketEndpoint(join(root, 'x'.repeat(120)), root, PLAIN)).rejects.toMatchObject({
      code: 'SOCKET_DIRECTORY_UNSAFE',
    });
  });
});

describe('findFreePort', () => {
  it('finds a port that can be listened on', async () => {
    expect(await findFreePort()).toBeGreaterThan(1_023);
  });
});
