/** Why a backup or a restore is not done, for a person. */

export const BACKUP_ERROR_CODES = [
  /** The file is no backup, or is damaged. */
  'BACKUP_INVALID',
  /** A newer release wrote the backup. */
  'BACKUP_NEWER',
  /** The database that a backup is to go into holds something. */
  'DATABASE_NOT_EMPTY',
  /** The master key at hand is not the one of the database. */
  'BACKUP_KEY_MISSING',
] as const;

export type BackupErrorCode = (typeof BACKUP_ERROR_CODES)[number];

/** Thrown when nothing is wrong with the program. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: BackupErrorCode;
  readonly hint: string;

  constructor(code: BackupErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
