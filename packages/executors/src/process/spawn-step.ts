/**
 * Runs one step's process to its end.
 *
 * - P1 The process leads a group (and session) of its own; ending the step ends the whole tree: SIGTERM, a grace, SIGKILL, members
 *   that called `setsid` included.
 * - P2 stdout and stderr are one pipe: bytes arrive in the order they were written. All the script wrote is handed over before this
 *   resolves.
 * - P3 It ends when the script's own process has ended, even when something that escaped still holds the pipe open.
 * - P4 The script goes by file: no argument and no name of a variable's value shows in a process list.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { ExecutorHost, LogSink } from '../executor.ts';
import type { StepWorkspace } from '../workspace.ts';
import { confine, environmentOf, passedLimit, type Isolation, type PassedLimit } from './isolation.ts';
import { MARK_VARIABLE, type ProcessSelection } from './process-table.ts';
import type { StepGroup } from './step-groups.ts';

/** What a pipe and our read-ahead can hold when the process ends; beyond that the bytes are an escapee's. */
const TAIL_BYTES_MAX = 4 * 1024 * 1024;

export interface StepProcess {
  readonly program: string;
  readonly args: readonly string[];
  readonly workspace: StepWorkspace;
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs; absent = the workspace's folder. */
  readonly folder?: string;
}

export type ProcessEnd =
  | {
      readonly kind: 'exited';
      readonly exitCode: number;
      readonly signal?: NodeJS.Signals;
      readonly limit?: PassedLimit;
    }
  /** It was stopped because the signal was aborted. */
  | { readonly kind: 'cancelled' }
  /** It never ran; the text says why, for the step's author. */
  | { readonly kind: 'notStarted'; readonly message: string };

