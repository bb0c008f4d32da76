/**
 * Makes a home out of a backup.
 *
 * - O1 Only a home that holds nothing is filled, or one that an earlier restore did not finish: what that one made is deleted.
 * - O2 From the first file to the last one a marker says that the home is not whole; nothing starts in it (`prepareHome`).
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { LauncherError } from '../errors.ts';
import { homePaths, makeHomeFolders, type Home } from '../home/home.ts';
import { acquireLock } from '../home/lock.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import type { Settings } from '../settings.ts';
import { askOwner, type OwnerCall } from './ask-owner.ts';

/** What {@link restoreHome} needs. */
export interface RestoreHomeRequest extends Pick<OwnerCall, 'program' | 'env' | 'signal'> {
  readonly settings: Settings;
  /** Absolute path of the backup. */
  readonly file: string;
}

/**
 * Restores.
 *
 * @returns what the owner's program says of the backup
 * @throws LauncherError `HOME_IN_USE`, `HOME_NOT_EMPTY`, `OWNER_FAILED`, and as {@link startPostgres}
 */
export async function restoreHome(request: RestoreHomeRequest): Promise<unknown> {
  const { settings, file, signal } = request;
  const home = homePaths(settings.home);
  refuseFilled(home);
  // Every part of it is checked before anything is made.
  await ask(request, { kind: 'inspect', file }, '');
  mkdirSync(home.directory, { recursive: true, mode: 0o700 });
  const lock = acquireLock(home.lockFile, `The home ${home.directory}`);
  try {
    refuseFilled(home);
    for (const name of readdirSync(home.directory)) {
      if (name !== basename(home.lockFile)) rmSync(join(home.directory, name), { recursive: true, force: true });
    }
    writeFileSync(home.restoringFile, '', { mode: 0o600, flush: true });
    makeHomeFolders(home);
    const result = await fill(request, home);
    signal?.throwIfAborted();
    rmSync(home.restoringFile);
    return result;
  } finally {
    lock.release();
  }
}

async function fill(request: RestoreHomeRequest, home: Home): Promise<unknown> {
  const { settings, file, signal } = request;
  const restore = { kind: 'restore', file, withHome: true };
  if (settings.databaseUrl !== undefined) return await ask(request, restore, settings.databaseUrl);
  const postgres = await startPostgres({
    dataDirectory: home.dataDirectory,
    socketDirectory: home.runDirectory,
    logFile: join(home.logDirectory, 'postgres.log'),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    return await ask(request, restore, postgres.url);
  } finally {
    await postgres.stop();
  }
}

function ask(
  { program, env, settings, signal }: RestoreHomeRequest,
  question: object,
  databaseUrl: string,
): Promise<unknown> {
  return askOwner(question, {
    program,
    env,
    home: settings.home,
    databaseUrl,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** O1. */
function refuseFilled(home: Home): void {
  if (!existsSync(home.directory) || existsSync(home.restoringFile)) return;
  const names = readdirSync(home.directory).filter((name) => name !== basename(home.lockFile));
  if (names.length === 0) return;
  throw new LauncherError({
    code: 'HOME_NOT_EMPTY',
    message: `${home.directory} is not empty: it holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}.`,
    hint: 'Restore into another folder with --data, or move what is there away.',
  });
}
