/**
 * A database per test, cloned from the migrated template that `tools/vitest/db-setup.ts` made. Closing it fails the test when
 * connections are left open in it: a leak is a defect.
 */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { openDatabase, type DatabaseHandle, type DatabaseOptions } from './database.ts';

/** Connections end a moment after their client said goodbye. */
const LEAK_GRACE_MS = 15_000;

declare module 'vitest' {
  interface ProvidedContext {
    databaseAdminUrl: string;
    databaseTemplate: string;
  }
}

export interface TestDatabase extends DatabaseHandle {
  readonly url: string;
  /** A second handle on the same database, as another replica would have; close it before the first one. */
  openAnother(options?: DatabaseOptions): DatabaseHandle;
  /** Closes the handle and drops the database; throws when somebody else is still connected. */
  close(): Promise<void>;
}

/** `isEmpty`: without the schema, for tests of the migrator. */
export async function createTestDatabase(
  options: DatabaseOptions & { readonly isEmpty?: boolean } = {},
): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = options.isEmpty === true ? 'template0' : inject('databaseTemplate');
  await asAdmin((admin) => admin.query(`create database ${name} template ${template} strategy file_copy`));
  const url = new URL(inject('databaseAdminUrl'));
  url.pathname = `/${name}`;
  const handle = openDatabase(url.href, { poolConnectionsMax: 8, ...options });
  return {
    ...handle,
    url: url.href,
    openAnother: (others) => openDatabase(url.href, { poolConnectionsMax: 8, ...others }),
    close: async () => {
      await handle.close();
      const leaked = await asAdmin((admin) => waitUntilUnused(admin, name));
      await asAdmin((admin) => admin.query(`drop database ${name} with (force)`));
      if (leaked.length > 0) throw new Error(`Connections were left open: ${leaked.join(', ')}`);
    },
  };
}

async function waitUntilUnused(admin: Client, name: string): Promise<readonly string[]> {
  const deadline = performance.now() + LEAK_GRACE_MS;
  for (;;) {
    const result = await admin.query<{ query: string }>('select query from pg_stat_activity where datname = $1', [
      name,
    ]);
    if (result.rows.length === 0 || performance.now() > deadline) return result.rows.map((row) => row.query);
    await admin.query('select pg_sleep(0.005)');
  }
}

async function asAdmin<Result>(work: (admin: Client) => Promise<Result>): Promise<Result> {
  const admin = new Client({ connectionString: inject('databaseAdminUrl') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
