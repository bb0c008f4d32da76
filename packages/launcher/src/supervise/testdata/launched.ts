/** Runs `launch.ts` as a process and watches what it says and what its stand-ins tell. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { isProcessAlive } from '../../process/process-identity.ts';
import type { Patience } from '../patience.ts';

/** A test's patience with its stand-ins; they write a file, and files give no signal. */
const TOLD_WITHIN_MS = 20_000;
const STORY_POLL_MS = 5;

/** A home for launched Bridles, and the story their stand-ins write. */
export class LaunchSite {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'bridle launch ')));
  readonly home = join(this.root, 'home');
  readonly #storyFile = join(this.root, 'story');
  readonly #launched: Launched[] = [];

  /** What the stand-ins told, in order. */
  get story(): readonly string[] {
    return existsSync(this.#storyFile) ? readFileSync(this.#storyFile, 'utf8').trim().split('\n') : [];
  }

  /** Pids of the stand-ins that were started, oldest first. */
  pids(name: 'server' | 'delegate'): readonly number[] {
    const numbers = this.story.map((line) => Number(new RegExp(`^${name} up (\\d+)`).exec(line)?.[1]));
    return numbers.filter((pid) => pid > 0);
  }

  /** Waits until the stand-ins have told the line `count` times. */
  async told(pattern: RegExp, count = 1): Promise<void> {
    const deadline = performance.now() + TOLD_WITHIN_MS;
    while (this.story.filter((line) => pattern.test(line)).length < count) {
      if (performance.now() > deadline) throw new Error(`nobody told ${pattern}:\n${this.story.join('\n')}`);
      await delay(STORY_POLL_MS);
    }
  }

  launch(env: Readonly<Record<string, string>> = {}, patience: Partial<Patience> = {}): Launched {
    const launched = new Launched({
      PATH: process.env['PATH'],
      BRIDLE_HOME: this.home,
      STAND_IN_STORY: this.#storyFile,
      STAND_IN_PATIENCE: JSON.stringify(patience),
      ...env,
    });
    this.#launched.push(launched);
    return launched;
  }

  /**
   * Ends what is left running and removes the folder.
   *
   * @returns what should not have been left: processes, locks, pid files
   */
  async close(): Promise<readonly string[]> {
    for (const launched of this.#launched) await launched.end();
    const alive = [...this.pids('server'), ...this.pids('delegate')].filter(isProcessAlive);
    for (const pid of alive) process.kill(pid, 'SIGKILL');
    const files = existsSync(this.home) ? readdirSync(this.home) : [];
    rmSync(this.root, { recursive: true, force: true });
    return [...alive.map((pid) => `process ${pid}`), ...files.filter((name) => /\.(lock|pid|new)$/.test(name))];
  }
}

/** A running `launch.ts`. */
export class Launched {
  output = '';
  readonly #child;
  readonly #closed: Promise<unknown>;

  constructor(env: NodeJS.ProcessEnv) {
    const script = fileURLToPath(new URL('launch.ts', import.meta.url));
    // A shell in between, that waits as npm's does: `true` keeps it from becoming the process itself.
    const shell = ['-c', '"$0" "$1"; true', process.execPath, script];
    const [file, args] = env['npm_lifecycle_event'] === undefined ? [process.execPath, [script]] : ['/bin/sh', shell];
    this.#child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /** Waits until it has said so; fails with its words when it ends before. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      const isOver = await Promise.race([
        once(this.#child.stdout, 'data').then(() => false),
        this.#closed.then(() => true),
      ]);
      if (isOver && !this.output.includes(text)) throw new Error(`it never said ${JSON.stringify(text)}:\n${this.output}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async exit(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#closed;
  }
}
