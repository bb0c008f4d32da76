/** The operator's commands before the delegate starts: they install what its steps need. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { CallCancelled } from './client.ts';

/** Long enough to install a tool chain. */
const INIT_SCRIPT_MS_MAX = 30 * 60_000;

/** What the steps rely on is not there: the delegate does not start. */
export class InitScriptFailed extends Error {
  override readonly name = 'InitScriptFailed';
}

/**
 * Runs the script with `sh`, as this process's user, in its folder; its output goes to the delegate's log.
 * @throws InitScriptFailed; CallCancelled when `signal` was aborted
 */
export async function runInitScript(script: string, folder: string, log: Logger, signal: AbortSignal): Promise<void> {
  log.info('the init script begins');
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that all of it can be stopped
  });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(kill, INIT_SCRIPT_MS_MAX);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killedBy) => resolve(code ?? killedBy ?? 'SIGKILL'));
    });
    await Promise.all([tell(child.stdout, log), tell(child.stderr, log)]);
    const end = await ended.catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (signal.aborted) throw new CallCancelled('The delegate was stopped while its init script ran.');
    if (end !== 0) throw new InitScriptFailed(`The init script failed (${end}); its output is in the log above.`);
    log.info('the init script is done');
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

async function tell(output: Readable, log: Logger): Promise<void> {
  for await (const line of createInterface({ input: output })) log.info({ script: 'init' }, line);
}
