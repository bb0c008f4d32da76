/**
 * What the owner of a home asks of its database by `bridle status`, `backup`, `restore` and `upgrade`. Whoever can read the home
 * and reach the database administers the installation anyway.
 *
 * The launcher finds home and database, starts this program with one request in its environment, and gets one answer over the
 * channel of its process: `{ kind: 'done', result }` or `{ kind: 'failed', code, message, hint }`.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupError } from './backup/backup-error.ts';
import { makeBackup, type BackupRequest } from './backup/make-backup.ts';
import type { BackupManifest } from './backup/manifest.ts';
import { inspectBackup, restoreBackup } from './backup/restore-backup.ts';
import { openFiles } from './files/open-files.ts';
import { masterKeyCheck } from './intake/first-start.ts';
import { parseMasterKey } from './secrets/key-files.ts';
import { readFiles, SettingsError } from './settings.ts';
import { leaveAllDelegates } from './store/delegates.ts';
import { openDatabase } from './store/database.ts';
import { findInstallationFact } from './store/installation.ts';
import { SchemaNewerError } from './store/migrate.ts';
import { readOverview } from './store/overview.ts';

/** `BRIDLE_OWNER_REQUEST`, as JSON. */
type OwnerRequest =
  | { readonly kind: 'status' }
  | { readonly kind: 'inspect'; readonly file: string }
  | {
      readonly kind: 'backup';
      readonly file: string;
      readonly version: string;
      readonly withKeys: boolean;
      readonly withFiles: boolean;
    }
  | { readonly kind: 'restore'; readonly file: string; readonly withHome: boolean };

/** SIGTERM asks for it; without the channel, whoever asked is gone. */
const stopping = new AbortController();
for (const event of ['SIGTERM', 'disconnect'])
  process.on(event, () => stopping.abort(new Error('It was stopped before it was done.')));

type Environment = Readonly<Record<string, string | undefined>>;

async function answer(request: OwnerRequest, env: Environment): Promise<unknown> {
  switch (request.kind) {
    case 'status':
      return await withDatabase(env, (db) => readOverview(db));
    case 'inspect':
      return summaryOf(await inspectBackup(request.file));
    case 'backup':
      return summaryOf(await backUp(request, env));
    case 'restore':
      return summaryOf(await restore(request, env));
  }
}

async function backUp(
  { file, version, withKeys, withFiles }: OwnerRequest & { readonly kind: 'backup' },
  env: Environment,
): Promise<BackupManifest> {
  const settings = readFiles(env, homeOf(env));
  const files: BackupRequest['files'] = !withFiles
    ? { kind: 'none' }
    : settings.kind === 'folder'
      ? settings
      : { kind: 's3', bucket: settings.bucket };
  const keys = withKeys ? await readKeys(env) : new Map<string, Buffer>();
  return await makeBackup({ databaseUrl: urlOf(env), path: file, signal: stopping.signal, version, files, keys });
}

async function restore(
  { file, withHome }: OwnerRequest & { readonly kind: 'restore' },
  env: Environment,
): Promise<BackupManifest> {
  const home = homeOf(env);
  const files = await openFiles(readFiles(env, home));
  try {
    const manifest = await restoreBackup({
      databaseUrl: urlOf(env),
      path: file,
      signal: stopping.signal,
      files,
      keepKey: (name, content) => writePrivate(join(home, 'keys', name), content),
    });
    if (withHome) await withDatabase(env, (db) => leaveAllDelegates(db));
    if (withHome && manifest.accountId !== '')
      await writePrivate(join(home, 'account-id'), Buffer.from(`${manifest.accountId}\n`));
    return manifest;
  } finally {
    files.close();
  }
}

/** The keys of the home, once they are known to be those of the database. @throws BackupError */
async function readKeys(env: Environment): Promise<ReadonlyMap<string, Buffer>> {
  const folder = join(homeOf(env), 'keys');
  const keys = new Map<string, Buffer>();
  const given = env['BRIDLE_MASTER_KEY'];
  const current = given ? Buffer.from(`${given}\n`) : await readFile(join(folder, 'master.key')).catch(ignoreMissing);
  if (current !== undefined) keys.set('master.key', current);
  for (const name of await readdir(join(folder, 'old')).catch(() => []))
    if (name.endsWith('.key')) keys.set(`old/${name}`, await readFile(join(folder, 'old', name)));
  const check = await withDatabase(env, (db) => findInstallationFact(db, 'master_key_check'));
  const isRight = [...keys].some(([name, text]) => masterKeyCheck(parseMasterKey(text.toString(), name)) === check);
  if (current !== undefined && (isRight || check === undefined)) return keys;
  throw new BackupError(
    'BACKUP_KEY_MISSING',
    current === undefined
      ? `There is no master key in ${folder}, so it cannot be part of a backup.`
      : `The master key at hand is not the one of this database.`,
    'Set BRIDLE_MASTER_KEY to the key of the installation, or make the backup without --with-keys.',
  );
}

/** What people and programs want to know of a backup; its list of parts is long. */
function summaryOf(manifest: BackupManifest): object {
  const { version, accountId, takenAt, postgres, migrations, tables, files, hasKeys, secrets, parts } = manifest;
  return {
    version,
    accountId,
    takenAt,
    postgres,
    schema: migrations.at(-1) ?? '',
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    files,
    hasKeys,
    secrets,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function withDatabase<T>(
  env: Environment,
  work: (db: ReturnType<typeof openDatabase>['db']) => Promise<T>,
): Promise<T> {
  const database = openDatabase(urlOf(env), { poolConnectionsMax: 1 });
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}

async function writePrivate(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, content, { mode: 0o600, flush: true });
}

function homeOf(env: Environment): string {
  return required(env, 'BRIDLE_HOME');
}

function urlOf(env: Environment): string {
  return required(env, 'DATABASE_URL');
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: this program is started by "bridle".`);
  return value;
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  return undefined;
}

function describeFailure(error: unknown): object {
  if (error instanceof BackupError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof SchemaNewerError) return { code: error.code, message: error.message, hint: '' };
  if (error instanceof SettingsError) return { code: error.code, message: error.message, hint: '' };
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // What the system or the database refuses explains itself; anything else is a bug, and its stack says where.
  return { code, message: code === '' && error instanceof Error ? (error.stack ?? message) : message, hint: '' };
}

const request = JSON.parse(required(process.env, 'BRIDLE_OWNER_REQUEST')) as OwnerRequest;
const message = await answer(request, process.env).then(
  (result) => ({ kind: 'done', result }),
  (error: unknown) => ({ kind: 'failed', ...describeFailure(error) }),
);
await new Promise<void>((resolve) => {
  if (process.send === undefined) resolve();
  else process.send(message, undefined, undefined, () => resolve());
});
process.exit(message.kind === 'done' ? 0 : 1);
