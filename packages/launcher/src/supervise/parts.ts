/**
 * The parts of a running Bridle: the home, PostgreSQL, the server, the delegate. Each can be started, started again, and all
 * are stopped in order. Watching over them is `watch.ts`.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { accountId, homePaths, keepDelegateToken, masterKey, prepareHome, type Home } from '../home/home.ts';
import { acquireLock } from '../home/lock.ts';
import { forgetRunning, rememberRunning } from '../home/running.ts';
import type { ServerReadyMessage } from '../messages.ts';
import { EPHEMERAL_SETTINGS, startPostgres, type RunningPostgres } from '../postgres/start-postgres.ts';
import type { Settings } from '../settings.ts';
import { Child, describeExit, endOrphan } from './child.ts';
import { delegateEnvironment, serverEnvironment } from './environments.ts';
import type { Patience } from './patience.ts';
import { readServerMessage } from './read-message.ts';
import { serverFailed, serverRefused } from './server-errors.ts';
import { seconds } from './terminal.ts';

/** What {@link Parts} are made from. */
export interface PartsRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
  /** Of this release, for those who ask what runs. */
  readonly version: string;
  readonly isEphemeral: boolean;
  /** Main files of the children. */
  readonly scripts: { readonly server: string; readonly delegate: string };
  readonly patience: Patience;
  /** Aborted when everything is to end: waits for a start are given up. */
  readonly ending: AbortSignal;
  /** Aborted when nobody wants to wait any more. */
  readonly force: AbortSignal;
}

/** The processes of one Bridle and what they need to know of each other. */
export class Parts {
  readonly home: Home;
  readonly #request: PartsRequest;
  /** The port becomes the one in use once the server has told it: a restarted server keeps its address. */
  #settings: Settings;
  #secrets = { accountId: '', masterKey: '' };
  #databaseUrl = '';
  #releaseHome: (() => void) | undefined;
  #postgres: RunningPostgres | undefined;
  #server: Child | undefined;
  #serverUrl = '';
  #delegate: Child | undefined;

  constructor(request: PartsRequest) {
    this.#request = request;
    this.#settings = request.settings;
    this.home = homePaths(request.settings.home);
  }

  /** The embedded PostgreSQL; undefined with an external one. */
  get postgres(): RunningPostgres | undefined {
    return this.#postgres;
  }

  get server(): Child | undefined {
    return this.#server;
  }

  /** Known once the home is taken. */
  get accountId(): string {
    return this.#secrets.accountId;
  }

  get delegate(): Child | undefined {
    return this.#delegate;
  }

