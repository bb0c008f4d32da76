/** `bridle up --json` as a program would start it, and the other commands on its home. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { REPOSITORY, environment, type Reachable } from './product.ts';

const PROGRAM = join(REPOSITORY, 'packages/cli/bin/bridle.mjs');

export interface Up extends Reachable {
  readonly home: string;
  /** Of `bridle up` itself. */
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Settles when nothing that could write to its streams is left. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface CallOptions {
  /** Another one than that of this repository. */
  readonly program?: string;
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Resolves when it has printed its line. */
export async function bridleUp(words: readonly string[], options: CallOptions = {}): Promise<Up> {
  const child = start(['up', '--json', ...words], options);
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
  const ended = new Promise<Awaited<Up['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then(() => {
      throw new Error(`It ended before it was ready:\n${told}`);
    }),
  ]);
  const { url, token, accountId, home } = JSON.parse(line) as Readonly<Record<string, string>>;
  if (url === undefined || token === undefined || accountId === undefined || home === undefined)
    throw new Error(`Something is missing: ${line}`);
  return { url, accountId, home, adminToken: token, pid: child.pid ?? 0, kill: (signal) => child.kill(signal), ended };
}

export interface Called {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function bridle(words: readonly string[], options: CallOptions = {}): Promise<Called> {
  const child = start(words, options);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

function start(words: readonly string[], { program = PROGRAM, folder, env }: CallOptions) {
  return spawn(process.execPath, [program, ...words], {
    ...(folder === undefined ? {} : { cwd: folder }),
    env: { ...environment(), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
