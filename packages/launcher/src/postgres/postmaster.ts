/**
 * The postmaster of a data directory as its pid file and the system describe it: is it ready, is it alive, is it really ours?
 *
 * PostgreSQL heals a pid file whose process is dead. It refuses to start when the number belongs to any other live process
 * of the same user, which is usual in a restarted container, and it takes a zombie for alive. So the launcher judges first.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { LauncherError, systemErrorCode } from '../errors.ts';
import { findCommandLine, findWorkingDirectory, isProcessAlive, listProcessesIn } from '../process/process-identity.ts';

/** What matters of `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  /** Line 8: `starting`, `ready`, `stopping`, `standby`; empty while the file is being written. */
  readonly status: string;
}

/** How a postmaster is asked to end: `INT` = fast (clients are disconnected), `QUIT` = at once, recovery at the next start. */
export type StopSignal = 'SIGINT' | 'SIGQUIT' | 'SIGKILL';

const POLL_MS = 10;
/** A fast stop writes a checkpoint: on a slow disk that takes a while. */
export const FAST_STOP_MS = 30_000;
export const IMMEDIATE_STOP_MS = 5_000;
const KILL_MS = 5_000;

/** Reads `postmaster.pid`; undefined when there is none or it holds no pid yet. */
export function readPostmasterFile(dataDirectory: string): PostmasterFile | undefined {
  let text: string;
  try {
    text = readFileSync(postmasterFile(dataDirectory), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: lines[7] ?? '' } : undefined;
}

/**
 * Makes the data directory free for a new start: stops a PostgreSQL that an earlier launcher left behind, waits for its
 * children, removes a pid file that nobody stands behind. The caller holds the lock of the directory, so whatever still
 * runs on it has no launcher any more.
 *
 * An orphan is replaced and not adopted: its exit could not be observed, it runs with the settings and the binaries of
 * another day, and starting anew costs a tenth of a second.
 *
 * @param note receives one line for the log per thing found
 * @throws LauncherError `POSTGRES_ORPHAN` when something cannot be stopped
 */
export async function clearDataDirectory(dataDirectory: string, note: (line: string) => void): Promise<void> {
  const found = readPostmasterFile(dataDirectory);
  if (found !== undefined && isPostmasterOf(found.pid, dataDirectory)) {
    note(`found PostgreSQL (process ${found.pid}) left behind by an earlier start; replacing it`);
    await stopByPid(found.pid);
  }
  await stopLeftovers(dataDirectory, note);
  const rest = readPostmasterFile(dataDirectory);
  if (rest === undefined) return;
  note(`removing the stale postmaster.pid of process ${rest.pid}`);
  rmSync(postmasterFile(dataDirectory), { force: true });
}

/**
 * Removes the socket that a killed PostgreSQL left in a folder. The lock beside it names a pid too, with the same trouble as
 * `postmaster.pid`; one whose PostgreSQL lives, on whatever data, stays.
 *
 * @param socket path of the socket
 */
export function clearSocket(socket: string, note: (line: string) => void): void {
  const lock = `${socket}.lock`;
  if (!existsSync(lock)) return;
  const [pid, dataDirectory] = readFileSync(lock, 'utf8').split('\n');
  if (dataDirectory !== undefined && existsSync(dataDirectory) && isPostmasterOf(Number(pid), dataDirectory)) return;
  note(`removing the stale socket of process ${pid}`);
  rmSync(socket, { force: true });
  rmSync(lock, { force: true });
}

/** True when the live process `pid` is a PostgreSQL working on the data directory. */
export function isPostmasterOf(pid: number, dataDirectory: string): boolean {
  if (pid === process.pid || !isProcessAlive(pid)) return false;
  const command = findCommandLine(pid);
  // Where the system tells nothing a stranger must not be stopped. Should it be a postmaster after all, the new one finds
  // its shared memory in use and refuses to start: data are safe either way.
  if (command === undefined || !basename(command.split(' -D ')[0] ?? '').startsWith('postgres')) return false;
  const workingDirectory = findWorkingDirectory(pid);
  return workingDirectory === undefined
    ? command.includes(dataDirectory)
    : workingDirectory === realpathSync(dataDirectory);
}

/** Children that outlive a killed postmaster hold its shared memory; they end by themselves, most often at once. */
async function stopLeftovers(dataDirectory: string, note: (line: string) => void): Promise<void> {
  const directory = realpathSync(dataDirectory);
  const leftovers = (): readonly number[] =>
    listProcessesIn(directory).filter((pid) => findCommandLine(pid)?.startsWith('postgres: ') === true);
  if (leftovers().length === 0) return;
  note(`waiting for ${leftovers().length} processes of a killed PostgreSQL`);
  if (await becomesTrue(() => leftovers().length === 0, IMMEDIATE_STOP_MS)) return;
  for (const pid of leftovers()) sendSignal(pid, 'SIGKILL');
  if (await becomesTrue(() => leftovers().length === 0, KILL_MS)) return;
  throw orphanStays(leftovers()[0] ?? 0);
}

async function stopByPid(pid: number): Promise<void> {
  const patience = [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
    ['SIGKILL', KILL_MS],
  ] as const;
  for (const [signal, waitMs] of patience) {
    sendSignal(pid, signal);
    if (await becomesTrue(() => !isProcessAlive(pid), waitMs)) return;
  }
  throw orphanStays(pid);
}

/** Sends a signal; a process that is gone already is fine. */
export function sendSignal(pid: number, signal: StopSignal): void {
  assert(pid > 0, 'a pid of 0 or less would mean a whole group of processes');
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemErrorCode(error) === 'EPERM') throw orphanStays(pid);
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}

/** Polls until `condition` holds or the time is over; the system offers no event for foreign processes. */
async function becomesTrue(condition: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

export function postmasterFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

function orphanStays(pid: number): LauncherError {
  return new LauncherError({
    code: 'POSTGRES_ORPHAN',
    message: `A PostgreSQL left behind by an earlier start (process ${pid}) cannot be stopped.`,
    hint: `Stop process ${pid} as the user who owns it, then start again.`,
  });
}