export async function spawnStep(
  request: StepProcess,
  log: LogSink,
  signal: AbortSignal,
  host: ExecutorHost,
): Promise<ProcessEnd> {
  // A missing folder would be reported as a missing program.
  const { mark, owner, group } = request.workspace;
  const { isolation } = host.settings;
  const folder = request.folder ?? request.workspace.folder;
  const info = statSync(folder, { throwIfNoEntry: false });
  if (info?.isDirectory() !== true) {
    return { kind: 'notStarted', message: `The working directory ${folder} does not exist.` };
  }
  const pipe = await host.fifos.take(owner);
  if (signal.aborted) {
    pipe.closeWriter();
    pipe.reader.destroy();
    return { kind: 'cancelled' };
  }
  let child: ChildProcess;
  try {
    const launch = confine({ program: request.program, args: request.args }, isolation, group);
    child = spawn(launch.program, launch.args, {
      cwd: folder,
      env: { ...environmentOf(request.environment, isolation?.user, request.workspace), [MARK_VARIABLE]: mark },
      stdio: ['ignore', pipe.writeFd, pipe.writeFd],
      detached: true,
      windowsHide: true,
      ...launch.ids,
    });
  } catch (error) {
    pipe.reader.destroy();
    return { kind: 'notStarted', message: startProblem(request.program, error) };
  } finally {
    pipe.closeWriter();
  }
  const ended = endOf(child);
  if (child.pid === undefined) {
    pipe.reader.destroy();
    const end = await ended;
    return { kind: 'notStarted', message: startProblem(request.program, end.kind === 'error' ? end.error : undefined) };
  }
  request.workspace.noteGroup(child.pid);
  const stopper = new Stopper(host, { markPrefix: mark, groups: [child.pid] }, group);
  const onAbort = (): void => stopper.begin();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const [end] = await Promise.all([ended, copyOutput(pipe.reader, log, ended, host.settings.pipeGraceMs)]);
    if (stopper.hasBegun) {
      await stopper.finish();
      return { kind: 'cancelled' };
    }
    return end.kind === 'exit'
      ? withLimit(exitOf(end), isolation, group)
      : { kind: 'notStarted', message: startProblem(request.program, end.error) };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** SIGTERM to the whole tree, and SIGKILL to what is left of it after the grace or when its root is gone. */
class Stopper {
  readonly #host: ExecutorHost;
  readonly #selection: ProcessSelection;
  readonly #group: StepGroup | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<unknown> = Promise.resolve();
  hasBegun = false;

  constructor(host: ExecutorHost, selection: ProcessSelection, group: StepGroup | undefined) {
    this.#host = host;
    this.#selection = selection;
    this.#group = group;
  }

  begin(): void {
    this.hasBegun = true;
    this.#work = this.#host.processes.signal(this.#selection, 'SIGTERM');
    this.#timer = setTimeout(() => {
      this.#group?.kill();
      this.#work = this.#work.then(() => this.#host.processes.killAll(this.#selection));
    }, this.#host.settings.killGraceMs);
  }

  /** The root has ended: whatever stayed behind has had its SIGTERM. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#work;
    this.#group?.kill();
    await this.#host.processes.killAll(this.#selection);
  }
}

type ChildEnd =
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'error'; readonly error: Error };

function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ kind: 'exit', code, signal }));
    child.once('error', (error) => resolve({ kind: 'error', error }));
  });
}

type Exited = Extract<ProcessEnd, { kind: 'exited' }>;

function withLimit(end: Exited, isolation: Isolation | undefined, group: StepGroup | undefined): Exited {
  const limit = passedLimit(end.exitCode, isolation, group);
  return limit === undefined ? end : { ...end, limit };
}

function exitOf(end: Extract<ChildEnd, { kind: 'exit' }>): Exited {
  if (end.signal === null) return { kind: 'exited', exitCode: end.code ?? 0 };
  // As a shell would report it.
  return { kind: 'exited', exitCode: 128 + (constants.signals[end.signal] ?? 0), signal: end.signal };
}

/**
 * Copies until the pipe's end; once the child has ended, until we have waited for the grace in all or the pipe has given more
 * than it can have held at that moment (P3): what the script itself wrote is there without waiting. Time the sink takes does not count.
 */
async function copyOutput(reader: Socket, log: LogSink, ended: Promise<unknown>, graceMs: number): Promise<void> {
  const chunks = reader.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  let hasEnded = false;
  const end = ended.then(() => {
    hasEnded = true;
    return 'ended' as const;
  });
  let tailBytes = 0;
  let graceLeftMs = graceMs;
  let next = chunks.next();
  for (;;) {
    const askedAt = performance.now();
    const wasOver = hasEnded;
    const first = wasOver ? await within(next, Math.max(0, graceLeftMs)) : await Promise.race([next, end]);
    if (wasOver) graceLeftMs -= performance.now() - askedAt;
    if (first === 'ended') continue;
    if (first === 'late') break;
    if (first.done === true) return;
    await log.write(first.value);
    if (hasEnded) tailBytes += first.value.length;
    if (tailBytes > TAIL_BYTES_MAX) break;
    next = chunks.next();
  }
  // An escapee holds the pipe. Keep emptying it, so that a service of a CI stage neither blocks nor dies of SIGPIPE.
  reader.unref();
  void discard(chunks, next);
}

async function discard(chunks: AsyncIterator<Buffer>, pending: Promise<IteratorResult<Buffer>>): Promise<void> {
  try {
    for (let result = await pending; result.done !== true;) result = await chunks.next();
  } catch {
    // Whatever the pipe says now concerns nobody.
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function startProblem(program: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  switch (code) {
    case 'ENOENT':
      return `The program ${program} was not found.`;
    case 'EACCES':
      return `The program ${program} may not be run by this user.`;
    case 'E2BIG':
      return `${program} could not be started: its environment is larger than the system allows.`;
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENOMEM':
      return `${program} could not be started: the host is out of processes, files or memory (${code}).`;
    default:
      return `${program} could not be started${error instanceof Error ? `: ${error.message}` : '.'}`;
  }
}
