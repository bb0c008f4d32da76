/** A command in a real pseudo-terminal, with a person in front of it: keys go in, the screen is read. */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import xterm from '@xterm/headless';
import { terminalPage, type Theme } from './terminal-picture.ts';

export interface TerminalOptions {
  readonly folder: string;
  readonly columns?: number;
  readonly rows?: number;
  /** Beside a plain environment that knows no colours, no CI and no other settings of the host. */
  readonly environment?: Readonly<Record<string, string>>;
}

export const KEYS = {
  enter: '\r',
  up: '\u001b[A',
  down: '\u001b[B',
  escape: '\u001b',
  ctrlC: '\u0003',
  ctrlZ: '\u001a',
} as const;

/** Whether there is `script` of util-linux, and a `/proc`; that of other systems takes other options. */
export function hasPseudoTerminals(): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  if (process.platform === 'linux' && stdout?.includes('util-linux')) return true;
  const lack = 'script (util-linux) is not there: what bridle shows in a terminal';
  if (process.env['CI'] === 'true') throw new Error(`${lack} cannot be shown.`);
  process.stderr.write(`not shown, ${lack}\n`);
  return false;
}

/** How long something may take to show up on the screen. */
const LIMIT_MS = 30_000;
const SCROLLBACK_LINES = 20_000;

export class TerminalSession {
  readonly #child: ChildProcess;
  readonly #xterm: InstanceType<typeof xterm.Terminal>;
  readonly #watchers = new Set<() => void>();
  /** The exit code, after everything was printed. */
  readonly exited: Promise<number>;
  /** All that was printed, as it was. */
  written = '';

  /** @param command - a shell's command line; its last command should be `exec`ed */
  constructor(command: string, { folder, columns = 80, rows = 24, environment = {} }: TerminalOptions) {
    this.#xterm = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      scrollback: SCROLLBACK_LINES,
    });
    // `script` of util-linux: the pseudo-terminal that Node does not have. It ends with the command's exit code.
    this.#child = spawn('script', ['-qfec', `stty rows ${rows} cols ${columns}; ${command}`, '/dev/null'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        SHELL: '/bin/sh',
        ...environment,
      },
      // It tells of its own end there.
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#xterm.onData((answer) => this.type(answer));
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.written += text;
      this.#xterm.write(text, this.#changed);
    });
    this.#child.stdin?.on('error', () => {
      // The command has ended while keys were on their way.
    });
    this.exited = this.#end();
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** What can be seen, without empty rows at the end. */
  screen(): string {
    return this.#text(this.#xterm.buffer.active.baseY);
  }

  /** With what has gone out of sight above. */
  everything(): string {
    return this.#text(0);
  }

  /** The same as a page of HTML. */
  page(title: string, theme: Theme): string {
    return terminalPage(this.#xterm.buffer.active, this.#xterm.rows, title, theme);
  }

  /** Resolves once the screen shows it; rejects when the command ends before, or after a while. */
  async until(text: string | RegExp): Promise<void> {
    const isShown = (): boolean => (typeof text === 'string' ? this.screen().includes(text) : text.test(this.screen()));
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(() => limit.reject(this.#lacks(text)), LIMIT_MS);
    const shown = Promise.withResolvers<void>();
    const watch = (): void => {
      if (isShown()) shown.resolve();
    };
    this.#watchers.add(watch);
    watch();
    try {
      const ended = this.exited.then(() => {
        if (!isShown()) throw this.#lacks(text);
      });
      await Promise.race([shown.promise, ended, limit.promise]);
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(watch);
    }
  }

  /** The window gets another size; the command is told so. */
  async resize(columns: number, rows: number): Promise<void> {
    this.#xterm.resize(columns, rows);
    const [command] = (await readFile(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, 'utf8')).split(' ');
    await promisify(execFile)('stty', ['-F', `/proc/${command}/fd/0`, 'rows', `${rows}`, 'cols', `${columns}`]);
  }

  /** Resolves when the command was stopped, as by Ctrl-Z: `script` stops with it. */
  async untilStopped(): Promise<void> {
    const limit = Date.now() + LIMIT_MS;
    // Nobody is told of it but the parent's kernel, so we look.
    while (!(await this.#isStopped())) {
      if (Date.now() > limit) throw new Error('The command does not stop.');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What a shell does for `fg`. */
  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** Hangs up, as when the window is closed. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      this.goOn();
    }
    await this.exited;
    this.#xterm.dispose();
  }

  readonly #changed = (): void => {
    for (const watch of this.#watchers) watch();
  };

  async #isStopped(): Promise<boolean> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  }

  async #end(): Promise<number> {
    const [code] = (await once(this.#child, 'close')) as [number | null];
    // What was written last is on its way to the screen.
    await new Promise<void>((resolve) => this.#xterm.write('', resolve));
    return code ?? -1;
  }

  #lacks(text: string | RegExp): Error {
    return new Error(`The screen does not show ${String(text)}:\n${this.screen()}`);
  }

  #text(from: number): string {
    const { active } = this.#xterm.buffer;
    const rows = Array.from({ length: active.length - from }, (_, index) =>
      (active.getLine(from + index)?.translateToString(true) ?? '').trimEnd(),
    );
    return rows.join('\n').trimEnd();
  }
}
