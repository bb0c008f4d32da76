import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';

const START = ['--url', 'http://127.0.0.1:7070', '--token', 't', '--home', '/h'];

describe('settings of caches and of SSH', () => {
  test('lie in the home, accept new hosts, and know the folders of build tools', () => {
    const { caches, ssh } = readSettings(START, {});
    expect(caches).toMatchObject({ folder: '/h/cache', bytesMax: 20 * 1024 ** 3 });
    expect(caches.outsideFolders.some((folder) => folder.endsWith('/.m2'))).toBe(true);
    expect(ssh).toMatchObject({ knownHostsFile: '/h/known_hosts', hostKeys: 'acceptNew' });
  });

  test('are taken from flags and variables', () => {
    const { caches, ssh } = readSettings([...START, '--cache-max', '50G', '--ssh-host-keys', 'strict'], {
      BRIDLE_CACHE_DIR: '/var/cache/bridle',
      BRIDLE_CACHE_PATHS: '/opt/one, /opt/two',
      BRIDLE_SSH_KNOWN_HOSTS: '/etc/ssh/known',
    });
    expect(caches).toMatchObject({ folder: '/var/cache/bridle', bytesMax: 50 * 1024 ** 3 });
    expect(caches.outsideFolders.slice(-2)).toEqual(['/opt/one', '/opt/two']);
    expect(ssh).toMatchObject({ knownHostsFile: '/etc/ssh/known', hostKeys: 'strict' });
  });

  test.each([
    ['--cache-max', 'much', /is not a size/],
    ['--cache-max', '0', /is not a size/],
    ['--cache-paths', 'relative', /not an absolute path/],
    ['--cache-paths', '/', /not an absolute path/],
    ['--ssh-host-keys', 'no', /neither accept-new nor strict/],
  ])('%s %s is refused in words', (flag, value, words) => {
    expect(() => readSettings([...START, flag, value], {})).toThrow(SettingsError);
    expect(() => readSettings([...START, flag, value], {})).toThrow(words);
  });
});
