/**
 * Starts the embedded PostgreSQL on a data directory and stops it again.
 *
 * - G1 One launcher per data directory: `<data directory>.lock` is held from before the first look until after the stop.
 * - G2 Ready means ready: line 8 of `postmaster.pid` says so and line 1 is the pid of our own child. A leftover file says
 *   `ready` too.
 * - G3 PostgreSQL has a session of its own: Ctrl-C in the terminal does not reach it, it stops when we say so, last of all.
 * - G4 Whatever fails on the way, no process and no lock stays behind.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { LauncherError, errorText } from '../errors.ts';
import { acquireLock } from '../home/lock.ts';
import { openLog, tailLog, type LogFile } from '../process/log-file.ts';
import { resolvePostgresBinaries, type PostgresBinaries } from './binaries.ts';
import { closeToOthers, createCluster, inspectCluster, readPassword } from './cluster.ts';
import {
  DATABASE_NAME,
  databaseUrl,
  findFreePort,
  listenSettings,
  prepareSocketEndpoint,
  socketFile,
  type Endpoint,
} from './endpoint.ts';
import {
  FAST_STOP_MS,
  IMMEDIATE_STOP_MS,
  clearDataDirectory,
  clearSocket,
  readPostmasterFile,
  sendSignal,
} from './postmaster.ts';
import { POSTGRES_ENVIRONMENT, chooseRunAs, commandAs, describeRunAs, type RunAs, type RunAsChoice } from './run-as.ts';

/** What {@link startPostgres} works on. */
export interface StartPostgresRequest {
  /** Folder of the cluster; made when absent. Its parent is made too. */
  readonly dataDirectory: string;
  /** Folder of the socket (default: `run` beside the data directory). A path too long for a socket is replaced by one in /tmp. */
  readonly socketDirectory?: string;
  /** Receives what PostgreSQL and the launcher have to say. */
  readonly logFile: string;
  /** Settings of `postgresql.conf` over {@link LAPTOP_SETTINGS}. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False skips flushing a new cluster to disk; for tests only, together with `fsync=off`. */
  readonly isDurable?: boolean;
  /** How PostgreSQL may be run when this process is root; tests narrow it. */
  readonly runAsChoice?: RunAsChoice;
  /** The PostgreSQL of an earlier release, on data that it wrote; absent = the one this release brings. */
  readonly former?: { readonly binaries: PostgresBinaries; readonly major: string };
  /** `tcp` listens on 127.0.0.1 with a password even where sockets exist. */
  readonly transport?: 'socket' | 'tcp';
  /** Aborting it gives the start up: what was started is ended, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a PostgreSQL ended. */
export interface PostgresExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A started PostgreSQL. */
export interface RunningPostgres {
  /** DATABASE_URL of the database `bridle`, readable by `pg`, kysely and libpq. */
  readonly url: string;
  readonly pid: number;
  /** Settles when PostgreSQL has ended, asked or not. */
  readonly exited: Promise<PostgresExit>;
  /** Stops it (fast, then at once) and frees lock and socket; a second call waits for the first. */
  stop(): Promise<void>;
  /** Stops at once, without a checkpoint: the next start recovers. */
  stopNow(): Promise<void>;
}

/**
 * Settings for one person's machine. Commits are durable: `fsync`, `full_page_writes` and `synchronous_commit` keep their
 * defaults.
 */
export const LAPTOP_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '128MB',
  // Containers often have a /dev/shm of 64 MB, and huge pages that are counted twice.
  huge_pages: 'off',
  max_parallel_workers_per_gather: '0',
  // Many small statements: compiling them costs more than it saves.
  jit: 'off',
  wal_compression: 'on',
  min_wal_size: '80MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  logging_collector: 'off',
};

/** For data that are thrown away at the end: nothing of them would survive a crash of the machine. */
export const EPHEMERAL_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

