/**
 * Named pipes for step output.
 *
 * Why not Node's own `pipe`: that is a socket pair, and a script that opens `/dev/stderr` or `/dev/stdout` (`echo x > /dev/stderr`,
 * `tee /dev/stderr`) gets ENXIO on a socket. And stdout and stderr must arrive in the order they were written, which needs ONE
 * pipe for both. Node cannot make a pipe, `mkfifo` can: a batch of them costs one short process, so a pool is kept.
 *
 * - F1 A pipe serves one step: a process that escaped from an earlier step must never write into a later one.
 */
import { execFile } from 'node:child_process';
import { chownSync, closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';

const BATCH = 16;
const REFILL_BELOW = 8;

const run = promisify(execFile);

export interface OutputPipe {
  /** File descriptor for the child's stdout and stderr. */
  readonly writeFd: number;
  readonly reader: Socket;
  /** Closes our copy of the write end: call once the child has it, or when there will be no child. */
  closeWriter(): void;
}

export class FifoPool {
  readonly #folder: string;
  readonly #ready: string[] = [];
  #refilling: Promise<void> | undefined;

  /** @param folder - a private, existing folder on a local file system */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Thrown errors are those of the host: no `mkfifo`, no space, no file descriptors.
   * @param owner - who opens the pipe again by `/dev/stderr`, when that is not this process's user
   */
  async take(owner?: { readonly uid: number; readonly gid: number }): Promise<OutputPipe> {
    while (this.#ready.length === 0) await this.#refill();
    const path = this.#ready.pop();
    if (path === undefined) throw new Error('the pool of pipes is empty after a refill');
    if (this.#ready.length < REFILL_BELOW) this.#refill().catch(() => undefined); // the next `take` repeats and reports it
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    return open(path);
  }

  #refill(): Promise<void> {
    this.#refilling ??= this.#make().finally(() => (this.#refilling = undefined));
    return this.#refilling;
  }

  async #make(): Promise<void> {
    const paths = Array.from({ length: BATCH }, () =>
      join(this.#folder, `pipe-${randomBytes(9).toString('base64url')}`),
    );
    await run('mkfifo', ['-m', '600', ...paths], { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' } });
    this.#ready.push(...paths);
  }
}

function open(path: string): OutputPipe {
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let writeFd: number;
  try {
    // A description of its own: the child must see a blocking pipe while ours does not block.
    writeFd = openSync(path, constants.O_WRONLY);
  } catch (error) {
    closeSync(readFd);
    throw error;
  } finally {
    unlinkSync(path);
  }
  let isOpen = true;
  return {
    writeFd,
    reader: new Socket({ fd: readFd, readable: true, writable: false }),
    closeWriter() {
      if (isOpen) closeSync(writeFd);
      isOpen = false;
    },
  };
}
