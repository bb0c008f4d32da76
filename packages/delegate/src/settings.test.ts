import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';

const URL_AND_TOKEN = ['--url', 'http://127.0.0.1:7070', '--token', 't'];

describe('readSettings', () => {
  test('flags win over the environment, defaults fill the rest', () => {
    const settings = readSettings([...URL_AND_TOKEN, '--name', 'mine', '--tags', 'a, b,,c'], {
      BRIDLE_DELEGATE_NAME: 'other',
      BRIDLE_DELEGATE_CAPACITY: '7',
      BRIDLE_DELEGATE_HOME: '/h',
      BRIDLE_DELEGATE_INHERIT_ENV: 'HTTP_PROXY',
    });
    expect(settings).toMatchObject({
      name: 'mine',
      tags: ['a', 'b', 'c'],
      capacity: 7,
      home: '/h',
      token: 't',
      inheritedNames: ['HTTP_PROXY'],
    });
    expect(settings.isPrivateNetworkAllowed).toBe(true);
  });

  test('a token on the command line is warned of, in a file it is not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bridle-token-'));
    try {
      const file = join(folder, 'token');
      writeFileSync(file, ' secret\n');
      expect(readSettings(URL_AND_TOKEN, {}).warnings).toHaveLength(1);
      const settings = readSettings(['--url', 'http://x', '--token-file', file], {});
      expect(settings.token).toBe('secret');
      expect(settings.warnings).toEqual([]);
      writeFileSync(file, '\n');
      expect(() => readSettings(['--url', 'http://x', '--token-file', file], {})).toThrow(/is empty/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [[], /--url is missing/],
    [['--url', 'nonsense', '--token', 't'], /not an http/],
    [['--url', 'ftp://x', '--token', 't'], /not an http/],
    [['--url', 'http://x'], /token is missing/],
    [['--url', 'http://x', '--token-file', '/no/such/file'], /cannot be read/],
    [[...URL_AND_TOKEN, '--capacity', '0'], /whole number from 1/],
    [[...URL_AND_TOKEN, '--capacity', 'many'], /whole number/],
    [[...URL_AND_TOKEN, '--nonsense'], /nonsense/],
    [[...URL_AND_TOKEN, '--name', 'x'.repeat(129)], /at most 128/],
    [[...URL_AND_TOKEN, '--tags', 'x'.repeat(129)], /at most 128/],
  ])('%j is refused in words', (argv, text) => {
    expect(() => readSettings(argv, {})).toThrow(SettingsError);
    expect(() => readSettings(argv, {})).toThrow(text);
  });
});
