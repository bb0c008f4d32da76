import { expect, test } from 'vitest';
import { readServerSettings, SettingsError } from './settings.ts';

const BASE = {
  BRIDLE_HOME: '/home',
  BRIDLE_ACCOUNT_ID: 'account',
  BRIDLE_MASTER_KEY: Buffer.alloc(32).toString('base64'),
  DATABASE_URL: 'postgres://x',
};

test('the engine does as documented when nothing is said', () => {
  expect(readServerSettings(BASE).switches).toEqual({});
});

test('the engine’s switches are read', () => {
  const settings = readServerSettings({
    ...BASE,
    BRIDLE_IGNORED_FAILURE_FIRES_FAILURE: 'off',
    BRIDLE_ROLLED_BACK_FIRES_FAILURE: 'on',
    BRIDLE_UNRESOLVED_EXPRESSIONS: 'strict',
  });
  expect(settings.switches).toEqual({
    ignoredFailureFiresFailure: false,
    rolledBackFiresFailure: true,
    unresolved: 'strict',
  });
});

test('files are kept in a folder of the home, in another one, or in a bucket', () => {
  expect(readServerSettings(BASE).files).toEqual({ kind: 'folder', path: '/home/files' });
  expect(readServerSettings({ ...BASE, BRIDLE_FILES_DIR: '/srv/files' }).files).toEqual({
    kind: 'folder',
    path: '/srv/files',
  });
  const bucket = { ...BASE, BRIDLE_FILES: 's3', BRIDLE_S3_BUCKET: 'ci' };
  expect(readServerSettings(bucket).files).toEqual({
    kind: 's3',
    bucket: 'ci',
    region: 'us-east-1',
    isPathStyle: false,
  });
  expect(
    readServerSettings({
      ...bucket,
      BRIDLE_S3_ENDPOINT: 'http://minio:9000',
      BRIDLE_S3_REGION: 'eu-west-1',
      BRIDLE_S3_PATH_STYLE: 'on',
    }).files,
  ).toEqual({ kind: 's3', bucket: 'ci', endpoint: 'http://minio:9000', region: 'eu-west-1', isPathStyle: true });
  expect(() => readServerSettings({ ...BASE, BRIDLE_FILES: 's3' })).toThrow('BRIDLE_S3_BUCKET');
});

test('logs have no limit unless one is set', () => {
  expect(readServerSettings(BASE).logBytesMax).toBeUndefined();
  expect(readServerSettings({ ...BASE, BRIDLE_LOG_BYTES_MAX: '1048576' }).logBytesMax).toBe(1_048_576);
});

test.each([
  ['BRIDLE_FILES', 'floppy'],
  ['BRIDLE_LOG_BYTES_MAX', '12'],
  ['BRIDLE_LOG_BYTES_MAX', '10 MB'],
  ['BRIDLE_IGNORED_FAILURE_FIRES_FAILURE', 'maybe'],
  ['BRIDLE_UNRESOLVED_EXPRESSIONS', 'sometimes'],
  ['BRIDLE_EXECUTIONS_MAX', '0'],
])('a wrong %s is named', (name, value) => {
  expect(() => readServerSettings({ ...BASE, [name]: value })).toThrow(SettingsError);
  expect(() => readServerSettings({ ...BASE, [name]: value })).toThrow(name);
});

test('an endpoint of a bucket is a URL', () => {
  const env = { ...BASE, BRIDLE_FILES: 's3', BRIDLE_S3_BUCKET: 'ci', BRIDLE_S3_ENDPOINT: 'minio:9000' };
  expect(() => readServerSettings(env)).toThrow('BRIDLE_S3_ENDPOINT');
});

test('reads which proxies are trusted and how often one may ask', () => {
  const read = (more: Record<string, string>): ReturnType<typeof readServerSettings> =>
    readServerSettings({ ...BASE, ...more });
  expect(read({})).toMatchObject({
    trustProxy: false,
    rateLimits: { perKey: 3_000, perAddress: 6_000, isLoopbackLimited: false },
  });
  expect(read({ BRIDLE_TRUST_PROXY: 'on' }).trustProxy).toBe(1);
  expect(read({ BRIDLE_TRUST_PROXY: '2' }).trustProxy).toBe(2);
  expect(read({ BRIDLE_TRUST_PROXY: '10.0.0.0/8, ::1' }).trustProxy).toBe('10.0.0.0/8,::1');
  expect(() => read({ BRIDLE_TRUST_PROXY: 'yes' })).toThrow('BRIDLE_TRUST_PROXY');
  expect(read({ BRIDLE_RATE_PER_KEY: 'off', BRIDLE_RATE_LOOPBACK: 'on' }).rateLimits).toEqual({
    perKey: undefined,
    perAddress: 6_000,
    isLoopbackLimited: true,
  });
  expect(() => read({ BRIDLE_RATE_PER_ADDRESS: '0' })).toThrow('BRIDLE_RATE_PER_ADDRESS');
});

test('the room that must be left on the disk is read, and nobody looks when it is off', () => {
  expect(readServerSettings(BASE).disk).toEqual({});
  const env = { ...BASE, BRIDLE_DISK_FREE_BYTES_MIN: '1000', BRIDLE_DISK_FREE_BYTES_RESUME: '2000' };
  expect(readServerSettings(env).disk).toEqual({ freeBytesMin: 1_000, freeBytesResume: 2_000 });
  expect(readServerSettings({ ...BASE, BRIDLE_DISK_FREE_BYTES_MIN: 'off' }).disk).toBeUndefined();
  expect(() => readServerSettings({ ...env, BRIDLE_DISK_FREE_BYTES_RESUME: '999' })).toThrow('is less than');
  expect(() => readServerSettings({ ...env, BRIDLE_DISK_FREE_BYTES_MIN: '1 GB' })).toThrow(
    'BRIDLE_DISK_FREE_BYTES_MIN',
  );
});

test('a server makes faults only when it is told that it may', () => {
  expect(readServerSettings(BASE).hasFaults).toBe(false);
  expect(readServerSettings({ ...BASE, BRIDLE_FAULTS: 'on' }).hasFaults).toBe(true);
});

test('how long things are kept is another default of the settings', () => {
  expect(readServerSettings(BASE).usualSettings).toEqual({});
  const env = { ...BASE, BRIDLE_EXECUTIONS_DAYS: '90', BRIDLE_LOGS_DAYS: '30', BRIDLE_AUDIT_DAYS: '' };
  expect(readServerSettings(env).usualSettings).toEqual({ execution_retention_days: '90', log_retention_days: '30' });
  expect(() => readServerSettings({ ...BASE, BRIDLE_EXECUTIONS_DAYS: '3' })).toThrow(
    'BRIDLE_EXECUTIONS_DAYS is not a whole number from 7 to 3650: 3',
  );
});
