import { expect, test } from 'vitest';
import { describeWithDocker, IMAGE, testEngine } from '../testing/test-docker.ts';
import { mountsOf, translate } from './engine-paths.ts';

test.each([
  ['/data/work/x', '/host/data/work/x'],
  ['/data', '/host/data'],
  ['/data/inner/y', '/other/y'],
  ['/database', '/database'],
  ['/tmp/z', '/tmp/z'],
])('%s is %s', (path, expected) => {
  const mounts = [
    { source: '/other/', target: '/data/inner' },
    { source: '/host/data', target: '/data' },
  ];
  expect(translate(path, mounts)).toBe(expected);
});

test('a mount of everything', () => {
  expect(translate('/a/b', [{ source: '/host', target: '/' }])).toBe('/host/a/b');
});

describeWithDocker('paths of the engine', () => {
  test('are those of the mounts of a container', async () => {
    const { client } = await testEngine();
    const container = await client.createContainer({
      Image: IMAGE,
      HostConfig: { Mounts: [{ Type: 'bind', Source: '/tmp', Target: '/var/lib/bridle' }] },
      Volumes: { '/volume': {} },
    });
    try {
      const mounts = await mountsOf(client, container.id);
      expect(translate('/var/lib/bridle/work', mounts)).toBe('/tmp/work');
      expect(translate('/volume/x', mounts)).toMatch(/^\/.*volumes\/.*\/x$/);
    } finally {
      await container.remove({ v: true });
    }
  });
});
