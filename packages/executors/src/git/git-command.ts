/**
 * Runs the commands of a clone, one after the other.
 *
 * - G1 Arguments only, never a shell's text; the trace in the log is what was run, and holds nothing secret.
 * - G2 Each command is a process of the step: ended with its whole tree when the step is told to end.
 * - G3 What may go better next time is tried again, with a pause that the end of the step cuts short.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { LogSink, StepContext } from '../executor.ts';
import { spawnStep } from '../process/spawn-step.ts';
import type { StepLog } from '../step-log.ts';
import type { CloneFolder } from './clone-folder.ts';
import { classify, CloneCancelled, CloneFailed } from './git-failure.ts';

/** What is kept of a command's words for reading them. */
const OUTPUT_BYTES_MAX = 256 * 1024;
const TRIES_MAX = 3;

export const GIT_MISSING = 'git was not found on this delegate: a clone needs git 2.25 or newer in its PATH.';

export interface GitTools {
  readonly context: StepContext;
  readonly log: StepLog;
  readonly environment: Readonly<Record<string, string>>;
  readonly url: string;
}

export interface GitEnd {
  readonly exitCode: number;
  /** The last part of what it printed. */
  readonly output: string;
}

interface GitOptions {
  /** Its words are for us alone. */
  readonly isQuiet?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export class Git {
  readonly #tools: GitTools;
  /** The clone's folder. */
  readonly folder: string;
  /** Files of an earlier clone may lie in it. */
  readonly wasCloned: boolean;

  constructor(tools: GitTools, folder: CloneFolder) {
    this.#tools = tools;
    this.folder = folder.path;
    this.wasCloned = folder.wasCloned;
  }

  /** Answers however the command ends. @throws CloneCancelled, CloneFailed when it could not be started */
  async try(args: readonly string[], options: GitOptions = {}): Promise<GitEnd> {
    const { log, environment } = this.#tools;
    if (options.isQuiet !== true) await log.line(`+ git ${args.map(readable).join(' ')}`);
    const global = ['-c', 'core.hooksPath=/dev/null', '-C', this.folder];
    return this.#spawn(
      'git',
      [...global, ...args],
      { ...environment, ...options.environment },
      options.isQuiet === true,
    );
  }

  /** @param what - completes "Git could not …" @throws CloneFailed, CloneCancelled */
  async run(args: readonly string[], what: string, options: GitOptions = {}): Promise<string> {
    const end = await this.try(args, options);
    if (end.exitCode === 0) return end.output;
    const failure = classify(end.output, what, this.#tools.url);
    throw new CloneFailed(failure.message, failure.types);
  }

  /**
   * A command that talks to the repository's server.
   * @param isExpected - true for a failure that the caller deals with
   */
  async talk(args: readonly string[], what: string, isExpected?: (end: GitEnd) => boolean): Promise<GitEnd> {
    const { context, log, url } = this.#tools;
    for (let attempt = 1; ; attempt += 1) {
      const end = await this.try(args);
      if (end.exitCode === 0 || isExpected?.(end) === true) return end;
      const failure = classify(end.output, what, url);
      if (!failure.isPassing || attempt >= TRIES_MAX) throw new CloneFailed(failure.message, failure.types);
      const delayMs = context.host.settings.git.retryDelayMs * attempt;
      await log.line(`${failure.message} Trying again in ${delayMs / 1_000} s (try ${attempt + 1} of ${TRIES_MAX}).`);
      await pause(delayMs, undefined, { signal: context.signal }).catch(() => undefined);
    }
  }

  /** What a command prints between the first and the last NUL it prints; the rest may be warnings. */
  async read(args: readonly string[], what: string): Promise<readonly string[]> {
    const output = await this.run(args, what, { isQuiet: true });
    return output.slice(output.indexOf('\0') + 1, Math.max(0, output.lastIndexOf('\0'))).split('\0');
  }

  /** The full id of a commit, `undefined` when it is not there. */
  async findCommit(name: string): Promise<string | undefined> {
    const end = await this.try(['rev-parse', '--verify', '--quiet', `${name}^{commit}`], { isQuiet: true });
    return end.exitCode === 0 ? /^[0-9a-f]{40,64}$/m.exec(end.output)?.[0] : undefined;
  }

  /** Another program, in the clone's folder. */
  async program(path: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<GitEnd> {
    return this.#spawn(path, args, environment, false);
  }

  async #spawn(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    isQuiet: boolean,
  ): Promise<GitEnd> {
    const { context, log } = this.#tools;
    if (context.signal.aborted) throw new CloneCancelled();
    const kept = new KeptTail(isQuiet ? undefined : log);
    const { workspace, signal, host } = context;
    const end = await spawnStep({ program, args, workspace, environment, folder: this.folder }, kept, signal, host);
    switch (end.kind) {
      case 'cancelled':
        throw new CloneCancelled();
      case 'notStarted':
        throw new CloneFailed(program === 'git' && /not found/.test(end.message) ? GIT_MISSING : end.message, [
          'CONFIGURATION_FAILURE',
        ]);
      case 'exited':
        return { exitCode: end.exitCode, output: kept.text };
    }
  }
}

/** Hands bytes on and keeps the last of them. */
class KeptTail implements LogSink {
  readonly #next: LogSink | undefined;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(next: LogSink | undefined) {
    this.#next = next;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#chunks.push(Buffer.from(bytes));
    this.#bytes += bytes.length;
    for (let first = this.#chunks[0]; first !== undefined && this.#bytes - first.length > OUTPUT_BYTES_MAX;) {
      this.#bytes -= first.length;
      this.#chunks.shift();
      first = this.#chunks[0];
    }
    await this.#next?.write(bytes);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** An argument as a person would have typed it. */
function readable(text: string): string {
  return /^[\w@%+=:,./^{}*~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
