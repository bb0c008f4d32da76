/** Puts a checked backup into an empty database and an empty store of files, and brings its schema up to this release. */
import { asFileKey } from '../files/file-key.ts';
import type { FileStore } from '../files/file-store.ts';
import { MIGRATIONS, migrateToLatest, migrateUpTo } from '../store/migrate.ts';
import { BackupError } from './backup-error.ts';
import { DatabaseLoad, isDatabaseEmpty } from './load-database.ts';
import type { BackupManifest } from './manifest.ts';
import { checkArchive, readArchive, readBytes } from './read-archive.ts';

/** A part holds one row at least, and PostgreSQL has none above a gigabyte. */
const PART_BYTES_MAX = 1_073_741_824;
const KEY_BYTES_MAX = 1_024;
const KEY_NAME = /^(?:master\.key|old\/[A-Za-z0-9_-]+\.key)$/;

export interface RestoreRequest {
  readonly databaseUrl: string;
  readonly path: string;
  /** Aborted to end it; the database is then to be thrown away. */
  readonly signal: AbortSignal;
  readonly files: FileStore;
  /** Keeps a key of the backup; the name is its path below `keys/`. */
  readonly keepKey: (name: string, content: Buffer) => Promise<void>;
}

/** Reads all of a backup and changes nothing. @throws BackupError for one that this release cannot restore */
export async function inspectBackup(path: string): Promise<BackupManifest> {
  const manifest = await checkArchive(path);
  const unknown = manifest.migrations.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length === 0) return manifest;
  throw new BackupError(
    'BACKUP_NEWER',
    `${path} was written by Bridle ${manifest.version}, a newer release: it has changes of the database that this one does not know (${unknown.join(', ')}).`,
    'Restore it with that release or a newer one.',
  );
}

/** @throws BackupError */
export async function restoreBackup(request: RestoreRequest): Promise<BackupManifest> {
  const { databaseUrl, path, files, keepKey, signal } = request;
  const manifest = await inspectBackup(path);
  if (!(await isDatabaseEmpty(databaseUrl))) {
    throw new BackupError(
      'DATABASE_NOT_EMPTY',
      'The database that the backup is to go into is not empty.',
      'Give it one that nobody uses: create database, or drop schema public cascade; create schema public.',
    );
  }
  const level = manifest.migrations.at(-1);
  if (level !== undefined) await migrateUpTo(databaseUrl, level);
  const load = await DatabaseLoad.begin(databaseUrl, manifest.tables);
  try {
    for await (const { name, content } of readArchive(path)) {
      signal.throwIfAborted();
      const [kind = '', ...rest] = name.split('/');
      const place = rest.join('/');
      if (kind === 'database') await loadPart(load, manifest, rest[0] ?? '', await readBytes(content, PART_BYTES_MAX));
      else if (kind === 'files') await files.put(asFileKey(place), content);
      else if (kind === 'keys' && KEY_NAME.test(place)) await keepKey(place, await readBytes(content, KEY_BYTES_MAX));
    }
    await load.finish(manifest);
  } catch (error) {
    await load.giveUp();
    throw error;
  }
  await migrateToLatest(databaseUrl);
  return manifest;
}

async function loadPart(load: DatabaseLoad, manifest: BackupManifest, name: string, part: Buffer): Promise<void> {
  const table = manifest.tables.find((each) => each.name === name);
  if (table === undefined)
    throw new BackupError(
      'BACKUP_INVALID',
      `The backup has rows of ${name}, which it does not list.`,
      'Take another copy.',
    );
  await load.add(table, part);
}
