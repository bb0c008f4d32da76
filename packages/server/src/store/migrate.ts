/**
 * Forward-only migrations: a static list, applied under the migrator's lock, so that replicas may start at once. A database
 * that is ahead of this program is refused: an older replica must not touch a schema it does not know.
 */
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration, type MigrationResultSet } from 'kysely/migration';
import { Pool } from 'pg';
import { CONNECT_TIMEOUT_MS } from './database.ts';
import * as founding from './migrations/0001-founding.ts';
import * as control from './migrations/0002-control.ts';
import * as documents from './migrations/0003-documents.ts';
import * as secrets from './migrations/0004-secrets.ts';
import * as logs from './migrations/0005-logs.ts';
import * as delegates from './migrations/0006-delegates.ts';
import * as reports from './migrations/0007-reports.ts';
import * as logTails from './migrations/0008-log-tails.ts';
import * as access from './migrations/0009-access.ts';
import * as triggerSources from './migrations/0010-trigger-sources.ts';
import * as settings from './migrations/0011-settings.ts';
import * as pipelineVersions from './migrations/0012-pipeline-versions.ts';
import * as audit from './migrations/0013-audit.ts';
import * as signIn from './migrations/0014-sign-in.ts';
import * as platform from './migrations/0015-platform.ts';
import * as lostSecrets from './migrations/0016-lost-secrets.ts';
import * as preflightChecks from './migrations/0017-preflight-checks.ts';
import * as queueKinds from './migrations/0018-queue-kinds.ts';
import * as storedFiles from './migrations/0019-stored-files.ts';
import * as sessionTokens from './migrations/0020-session-tokens.ts';
import * as executionLists from './migrations/0021-execution-lists.ts';
import * as executionKeys from './migrations/0022-execution-keys.ts';
import * as hiddenCauses from './migrations/0024-hidden-causes.ts';
import * as executionSubjects from './migrations/0026-execution-subjects.ts';
import * as triggerFiles from './migrations/0027-trigger-files.ts';
import * as feed from './migrations/0028-feed.ts';
import * as webhooks from './migrations/0029-webhooks.ts';
import * as retention from './migrations/0031-retention.ts';
import type { StartErrorCode } from './start-error-codes.ts';

/** Name → migration, in the order of their names. Never rename or change one that was released. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-founding': founding,
  '0002-control': control,
  '0003-documents': documents,
  '0004-secrets': secrets,
  '0005-logs': logs,
  '0006-delegates': delegates,
  '0007-reports': reports,
  '0008-log-tails': logTails,
  '0009-access': access,
  '0010-trigger-sources': triggerSources,
  '0011-settings': settings,
  '0012-pipeline-versions': pipelineVersions,
  '0013-audit': audit,
  '0014-sign-in': signIn,
  '0015-platform': platform,
  '0016-lost-secrets': lostSecrets,
  '0017-preflight-checks': preflightChecks,
  '0018-queue-kinds': queueKinds,
  '0019-stored-files': storedFiles,
  '0020-session-tokens': sessionTokens,
  '0021-execution-lists': executionLists,
  '0022-execution-keys': executionKeys,
  '0024-hidden-causes': hiddenCauses,
  '0026-execution-subjects': executionSubjects,
  '0027-trigger-files': triggerFiles,
  '0028-feed': feed,
  '0029-webhooks': webhooks,
  '0031-retention': retention,
};

/**
 * Tables that a migration writes anew. Until they are vacuumed, PostgreSQL does not know which of their rows everybody sees, and
 * answers nothing from an index alone.
 */
const WRITTEN_ANEW: Readonly<Record<string, string>> = { '0022-execution-keys': 'executions' };

/** Thrown when the database has migrations that this program does not know: it was used by a newer version. */
export class SchemaNewerError extends Error {
  readonly code: StartErrorCode = 'SCHEMA_NEWER';

  constructor(unknown: readonly string[]) {
    super(
      `The database was migrated by a newer version of Bridle (${unknown.join(', ')}). Start that version or a newer one, or restore a backup made before the upgrade.`,
    );
    this.name = 'SchemaNewerError';
  }
}

/** Brings the schema to this program's version. Throws `SchemaNewerError`, or the error of a migration (which is rolled back). */
export function migrateToLatest(url: string): Promise<void> {
  return migrate(url, (migrator) => migrator.migrateToLatest());
}

/** Brings an older schema up to one of the migrations, as a backup had it. Throws as {@link migrateToLatest}. */
export function migrateUpTo(url: string, name: string): Promise<void> {
  return migrate(url, (migrator) => migrator.migrateTo(name));
}

async function migrate(url: string, work: (migrator: Migrator) => Promise<MigrationResultSet>): Promise<void> {
  const pool = new Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'bridle-migrate',
  });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await refuseNewer(db);
    const result = await work(new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } }));
    if (result.error !== undefined) {
      // Another replica, newer than this one, may have migrated between the check and the lock.
      await refuseNewer(db);
      throw result.error as Error;
    }
    for (const { migrationName } of result.results ?? []) {
      const table = WRITTEN_ANEW[migrationName];
      if (table !== undefined) await sql`vacuum (analyze) ${sql.table(table)}`.execute(db);
    }
  } finally {
    await db.destroy();
  }
}

async function refuseNewer(db: Kysely<unknown>): Promise<void> {
  const exists = await sql<{ found: boolean }>`select to_regclass('kysely_migration') is not null as found`.execute(db);
  if (exists.rows[0]?.found !== true) return;
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const unknown = applied.rows.map((row) => row.name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length > 0) throw new SchemaNewerError(unknown);
}
