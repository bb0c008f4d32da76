/** A PostgreSQL of its own for the floors, with the settings of a real one: what a commit costs here, now. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@bridle/launcher';
import { Client, Pool } from 'pg';
import { Opened } from './opened.ts';

export interface FloorDatabase {
  /** Inserts one row and commits. */
  commit(): Promise<void>;
  /** As `commit`, with a notification in the same transaction. */
  commitAndNotify(): Promise<void>;
  /** As many commits at once as there are connections; each inserts `rows` rows. */
  commitMany(rows: number): Promise<void>;
  /** Makes the rows that `compareAndSet` moves. */
  prepareRows(rows: number): Promise<void>;
  /** Moves so many rows from one version to the next in one statement and commits. */
  compareAndSet(rows: number, version: number): Promise<void>;
  close(): Promise<void>;
}

/** Closed by its `close`; when it cannot be opened, nothing is left of it. */
export async function openFloorDatabase(): Promise<FloorDatabase> {
  const opened = new Opened();
  try {
    return await openIn(opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openIn(opened: Opened): Promise<FloorDatabase> {
  const folder = opened.keep(await mkdtemp(join(tmpdir(), 'bridle-bench-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const postgres = opened.keep(
    await startPostgres({ dataDirectory: join(folder, 'data'), logFile: join(folder, 'postgres.log') }),
    (started) => started.stop(),
  );
  const client = opened.keep(new Client({ connectionString: postgres.url }), (each) => each.end());
  await client.connect();
  const pool = opened.keep(new Pool({ connectionString: postgres.url, max: 8 }), (each) => each.end());
  await client.query('create table floor (id bigserial primary key, body text not null)');
  const body = 'x'.repeat(200);
  return {
    commit: async () =>
      void (await client.query({ name: 'one', text: 'insert into floor (body) values ($1)', values: [body] })),
    commitAndNotify: async () => {
      await client.query({
        name: 'two',
        text: "with written as (insert into floor (body) values ($1) returning id) select pg_notify('floor', id::text) from written",
        values: [body],
      });
    },
    commitMany: async (rows) => {
      await pool.query({
        name: 'many',
        text: 'insert into floor (body) select $1 from generate_series(1, $2)',
        values: [body, rows],
      });
    },
    prepareRows: async (rows) => {
      await client.query('create table states (id int primary key, version bigint not null, body text not null)');
      await client.query('insert into states select n, 0, $1 from generate_series(1, $2) n', [body, rows]);
    },
    compareAndSet: async (rows, version) => {
      await client.query({
        name: 'cas',
        text: 'update states set version = version + 1, body = $1 where id = any($2::int[]) and version >= $3',
        values: [body, Array.from({ length: rows }, (_, index) => index + 1), version],
      });
    },
    close: () => opened.close(),
  };
}
