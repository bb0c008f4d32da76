/**
 * A home that is gone at the end, however that comes.
 *
 * - T1 A guardian, a process in a session of its own, holds the reading end of a pipe. When the process that made the home
 *   ends, in whatever way, the pipe closes: the guardian ends what was left running and deletes the folder.
 * - T2 There is no other way in which the folder is deleted, so each normal end tries the one that counts.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A temporary home. */
export interface EphemeralHome {
  readonly directory: string;
  /** Deletes it, after what still runs in it has ended. */
  remove(): Promise<void>;
}

const GUARDIAN = fileURLToPath(new URL('./ephemeral-guardian.ts', import.meta.url));

/** Makes a temporary home. */
export function makeEphemeralHome(): EphemeralHome {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'bridle-ephemeral-')));
  const guardian = spawn(process.execPath, [GUARDIAN, directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    guardian.once('exit', () => resolve());
    guardian.once('error', () => resolve());
  });
  guardian.stdin.on('error', () => undefined); // it has ended already
  guardian.unref();
  return {
    directory,
    remove: async () => {
      guardian.ref();
      endInput(guardian);
      await ended;
      // Only where no guardian could be started is anything left.
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function endInput({ stdin }: ChildProcess): void {
  stdin?.end();
}
