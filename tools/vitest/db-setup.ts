/**
 * Starts one throw-away PostgreSQL for the `db` tests and migrates a template in it; each test then clones the template,
 * which takes a tenth of the time of emptying the tables.
 */
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startTestPostgres } from '@bridle/launcher';
import { migrateToLatest } from '../../packages/server/src/store/migrate.ts';

const TEMPLATE_DATABASE = 'bridle_template';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection URL of a database from which others may be created and dropped. */
    databaseAdminUrl: string;
    /** Name of the migrated database to clone: `create database x template <this>`. */
    databaseTemplate: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres();
  try {
    await withClient(postgres.url, (admin) => admin.query(`create database ${TEMPLATE_DATABASE}`));
    await migrateToLatest(databaseUrl(postgres.url, TEMPLATE_DATABASE));
    // A template with an open connection cannot be cloned, so nobody may open one.
    await withClient(postgres.url, (admin) =>
      admin.query(`alter database ${TEMPLATE_DATABASE} with is_template true allow_connections false`),
    );
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  project.provide('databaseAdminUrl', postgres.url);
  project.provide('databaseTemplate', TEMPLATE_DATABASE);
  return () => postgres.stop();
}

function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function withClient(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