const READY_POLL_MS = 5;
/** Recovery after a crash replays at most `max_wal_size`; a slow disk needs a while for that. */
const READY_WITHIN_MS = 120_000;
const CONNECT_WITHIN_MS = 20_000;
const LOG_TAIL_LINES = 15;
const DUPLICATE_DATABASE = '42P04';

/**
 * Starts PostgreSQL on a data directory, makes the directory and the database `bridle` when they do not exist, and heals
 * what an earlier end left behind (orphan, stale pid file).
 *
 * @throws LauncherError with every code that starts with `POSTGRES_` or `DATA_DIRECTORY_`, `SOCKET_DIRECTORY_UNSAFE`, `HOME_IN_USE`, `HOME_UNUSABLE`
 */
export async function startPostgres(request: StartPostgresRequest): Promise<RunningPostgres> {
  const dataDirectory = resolve(request.dataDirectory);
  const lock = acquireLock(`${dataDirectory}.lock`, `The data directory ${dataDirectory}`);
  const log = openLog(request.logFile);
  const undo: (() => void)[] = [() => lock.release(), () => log.close()];
  try {
    const note = (line: string): void =>
      void writeSync(log.descriptor, `${new Date().toISOString()} [launcher] ${line}\n`);
    const state = inspectCluster(dataDirectory, request.former?.major);
    const installed = request.former?.binaries ?? resolvePostgresBinaries();
    const { runAs, binaries } = chooseRunAs(installed, dataDirectory, request.runAsChoice);
    note(describeRunAs(runAs));
    if (state === 'absent')
      await createCluster({ binaries, runAs, dataDirectory, isDurable: request.isDurable ?? true });
    closeToOthers(dataDirectory);
    await clearDataDirectory(dataDirectory, note);
    const endpoint = await chooseEndpoint(request, dataDirectory, runAs);
    if (endpoint.kind === 'socket') clearSocket(socketFile(endpoint.directory), note);
    if (endpoint.kind === 'socket' && endpoint.isTemporary) {
      note(`socket in ${endpoint.directory}`);
      undo.unshift(() => rmSync(endpoint.directory, { recursive: true, force: true }));
    }
    const server = new PostgresServer({
      binaries,
      runAs,
      dataDirectory,
      endpoint,
      log,
      settings: request.settings ?? {},
    });
    try {
      await server.becomesReady(request.signal);
      await ensureDatabase(endpoint).catch((error: unknown) => {
        throw server.startFailed(`The database ${DATABASE_NAME} could not be opened: ${errorText(error)}`, error);
      });
    } catch (error) {
      await server.end('SIGQUIT');
      throw error;
    }
    const stop = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
      await server.end(signal);
      for (const step of undo.splice(0)) step();
    };
    return {
      url: databaseUrl(endpoint),
      pid: server.pid,
      exited: server.exited,
      stop: () => stop('SIGINT'),
      stopNow: () => stop('SIGQUIT'),
    };
  } catch (error) {
    for (const step of undo.splice(0)) step();
    throw error;
  }
}

async function chooseEndpoint(request: StartPostgresRequest, dataDirectory: string, runAs: RunAs): Promise<Endpoint> {
  if (request.transport !== 'tcp') {
    const wanted = resolve(request.socketDirectory ?? join(dirname(dataDirectory), 'run'));
    const socket = await prepareSocketEndpoint(wanted, dataDirectory, runAs);
    if (socket !== undefined) return socket;
  }
  return { kind: 'tcp', port: await findFreePort(), password: readPassword(dataDirectory) };
}

interface ServerParts {
  readonly binaries: PostgresBinaries;
  readonly runAs: RunAs;
  readonly dataDirectory: string;
  readonly endpoint: Endpoint;
  readonly log: LogFile;
  readonly settings: Readonly<Record<string, string>>;
}

