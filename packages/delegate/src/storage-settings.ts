/** The settings of steps that keep files and sign in to hosts. */
import { isAbsolute, join } from 'node:path';
import { DEFAULT_SETTINGS, type CacheSettings, type SshSettings } from '@bridle/executors';
import { SETTING_NAMES, type SettingKey } from './setting-names.ts';
import { parseSize } from './sizes.ts';

type Read = (key: SettingKey) => string | undefined;
/** Throws. */
type Refuse = (message: string) => never;

/** @param home - of the delegate */
export function readCacheSettings(read: Read, home: string, refuse: Refuse): CacheSettings {
  const paths = (read('cachePaths') ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  for (const path of paths) {
    if (!isAbsolute(path) || path === '/')
      refuse(`--${SETTING_NAMES.cachePaths.flag}: "${path}" is not an absolute path of a folder.`);
  }
  const limit = read('cacheMax');
  const bytesMax = limit === undefined ? DEFAULT_SETTINGS.caches.bytesMax : parseSize(limit);
  if (bytesMax === undefined || bytesMax === 0)
    return refuse(`--${SETTING_NAMES.cacheMax.flag}: "${limit ?? ''}" is not a size like 512M or 50G.`);
  return {
    folder: read('cacheDir') ?? join(home, 'cache'),
    bytesMax,
    outsideFolders: [...DEFAULT_SETTINGS.caches.outsideFolders, ...paths],
  };
}

export function readSshSettings(read: Read, home: string, refuse: Refuse): SshSettings {
  const policy = read('sshHostKeys') ?? 'accept-new';
  if (policy !== 'accept-new' && policy !== 'strict')
    return refuse(`--${SETTING_NAMES.sshHostKeys.flag}: "${policy}" is neither accept-new nor strict.`);
  return {
    ...DEFAULT_SETTINGS.ssh,
    knownHostsFile: read('sshKnownHosts') ?? join(home, 'known_hosts'),
    hostKeys: policy === 'strict' ? 'strict' : 'acceptNew',
  };
}
