/** The database of a home for one piece of work: the one that runs, else one that is started for it and stopped after. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { LauncherError } from '../errors.ts';
import { homePaths } from '../home/home.ts';
import type { Settings } from '../settings.ts';
import { readRunningUrl } from './running-url.ts';
import { startPostgres } from './start-postgres.ts';

/**
 * Calls `work` with the DATABASE_URL of a home.
 *
 * @throws LauncherError `HOME_EMPTY` where there is none, and as {@link startPostgres}
 */
export async function useDatabase<T>(settings: Settings, work: (databaseUrl: string) => Promise<T>): Promise<T> {
  if (settings.databaseUrl !== undefined) return await work(settings.databaseUrl);
  const home = homePaths(settings.home);
  if (!existsSync(join(home.dataDirectory, 'PG_VERSION'))) {
    throw new LauncherError({
      code: 'HOME_EMPTY',
      message: `There is no Bridle in ${home.directory}.`,
      hint: 'Say where it is with --data or BRIDLE_HOME, or name its database with DATABASE_URL.',
    });
  }
  const postgres = await startPostgres({
    dataDirectory: home.dataDirectory,
    socketDirectory: home.runDirectory,
    logFile: join(home.logDirectory, 'postgres.log'),
  }).catch((error: unknown) => {
    // Bridle runs: its PostgreSQL is used.
    const url = readRunningUrl(home.dataDirectory);
    if (error instanceof LauncherError && error.code === 'HOME_IN_USE' && url !== undefined)
      return { url, stop: async () => undefined };
    throw error;
  });
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop();
  }
}
