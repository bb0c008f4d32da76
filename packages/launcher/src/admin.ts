/**
 * `npm run admin -- <command>`: runs a command of the server's owner on this home, with the embedded PostgreSQL started for it
 * where it does not run.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LauncherError } from './errors.ts';
import { homePaths } from './home/home.ts';
import { readRunningUrl } from './postgres/running-url.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { readSettings } from './settings.ts';

async function main(args: readonly string[]): Promise<number> {
  const read = readSettings(process.env);
  if (read.kind === 'invalid') {
    for (const { message, hint } of read.problems) process.stderr.write(`${message} ${hint}\n`);
    return 1;
  }
  const home = homePaths(read.settings.home);
  const { databaseUrl } = read.settings;
  if (databaseUrl !== undefined) return await runCommand(args, home.directory, databaseUrl);
  if (!existsSync(join(home.dataDirectory, 'PG_VERSION'))) {
    process.stderr.write(
      `There is no Bridle in ${home.directory}. Say where it is with BRIDLE_HOME, or set DATABASE_URL.\n`,
    );
    return 1;
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
    return await runCommand(args, home.directory, postgres.url);
  } finally {
    await postgres.stop();
  }
}

async function runCommand(args: readonly string[], home: string, databaseUrl: string): Promise<number> {
  const script = fileURLToPath(new URL('../../server/src/admin.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, BRIDLE_HOME: home, DATABASE_URL: databaseUrl },
  });
  return await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof LauncherError)) throw error;
  process.stderr.write(`${error.message} ${error.hint}\n`);
  process.exitCode = 1;
}
