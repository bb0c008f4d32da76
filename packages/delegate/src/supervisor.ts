/**
 * The delegate's side of its watchdog: a small process that outlives it and cleans up behind it.
 *
 * - H1 When this process ends without a farewell, however that happens, the pipe to the watchdog closes; then the watchdog kills
 *   what is left of the steps, removes their folders, sends the rest of their logs, and tells the server (R6).
 * - H2 Secrets reach the watchdog by the pipe, not by its arguments or environment.
 *
 * While there is nothing to do the watchdog is a shell that reads the pipe (about 1 MB, against 60 for a Node process); only a
 * death makes it start `watchdog.ts`, with what it has been told.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { engineEnvironment, type GroupObserver } from '@bridle/executors';
import type { Logger } from 'pino';
import type { WatchdogFact } from './watchdog-facts.ts';

const RESTART_MS = 1_000;
const PROGRAM = fileURLToPath(new URL('./watchdog.ts', import.meta.url));

/**
 * Lines: `g FACT` and `r FACT` (the last of each counts), `+GROUP`, `-GROUP`, `farewell`. At the end of the pipe the facts go to
 * the program given as arguments. Signals are ignored: the end of the delegate is told by the pipe alone.
 */
const WAITING_SHELL = `
trap '' TERM INT HUP
guard=
registered=
groups=' '
while IFS= read -r line; do
  case $line in
    'g '*) guard=\${line#g } ;;
    'r '*) registered=\${line#r } ;;
    +*) groups="$groups\${line#+} " ;;
    -*) case $groups in *" \${line#-} "*) groups="\${groups%% \${line#-} *} \${groups#* \${line#-} }" ;; esac ;;
    farewell) exit 0 ;;
  esac
done
{
  printf '%s\\n' "$guard" "$registered"
  for group in $groups; do printf '{"kind":"group","group":%s}\\n' "$group"; done
} | "$@"
`;

export class Supervisor implements GroupObserver {
  readonly #log: Logger;
  #guard: string | undefined;
  #registered: string | undefined;
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;
  #isClosing = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Starts the watchdog. A watchdog that dies is replaced. */
  start(): void {
    const child = spawn('/bin/sh', ['-c', WAITING_SHELL, 'bridle-watchdog', process.execPath, PROGRAM], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true, // a signal to our group (Ctrl-C) must not reach it
      env: { PATH: process.env['PATH'] ?? '', ...engineEnvironment() },
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
    for (const line of [this.#guard, this.#registered]) if (line !== undefined) this.#send(line);
    for (const group of this.#groups) this.#send(`+${group}`);
  }

  /** Where the steps' processes, folders and logs are. */
  guard(fact: Omit<Extract<WatchdogFact, { kind: 'guard' }>, 'kind'>): void {
    this.#guard = `g ${JSON.stringify({ kind: 'guard', ...fact } satisfies WatchdogFact)}`;
    this.#send(this.#guard);
  }

  /** Whom to tell, and in whose name. */
  registered(fact: Omit<Extract<WatchdogFact, { kind: 'registered' }>, 'kind'>): void {
    this.#registered = `r ${JSON.stringify({ kind: 'registered', ...fact } satisfies WatchdogFact)}`;
    this.#send(this.#registered);
  }

  started(group: number): void {
    this.#groups.add(group);
    this.#send(`+${group}`);
  }

  ended(group: number): void {
    this.#groups.delete(group);
    this.#send(`-${group}`);
  }

  /** Graceful end: everything is cleaned up already, the watchdog has nothing to do. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#send('farewell');
    child.stdin?.end();
    await ended;
  }

  #send(line: string): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writable === true) stdin.write(`${line}\n`);
  }
}
