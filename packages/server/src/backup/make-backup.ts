/** Writes a backup: one moment of the database, the files it names, and on request the keys. */
import { MIGRATIONS, SchemaNewerError } from '../store/migrate.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { DatabaseSnapshot } from './dump-database.ts';
import { holdFiles, listKeys, type HeldFiles } from './kept-files.ts';
import {
  BACKUP_FORMAT,
  MANIFEST_NAME,
  type BackupManifest,
  type FilesOfBackup,
  type TableOfBackup,
} from './manifest.ts';

/** Snapshots until files that are missing count as lost (K2). */
const SNAPSHOTS_MAX = 3;

export interface BackupRequest {
  readonly databaseUrl: string;
  /** That is written. */
  readonly path: string;
  /** Aborted to end it with nothing left. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** Where kept files are; `none` leaves them out. */
  readonly files: { readonly kind: 'folder'; readonly path: string } | Exclude<FilesOfBackup, { kind: 'folder' }>;
  /** Path below `keys/` → content; none = a backup without keys. */
  readonly keys: ReadonlyMap<string, Buffer>;
}

/** @throws SchemaNewerError for a database that a newer release has migrated */
export async function makeBackup(request: BackupRequest): Promise<BackupManifest> {
  const { snapshot, held } = await openMoment(request);
  const writer = new ArchiveWriter(request.path, request.signal);
  try {
    const manifest = await writeParts(request, snapshot, held, writer);
    await writer.addBytes(MANIFEST_NAME, Buffer.from(JSON.stringify(manifest, undefined, 2)));
    await writer.finish();
    return manifest;
  } catch (error) {
    await writer.giveUp();
    throw error;
  } finally {
    await held?.release();
    await snapshot.close();
  }
}

interface Moment {
  readonly snapshot: DatabaseSnapshot;
  readonly held: HeldFiles | undefined;
}

async function openMoment({ databaseUrl, files }: BackupRequest): Promise<Moment> {
  for (let count = 1; ; count += 1) {
    const snapshot = await DatabaseSnapshot.open(databaseUrl);
    let held: HeldFiles | undefined;
    try {
      const unknown = (await snapshot.migrations()).filter((name) => !Object.hasOwn(MIGRATIONS, name));
      if (unknown.length > 0) throw new SchemaNewerError(unknown);
      held = files.kind === 'folder' ? await holdFiles(files.path, await listKeys(snapshot)) : undefined;
    } catch (error) {
      await snapshot.close();
      throw error;
    }
    if (held === undefined || held.missing.length === 0 || count === SNAPSHOTS_MAX) return { snapshot, held };
    await held.release();
    await snapshot.close();
  }
}

async function writeParts(
  { version, files, keys }: BackupRequest,
  snapshot: DatabaseSnapshot,
  held: HeldFiles | undefined,
  writer: ArchiveWriter,
): Promise<BackupManifest> {
  const tables: TableOfBackup[] = [];
  for (const table of await snapshot.tables())
    tables.push({ ...table, rows: await writeTable(table, snapshot, writer) });
  for (const [key, path] of held?.paths ?? []) await writer.addFile(`files/${key}`, path);
  for (const [name, content] of keys) await writer.addBytes(`keys/${name}`, content);
  const [[takenAt, postgres]] = (await snapshot.rows(
    `select (extract(epoch from transaction_timestamp()) * 1000)::bigint::text, current_setting('server_version')`,
  )) as [[string, string]];
  const [[accountId] = []] = await snapshot.rows(`select value from installation where key = 'account_id'`);
  return {
    format: BACKUP_FORMAT,
    version,
    accountId: accountId ?? '',
    takenAt: Number(takenAt),
    postgres,
    migrations: await snapshot.migrations(),
    tables,
    sequences: await snapshot.sequences(),
    files:
      files.kind === 'folder' ? { kind: 'folder', count: held?.paths.size ?? 0, missing: held?.missing ?? [] } : files,
    hasKeys: keys.size > 0,
    secrets: tables.find(({ name }) => name === 'secrets')?.rows ?? 0,
    parts: writer.parts,
  };
}

async function writeTable(
  table: Omit<TableOfBackup, 'rows'>,
  snapshot: DatabaseSnapshot,
  writer: ArchiveWriter,
): Promise<number> {
  const parts = snapshot.parts(table);
  for (let number = 1; ; number += 1) {
    const next = await parts.next();
    if (next.done === true) return next.value;
    await writer.addBytes(`database/${table.name}/${String(number).padStart(6, '0')}.ndjson.gz`, next.value);
  }
}
