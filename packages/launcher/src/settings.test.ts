import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { isMasterKey, readSettings, type SettingsContext } from './settings.ts';

const USER: SettingsContext = { isRoot: false, userHome: '/home/mira', workingDirectory: '/checkout' };
const KEY = randomBytes(32).toString('base64');

function valid(env: Record<string, string | undefined>, context = USER) {
  const result = readSettings(env, context);
  if (result.kind === 'invalid') throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.settings;
}

function problems(env: Record<string, string | undefined>) {
  const result = readSettings(env, USER);
  return result.kind === 'invalid' ? result.problems : [];
}

describe('readSettings', () => {
  it('needs no setting at all', () => {
    expect(valid({})).toEqual({
      port: 7070,
      host: '127.0.0.1',
      home: '/home/mira/.bridle',
      isDelegateEnabled: true,
    });
  });

  it('keeps the home of root where services keep their data', () => {
    expect(valid({}, { ...USER, isRoot: true, userHome: '/root' }).home).toBe('/var/lib/bridle');
  });

  it('reads every setting', () => {
    expect(
      valid({
        BRIDLE_PORT: '8080',
        BRIDLE_HOST: '::1',
        BRIDLE_HOME: '/srv/bridle/',
        BRIDLE_ACCOUNT_ID: 'kmpySmUISimoRrJL6NL73w',
        BRIDLE_PUBLIC_URL: 'https://ci.example.com/bridle/',
        DATABASE_URL: 'postgres://u:p@db/bridle',
        BRIDLE_MASTER_KEY: KEY,
        BRIDLE_DELEGATE: 'off',
      }),
    ).toEqual({
      port: 8080,
      host: '::1',
      home: '/srv/bridle',
      accountId: 'kmpySmUISimoRrJL6NL73w',
      publicUrl: 'https://ci.example.com/bridle',
      databaseUrl: 'postgres://u:p@db/bridle',
      masterKey: KEY,
      isDelegateEnabled: false,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(valid({ BRIDLE_PORT: '', BRIDLE_HOST: '  ', BRIDLE_MASTER_KEY: '', DATABASE_URL: '' })).toEqual(valid({}));
  });

  it.each([
    ['~/data here', '/home/mira/data here'],
    ['~', '/home/mira'],
    ['relative/home', '/checkout/relative/home'],
    ['/a/../b', '/b'],
  ])('resolves the home %s to %s', (given, home) => {
    expect(valid({ BRIDLE_HOME: given }).home).toBe(home);
  });

  it.each([
    ['BRIDLE_PORT', '70700'],
    ['BRIDLE_PORT', '-1'],
    ['BRIDLE_PORT', '80 80'],
    ['BRIDLE_PORT', '0x50'],
    ['BRIDLE_HOST', 'http://localhost'],
    ['BRIDLE_HOST', 'localhost:7070'],
    ['BRIDLE_HOST', '-x'],
    ['BRIDLE_ACCOUNT_ID', 'with.dot'],
    ['BRIDLE_ACCOUNT_ID', 'x'.repeat(65)],
    ['BRIDLE_PUBLIC_URL', 'ci.example.com'],
    ['BRIDLE_PUBLIC_URL', 'ftp://ci.example.com'],
    ['BRIDLE_PUBLIC_URL', 'https://user:secret@ci.example.com'],
    ['BRIDLE_PUBLIC_URL', 'https://ci.example.com/?a=1'],
    ['DATABASE_URL', 'mysql://db/bridle'],
    ['BRIDLE_MASTER_KEY', 'c2hvcnQ='],
    ['BRIDLE_MASTER_KEY', `${KEY}\n${KEY}`],
    ['BRIDLE_DELEGATE', 'maybe'],
  ])('refuses %s=%s, naming the variable and a way out', (variable, value) => {
    const [problem, ...others] = problems({ [variable]: value });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'SETTING_INVALID', variable });
    expect(problem?.message).toContain(variable);
    expect(problem?.hint.length).toBeGreaterThan(10);
  });

  it('shows all wrong settings at once', () => {
    const found = problems({ BRIDLE_PORT: 'x', BRIDLE_HOST: 'a b', BRIDLE_DELEGATE: 'no' });
    expect(found.map(({ variable }) => variable)).toEqual(['BRIDLE_PORT', 'BRIDLE_HOST', 'BRIDLE_DELEGATE']);
  });

  it('never repeats a secret', () => {
    const found = problems({ DATABASE_URL: 'mysql://u:hunter2@db', BRIDLE_MASTER_KEY: 'hunter2' });
    expect(found).toHaveLength(2);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});

describe('isMasterKey', () => {
  it('wants 32 bytes in canonical base64', () => {
    expect(isMasterKey(KEY)).toBe(true);
    expect(isMasterKey(KEY.slice(0, -1))).toBe(false);
    expect(isMasterKey(` ${KEY}`)).toBe(false);
    expect(isMasterKey(randomBytes(31).toString('base64'))).toBe(false);
    expect(isMasterKey('')).toBe(false);
  });
});
