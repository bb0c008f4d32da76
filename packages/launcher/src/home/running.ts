/**
 * What runs in a home, for those who did not start it: `bridle.lock` says which process, `running.json` where it answers.
 *
 * - U1 Only a lock whose process lives means that Bridle runs; a file of a killed one says nothing.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { systemErrorCode } from '../errors.ts';
import { isSameProcessAlive, type ProcessIdentity } from '../process/process-identity.ts';
import type { Home } from './home.ts';
import { inspectLock } from './lock.ts';

/** Kept while Bridle runs. */
export interface RunningFacts {
  readonly url: string;
  readonly version: string;
}

/** A running Bridle. */
export interface RunningBridle {
  readonly process: ProcessIdentity;
  /** Absent until it has answered for the first time. */
  readonly facts: RunningFacts | undefined;
}

const STOP_POLL_MS = 20;

/** Called by the process that holds the home, each time its server is ready. */
export function rememberRunning(home: Home, facts: RunningFacts): void {
  const draft = `${home.runningFile}.new`;
  writeFileSync(draft, `${JSON.stringify(facts)}\n`, { mode: 0o600 });
  renameSync(draft, home.runningFile);
}

/** Called by the process that holds the home, before it gives it back. */
export function forgetRunning(home: Home): void {
  rmSync(home.runningFile, { force: true });
}

/** The Bridle that runs in a home (U1); undefined when none does. */
export function findRunning(home: Home): RunningBridle | undefined {
  const lock = inspectLock(home.lockFile);
  if (lock.kind !== 'held') return undefined;
  return { process: lock.holder, facts: readFacts(home.runningFile) };
}

/** How a stop went. */
export type StopOutcome = 'stopped' | 'late' | 'forbidden';

/** What {@link stopRunning} is told. */
export interface StopRunningRequest {
  readonly withinMs: number;
  /** Aborted when nobody wants to wait any more: the stop goes on without us. */
  readonly signal: AbortSignal;
}

/** Asks a running Bridle to stop, as Ctrl-C does, and waits until its process has ended. */
export async function stopRunning(
  { process: holder }: RunningBridle,
  request: StopRunningRequest,
): Promise<StopOutcome> {
  try {
    process.kill(holder.pid, 'SIGTERM');
  } catch (error) {
    if (systemErrorCode(error) === 'EPERM') return 'forbidden';
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
  const deadline = performance.now() + request.withinMs;
  // The system offers no event for foreign processes.
  while (isSameProcessAlive(holder)) {
    if (performance.now() >= deadline || request.signal.aborted) return 'late';
    await delay(STOP_POLL_MS);
  }
  return 'stopped';
}

function readFacts(file: string): RunningFacts | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('url' in value) || !('version' in value)) return undefined;
    return { url: String(value.url), version: String(value.version) };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
