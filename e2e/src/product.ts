/** Starts Bridle as the README says, in a home of its own, and ends it as a person would: with Ctrl-C. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 60_000;

/** What calls of the API need to know of a running Bridle. */
export interface Reachable {
  /** Without a trailing slash. */
  readonly url: string;
  readonly accountId: string;
  readonly adminToken: string;
}

export interface Product extends Reachable {
  readonly home: string;
  /** One-time sign-in link. */
  readonly loginUrl: string;
  /** The demo's curl as it was printed. */
  readonly webhookCurl: string;
  /** Everything printed so far. */
  output(): string;
  /** Process id of the server child. */
  serverPid(): Promise<number>;
  /** Ctrl-C, then waits until everything that was started has gone. */
  stop(): Promise<void>;
  /** Stops and deletes the home. */
  dispose(): Promise<void>;
}

export interface StartOptions {
  readonly home?: string;
  /** Default: one that is free. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startProduct(options: StartOptions = {}): Promise<Product> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'bridle e2e-')));
  // The system's choice, so that nobody else takes it between the choice and its use.
  const port = options.port ?? 0;
  const child = spawn('npm', ['start', '--silent'], {
    cwd: REPOSITORY,
    // A group of its own, as a terminal gives: Ctrl-C then reaches npm and what it started, and nobody else.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment(), BRIDLE_HOME: home, BRIDLE_PORT: String(port), ...options.env },
  });
  const printed = collectOutput(child);
  try {
    await printed.waitFor(/Ctrl-C/, child);
  } catch (error) {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    if (options.home === undefined) await rm(home, { recursive: true, force: true });
    throw error;
  }
  const text = printed.text();
  const adminToken = (await readFile(join(home, 'admin-token'), 'utf8')).trim();
  // `close` comes after `exit`: when the last process that could write to our pipes is gone.
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGINT');
    }
    await within(STOP_LIMIT_MS, ended, () => `Bridle did not stop:\n${printed.text()}`);
  };
  return {
    url: match(text, /https?:\/\/[\w.:]+/),
    home,
    accountId: adminToken.split('.')[1] ?? '',
    adminToken,
    loginUrl: match(text, /https?:\/\/\S+\/login\?code=\S+/),
    webhookCurl: match(text, /curl -X POST[\s\S]*?-d '\{\}'/),
    output: () => printed.text(),
    serverPid: async () => Number(await findChild(child.pid, 'packages/server/src/main.ts')),
    stop,
    dispose: async () => {
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** What a shell would have, without settings of the machine the tests run on. */
export function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(BRIDLE_|DATABASE_URL|VITEST|NODE_)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

function collectOutput(child: ChildProcess): {
  text(): string;
  waitFor(pattern: RegExp, child: ChildProcess): Promise<void>;
} {
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      for (const listener of listeners) listener();
    });
  }
  return {
    text: () => text,
    waitFor: (pattern, process) =>
      within(
        START_LIMIT_MS,
        new Promise<void>((resolve, reject) => {
          const check = (): void => {
            if (pattern.test(text)) resolve();
          };
          listeners.add(check);
          process.once('exit', (code) => reject(new Error(`Bridle ended with ${code} before it was ready:\n${text}`)));
          check();
        }),
        () => `Bridle was not ready:\n${text}`,
      ),
  };
}

async function within<T>(limitMs: number, promise: Promise<T>, describe: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function match(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[0];
  if (found === undefined) throw new Error(`Nothing matches ${pattern} in what was printed:\n${text}`);
  return found;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The descendant of a process whose command line holds the text. */
async function findChild(ancestor: number | undefined, text: string): Promise<number> {
  const { readdir } = await import('node:fs/promises');
  const parents = new Map<number, number>();
  const commands = new Map<number, string>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = await readFile(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      commands.set(Number(entry), (await readFile(`/proc/${entry}/cmdline`, 'utf8')).replaceAll('\0', ' '));
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid: number): boolean =>
    pid === ancestor || (parents.has(pid) && pid > 1 && isBelow(parents.get(pid) ?? 0));
  const found = [...commands].find(([pid, command]) => command.includes(text) && isBelow(pid));
  if (found === undefined) throw new Error(`No process below ${ancestor} runs ${text}`);
  return found[0];
}
