import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type ExecutorSettings, type StepRequest } from '../executor.ts';
import { awsConnector, openS3Server, type S3Server } from '../testing/s3-server.ts';
import { openStage, type Stage, type StepStart } from '../testing/stage.ts';

let server: S3Server;
let stage: Stage;
let caches: string;
beforeAll(async () => {
  server = await openS3Server();
});
afterAll(() => server.close());
beforeEach(async () => {
  stage = await openStage();
  caches = await mkdtemp(join(tmpdir(), 'bridle-caches-'));
});
afterEach(async () => {
  await stage.close();
  await rm(caches, { recursive: true });
});

/** Each workspace is a stage of its own. */
async function workspace(key: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const { folder } = await stage.workspaces.enter('files', key);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

function start(
  stepType: string,
  spec: object,
  workspaceKey: string,
  step: Partial<StepRequest> = {},
  settings: Partial<ExecutorSettings> = {},
): StepStart {
  return stage.start(stepType, spec, {
    workspaceKey,
    step: { project: 'p', connectors: { store: awsConnector(server.endpoint) }, ...step },
    settings: { caches: { ...DEFAULT_SETTINGS.caches, folder: caches }, ...settings },
  });
}

const LOCAL = { save: 'SaveCache', restore: 'RestoreCache', store: {} };
const BUCKET = {
  save: 'SaveCacheS3',
  restore: 'RestoreCacheS3',
  store: { bucket: 'builds', connectorRef: 'store', region: 'eu-central-1' },
};
const NAMED = {
  save: 'SaveCache',
  restore: 'RestoreCache',
  store: { providerType: 'S3', bucket: 'builds', connectorRef: 'store' },
};

describe.each([
  ['of the delegate', LOCAL],
  ['in a bucket', BUCKET],
  ['in a bucket named as a provider', NAMED],
])('caches %s', (name, { save, restore, store }) => {
  const key = `${name.replaceAll(' ', '-')}-{{ checksum "lock.json" }}`;

  test('are saved in one stage and restored in another', async () => {
    await workspace('one', { 'lock.json': '1', 'node_modules/a/index.js': 'a', 'build/x.o': 'x', 'build/x.c': 'c' });
    const saved = start(
      save,
      { ...store, key, sourcePaths: ['node_modules', '/harness/build/*.o', 'missing'], archiveFormat: 'Zstd' },
      'one',
    );
    expect(await saved.result).toEqual({ kind: 'succeeded', outputs: {} });
    expect(saved.log.text).toContain('There is nothing at missing.');
    const folder = await workspace('two', { 'lock.json': '1' });
    const restored = start(restore, { ...store, key, archiveFormat: 'Tar' }, 'two');
    expect(await restored.result).toEqual({
      kind: 'succeeded',
      outputs: { cacheHit: 'true', outputVariables: { cacheHit: 'true' } },
    });
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(
      ['build', 'build/x.o', 'lock.json', 'node_modules', 'node_modules/a', 'node_modules/a/index.js'].toSorted(),
    );
  });

  test('a key that is not there is no failure, unless the step says so', async () => {
    await workspace('one', { 'lock.json': 'nobody saved this' });
    const miss = { cacheHit: 'false', outputVariables: { cacheHit: 'false' } };
    expect(await start(restore, { ...store, key }, 'one').result).toEqual({ kind: 'succeeded', outputs: miss });
    expect(await start(restore, { ...store, key, failIfKeyNotFound: true }, 'one').result).toMatchObject({
      kind: 'failed',
      outputs: miss,
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining('is not in') },
    });
  });

  test('an existing key stays as it is, or is written anew when the step says so', async () => {
    const folder = await workspace('one', { 'lock.json': `kept ${name}`, 'dep/version': '1' });
    const spec = { ...store, key, sourcePaths: ['dep'] };
    await start(save, spec, 'one').result;
    await writeFile(join(folder, 'dep/version'), '2');
    const second = start(save, spec, 'one');
    expect(await second.result).toMatchObject({ kind: 'succeeded' });
    expect(second.log.text).toContain('stays as it is');
    await start(restore, { ...store, key }, 'one').result;
    expect(await readFile(join(folder, 'dep/version'), 'utf8')).toBe('1');
    await writeFile(join(folder, 'dep/version'), '3');
    await start(save, { ...spec, override: true }, 'one').result;
    await rm(join(folder, 'dep'), { recursive: true });
    await start(restore, { ...store, key }, 'one').result;
    expect(await readFile(join(folder, 'dep/version'), 'utf8')).toBe('3');
  });

  test('nothing to save is a failure that leaves no key behind', async () => {
    await workspace('one', { 'lock.json': `nothing ${name}` });
    expect(await start(save, { ...store, key, sourcePaths: ['nothing'] }, 'one').result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('None of the sourcePaths') },
    });
    expect(await start(restore, { ...store, key }, 'one').result).toMatchObject({ outputs: { cacheHit: 'false' } });
  });

  test.each([
    ['no key', { sourcePaths: ['dep'] }, 'needs a key'],
    ['no paths', { key: 'k' }, 'needs sourcePaths'],
    ['a path that goes up', { key: 'k', sourcePaths: ['../x'] }, '".."'],
    ['a path of the host', { key: 'k', sourcePaths: ['/etc/passwd'] }, 'outside of the workspace'],
    ['an unknown format', { key: 'k', sourcePaths: ['dep'], archiveFormat: 'Rar' }, '"Rar" is not an archiveFormat'],
  ])('a spec with %s is refused in words', async (_name, spec, words) => {
    await workspace('one', { dep: 'd' });
    expect(await start(save, { ...store, ...spec }, 'one').result).toMatchObject({
      kind: 'failed',
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining(words) },
    });
  });
});

