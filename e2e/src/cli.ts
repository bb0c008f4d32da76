/** The real `bridle`, in a terminal and off one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { REPOSITORY } from './product.ts';
import { TerminalSession, type TerminalOptions } from './terminal.ts';

/** Pipelines that show each thing that a run can do. */
export const CLI_FOLDER = join(REPOSITORY, 'e2e/fixtures/cli');
/** What `secret.yaml` there must not show. */
export const CLI_SECRET = 'hunter2-is-my-secret';

const PROGRAM = join(REPOSITORY, 'packages/cli/bin/bridle.mjs');

export interface CliOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears what is printed while it runs, and may stop it. */
  readonly onOutput?: (out: string, signal: (name: NodeJS.Signals) => void) => void;
}

export interface CliResult {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** Its streams are pipes, and nobody types. */
export async function runCli(words: readonly string[], options: CliOptions): Promise<CliResult> {
  const { folder, environment = {}, onOutput } = options;
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    onOutput?.(out, (name) => void child.kill(name));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, out, err };
}

/** Words may not hold quotes: they go through a shell. */
export function openCli(words: readonly string[], options: TerminalOptions): TerminalSession {
  const line = [process.execPath, PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
  return new TerminalSession(`exec ${line}`, options);
}

/** What differs from run to run: the time, how long something took, where the shell is. */
export function normalised(text: string): string {
  return text
    .replaceAll(/^\d\d:\d\d:\d\d/gm, 'hh:mm:ss')
    .replaceAll(/\b\d+(?:ms|[smhd])(?: \d+[smh])?(?![\w])/g, 'TIME')
    .replaceAll(/\(\/\S*\/bash\)/g, '(bash)');
}
