/**
 * Runs one container to its end, or starts one that stays.
 *
 * - C1 Everything the container writes is handed to the log in the order the engine gives it, before this resolves. Its output is
 *   not kept by the engine: only what the log takes is read, so a slow log slows the container down.
 * - C2 Once the signal is aborted the container gets SIGTERM (all its processes where the engine has an init), and SIGKILL after the
 *   grace: with it every process inside is gone.
 * - C3 The container is removed whatever happens, but for a service that started.
 * - C4 Variables travel in the body of the engine's API: never in an argument.
 */
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { FailureType } from '@bridle/pipeline';
import type { LogSink } from '../executor.ts';
import { optionsFor, type ContainerRequest } from './container-request.ts';
import { Demultiplexer } from './demux.ts';
import type { DockerHost } from './docker-host.ts';
import { engineProblem, statusOf, type Engine } from './engine.ts';

/** After the end of a container its engine has this long to go on with the output, each time anew. */
const TAIL_IDLE_MS = 30_000;

export interface NotStarted {
  readonly kind: 'notStarted';
  readonly message: string;
  readonly types: readonly FailureType[];
}

export type ContainerEnd =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly isOutOfMemory: boolean }
  | { readonly kind: 'cancelled' }
  | NotStarted
  /** It ran, and nobody knows how it ended. */
  | { readonly kind: 'lost'; readonly message: string };

export interface ContainerRun {
  readonly engine: Engine;
  readonly host: DockerHost;
  readonly signal: AbortSignal;
  readonly killGraceMs: number;
}

export async function runContainer(request: ContainerRequest, run: ContainerRun, log: LogSink): Promise<ContainerEnd> {
  const created = await create(request, run, false);
  if ('kind' in created) return created;
  const stopper = new Stopper(created, run.killGraceMs);
  const onAbort = (): void => stopper.begin();
  try {
    const output = await attach(created);
    const problem = await start(created, run);
    if (problem !== undefined) {
      output.destroy();
      return problem === 'noInit' ? await runContainer(renamed(request), run, log) : problem;
    }
    run.signal.addEventListener('abort', onAbort, { once: true });
    if (run.signal.aborted) stopper.begin();
    const ended = created.wait() as Promise<{ readonly StatusCode: number }>;
    const [{ StatusCode: exitCode }] = await Promise.all([ended, copyOutput(output, log, ended)]);
    if (stopper.hasBegun) return { kind: 'cancelled' };
    return { kind: 'exited', exitCode, isOutOfMemory: exitCode !== 0 && (await wasOutOfMemory(created)) };
  } catch (error) {
    if (stopper.hasBegun) return { kind: 'cancelled' };
    return { kind: 'lost', message: engineProblem(error) };
  } finally {
    run.signal.removeEventListener('abort', onAbort);
    stopper.end();
    run.host.discard(run.engine, created.id);
  }
}

export type ServiceStart = { readonly kind: 'started'; readonly containerId: string } | NotStarted | CancelledStart;
interface CancelledStart {
  readonly kind: 'cancelled';
}

/** Starts a container that stays until its stage ends. */
export async function startService(request: ContainerRequest, run: ContainerRun): Promise<ServiceStart> {
  const created = await create(request, run, true);
  if ('kind' in created) return created;
  const problem = await start(created, run);
  if (problem === undefined) return { kind: 'started', containerId: created.id };
  run.host.discard(run.engine, created.id);
  return problem === 'noInit' ? startService(renamed(request), run) : problem;
}

/** The container that had the name goes only now. */
function renamed(request: ContainerRequest): ContainerRequest {
  return request.name === undefined ? request : { ...request, name: `${request.name}-again` };
}

async function create(
  request: ContainerRequest,
  run: ContainerRun,
  isService: boolean,
): Promise<Docker.Container | NotStarted | CancelledStart> {
  try {
    const options = optionsFor(request, run.engine, isService);
    return await run.engine.client.createContainer({ ...options, abortSignal: run.signal });
  } catch (error) {
    if (!run.signal.aborted) return notStarted(error);
    // The engine may have made it all the same. If it does so only after this it stays unstarted until its stage or delegate goes.
    if (request.name !== undefined) run.host.discard(run.engine, request.name);
    return { kind: 'cancelled' };
  }
}

