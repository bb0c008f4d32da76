/** Runs the real program off a terminal. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/bridle.mjs', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly folder?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** With an environment that has nothing of the caller's but its PATH: no colours, and symbols, unless the test asks otherwise. */
export function runBridle(
  words: readonly string[],
  { folder, input, environment }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    ...(folder === undefined ? {} : { cwd: folder }),
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) =>
      resolve({ exitCode, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}
