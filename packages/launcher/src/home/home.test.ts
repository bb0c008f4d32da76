import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isMasterKey } from '../settings.ts';
import { accountId, homePaths, keepDelegateToken, masterKey, prepareHome, type Home } from './home.ts';

let root: string;
let home: Home;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bridle home '));
  home = homePaths(join(root, 'new', 'home'));
  prepareHome(home);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('prepareHome', () => {
  it('H1: makes folders that nobody else can enter', () => {
    const folders = [home.directory, home.runDirectory, home.logDirectory, join(home.directory, 'keys')];
    expect(folders.map(modeOf)).toEqual([0o700, 0o700, 0o700, 0o700]);
  });

  it('H1: closes a keys folder that had been opened', () => {
    chmodSync(join(home.directory, 'keys'), 0o755);
    prepareHome(home);
    expect(modeOf(join(home.directory, 'keys'))).toBe(0o700);
  });

  it('says which home cannot be made', () => {
    writeFileSync(join(root, 'file'), '');
    const blocked = homePaths(join(root, 'file', 'home'));
    expect(() => prepareHome(blocked)).toThrow(expect.objectContaining({ code: 'HOME_UNUSABLE' }));
  });
});

describe('masterKey', () => {
  it('makes a key once and keeps it, readable for its owner alone', () => {
    const made = masterKey(home, undefined);
    expect(isMasterKey(made)).toBe(true);
    expect(masterKey(home, undefined)).toBe(made);
    expect(modeOf(home.masterKeyFile)).toBe(0o600);
    expect(readdirSync(join(home.directory, 'keys'))).toEqual(['master.key']);
  });

  it('closes a key file that others could read', () => {
    masterKey(home, undefined);
    chmodSync(home.masterKeyFile, 0o644);
    masterKey(home, undefined);
    expect(modeOf(home.masterKeyFile)).toBe(0o600);
  });

  it('never writes a key that was given to it', () => {
    const given = masterKey(homePaths(root), undefined);
    expect(masterKey(home, given)).toBe(given);
    expect(readdirSync(join(home.directory, 'keys'))).toEqual([]);
  });

  it.each(['', 'short', `${'A'.repeat(43)}=\n${'A'.repeat(43)}=`])('refuses a broken key file (%j)', (content) => {
    writeFileSync(home.masterKeyFile, content);
    expect(() => masterKey(home, undefined)).toThrow(expect.objectContaining({ code: 'MASTER_KEY_INVALID' }));
    expect(readFileSync(home.masterKeyFile, 'utf8')).toBe(content);
  });

  it('H3: makes no new key for data that an earlier one may have sealed', () => {
    mkdirSync(home.dataDirectory);
    writeFileSync(join(home.dataDirectory, 'PG_VERSION'), '18\n');
    expect(() => masterKey(home, undefined)).toThrow(expect.objectContaining({ code: 'MASTER_KEY_MISSING' }));
  });
});

describe('accountId', () => {
  it('makes 22 letters and digits once and keeps them', () => {
    const made = accountId(home, undefined);
    expect(made).toMatch(/^[A-Za-z0-9]{22}$/);
    expect(accountId(home, undefined)).toBe(made);
    expect(accountId(homePaths(root), undefined)).not.toBe(made);
  });

  it('keeps the one given at the first start', () => {
    expect(accountId(home, 'mine')).toBe('mine');
    expect(accountId(home, undefined)).toBe('mine');
    expect(accountId(home, 'mine')).toBe('mine');
  });

  it('refuses another account in the same home', () => {
    accountId(home, 'mine');
    expect(() => accountId(home, 'yours')).toThrow(expect.objectContaining({ code: 'ACCOUNT_ID_MISMATCH' }));
  });
});

describe('keepDelegateToken', () => {
  it('writes the token for the delegate, replaces another one, and leaves an equal one alone', () => {
    keepDelegateToken(home, 'first');
    const { ino } = statSync(home.delegateTokenFile);
    keepDelegateToken(home, 'first');
    expect(statSync(home.delegateTokenFile).ino).toBe(ino);
    keepDelegateToken(home, 'second');
    expect(readFileSync(home.delegateTokenFile, 'utf8')).toBe('second\n');
    expect(modeOf(home.delegateTokenFile)).toBe(0o600);
  });
});
