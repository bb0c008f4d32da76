import { expect, it } from 'vitest';

import type { Settings } from '../settings.ts';
import { delegateEnvironment, serverEnvironment } from './environments.ts';
import { DEFAULT_PATIENCE, backoffMs } from './patience.ts';
import { readFailedMessage, readServerMessage } from './read-message.ts';

const SETTINGS: Settings = { port: 0, host: '::1', home: '/h', isDelegateEnabled: true };
const SECRETS = { accountId: 'acc', masterKey: 'key', databaseUrl: 'postgresql:///bridle' };

it('spells every setting out for the server', () => {
  const env = serverEnvironment({ LANG: 'C', BRIDLE_HOME: '~/x', UNSET: undefined }, SETTINGS, SECRETS);
  expect(env).toEqual({
    LANG: 'C',
    BRIDLE_PORT: '0',
    BRIDLE_HOST: '::1',
    BRIDLE_HOME: '/h',
    BRIDLE_ACCOUNT_ID: 'acc',
    BRIDLE_MASTER_KEY: 'key',
    DATABASE_URL: 'postgresql:///bridle',
  });
  expect(serverEnvironment({}, { ...SETTINGS, publicUrl: 'https://x' }, SECRETS)['BRIDLE_PUBLIC_URL']).toBe(
    'https://x',
  );
});

it("hands on the delegate's own settings, and keeps those of the server, the database and the traces of npm from it", () => {
  const env = {
    HOME: '/home/mira',
    BRIDLE_MASTER_KEY: 'key',
    BRIDLE_HOME: '/h',
    BRIDLE_DELEGATE: 'on',
    BRIDLE_DELEGATE_TOKEN: 'other',
    BRIDLE_DELEGATE_TAGS: 'linux,big',
    DATABASE_URL: 'postgresql://u:p@db/x',
    PGPASSWORD: 'p',
    npm_lifecycle_event: 'start',
    npm_config_registry: 'x',
    INIT_CWD: '/checkout',
    PATH: '/checkout/node_modules/.bin:/node_modules/.bin:/lib/node-gyp-bin:/usr/local/bin:/usr/bin',
  };
  expect(delegateEnvironment(env, '/h/delegate')).toEqual({
    HOME: '/home/mira',
    PATH: '/usr/local/bin:/usr/bin',
    BRIDLE_DELEGATE_TAGS: 'linux,big',
    BRIDLE_DELEGATE_HOME: '/h/delegate',
  });
});

it('keeps the keys of the bucket with the server, and leaves the user’s own where there is none', () => {
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: 'token', AWS_REGION: 'eu' };
  expect(delegateEnvironment({ ...env, BRIDLE_FILES: 's3' }, '/d')).toEqual({
    AWS_REGION: 'eu',
    BRIDLE_DELEGATE_HOME: '/d',
  });
  expect(delegateEnvironment(env, '/d')).toMatchObject(env);
});

it('leaves PATH alone where npm has not touched it', () => {
  expect(delegateEnvironment({ PATH: '/mine/node_modules/.bin:/bin' }, '/d')['PATH']).toBe(
    '/mine/node_modules/.bin:/bin',
  );
});

it('waits longer with each failure in a row, up to a limit', () => {
  const waits = [1, 2, 3, 4, 7, 8, 1_000].map((failures) => backoffMs(failures, DEFAULT_PATIENCE));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000]);
});

it('reads the messages of children and nothing else', () => {
  const ready = {
    kind: 'ready',
    url: 'u',
    firstStart: true,
    adminTokenPath: 'p',
    delegateToken: 't',
    webhookCurl: 'c',
  };
  expect(readServerMessage(ready)).toEqual(ready);
  expect(readServerMessage({ ...ready, adminToken: 'pat', loginUrl: 'l' })).toMatchObject({ adminToken: 'pat' });
  expect(readServerMessage({ ...ready, adminToken: 1 })).toBeUndefined();
  expect(readServerMessage({ ...ready, url: undefined })).toBeUndefined();
  expect(readServerMessage('ready')).toBeUndefined();
  expect(readServerMessage(null)).toBeUndefined();
  expect(readFailedMessage({ kind: 'failed', code: 'X', message: 'no' })).toEqual({
    kind: 'failed',
    code: 'X',
    message: 'no',
  });
  expect(readFailedMessage({ kind: 'failed', code: 'X' })).toBeUndefined();
  expect(readFailedMessage(ready)).toBeUndefined();
});
