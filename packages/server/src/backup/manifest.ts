/**
 * What a backup is made of: a tar file with these entries, the manifest last.
 *
 * ```
 * database/<table>/<number>.ndjson.gz   rows: one JSON array a line, each value as PostgreSQL writes it as text, or null
 * files/<key>                           a kept file
 * keys/master.key, keys/old/<id>.key    only where they were asked for
 * manifest.json                         what there should be; a file without it is cut off
 * ```
 */

/** Raised when an older program could not read what a newer one writes. */
export const BACKUP_FORMAT = 1;

export interface TableOfBackup {
  readonly name: string;
  /** In the order of each row's values. */
  readonly columns: readonly string[];
  readonly rows: number;
}

/** A counter of an identity column. */
export interface SequenceOfBackup {
  readonly table: string;
  readonly column: string;
  readonly last: string;
  readonly isCalled: boolean;
}

export interface PartOfBackup {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Kept files: in the backup, in a bucket that is not part of it, or left out on purpose. */
export type FilesOfBackup =
  | { readonly kind: 'folder'; readonly count: number; readonly missing: readonly string[] }
  | { readonly kind: 's3'; readonly bucket: string }
  | { readonly kind: 'none' };

export interface BackupManifest {
  readonly format: number;
  /** Of the release that wrote it. */
  readonly version: string;
  readonly accountId: string;
  /** Epoch milliseconds, by the clock of the database: the moment that the backup shows. */
  readonly takenAt: number;
  readonly postgres: string;
  /** Migrations of its schema, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly TableOfBackup[];
  readonly sequences: readonly SequenceOfBackup[];
  readonly files: FilesOfBackup;
  readonly hasKeys: boolean;
  /** Whose values only the master key opens. */
  readonly secrets: number;
  readonly parts: readonly PartOfBackup[];
}

export const MANIFEST_NAME = 'manifest.json';

export function isManifest(value: unknown): value is BackupManifest {
  if (typeof value !== 'object' || value === null) return false;
  const manifest = value as Partial<Record<keyof BackupManifest, unknown>>;
  return (
    typeof manifest.format === 'number' &&
    typeof manifest.version === 'string' &&
    typeof manifest.accountId === 'string' &&
    [manifest.migrations, manifest.tables, manifest.sequences, manifest.parts].every((list) => Array.isArray(list))
  );
}
