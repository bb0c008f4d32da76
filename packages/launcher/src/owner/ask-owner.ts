/** Runs the server's program for owners (`packages/server/src/owner.ts`) with one request and gives its answer. */
import { spawn } from 'node:child_process';

import { LauncherError } from '../errors.ts';

/** What {@link askOwner} needs beside the request. */
export interface OwnerCall {
  /** File of the program. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly databaseUrl: string;
  /** Aborting it ends the program. */
  readonly signal?: AbortSignal;
}

const ERROR_BYTES_MAX = 8_192;

/**
 * Asks and waits.
 *
 * @throws LauncherError `OWNER_FAILED` with the program's own words
 */
export async function askOwner(request: object, call: OwnerCall): Promise<unknown> {
  const child = spawn(process.execPath, [call.program], {
    env: {
      ...call.env,
      BRIDLE_HOME: call.home,
      DATABASE_URL: call.databaseUrl,
      BRIDLE_OWNER_REQUEST: JSON.stringify(request),
    },
    // A session of its own: Ctrl-C in the terminal reaches us, and we end it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (errors.length < ERROR_BYTES_MAX) errors += chunk.toString('utf8');
  });
  let answer: unknown;
  child.once('message', (message) => (answer = message));
  // It takes away what it has begun, and ends.
  const end = (): void => void child.kill('SIGTERM');
  call.signal?.addEventListener('abort', end);
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  if (call.signal?.aborted === true) end();
  await ended.finally(() => call.signal?.removeEventListener('abort', end));
  call.signal?.throwIfAborted();
  if (typeof answer === 'object' && answer !== null && 'kind' in answer) {
    if (answer.kind === 'done' && 'result' in answer) return answer.result;
    throw refused(answer);
  }
  throw new LauncherError({
    code: 'OWNER_FAILED',
    message: 'The program for it ended without an answer.',
    hint: 'Its last words are below.',
    logTail: errors.trim().split('\n').slice(-15),
  });
}

function refused(answer: object): LauncherError {
  const text = (name: string): string => {
    const value: unknown = Reflect.get(answer, name);
    return typeof value === 'string' ? value : '';
  };
  const reason = text('code');
  return new LauncherError({
    code: 'OWNER_FAILED',
    message: `${text('message')}${reason === '' ? '' : ` (${reason})`}`,
    hint: text('hint'),
  });
}
