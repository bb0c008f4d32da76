import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnvironmentSecrets } from './environment-secrets.ts';
import { FileSecrets } from './file-secrets.ts';
import { testSecretManager } from './test-conformance.ts';

testSecretManager('environment', async () => {
  const environment: Record<string, string> = { BRIDLE_DELEGATE_TOKEN: 'token' };
  return {
    manager: new EnvironmentSecrets(environment, ['LISTED', 'BRIDLE_DELEGATE_TOKEN']),
    put: async (name, bytes) => {
      environment[`BRIDLE_SECRET_${name}`] = bytes.toString();
      return `BRIDLE_SECRET_${name}`;
    },
    absentReference: 'LISTED',
    putUnreleased: async (bytes) => {
      environment['HOME_OF_SOMEBODY'] = bytes.toString();
      return ['HOME_OF_SOMEBODY', 'BRIDLE_DELEGATE_TOKEN'];
    },
    absentUnreleased: ['OTHER', '', '__proto__', 'toString', 'bridle_secret_x'],
    canHoldBinary: false,
    close: async () => undefined,
  };
});

testSecretManager('files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'bridle secrets '));
  const folder = join(root, 'secrets');
  await mkdir(join(folder, 'deep'), { recursive: true });
  return {
    manager: new FileSecrets(folder),
    put: async (name, bytes) => {
      await writeFile(join(folder, 'deep', name), bytes);
      return `deep/${name}`;
    },
    absentReference: 'deep/absent',
    putUnreleased: async (bytes) => {
      await writeFile(join(root, 'outside'), bytes);
      await symlink('../outside', join(folder, 'link'));
      await symlink(root, join(folder, 'folder'));
      await mkdir(`${folder}-2`);
      await writeFile(join(`${folder}-2`, 'x'), bytes);
      await symlink(join(`${folder}-2`, 'x'), join(folder, 'neighbour'));
      return [
        '../outside',
        'link',
        'folder/outside',
        'deep/../../outside',
        join(root, 'outside'),
        'neighbour',
        '.',
        'deep/',
      ];
    },
    absentUnreleased: ['../absent', '/absent', '', 'a\0b', 'deep//x', 'a\\b'],
    canHoldBinary: true,
    close: () => rm(root, { recursive: true, force: true }),
  };
});

test('a variable that the operator has listed is released', async () => {
  const manager = new EnvironmentSecrets({ LISTED: 'value' }, ['LISTED']);
  expect(await manager.find('LISTED')).toEqual({ kind: 'found', bytes: Buffer.from('value') });
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bridle secrets '));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['one line\n', 'one line'],
    ['one line\r\n', 'one line'],
    ['one line\n\n', 'one line\n\n'],
    ['two\nlines\n', 'two\nlines\n'],
    ['\n', ''],
    ['', ''],
  ])('%j is the secret %j (F2)', async (content, secret) => {
    await writeFile(join(folder, 'file'), content);
    expect(await new FileSecrets(folder).find('file')).toEqual({ kind: 'found', bytes: Buffer.from(secret) });
  });

  test('are found through links inside of the folder, as Kubernetes lays them', async () => {
    await mkdir(join(folder, '..2026_11_26'));
    await writeFile(join(folder, '..2026_11_26', 'password'), 'mounted');
    await symlink('..2026_11_26', join(folder, '..data'));
    await symlink('..data/password', join(folder, 'password'));
    expect(await new FileSecrets(folder).find('password')).toEqual({ kind: 'found', bytes: Buffer.from('mounted') });
  });

  test('are neither folders nor pipes, and nobody waits for one', async () => {
    await mkdir(join(folder, 'sub'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const path of ['sub', 'pipe'])
      expect(await new FileSecrets(folder).find(path)).toMatchObject({ kind: 'missing' });
  });

  test('are not there without a folder', async () => {
    expect(await new FileSecrets(undefined).find('x')).toMatchObject({ kind: 'notReleased' });
  });

  test('no path leads out of the folder (S12)', async () => {
    const root = await mkdtemp(join(tmpdir(), 'bridle escape '));
    await mkdir(join(root, 'in', 'a'), { recursive: true });
    await writeFile(join(root, 'out'), 'outside');
    const manager = new FileSecrets(join(root, 'in'));
    const part = fc.constantFrom('..', '.', '', 'a', 'out', '/', '..\\', '%2e%2e', '\0', '…');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.constantFrom('/', '//', '\\'), async (parts, slash) => {
        expect((await manager.find(parts.join(slash))).kind).not.toBe('found');
      }),
      { numRuns: 1_000 },
    );
    await rm(root, { recursive: true });
  });
});