describe('caches of the delegate', () => {
  test('are a project’s own', async () => {
    await workspace('one', { dep: 'd' });
    await start('SaveCache', { key: 'k', sourcePaths: ['dep'] }, 'one').result;
    const theirs = start('RestoreCache', { key: 'k' }, 'one', { project: 'another' });
    expect(await theirs.result).toMatchObject({ outputs: { cacheHit: 'false' } });
  });

  test('do not hold shared paths of containers, and say so', async () => {
    await workspace('one', { dep: 'd' });
    const step = { stage: { workspaceKey: 'one', identifier: 's', sharedPaths: ['/cache/'] } };
    const { result } = start('SaveCache', { key: 'k', sourcePaths: ['/cache/m2'] }, 'one', step);
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('is a shared path of the stage') },
    });
  });

  test('need a folder', async () => {
    await workspace('one', { dep: 'd' });
    const settings = { caches: { ...DEFAULT_SETTINGS.caches } };
    expect(await start('SaveCache', { key: 'k', sourcePaths: ['dep'] }, 'one', {}, settings).result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('no folder for caches') },
    });
  });

  test('other providers are refused in words', async () => {
    await workspace('one', { dep: 'd' });
    const spec = { providerType: 'GCS', key: 'k', sourcePaths: ['dep'] };
    expect(await start('SaveCache', spec, 'one').result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('GCS') },
    });
  });
});

