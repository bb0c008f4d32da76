/**
 * The side of a process that runs steps of its watchdog: a small process that outlives it and cleans up behind it.
 *
 * - H1 When this process ends without a farewell, however that happens, the pipe to the watchdog closes; then the watchdog's
 *   program is started with what it was told: it kills what is left of the steps and removes their folders.
 * - H2 What the watchdog is told goes by the pipe, not by its arguments or environment.
 *
 * While there is nothing to do the watchdog is a shell that reads the pipe (about 1 MB, against 60 for a Node process); only a
 * death makes it start the program.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { engineEnvironment } from '../docker/engine.ts';
import type { GroupObserver } from '../workspace.ts';

const RESTART_MS = 1_000;

/**
 * Lines: `g FACT` and `r FACT` (the last of each counts), `+GROUP`, `-GROUP`, `farewell`. At the end of the pipe the facts go to
 * the program given as arguments. Signals are ignored: the end of the process is told by the pipe alone.
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

export interface SupervisorOptions {
  /** What is started by Node when this process has died: facts come to it by standard input, one JSON object a line. */
  readonly program: string;
  readonly onProblem: (message: string, details: object) => void;
}

export class Supervisor implements GroupObserver {
  readonly #options: SupervisorOptions;
  readonly #facts = new Map<'g' | 'r', string>();
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;
  #isClosing = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Starts the watchdog. A watchdog that dies is replaced. */
  start(): void {
    const { program, onProblem } = this.#options;
    const child = spawn('/bin/sh', ['-c', WAITING_SHELL, 'bridle-watchdog', process.execPath, program], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true, // a signal to our group (Ctrl-C) must not reach it
      env: { PATH: process.env['PATH'] ?? '', ...engineEnvironment() },
      cwd: '/',
    });
    this.#child = child;
    child.stdin.on('error', () => undefined); // it died: `exit` follows
    child.on('error', (error) => onProblem('the watchdog could not be started', { err: error }));
    child.on('exit', (code, signal) => {
      if (this.#isClosing) return;
      onProblem('the watchdog ended; starting another', { code, signal });
      setTimeout(() => this.#isClosing || this.start(), RESTART_MS).unref();
    });
    for (const line of this.#facts.values()) this.#send(line);
    for (const group of this.#groups) this.#send(`+${group}`);
  }

  /** What the program must know; a later fact takes the place of one with the same letter. */
  tell(letter: 'g' | 'r', fact: object): void {
    const line = `${letter} ${JSON.stringify(fact)}`;
    this.#facts.set(letter, line);
    this.#send(line);
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
