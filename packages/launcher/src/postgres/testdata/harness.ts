/** What the tests of the embedded PostgreSQL share: homes made from one template, queries, a holder process. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { listProcessesIn } from '../../process/process-identity.ts';
import { startPostgres, type StartPostgresRequest } from '../start-postgres.ts';
import { TEST_SETTINGS } from '../test-postgres.ts';

/** One folder for all homes of a test file, with a cluster to copy: making one takes a second, copying a tenth. */
export class Homes {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'bridle-pg-')));
  readonly #template = join(this.root, 'template', 'postgres');
  #count = 0;

  async makeTemplate(): Promise<void> {
    mkdirSync(dirname(this.#template), { recursive: true });
    const postgres = await startPostgres(this.#request(this.#template));
    await postgres.stop();
  }

  /** A request for a fresh copy of the template, in a folder named `name`. */
  fresh(name = 'home'): StartPostgresRequest {
    const request = this.empty(name);
    cpSync(this.#template, request.dataDirectory, { recursive: true });
    chmodSync(request.dataDirectory, 0o700);
    return request;
  }

  /** A request for a folder in which nothing has been made yet. */
  empty(name = 'home'): StartPostgresRequest {
    this.#count += 1;
    const home = join(this.root, String(this.#count), name);
    mkdirSync(home, { recursive: true });
    return this.#request(join(home, 'postgres'));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #request(dataDirectory: string): StartPostgresRequest {
    return {
      dataDirectory,
      logFile: join(dirname(dataDirectory), 'postgres.log'),
      settings: { ...TEST_SETTINGS, shared_buffers: '16MB' },
      isDurable: false,
    };
  }
}

/** What must not be there after a stop: processes, lock, sockets, drafts. */
export function leftovers(request: StartPostgresRequest): readonly string[] {
  const home = dirname(request.dataDirectory);
  const processes = existsSync(request.dataDirectory) ? listProcessesIn(realpathSync(request.dataDirectory)) : [];
  const run = join(home, 'run');
  const sockets = existsSync(run) ? readdirSync(run) : [];
  const files = readdirSync(home).filter((name) => !['postgres', 'postgres.log', 'run'].includes(name));
  const pidFile = existsSync(join(request.dataDirectory, 'postmaster.pid')) ? ['postmaster.pid'] : [];
  return [...processes.map((pid) => `process ${pid}`), ...sockets, ...files, ...pidFile];
}

/** The first column of the first row. */
export async function ask(url: string, sql: string): Promise<string> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<string[]>({ text: sql, rowMode: 'array' });
    return String(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

/** A process that holds a PostgreSQL (see `hold-postgres.ts`). */
export interface Holder {
  readonly url: string;
  /** Of the PostgreSQL. */
  readonly pid: number;
  /** SIGKILL: the PostgreSQL becomes an orphan. */
  kill(): Promise<void>;
  /** Lets it stop its PostgreSQL. */
  release(): Promise<void>;
}

/**
 * Starts a holder and waits until its PostgreSQL runs.
 *
 * @throws Error with the holder's words. A pid that is not there must never reach `process.kill`: 0 means everybody here.
 */
export async function hold(args: readonly string[], options: SpawnOptions = {}): Promise<Holder> {
  const script = fileURLToPath(new URL('hold-postgres.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  if (child.stdout === null) throw new Error('the holder has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = (await lines.next()) as { value: string | undefined };
  const answer = JSON.parse(value ?? '{}') as { readonly url?: string; readonly pid?: number };
  if (answer.url === undefined || answer.pid === undefined) {
    child.stdin?.end();
    await exited;
    throw new Error(`the holder did not start: ${value ?? 'no word'}`);
  }
  return {
    url: answer.url,
    pid: answer.pid,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    release: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}
