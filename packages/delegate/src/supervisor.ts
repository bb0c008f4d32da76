/**
 * The delegate's side of its watchdog: a small process that outlives it and cleans up behind it.
 *
 * - H1 When this process ends, however that happens, the pipe to the watchdog closes; then the watchdog kills what is left of the
 *   steps, removes their folders, and tells the server (R6).
 * - H2 Secrets reach the watchdog by the pipe, not by its arguments or environment.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GroupObserver } from '@bridle/executors';
import type { Logger } from 'pino';
import type { WatchdogMessage } from './watchdog-messages.ts';

const RESTART_MS = 1_000;
const PROGRAM = fileURLToPath(new URL('./watchdog.ts', import.meta.url));

export class Supervisor implements GroupObserver {
  readonly #log: Logger;
  readonly #facts = new Map<string, WatchdogMessage>();
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;
  #isClosing = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Starts the watchdog. A watchdog that dies is replaced. */
  start(): void {
    const child = spawn(process.execPath, ['--max-semi-space-size=1', PROGRAM], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true, // a signal to our group (Ctrl-C) must not reach it
      env: { PATH: process.env['PATH'] ?? '' },
      cwd: '/',
    });
    this.#child = child;
    child.stdin.on('error', () => undefined); // it died: `exit` follows
    child.on('error', (error) => this.#log.error({ err: error }, 'the watchdog could not be started'));
    child.on('exit', (code, signal) => {
      if (this.#isClosing) return;
      this.#log.warn({ code, signal }, 'the watchdog ended; starting another');
      setTimeout(() => this.#isClosing || this.start(), RESTART_MS).unref();
    });
    for (const fact of this.#facts.values()) this.#send(fact);
    for (const group of this.#groups) this.#send({ kind: 'groupStarted', group });
  }

  /** Where the steps' processes and folders are. */
  guard(markPrefix: string, root: string): void {
    this.#tell({ kind: 'guard', markPrefix, root });
  }

  /** Whom to tell, and in whose name. */
  registered(url: string, token: string, delegateId: string, incarnation: string): void {
    this.#tell({ kind: 'registered', url, token, delegateId, incarnation });
  }

  started(group: number): void {
    this.#groups.add(group);
    this.#send({ kind: 'groupStarted', group });
  }

  ended(group: number): void {
    this.#groups.delete(group);
    this.#send({ kind: 'groupEnded', group });
  }

  /** Graceful end: closes the pipe, and the watchdog does its last round (it finds nothing) and ends. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#send({ kind: 'farewell' });
    child.stdin?.end();
    await ended;
  }

  #tell(fact: WatchdogMessage): void {
    this.#facts.set(fact.kind, fact);
    this.#send(fact);
  }

  #send(message: WatchdogMessage): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writable === true) stdin.write(`${JSON.stringify(message)}\n`);
  }
}