/** The child process and what is known of its end. */
class PostgresServer {
  readonly pid: number;
  readonly exited: Promise<PostgresExit>;
  readonly #parts: ServerParts;
  readonly #child: ChildProcess;
  #exit: PostgresExit | undefined;
  #ending: Promise<void> | undefined;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const settings = { ...LAPTOP_SETTINGS, ...parts.settings, ...listenSettings(parts.endpoint) };
    const command = commandAs(parts.runAs, parts.binaries.postgres, [
      ...['-D', parts.dataDirectory],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    this.#child = spawn(command.file, [...command.args], {
      cwd: '/',
      env: POSTGRES_ENVIRONMENT,
      detached: true, // G3
      stdio: ['ignore', parts.log.descriptor, parts.log.descriptor],
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
    this.exited = new Promise((done) => {
      const finish = (exit: PostgresExit): void => {
        this.#exit ??= exit;
        done(this.#exit);
      };
      this.#child.once('exit', (code, signal) => finish({ code, signal }));
      this.#child.once('error', (error) => {
        writeSync(parts.log.descriptor, `${errorText(error)}\n`);
        // Without a pid nothing was started, so no exit will come.
        if (this.#child.pid === undefined) finish({ code: null, signal: null });
      });
    });
    this.pid = this.#child.pid ?? 0;
  }

  /** G2. */
  async becomesReady(signal: AbortSignal | undefined): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    for (;;) {
      signal?.throwIfAborted();
      const file = this.#exit === undefined ? readPostmasterFile(this.#parts.dataDirectory) : undefined;
      if (file?.pid === this.pid && file.status === 'ready') return;
      if (this.#exit !== undefined) throw this.startFailed('PostgreSQL ended while starting');
      if (performance.now() > deadline)
        throw this.startFailed(`PostgreSQL was not ready after ${READY_WITHIN_MS / 1_000} s`);
      await Promise.race([delay(READY_POLL_MS), this.exited]);
    }
  }

  /** Ends the process, more firmly the longer it takes; returns when it has ended. */
  async end(first: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    // A firmer wish overtakes a running stop: PostgreSQL takes SIGQUIT after SIGINT.
    if (this.#ending !== undefined && first === 'SIGQUIT') this.#signal('SIGQUIT');
    this.#ending ??= this.#end(first);
    await this.#ending;
  }

  async #end(first: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    if (first === 'SIGINT') {
      this.#signal('SIGINT');
      if (await this.#endsWithin(FAST_STOP_MS)) return;
    }
    this.#signal('SIGQUIT');
    if (await this.#endsWithin(IMMEDIATE_STOP_MS)) return;
    this.#signal('SIGKILL');
    await this.exited;
  }

  #signal(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
    if (this.#exit !== undefined || this.pid === 0) return;
    if (process.platform === 'win32' && signal !== 'SIGKILL') {
      // Windows has no signals; pg_ctl speaks to PostgreSQL through its named pipe.
      spawn(this.#parts.binaries.pgCtl, ['kill', signal.slice('SIG'.length), String(this.pid)], {
        stdio: 'ignore',
      }).unref();
      return;
    }
    sendSignal(this.pid, signal);
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const isInTime = await Promise.race([
      this.exited.then(() => true),
      delay(ms, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    return isInTime;
  }

  /** The error of a start that came this far, with the log's last lines. */
  startFailed(message: string, cause?: unknown): LauncherError {
    const { log } = this.#parts;
    return new LauncherError({
      code: 'POSTGRES_START_FAILED',
      message: `${message}.`,
      hint: `Its last words are below; the whole log is ${log.path}.`,
      logTail: tailLog(log.path, LOG_TAIL_LINES, log.openedAtBytes),
      logFile: log.path,
      cause,
    });
  }
}

/** A start that was killed between initdb and here leaves a cluster without the database, so every start looks. */
async function ensureDatabase(endpoint: Endpoint): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl(endpoint, 'postgres'),
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  client.on('error', () => undefined); // reported by the statement that was under way
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE_NAME]);
    if (rowCount === 0) await client.query(`create database ${DATABASE_NAME}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== DUPLICATE_DATABASE) throw error;
  } finally {
    await client.end();
  }
}
