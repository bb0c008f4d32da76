/**
 * `npm start`: one home, one PostgreSQL, one server, one delegate, from the first line on the terminal to the last.
 *
 * - V1 Order up: lock, PostgreSQL, server (ready means it answers), delegate. Order down: the reverse, each with a deadline, so
 *   that the delegate can hand its work back to a server that still listens, and the server can save to a database that runs.
 * - V2 What fails before the first `ready` ends the start with a text. What fails later is restarted with growing waits; only
 *   the server and PostgreSQL are ever given up, the delegate never.
 * - V3 One request to stop is graceful and ends with code 0; a second one kills. No process survives either.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { LauncherError } from '../errors.ts';
import { accountId, homePaths, keepDelegateToken, masterKey, prepareHome, type Home } from '../home/home.ts';
import { acquireLock } from '../home/lock.ts';
import type { ServerReadyMessage } from '../messages.ts';
import { POSTGRES_MAJOR } from '../postgres/cluster.ts';
import { startPostgres, type RunningPostgres } from '../postgres/start-postgres.ts';
import { readSettings, type Settings, type SettingsContext } from '../settings.ts';
import { Child, describeExit, endOrphan, type ChildExit } from './child.ts';
import { delegateEnvironment, serverEnvironment } from './environments.ts';
import { DEFAULT_PATIENCE, backoffMs, type Patience } from './patience.ts';
import { readFailedMessage, readServerMessage } from './read-message.ts';
import { Terminal, seconds, type Output } from './terminal.ts';

/** What {@link runBridle} runs. */
export interface RunBridleRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  /** True when a person sits in front of it. */
  readonly isInteractive: boolean;
  /** Main files of the children. */
  readonly scripts: { readonly server: string; readonly delegate: string };
  /** Aborted to stop gracefully. */
  readonly stop: AbortSignal;
  /** Aborted to stop at once. */
  readonly force: AbortSignal;
  /** Defaults to this machine; for tests. */
  readonly settingsContext?: SettingsContext;
  /** For tests. */
  readonly patience?: Partial<Patience>;
}

/** Stopped when asked to. */
export const EXIT_STOPPED = 0;
/** Could not start, or could not go on. */
export const EXIT_FAILED = 1;
/** A setting is wrong: nothing was started. */
export const EXIT_SETTINGS = 2;
/** Killed by a second request to stop, as a shell counts an interrupt. */
export const EXIT_FORCED = 130;

/** A delegate that keeps failing is mentioned this often, then left to its log. */
const DELEGATE_WARNINGS_MAX = 3;

/** Runs Bridle until it is asked to stop or cannot go on. Returns the exit code; throws nothing. */
export async function runBridle(request: RunBridleRequest): Promise<number> {
  const terminal = new Terminal(request.output);
  const result = readSettings(request.env, request.settingsContext);
  if (result.kind === 'invalid') {
    terminal.settingProblems(result.problems);
    return EXIT_SETTINGS;
  }
  const supervisor = new Supervisor(request, result.settings, terminal);
  let failure: unknown;
  try {
    await supervisor.run();
  } catch (error) {
    // A start that breaks because it was told to stop has nothing to explain.
    if (!request.stop.aborted) failure = error;
  }
  if (failure === undefined) terminal.stopping(request.isInteractive);
  else terminal.failure(failure);
  await supervisor.stopAll();
  if (request.force.aborted) {
    terminal.forced();
    return EXIT_FORCED;
  }
  if (failure !== undefined) return EXIT_FAILED;
  terminal.stopped();
  return EXIT_STOPPED;
}

class Supervisor {
  readonly #request: RunBridleRequest;
  readonly #terminal: Terminal;
  readonly #patience: Patience;
  readonly #home: Home;
  /** The port becomes the one in use once the server has told it: a restarted server keeps its address. */
  #settings: Settings;
  #secrets = { accountId: '', masterKey: '' };
  #databaseUrl = '';
  #releaseHome: (() => void) | undefined;
  #postgres: RunningPostgres | undefined;
  #server: Child | undefined;
  #delegate: Child | undefined;
  #serverReady: ServerReadyMessage | undefined;
  /** Ends every wait of the supervision. */
  readonly #ending = new AbortController();
  #watchers: Promise<void>[] = [];

