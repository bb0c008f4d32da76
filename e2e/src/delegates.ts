/** Further delegates beside the one of `npm start`, started as the README says. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY, type Product } from './product.ts';

export interface DelegateProcess {
  readonly name: string;
  readonly home: string;
  /** Everything it logged. */
  output(): string;
  /** Ends it gracefully and waits until all it started has gone. */
  stop(): Promise<void>;
  /** SIGKILL to the delegate alone, whose watchdog lives; waits until it has cleaned up. */
  kill(): Promise<void>;
}

export async function startDelegate(
  product: Product,
  name: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<DelegateProcess> {
  const home = await mkdtemp(join(tmpdir(), 'bridle e2e delegate-'));
  const address = ['--url', product.url, '--token-file', join(product.home, 'delegate-token')];
  const child = spawn(
    'npm',
    ['run', 'delegate', '--silent', '--', ...address, '--name', name, '--home', home, ...flags],
    {
      cwd: REPOSITORY,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...withoutOwnSettings(), ...env },
    },
  );
  let printed = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString('utf8');
        if (printed.includes('ready for work')) resolve();
      });
    }
    void ended.then(() => reject(new Error(`The delegate ended before it was ready:\n${printed}`)));
  });
  await ready;
  return {
    name,
    home,
    output: () => printed,
    kill: async () => {
      const { pid } = JSON.parse(await readFile(join(home, 'owner'), 'utf8')) as { readonly pid: number };
      process.kill(pid, 'SIGKILL');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        process.kill(-child.pid, 'SIGTERM');
      }
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

function withoutOwnSettings(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(BRIDLE_|DATABASE_URL|VITEST|NODE_)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

/** Process id of the delegate that belongs to `npm start`. */
export async function ownDelegatePid(product: Product): Promise<number> {
  const text = await readFile(join(product.home, 'delegate.pid'), 'utf8');
  const { pid } = JSON.parse(text) as { readonly pid: number };
  return pid;
}

export interface DelegateAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** Calls the server as a delegate does. */
export async function callAsDelegate<T>(
  product: Product,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<DelegateAnswer<T>> {
  const token = (await readFile(join(product.home, 'delegate-token'), 'utf8')).trim();
  const response = await fetch(`${product.url}/delegate/api/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as T };
}
