/**
 * The one door to PostgreSQL: a pool under kysely for single statements and transactions, and a few pipelined connections
 * for the batch-commit path, where many statements are in flight at once.
 *
 * An outage is an error of the call that met it, never a crash: idle connections that die are only logged (`onError`).
 */
import { Kysely, PostgresDialect, sql, type Transaction as KyselyTransaction } from 'kysely';
import { Client, Pool, types, type ClientConfig, type CustomTypesConfig, type PoolClient } from 'pg';
import { preparingPool } from './preparing-pool.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;
export type Transaction = KyselyTransaction<Tables>;

/** Connections of one server process; PostgreSQL's default limit is 100 for all. */
export const POOL_CONNECTIONS_MAX = 12;
/** Group commit has one call in flight; a second one leaves room for starts and leases. */
export const PIPELINED_CONNECTIONS_MAX = 3;
/**
 * Pipelined statements look rows up by their keys, few or many at a time. Planned anew for the arrays of each call, planning would
 * cost more than the work; planned once while the tables are small, a plan must not be one that reads them whole.
 */
const BY_KEY = 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off';
/** A PostgreSQL that does not answer within this time counts as away. */
export const CONNECT_TIMEOUT_MS = 10_000;

export interface DatabaseHandle {
  readonly db: Database;
  /** Runs `work` with a connection on which several statements may be in flight at once; statements run in the order sent. */
  pipelined<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result>;
  /** A connection of its own, not yet connected, for LISTEN and NOTIFY. */
  openClient(): Client;
  /** Rejects when the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Hears of idle connections that broke. Default: nobody; the next use finds out. */
  readonly onError?: (error: Error) => void;
  readonly poolConnectionsMax?: number;
}

/** Opens the pools; connects at first use. `url` is a PostgreSQL connection string. */
export function openDatabase(url: string, options: DatabaseOptions = {}): DatabaseHandle {
  const onError = options.onError ?? (() => undefined);
  const config: ClientConfig = {
    connectionString: url,
    types: TYPES,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'bridle',
  };
  const pool = new Pool({ ...config, max: options.poolConnectionsMax ?? POOL_CONNECTIONS_MAX });
  const pipelines = new Pool({ ...config, max: PIPELINED_CONNECTIONS_MAX, pipeline: true });
  for (const each of [pool, pipelines]) hearErrors(each, onError);
  pipelines.on('connect', (client) => void client.query(BY_KEY).catch(() => undefined)); // its first statement fails as well then
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) });
  return {
    db,
    pipelined: (work) => usePipeline(pipelines, work),
    openClient: () => new Client(config),
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: async () => {
      await Promise.all([db.destroy(), pipelines.end()]);
    },
  };
}

/**
 * Mandatory: a stopping PostgreSQL raises an error per connection, and an unheard one ends the process. The pool speaks for
 * idle connections only; one in use may break between two statements of a transaction, so each gets a listener of its own.
 */
function hearErrors(pool: Pool, onError: (error: Error) => void): void {
  pool.on('error', onError);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
}

async function usePipeline<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // After a failure the connection may be in the middle of anything: it is thrown away.
    client.release(failure);
  }
}

const INT8 = 20;
const INT8_ARRAY = 1016;

/** `bigint` as a number; every one we store is a count, a byte offset or epoch milliseconds. Throws when it would lose digits. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The database holds ${text}, which is no safe integer.`);
  return value;
}

function parseInt8Array(text: string): number[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(parseInt8);
}

const TYPES: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return parseInt8;
    if (oid === INT8_ARRAY) return parseInt8Array;
    return types.getTypeParser(oid, format);
  }) as typeof types.getTypeParser,
};