  /**
   * Locks and prepares the home, and ends children that a killed launcher left behind.
   *
   * @returns lines about what was ended
   * @throws LauncherError `HOME_UNUSABLE`, `HOME_IN_USE`, `MASTER_KEY_INVALID`, `MASTER_KEY_MISSING`, `ACCOUNT_ID_MISMATCH`
   */
  async takeHome(): Promise<readonly string[]> {
    const { home } = this;
    prepareHome(home);
    const lock = acquireLock(home.lockFile, `The home ${home.directory}`);
    this.#releaseHome = () => lock.release();
    this.#secrets = {
      accountId: accountId(home, this.#settings.accountId),
      masterKey: masterKey(home, this.#settings.masterKey),
    };
    const notes: string[] = [];
    for (const name of ['delegate', 'server'] as const) {
      const done = await endOrphan(this.#pidFile(name), name, this.#request.patience.orphanStopMs);
      if (done !== undefined) notes.push(done);
    }
    return notes;
  }

  /** Takes the external database instead of the embedded PostgreSQL. */
  useExternalDatabase(url: string): void {
    this.#databaseUrl = url;
  }

  /**
   * Starts PostgreSQL, anew when it ran before.
   *
   * @returns true when a server that runs already does not know its address
   * @throws LauncherError as `startPostgres`
   */
  async startPostgres(): Promise<boolean> {
    await this.#postgres?.stop(); // frees the lock and the socket of one that ended by itself
    this.#postgres = await startPostgres({
      dataDirectory: this.home.dataDirectory,
      socketDirectory: this.home.runDirectory,
      logFile: this.logFile('postgres'),
      signal: this.#request.ending,
      ...(this.#request.isEphemeral ? { settings: EPHEMERAL_SETTINGS, isDurable: false } : {}),
    });
    const isMoved = this.#databaseUrl !== '' && this.#databaseUrl !== this.#postgres.url;
    this.#databaseUrl = this.#postgres.url;
    return isMoved;
  }

  /**
   * Starts the server and waits until it answers.
   *
   * @throws LauncherError `PORT_IN_USE`, `PORT_FORBIDDEN`, `SERVER_FAILED`
   */
  async startServer(): Promise<ServerReadyMessage> {
    const secrets = { ...this.#secrets, databaseUrl: this.#databaseUrl };
    const child = new Child({
      name: 'server',
      script: this.#request.scripts.server,
      args: [],
      env: serverEnvironment(this.#request.env, this.#settings, secrets),
      logFile: this.logFile('server'),
      pidFile: this.#pidFile('server'),
    });
    this.#server = child;
    const ready = await this.#becomesReady(child);
    this.#serverUrl = ready.url;
    keepDelegateToken(this.home, ready.delegateToken);
    const port = Number(URL.parse(ready.url)?.port ?? '');
    if (this.#settings.port === 0 && port > 0) this.#settings = { ...this.#settings, port };
    rememberRunning(this.home, { url: ready.url, version: this.#request.version });
    return ready;
  }

  /** Starts the delegate; the server must have been ready once. */
  startDelegate(): void {
    this.#delegate = new Child({
      name: 'delegate',
      script: this.#request.scripts.delegate,
      args: ['--url', this.#serverUrl, '--token-file', this.home.delegateTokenFile],
      env: delegateEnvironment(this.#request.env, this.home.delegateDirectory),
      logFile: this.logFile('delegate'),
      pidFile: this.#pidFile('delegate'),
    });
  }

  /** Ends the server, gracefully while there is time. */
  async stopServer(): Promise<void> {
    await this.#server?.stop(this.#request.patience.serverStopMs, this.#request.force);
  }

  /**
   * Stops all parts: the delegate first, so that it can hand its work back, PostgreSQL last. Safe at any point of a start.
   */
  async stopAll(): Promise<void> {
    const { force, patience } = this.#request;
    await this.#delegate?.stop(patience.delegateStopMs, force);
    await this.stopServer();
    const hurry = (): void => void this.#postgres?.stopNow();
    force.addEventListener('abort', hurry);
    await (force.aborted ? this.#postgres?.stopNow() : this.#postgres?.stop());
    force.removeEventListener('abort', hurry);
    if (this.#releaseHome !== undefined) forgetRunning(this.home);
    this.#releaseHome?.();
  }

  logFile(name: string): string {
    return join(this.home.logDirectory, `${name}.log`);
  }

  #pidFile(name: string): string {
    return join(this.home.directory, `${name}.pid`);
  }

  async #becomesReady(child: Child): Promise<ServerReadyMessage> {
    const { serverReadyMs } = this.#request.patience;
    const timer = new AbortController();
    const signal = AbortSignal.any([timer.signal, this.#request.ending]);
    const outcome = await Promise.race([
      child.firstMessage.then((message) => ({ kind: 'message', message }) as const),
      child.exited.then((exit) => ({ kind: 'exit', exit }) as const),
      delay(serverReadyMs, { kind: 'late' } as const, { signal }).catch(() => ({ kind: 'ending' }) as const),
    ]);
    timer.abort();
    switch (outcome.kind) {
      case 'message': {
        const message = readServerMessage(outcome.message);
        if (message === undefined)
          throw serverFailed(child, 'The server sent a message that the launcher does not know');
        if (message.kind === 'ready') return message;
        await this.stopServer();
        throw serverRefused(child, message, this.#settings);
      }
      case 'exit':
        throw serverFailed(child, `The server ${describeExit(outcome.exit)} while starting`);
      case 'late':
        throw serverFailed(child, `The server was not ready after ${seconds(serverReadyMs)}`);
      case 'ending':
        throw serverFailed(child, 'The start was given up');
    }
  }
}
