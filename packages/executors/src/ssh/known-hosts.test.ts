import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KnownHosts } from './known-hosts.ts';
import { readSshAddress } from './login.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle-known-'));
  file = join(folder, 'new', 'known_hosts');
});
afterEach(() => rm(folder, { recursive: true }));

function makeKey(type = 'ssh-ed25519'): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), randomBytes(36)]);
}

const HOST = { host: 'Build.Example.com', port: 22 };
const key = makeKey();
const line = (name: string, of = key): string => `${name} ssh-ed25519 ${of.toString('base64')} comment\n`;

function hosts(hostKeys: 'acceptNew' | 'strict' = 'strict', path = file): KnownHosts {
  return new KnownHosts({ hostKeys, knownHostsFile: path, connectTimeoutMs: 1 });
}

describe('known hosts', () => {
  test('a new host is noted, for its port only, and then known', async () => {
    expect(await hosts('acceptNew').judge(HOST, key)).toMatchObject({
      kind: 'new',
      fingerprint: expect.stringMatching(/^SHA256:/),
    });
    expect(await hosts().judge(HOST, key)).toEqual({ kind: 'known' });
    expect(await hosts().judge({ ...HOST, port: 2222 }, key)).toMatchObject({ kind: 'refused' });
    expect(await hosts('acceptNew').judge({ ...HOST, port: 2222 }, key)).toMatchObject({ kind: 'new' });
    expect(await readFile(file, 'utf8')).toBe(
      `build.example.com ssh-ed25519 ${key.toString('base64')}\n[build.example.com]:2222 ssh-ed25519 ${key.toString('base64')}\n`,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await hosts().typesOf(HOST)).toEqual(['ssh-ed25519']);
  });

  test('another key is refused, whether new hosts are accepted or not (H1)', async () => {
    await hosts('acceptNew').judge(HOST, key);
    const before = await readFile(file, 'utf8');
    for (const policy of ['acceptNew', 'strict'] as const) {
      for (const other of [makeKey(), makeKey('ssh-rsa')]) {
        expect(await hosts(policy).judge(HOST, other)).toMatchObject({
          kind: 'refused',
          message: expect.stringContaining('another key than the one it is known by'),
        });
      }
    }
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('an unknown host is refused when new ones are not accepted (H2)', async () => {
    expect(await hosts().judge(HOST, key)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('not known'),
    });
  });

  test.each([
    ['a list', line('other,build.example.com'), 'known'],
    ['a wildcard', line('*.example.com'), 'known'],
    ['a wildcard with an exception', line('*.example.com,!build.*'), 'refused'],
    ['another host', line('build.example.org'), 'refused'],
    ['a comment', `# ${line('build.example.com')}`, 'refused'],
    ['a revoked key', `@revoked ${line('*')}`, 'refused'],
    ['a revoked key that is known too', `${line('build.example.com')}@revoked ${line('*')}`, 'refused'],
    ['an authority', `@cert-authority ${line('*')}`, 'refused'],
    ['a hashed name', line(hashed('build.example.com')), 'known'],
    ['another hashed name', line(hashed('build.example.org')), 'refused'],
    ['a second key', `${line('build.example.com', makeKey())}${line('build.example.com')}`, 'known'],
    ['nonsense', 'x\n|1|\n@revoked\n\0\n', 'refused'],
  ])('%s', async (_name, text, kind) => {
    const path = join(folder, 'known_hosts');
    await writeFile(path, text);
    expect((await hosts('strict', path).judge(HOST, key)).kind).toBe(kind);
  });

  test('a file that ends within a line stays readable', async () => {
    const path = join(folder, 'known_hosts');
    await writeFile(path, line('other').trimEnd());
    await hosts('acceptNew', path).judge(HOST, key);
    expect(await hosts('strict', path).judge({ host: 'other', port: 22 }, key)).toEqual({ kind: 'known' });
    expect(await hosts('strict', path).judge(HOST, key)).toEqual({ kind: 'known' });
  });
});

function hashed(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

describe('addresses of hosts', () => {
  test.each([
    ['build.example.com', 'build.example.com', 22],
    ['10.0.0.1:2222', '10.0.0.1', 2222],
    ['[fd00::1]:2222', 'fd00::1', 2222],
    ['[fd00::1]', 'fd00::1', 22],
    ['fd00::1', 'fd00::1', 22],
  ])('%s', (text, host, port) => {
    expect(readSshAddress(text, 22)).toEqual({ host, port });
  });

  test.each(['a b', 'user@host', 'ssh://host', 'host:0', 'host:99999', 'host:x', '-oProxyCommand=x y', ''])(
    '%j is none',
    (text) => {
      expect(() => readSshAddress(text, 22)).toThrow('is not a host');
    },
  );
});
