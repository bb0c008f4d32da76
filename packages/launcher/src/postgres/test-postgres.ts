/**
 * A PostgreSQL for tests: in memory where there is room, quick and forgetful, gone with the process that started it.
 *
 * A guardian (a few lines of `sh` in a session of its own) holds the reading end of a pipe. When this process ends, in whatever
 * way, the pipe closes, and the guardian stops PostgreSQL and deletes its folder. Nothing needs to be cleaned up by hand after a
 * killed test run, and unlike a parent-death signal this does not depend on the thread that started it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EPHEMERAL_SETTINGS, startPostgres, type RunningPostgres } from './start-postgres.ts';

/** A started PostgreSQL for tests. */
export interface TestPostgres {
  /** DATABASE_URL of the empty database `bridle`. */
  readonly url: string;
  readonly pid: number;
  /** Stops it and deletes its folder. */
  stop(): Promise<void>;
}

/** Nothing survives a crash of the machine, and need not. `file_copy` makes cloning a template three times quicker here. */
export const TEST_SETTINGS: Readonly<Record<string, string>> = {
  ...EPHEMERAL_SETTINGS,
  autovacuum_naptime: '1min',
  checkpoint_timeout: '30min',
  max_connections: '200',
  // Replication and its workers are not under test.
  max_logical_replication_workers: '0',
  io_method: 'sync',
};

const MEMORY_FOLDER = '/dev/shm';
/** A cluster takes 40 MB, a cloned database 10; containers often have 64 MB in all. */
const MEMORY_BYTES_MIN = 512 * 1024 * 1024;

/**
 * Starts a PostgreSQL with an empty database `bridle` in a folder of its own.
 *
 * @throws LauncherError as {@link startPostgres}
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(hasRoomInMemory() ? MEMORY_FOLDER : tmpdir(), 'bridle-test-'));
  const guardian = startGuardian(folder);
  try {
    const postgres = await startPostgres({
      dataDirectory: join(folder, 'data'),
      socketDirectory: join(folder, 'run'),
      logFile: join(folder, 'postgres.log'),
      settings: TEST_SETTINGS,
      isDurable: false,
    });
    return { url: postgres.url, pid: postgres.pid, stop: () => stop(postgres, guardian, folder) };
  } catch (error) {
    await dismiss(guardian);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function stop(postgres: RunningPostgres, guardian: ChildProcess | undefined, folder: string): Promise<void> {
  // Data are thrown away: no checkpoint is needed.
  await postgres.stopNow();
  await dismiss(guardian);
  rmSync(folder, { recursive: true, force: true });
}

function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    if (bavail * bsize < MEMORY_BYTES_MIN) return false;
    const probe = mkdtempSync(join(MEMORY_FOLDER, 'bridle-test-'));
    mkdirSync(join(probe, 'writable'));
    rmSync(probe, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Reads until the pipe closes; then INT, after 2 s KILL, then the folder. Gets the folder as `$1`. */
const GUARDIAN_SCRIPT = `
while read -r line; do :; done
pid=; [ -f "$1/data/postmaster.pid" ] && read -r pid < "$1/data/postmaster.pid"
if [ -n "$pid" ]; then
  kill -INT "$pid" 2>/dev/null
  tries=0
  while [ -f "$1/data/postmaster.pid" ] && [ $tries -lt 40 ]; do sleep 0.05; tries=$((tries + 1)); done
  [ -f "$1/data/postmaster.pid" ] && kill -KILL "$pid" 2>/dev/null
fi
rm -rf "$1" 2>/dev/null || { sleep 0.2; rm -rf "$1"; }
`;

function startGuardian(folder: string): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const guardian = spawn('/bin/sh', ['-c', GUARDIAN_SCRIPT, 'bridle-test-guardian', folder], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.on('error', () => undefined); // no sh, no guardian: stop() still cleans up
  guardian.stdin?.on('error', () => undefined);
  // It must not keep a finished test run alive.
  guardian.unref();
  return guardian;
}

function dismiss(guardian: ChildProcess | undefined): Promise<void> {
  if (guardian === undefined || guardian.exitCode !== null || guardian.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    guardian.ref();
    guardian.once('exit', () => resolve());
    guardian.stdin?.end();
  });
}
