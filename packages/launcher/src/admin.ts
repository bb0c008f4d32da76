/**
 * `npm run admin -- <command>`: runs a command of the server's owner on this home, with the embedded PostgreSQL started for it
 * where it does not run.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { LauncherError } from './errors.ts';
import { useDatabase } from './postgres/use-database.ts';
import { readSettings } from './settings.ts';

async function main(args: readonly string[]): Promise<number> {
  const read = readSettings(process.env);
  if (read.kind === 'invalid') {
    for (const { message, hint } of read.problems) process.stderr.write(`${message} ${hint}\n`);
    return 1;
  }
  return await useDatabase(read.settings, (databaseUrl) => runCommand(args, read.settings.home, databaseUrl));
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
