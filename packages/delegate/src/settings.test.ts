import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { IGNORED_VARIABLES, PROXY_VARIABLES, SETTING_NAMES, USAGE } from './setting-names.ts';
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

  test('the variables of Harness’s delegate are understood, after Bridle’s own', () => {
    const harness = {
      ACCOUNT_ID: 'acc',
      DELEGATE_TOKEN: 'dlt.acc.id.secret',
      DELEGATE_NAME: 'theirs',
      DELEGATE_TAGS: 'a,b',
      MANAGER_HOST_AND_PORT: 'https://bridle.example.com',
      DELEGATE_TASK_CAPACITY: '3',
      DELEGATE_CPU_THRESHOLD: '80',
      DELEGATE_MEMORY_THRESHOLD: '90%',
      PROXY_HOST: 'proxy.example.com',
      PROXY_PORT: '3128',
      PROXY_SCHEME: 'HTTP',
      PROXY_USER: 'ann',
      PROXY_PASSWORD: 'p@ss',
      NO_PROXY: 'localhost,.internal',
      INIT_SCRIPT: 'echo hello',
      POLL_FOR_TASKS: 'true',
      LOG_STREAMING_SERVICE_URL: 'https://elsewhere',
    };
    const settings = readSettings([], harness);
    expect(settings).toMatchObject({
      token: 'dlt.acc.id.secret',
      name: 'theirs',
      tags: ['a', 'b'],
      capacity: 3,
      cpuThreshold: 80,
      memoryThreshold: 90,
      initScript: 'echo hello',
      proxy: {
        httpUrl: 'http://ann:p%40ss@proxy.example.com:3128/',
        httpsUrl: 'http://ann:p%40ss@proxy.example.com:3128/',
        noProxy: ['localhost', '.internal'],
      },
      warnings: [],
    });
    expect(settings.url.href).toBe('https://bridle.example.com/');
    expect(readSettings([], { ...harness, BRIDLE_DELEGATE_NAME: 'ours' }).name).toBe('ours');
    const bare = readSettings([], { ...harness, MANAGER_HOST_AND_PORT: 'bridle.example.com:7070' });
    expect(bare.url.href).toBe('https://bridle.example.com:7070/');
    expect(() => readSettings([], { ...harness, ACCOUNT_ID: 'other' })).toThrow(/of the account acc, not of other/);
  });

  test('a proxy that is none is refused without its password being told', () => {
    const wrong: unknown = (() => {
      try {
        return readSettings([...URL_AND_TOKEN, '--proxy', 'ftp://u:hunter2@x'], {});
      } catch (error) {
        return error;
      }
    })();
    expect(String(wrong)).toContain('--proxy');
    expect(String(wrong)).not.toContain('hunter2');
  });

  test('a file with authorities must hold some', () => {
    expect(() => readSettings([...URL_AND_TOKEN, '--ca-file', '/no/such/file'], {})).toThrow(/--ca-file/);
    const folder = mkdtempSync(join(tmpdir(), 'bridle-ca-'));
    try {
      writeFileSync(join(folder, 'ca'), 'nothing of that kind');
      expect(() => readSettings([...URL_AND_TOKEN, '--ca-file', join(folder, 'ca')], {})).toThrow(/no certificate/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a file on the command line counts more than a token that lies in the environment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bridle-token-'));
    try {
      const file = join(folder, 'token');
      writeFileSync(file, 'from the file');
      expect(readSettings(['--url', 'http://x', '--token-file', file], { DELEGATE_TOKEN: 'stray' }).token).toBe(
        'from the file',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('--help names every flag and every variable', () => {
    for (const { flag, variables } of Object.values(SETTING_NAMES)) {
      expect(USAGE).toContain(`--${flag}`);
      for (const name of variables) expect(USAGE).toContain(name);
    }
    for (const name of [...Object.values(PROXY_VARIABLES), ...IGNORED_VARIABLES]) expect(USAGE).toContain(name);
  });
});