describe('stores that say no', () => {
  const spec = { ...BUCKET.store, key: 'k', sourcePaths: ['dep'] };

  test('wrong keys are an authentication failure; the keys are not shown', async () => {
    await workspace('one', { dep: 'd' });
    const step = { connectors: { store: awsConnector(server.endpoint, 'not-the-key') } };
    for (const { result, log } of [
      start('SaveCacheS3', { ...spec, override: true }, 'one', step),
      start('RestoreCacheS3', spec, 'one', step),
    ]) {
      expect(await result).toMatchObject({ kind: 'failed', failure: { types: ['AUTHENTICATION'] } });
      expect(JSON.stringify(await result) + log.text).not.toContain('not-the-key');
    }
  });

  test('a bucket that is not there', async () => {
    await workspace('one', { dep: 'd' });
    for (const [type, override] of [
      ['SaveCacheS3', true],
      ['SaveCacheS3', false],
      ['RestoreCacheS3', false],
    ] as const) {
      expect(await start(type, { ...spec, bucket: 'nowhere', override }, 'one').result).toMatchObject({
        kind: 'failed',
        failure: { types: ['APPLICATION_ERROR'], message: 'The bucket nowhere does not exist.' },
      });
    }
  });

  test('nobody there is a connectivity failure', async () => {
    await workspace('one', { dep: 'd' });
    const step = { connectors: { store: awsConnector('http://127.0.0.1:1') } };
    expect(await start('SaveCacheS3', spec, 'one', step).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
  });

  test('an endpoint may be nothing a step may not reach (S11)', async () => {
    await workspace('one', { dep: 'd' });
    for (const endpoint of [
      'http://169.254.169.254/',
      'http://metadata.google.internal',
      server.endpoint.replace('127.0.0.1', 'localhost'),
    ]) {
      const settings = { http: { ...DEFAULT_SETTINGS.http, ownOrigins: [server.endpoint] } };
      expect(
        await start('SaveCacheS3', { ...spec, endpoint }, 'one', {}, { ...settings, caches: DEFAULT_SETTINGS.caches })
          .result,
      ).toMatchObject({
        kind: 'failed',
        failure: { types: ['AUTHORIZATION_ERROR'] },
      });
    }
  });

  test.each([
    ['no connector', { connectorRef: 'other' }, 'was not given'],
    ['no bucket', { bucket: '' }, 'needs a bucket'],
    ['an endpoint that is none', { endpoint: 'ftp://x' }, 'not an http'],
  ])('%s', async (_name, more, words) => {
    await workspace('one', { dep: 'd' });
    expect(await start('SaveCacheS3', { ...spec, ...more }, 'one').result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining(words) },
    });
  });
});

test('a poisoned cache does not get out of the workspace (S12)', async () => {
  // What is restored goes through a link that an earlier step has made.
  const folder = await workspace('one', { 'dep/file': 'd' });
  await start('SaveCache', { key: 'k', sourcePaths: ['dep'] }, 'one').result;
  await rm(join(folder, 'dep'), { recursive: true });
  const outside = await mkdtemp(join(tmpdir(), 'bridle-outside-'));
  await symlink(outside, join(folder, 'dep'));
  const { result } = start('RestoreCache', { key: 'k' }, 'one');
  expect(await result).toMatchObject({ kind: 'failed', failure: { message: expect.stringContaining('is a link') } });
  expect(await readdir(outside)).toEqual([]);
  await rm(outside, { recursive: true });
});

test('cancelling ends a save', async () => {
  const folder = await workspace('one');
  await writeFile(join(folder, 'large'), Buffer.alloc(200_000_000));
  const { result, cancel } = start('SaveCache', { key: 'k', sourcePaths: ['large'], archiveFormat: 'Gzip' }, 'one');
  cancel();
  expect(await result).toEqual({ kind: 'cancelled' });
  expect(await start('RestoreCache', { key: 'k' }, 'one').result).toMatchObject({ outputs: { cacheHit: 'false' } });
});

test('files that are linked from outside are saved as files of their own, and restored (pnpm)', async () => {
  const store = join(caches, 'store');
  await mkdir(store);
  const settings = { caches: { ...DEFAULT_SETTINGS.caches, folder: join(caches, 'kept'), outsideFolders: [store] } };
  const folder = await workspace('one', { 'node_modules/other': 'x' });
  await writeFile(join(store, 'f'), 'content');
  for (const name of ['f', 'g']) await link(join(store, 'f'), join(folder, 'node_modules', name));
  const save = { key: 'k', sourcePaths: ['node_modules', store] };
  expect(await start('SaveCache', save, 'one', {}, settings).result).toMatchObject({ kind: 'succeeded' });
  const restored = await start('RestoreCache', { key: 'k' }, 'two', {}, settings).result;
  expect(restored).toMatchObject({ kind: 'succeeded', outputs: { cacheHit: 'true' } });
  const other = await workspace('two');
  expect(await readFile(join(other, 'node_modules', 'f'), 'utf8')).toBe('content');
});
