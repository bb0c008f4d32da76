/**
 * One child process of the launcher: its log, its IPC messages, its end.
 *
 * - K1 A child has a session of its own: Ctrl-C in the terminal reaches the launcher alone, which stops children in order.
 * - K2 What a child prints goes straight into its log file, so nothing is lost when the launcher dies.
 * - K3 While a child lives, a file names it; a launcher that finds such a file after a crash ends what is left (M3 of
 *   `messages.ts` should have done it already).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { errorText } from '../errors.ts';
import { openLog, tailLog } from '../process/log-file.ts';
import { findProcess, isSameProcessAlive, type ProcessIdentity } from '../process/process-identity.ts';

/** What to start. */
export interface ChildSpec {
  readonly name: 'server' | 'delegate';
  /** Path of the TypeScript or JavaScript file, run by this Node. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** K3. */
  readonly pidFile: string;
}

/** How a child ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LOG_TAIL_LINES = 15;
const ORPHAN_POLL_MS = 20;
/** The channel stays open after the end when a grandchild has inherited it. */
const LAST_MESSAGE_WITHIN_MS = 1_000;

/** A started child process. */
export class Child {
  readonly name: ChildSpec['name'];
  /** Settles when the process has ended. */
  readonly exited: Promise<ChildExit>;
  /** Settles with the first IPC message; never when the child sends none. */
  readonly firstMessage: Promise<unknown>;
  readonly startedAtMs = performance.now();
  readonly #process: ChildProcess;
  readonly #spec: ChildSpec;
  readonly #logFromBytes: number;
  #exit: ChildExit | undefined;

  constructor(spec: ChildSpec) {
    this.name = spec.name;
    this.#spec = spec;
    const log = openLog(spec.logFile);
    writeSync(log.descriptor, `${new Date().toISOString()} [launcher] starting the ${spec.name}\n`);
    this.#logFromBytes = log.openedAtBytes;
    this.#process = spawn(process.execPath, [spec.script, ...spec.args], {
      env: spec.env,
      detached: true, // K1
      stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'], // K2
    });
    log.close();
    this.firstMessage = new Promise((resolve) => this.#process.once('message', resolve));
    this.exited = new Promise((resolve) => {
      const ended = (exit: ChildExit): void => {
        if (this.#exit === undefined) rmSync(spec.pidFile, { force: true });
        this.#exit ??= exit;
      };
      const tell = (): void => resolve(this.#exit ?? { code: null, signal: null });
      // Its last message may still be on the way when a process has ended: `close` comes after it.
      this.#process.once('exit', (code, signal) => {
        ended({ code, signal });
        const timer = setTimeout(tell, LAST_MESSAGE_WITHIN_MS);
        this.#process.once('close', () => {
          clearTimeout(timer);
          tell();
        });
      });
      // Also raised by a failed kill or send; only without a pid does it mean that nothing was started.
      this.#process.on('error', () => {
        if (this.#process.pid !== undefined) return;
        ended({ code: null, signal: null });
        tell();
      });
    });
    this.#remember();
  }

  /** True until the process has ended. */
  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  /** The last lines of what this very process has logged. */
  get logTail(): readonly string[] {
    return tailLog(this.#spec.logFile, LOG_TAIL_LINES, this.#logFromBytes);
  }

  get logFile(): string {
    return this.#spec.logFile;
  }

  /**
   * Asks the child to end (SIGTERM) and waits.
   *
   * @param withinMs after this the child and its process group are killed
   * @param force aborted when somebody does not want to wait
   * @returns false when it had to be killed
   */
  async stop(withinMs: number, force: AbortSignal): Promise<boolean> {
    if (this.#exit !== undefined) return true;
    const timer = new AbortController();
    this.#process.kill('SIGTERM');
    const tooLong = delay(withinMs, false, { signal: AbortSignal.any([timer.signal, force]) }).catch(() => false);
    const isGraceful = await Promise.race([this.exited.then(() => true), tooLong]);
    timer.abort();
    if (!isGraceful) this.kill();
    await this.exited;
    return isGraceful;
  }

  /** Kills the child and its process group. */
  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined || this.#exit !== undefined) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    } catch {
      this.#process.kill('SIGKILL');
    }
  }

  #remember(): void {
    const { pid } = this.#process;
    const identity = pid === undefined ? undefined : findProcess(pid);
    if (identity === undefined) return;
    writeFileSync(this.#spec.pidFile, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
    // Ended between the spawn and here: the exit handler runs later and removes the file.
  }
}

/** How a process ended, in words that follow its name. */
export function describeExit(exit: ChildExit): string {
  if (exit.signal !== null) return `was ended by ${exit.signal}`;
  return exit.code === null ? 'could not be started' : `ended with code ${exit.code}`;
}

/**
 * Ends the child that a file of K3 names, if it still lives.
 *
 * @returns what was done, for the terminal; undefined when there was nothing to do
 */
export async function endOrphan(pidFile: string, name: string, withinMs: number): Promise<string | undefined> {
  const identity = readIdentity(pidFile);
  if (identity === undefined) return undefined;
  try {
    if (!isSameProcessAlive(identity)) return undefined;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      process.kill(identity.pid, signal);
      const deadline = performance.now() + withinMs;
      while (isSameProcessAlive(identity) && performance.now() < deadline) await delay(ORPHAN_POLL_MS);
      if (!isSameProcessAlive(identity)) return `ended the ${name} of an earlier start (process ${identity.pid})`;
    }
    return `the ${name} of an earlier start (process ${identity.pid}) does not end`;
  } catch (error) {
    return `the ${name} of an earlier start (process ${identity.pid}) cannot be ended: ${errorText(error)}`;
  } finally {
    rmSync(pidFile, { force: true });
  }
}

function readIdentity(pidFile: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(pidFile, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined;
    // Without a start time the number alone would be believed, and a stranger killed.
    if (typeof value.pid !== 'number' || typeof value.startedAt !== 'string' || value.startedAt === '')
      return undefined;
    return { pid: value.pid, startedAt: value.startedAt };
  } catch {
    return undefined;
  }
}