  constructor(request: RunBridleRequest, settings: Settings, terminal: Terminal) {
    this.#request = request;
    this.#settings = settings;
    this.#terminal = terminal;
    this.#patience = { ...DEFAULT_PATIENCE, ...request.patience };
    this.#home = homePaths(settings.home);
  }

  /** Starts everything and watches over it; returns when asked to stop, throws when it cannot go on. */
  async run(): Promise<void> {
    this.#terminal.title(readVersion());
    this.#takeHome();
    await this.#endOrphans();
    await this.#startDatabase();
    if (this.#isStopping) return;
    const ready = await this.#startServer();
    if (this.#isStopping) return;
    this.#startDelegate();
    this.#terminal.ready(ready, this.#home.logDirectory);
    await this.#watch();
  }

  /** V1, order down. Safe at any point of a start. */
  async stopAll(): Promise<void> {
    const { force } = this.#request;
    this.#ending.abort();
    // A restart that is under way ends first, or it would start a process behind our back.
    await Promise.all(this.#watchers);
    await this.#delegate?.stop(this.#patience.delegateStopMs, force);
    await this.#server?.stop(this.#patience.serverStopMs, force);
    const hurry = (): void => void this.#postgres?.stopNow();
    force.addEventListener('abort', hurry);
    await (force.aborted ? this.#postgres?.stopNow() : this.#postgres?.stop());
    force.removeEventListener('abort', hurry);
    this.#releaseHome?.();
  }

  get #isStopping(): boolean {
    return this.#request.stop.aborted || this.#ending.signal.aborted;
  }

  #takeHome(): void {
    const home = this.#home;
    prepareHome(home);
    const lock = acquireLock(home.lockFile, `The home ${home.directory}`);
    this.#releaseHome = () => lock.release();
    this.#secrets = {
      accountId: accountId(home, this.#settings.accountId),
      masterKey: masterKey(home, this.#settings.masterKey),
    };
  }

  async #endOrphans(): Promise<void> {
    for (const name of ['delegate', 'server'] as const) {
      const done = await endOrphan(this.#pidFile(name), name, this.#patience.orphanStopMs);
      if (done !== undefined) this.#terminal.note(done);
    }
  }

  async #startDatabase(): Promise<void> {
    if (this.#settings.databaseUrl !== undefined) {
      this.#databaseUrl = this.#settings.databaseUrl;
      this.#terminal.done('Database', 'external, from DATABASE_URL');
      return;
    }
    const startedAtMs = performance.now();
    await this.#startPostgres();
    this.#terminal.done(`PostgreSQL ${POSTGRES_MAJOR}`, seconds(performance.now() - startedAtMs));
  }

  async #startPostgres(): Promise<void> {
    this.#postgres = await startPostgres({
      dataDirectory: this.#home.dataDirectory,
      socketDirectory: this.#home.runDirectory,
      logFile: this.#logFile('postgres'),
      signal: AbortSignal.any([this.#request.stop, this.#ending.signal]),
    });
    this.#databaseUrl = this.#postgres.url;
  }

  /** @throws LauncherError `PORT_IN_USE`, `PORT_FORBIDDEN`, `SERVER_FAILED` */
  async #startServer(): Promise<ServerReadyMessage> {
    const child = new Child({
      name: 'server',
      script: this.#request.scripts.server,
      args: [],
      env: serverEnvironment(this.#request.env, this.#settings, { ...this.#secrets, databaseUrl: this.#databaseUrl }),
      logFile: this.#logFile('server'),
      pidFile: this.#pidFile('server'),
    });
    this.#server = child;
    const ready = await this.#serverBecomesReady(child);
    const isFirst = this.#serverReady === undefined;
    this.#serverReady = ready;
    keepDelegateToken(this.#home, ready.delegateToken);
    const port = Number(URL.parse(ready.url)?.port ?? '');
    if (this.#settings.port === 0 && port > 0) this.#settings = { ...this.#settings, port };
    this.#terminal.done('Server', `${isFirst ? '' : 'again, '}${seconds(performance.now() - child.startedAtMs)}`);
    return ready;
  }

  async #serverBecomesReady(child: Child): Promise<ServerReadyMessage> {
    const { serverReadyMs } = this.#patience;
    const timer = new AbortController();
    const signal = AbortSignal.any([timer.signal, this.#request.stop, this.#ending.signal]);
    const outcome = await Promise.race([
      child.firstMessage.then((message) => ({ kind: 'message', message }) as const),
      child.exited.then((exit) => ({ kind: 'exit', exit }) as const),
      delay(serverReadyMs, { kind: 'late' } as const, { signal }).catch(() => ({ kind: 'stopped' }) as const),
    ]);
    timer.abort();
    if (outcome.kind === 'message') {
      const message = readServerMessage(outcome.message);
      if (message?.kind === 'ready') return message;
      if (message?.kind === 'failed') throw await this.#serverRefused(child, message.code, message.message);
      throw this.#serverFailed(child, 'The server sent a message that the launcher does not understand');
    }
    if (outcome.kind === 'exit')
      throw this.#serverFailed(child, `The server ${describeExit(outcome.exit)} while starting`);
    const late = `The server was not ready after ${seconds(serverReadyMs)}`;
    throw this.#serverFailed(child, outcome.kind === 'late' ? late : 'The start was interrupted');
  }

  async #serverRefused(child: Child, code: string, message: string): Promise<LauncherError> {
    await child.stop(this.#patience.serverStopMs, this.#request.force);
    const { host, port } = this.#settings;
    if (code === 'PORT_IN_USE') {
      return new LauncherError({
        code,
        message: `Port ${port} on ${host} is already in use.`,
        hint: `Stop the other program, or choose another port: BRIDLE_PORT=${port + 1} npm start`,
      });
    }
    if (code === 'PORT_FORBIDDEN') {
      return new LauncherError({
        code,
        message: `This user may not listen on port ${port} of ${host}.`,
        hint: 'Choose a port from 1024 up with BRIDLE_PORT, e.g. BRIDLE_PORT=7070 npm start',
      });
    }
    return new LauncherError({
      code: 'SERVER_FAILED',
      message,
      hint: `The server said so (${code}). Its log is ${child.logFile}.`,
    });
  }

  #serverFailed(child: Child, what: string): LauncherError {
    return new LauncherError({
      code: 'SERVER_FAILED',
      message: `${what}.`,
      hint: `The whole log is ${child.logFile}.`,
      logTail: child.logTail,
      logFile: child.logFile,
    });
  }

  #startDelegate(isAgain = false): void {
    if (!this.#settings.isDelegateEnabled) {
      this.#terminal.done('Delegate', 'off, from BRIDLE_DELEGATE');
      return;
    }
    const url = this.#serverReady?.url;
    if (url === undefined) throw new Error('the delegate needs a server that was ready once');
    this.#delegate = new Child({
      name: 'delegate',
      script: this.#request.scripts.delegate,
      args: ['--url', url, '--token-file', this.#home.delegateTokenFile],
      env: delegateEnvironment(this.#request.env, this.#home.delegateDirectory),
      logFile: this.#logFile('delegate'),
      pidFile: this.#pidFile('delegate'),
    });
    this.#terminal.done('Delegate', isAgain ? 'started again' : 'started');
  }

  /** Supervises until a request to stop (returns) or until something is given up (throws). */
  async #watch(): Promise<void> {
    let giveUp: (error: unknown) => void = () => undefined;
    const gaveUp = new Promise<never>((_resolve, reject) => (giveUp = reject));
    const guarded = (watcher: Promise<void>): Promise<void> => watcher.catch((error: unknown) => giveUp(error));
    this.#watchers = [this.#watchServer(), this.#watchDelegate(), this.#watchPostgres()].map(guarded);
    await Promise.race([aborted(this.#request.stop), gaveUp]);
  }

  async #watchServer(): Promise<void> {
    let failures = 0;
    let refusal: LauncherError | undefined;
    for (;;) {
      const child = this.#server;
      if (child === undefined) return;
      const exit = await this.#unlessEnding(child.exited);
      if (exit === undefined) return;
      failures = this.#countFailure(child, failures);
      if (failures >= this.#patience.failuresMax) {
        throw refusal ?? this.#serverFailed(child, `The server keeps failing: it ${describeExit(exit)}`);
      }
      const waitMs = backoffMs(failures, this.#patience);
      this.#terminal.warn(restartText('server', exit, waitMs), child.logTail, child.logFile);
      if (!(await this.#pause(waitMs))) return;
      try {
        await this.#startServer();
        refusal = undefined;
      } catch (error) {
        if (!(error instanceof LauncherError)) throw error;
        // It shows as the exit of the new child, in the next round.
        refusal = error;
        await this.#server?.stop(this.#patience.serverStopMs, this.#request.force);
      }
    }
  }

  async #watchDelegate(): Promise<void> {
    let failures = 0;
    for (;;) {
      const child = this.#delegate;
      if (child === undefined) return;
      const said = child.firstMessage.then(readFailedMessage);
      const exit = await this.#unlessEnding(child.exited);
      if (exit === undefined) return;
      failures = this.#countFailure(child, failures);
      const waitMs = backoffMs(failures, this.#patience);
      if (failures <= DELEGATE_WARNINGS_MAX) {
        const reason = await Promise.race([said, Promise.resolve(undefined)]);
        const text = restartText('delegate', exit, waitMs);
        if (reason === undefined) this.#terminal.warn(text, child.logTail, child.logFile);
        else this.#terminal.warn(`${reason.message} ${text}`);
      }
      if (failures === DELEGATE_WARNINGS_MAX)
        this.#terminal.warn(`If it keeps failing only ${child.logFile} will tell.`);
      if (!(await this.#pause(waitMs))) return;
      this.#startDelegate(true);
    }
  }

  async #watchPostgres(): Promise<void> {
    let failures = 0;
    for (;;) {
      const postgres = this.#postgres;
      if (postgres === undefined) return;
      const startedAtMs = performance.now();
      const exit = await this.#unlessEnding(postgres.exited);
      if (exit === undefined) return;
      failures = performance.now() - startedAtMs > this.#patience.healthyAfterMs ? 1 : failures + 1;
      await postgres.stop(); // frees its lock and socket
      if (failures >= this.#patience.failuresMax) {
        throw new LauncherError({
          code: 'POSTGRES_START_FAILED',
          message: `PostgreSQL keeps failing: it ${describeExit(exit)}.`,
          hint: `Its log is ${this.#logFile('postgres')}.`,
        });
      }
      const waitMs = backoffMs(failures, this.#patience);
      this.#terminal.warn(restartText('PostgreSQL', exit, waitMs));
      if (!(await this.#pause(waitMs))) return;
      const urlBefore = this.#databaseUrl;
      await this.#startPostgres();
      this.#terminal.done(`PostgreSQL ${POSTGRES_MAJOR}`, 'again');
      // Over TCP it may have another port: the server's watcher starts a server that knows it.
      if (this.#databaseUrl !== urlBefore) this.#server?.kill();
    }
  }

  /** Undefined when the supervision ended before, or together with, what was waited for. */
  async #unlessEnding<T>(event: Promise<T>): Promise<T | undefined> {
    const result = await Promise.race([event, aborted(this.#ending.signal), aborted(this.#request.stop)]);
    return this.#isStopping ? undefined : (result ?? undefined);
  }

  #countFailure(child: Child, before: number): number {
    return performance.now() - child.startedAtMs > this.#patience.healthyAfterMs ? 1 : before + 1;
  }

  /** False when the supervision ended meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    const signal = AbortSignal.any([this.#ending.signal, this.#request.stop]);
    return delay(ms, true, { signal }).catch(() => false);
  }

  #logFile(name: string): string {
    return join(this.#home.logDirectory, `${name}.log`);
  }

  #pidFile(name: string): string {
    return join(this.#home.directory, `${name}.pid`);
  }
}

function restartText(name: string, exit: ChildExit, waitMs: number): string {
  const subject = name === 'PostgreSQL' ? name : `The ${name}`;
  return `${subject} ${describeExit(exit)}; starting it again in ${seconds(waitMs)}.`;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const isNamed = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isNamed && typeof manifest.version === 'string' ? manifest.version : '';
}
