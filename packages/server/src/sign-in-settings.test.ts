import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSignInSettings, type SignInSettings } from './sign-in-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'bridle-sign-in-'));
const secretFile = join(folder, 'secret');
writeFileSync(secretFile, 'tiger\n');
writeFileSync(join(folder, 'empty'), '\n');
afterAll(() => rmSync(folder, { recursive: true }));

const read = (env: Record<string, string>): SignInSettings => readSignInSettings(env, (message) => new Error(message));
const PROVIDER = { BRIDLE_OPENID_ISSUER: 'https://id.example.com/realm', BRIDLE_OPENID_CLIENT_ID: 'bridle' };

describe('settings of signing in', () => {
  it('have a month and a week for sessions, and no provider', () => {
    expect(read({})).toEqual({ limits: { lifetimeMs: 2_592_000_000, idleMs: 604_800_000 } });
    expect(read({ BRIDLE_SESSION_HOURS: '8', BRIDLE_SESSION_IDLE_HOURS: '0.5' }).limits).toEqual({
      lifetimeMs: 28_800_000,
      idleMs: 1_800_000,
    });
  });

  it('trust a provider with little unless told otherwise', () => {
    expect(read(PROVIDER).openId).toEqual({
      issuer: 'https://id.example.com/realm',
      clientId: 'bridle',
      scopes: 'openid profile email',
      name: 'id.example.com',
      createsUsers: false,
      linksByEmail: false,
    });
  });

  it('read everything of a provider, the secret out of its file', () => {
    const { openId } = read({
      ...PROVIDER,
      BRIDLE_OPENID_CLIENT_SECRET_FILE: secretFile,
      BRIDLE_OPENID_SCOPES: 'openid email groups',
      BRIDLE_OPENID_NAME: 'Example',
      BRIDLE_OPENID_CREATE_USERS: 'on',
      BRIDLE_OPENID_LINK_BY_EMAIL: 'on',
      BRIDLE_OPENID_ROLE: '_account_viewer',
      BRIDLE_OPENID_GROUPS: 'cn=ops = ops',
    });
    expect(openId).toMatchObject({ clientSecret: 'tiger', createsUsers: true, linksByEmail: true, name: 'Example' });
    expect(openId?.groups).toEqual({ claim: 'groups', groups: new Map([['cn=ops', 'ops']]) });
  });

  it.each([
    [{ BRIDLE_SESSION_HOURS: '0' }, /BRIDLE_SESSION_HOURS/],
    [{ BRIDLE_SESSION_IDLE_HOURS: 'long' }, /BRIDLE_SESSION_IDLE_HOURS/],
    [{ BRIDLE_OPENID_CLIENT_ID: 'bridle' }, /BRIDLE_OPENID_CLIENT_ID is set, but BRIDLE_OPENID_ISSUER is not/],
    [{ ...PROVIDER, BRIDLE_OPENID_CLIENT_ID: '' }, /CLIENT_ID is not/],
    [{ ...PROVIDER, BRIDLE_OPENID_ISSUER: 'http://id.example.com' }, /https/],
    [{ ...PROVIDER, BRIDLE_OPENID_SCOPES: 'email' }, /openid/],
    [{ ...PROVIDER, BRIDLE_OPENID_CREATE_USERS: 'yes' }, /neither on nor off/],
    [{ ...PROVIDER, BRIDLE_OPENID_CLIENT_SECRET_FILE: join(folder, 'none') }, /cannot be read/],
    [{ ...PROVIDER, BRIDLE_OPENID_CLIENT_SECRET_FILE: join(folder, 'empty') }, /is empty/],
    [{ ...PROVIDER, BRIDLE_OPENID_GROUPS: 'ops' }, /BRIDLE_OPENID_GROUPS/],
    [{ ...PROVIDER, BRIDLE_OPENID_GROUPS_CLAIM: 'roles' }, /BRIDLE_OPENID_GROUPS is not/],
  ])('refuse %j', (env, message) => {
    expect(() => read(env as Record<string, string>)).toThrow(message);
  });
});