async function attach(container: Docker.Container): Promise<Readable> {
  // Without stdin nothing is written to it; it is declared as what it is not in every engine, a stream both ways.
  return (await container.attach({ stream: true, stdout: true, stderr: true })) as unknown as Readable;
}

/** Answers with why it did not start. */
async function start(
  container: Docker.Container,
  { engine, signal }: ContainerRun,
): Promise<NotStarted | CancelledStart | 'noInit' | undefined> {
  if (signal.aborted) return { kind: 'cancelled' };
  try {
    await container.start({ abortSignal: signal });
    return undefined;
  } catch (error) {
    if (signal.aborted) return { kind: 'cancelled' }; // whoever removes it kills it, too
    if (engine.hasInit && /docker-init|catatonit/.test(engineProblem(error))) {
      engine.hasInit = false;
      return 'noInit';
    }
    return notStarted(error);
  }
}

function notStarted(error: unknown): NotStarted {
  const said = engineProblem(error);
  const isProgramMissing = /executable file not found|exec: "[^"]*": (?:stat .*: )?no such file or directory/.test(
    said,
  );
  return {
    kind: 'notStarted',
    message: startProblem(said, isProgramMissing),
    // The engine says 4xx to what is wrong with the wish, and 5xx or nothing when it is in trouble itself.
    types: [isProgramMissing || (statusOf(error) ?? 500) < 500 ? 'APPLICATION_ERROR' : 'INFRASTRUCTURE_FAILURE'],
  };
}

function startProblem(said: string, isProgramMissing: boolean): string {
  if (isProgramMissing) {
    const program = /exec: "([^"]*)"/.exec(said)?.[1];
    return program === undefined
      ? `The image lacks the program to run: ${said}`
      : `The image has no program ${program}.`;
  }
  if (said.includes('bind source path does not exist'))
    return `The Docker engine does not see the folders of this delegate (${said}). Engine and delegate must share a file system, with the same paths.`;
  if (said.includes('no command specified') || said.includes('No command specified'))
    return 'The image has no entrypoint and no command of its own; the step must say what to run.';
  if (said.includes('port is already allocated') || said.includes('address already in use'))
    return `A port of portBindings is in use on this host already: ${said}`;
  return `The container could not be started: ${said}`;
}

/** Copies until the engine ends the stream (C1). */
async function copyOutput(output: Readable, log: LogSink, ended: Promise<unknown>): Promise<void> {
  const demultiplexer = new Demultiplexer();
  const idle = new IdleTimer(() => output.destroy(new Error('the engine did not end the output of the container')));
  ended.then(
    () => idle.start(),
    () => output.destroy(),
  );
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      idle.pause();
      for (const piece of demultiplexer.push(chunk)) await log.write(piece);
      idle.resume();
    }
  } finally {
    idle.stop();
  }
}

/** Counts time in which nothing happens, once it is started. */
class IdleTimer {
  readonly #onIdle: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;
  #isBusy = false;
  #isStopped = false;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  start(): void {
    this.#isStarted = true;
    if (!this.#isBusy) this.resume();
  }

  pause(): void {
    this.#isBusy = true;
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.#isBusy = false;
    clearTimeout(this.#timer);
    if (this.#isStarted && !this.#isStopped) this.#timer = setTimeout(this.#onIdle, TAIL_IDLE_MS);
  }

  /** For good: the end of the container may be heard of after that of its output. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}

/** C2 */
class Stopper {
  readonly #container: Docker.Container;
  readonly #graceMs: number;
  #timer: NodeJS.Timeout | undefined;
  hasBegun = false;

  constructor(container: Docker.Container, graceMs: number) {
    this.#container = container;
    this.#graceMs = graceMs;
  }

  begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.#send('SIGTERM');
    this.#timer = setTimeout(() => this.#send('SIGKILL'), this.#graceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #send(signal: 'SIGTERM' | 'SIGKILL'): void {
    // It may have ended by itself; and an engine that does not answer has its containers removed later.
    this.#container.kill({ signal }).catch(() => undefined);
  }
}

async function wasOutOfMemory(container: Docker.Container): Promise<boolean> {
  const { State } = await container.inspect();
  return State.OOMKilled;
}
