/**
 * Every situation in which the launcher cannot go on, as a value with a stable code, a text for a person and the next step.
 *
 * A `LauncherError` is never a bug: it says something about the machine, the home or the settings. Bugs stay ordinary errors.
 */

/** Stable codes of launcher errors. They are part of the product: `docs/ERRORS.md` lists each. */
export const LAUNCHER_ERROR_CODES = [
  /** No PostgreSQL binaries for this platform, or the package is not installed. */
  'POSTGRES_NOT_INSTALLED',
  /** The binaries are there and do not run (wrong C library, no execute permission). */
  'POSTGRES_UNUSABLE',
  /** Running as root, and no way was found to run PostgreSQL as somebody else. */
  'POSTGRES_NO_USER',
  /** Running as root, and the user PostgreSQL runs as cannot reach the home. */
  'POSTGRES_HOME_UNREACHABLE',
  /** `initdb` failed. */
  'POSTGRES_INIT_FAILED',
  /** PostgreSQL ended, or did not become ready, while starting. */
  'POSTGRES_START_FAILED',
  /** The data directory was written by another major version. */
  'DATA_DIRECTORY_VERSION',
  /** The data directory holds something that is not a PostgreSQL cluster. */
  'DATA_DIRECTORY_FOREIGN',
  /** An upgrade of the data directory was not finished. */
  'DATA_DIRECTORY_HALF_UPGRADED',
  /** The PostgreSQL that wrote the data directory is not at hand. */
  'OLD_POSTGRES_MISSING',
  /** What a program of the owner was to do failed; the text says why. */
  'OWNER_FAILED',
  /** A PostgreSQL left behind by an earlier launcher could not be stopped. */
  'POSTGRES_ORPHAN',
  /** The private socket directory belongs to another user or is open to others. */
  'SOCKET_DIRECTORY_UNSAFE',
  /** Another live process holds the home or the data directory. */
  'HOME_IN_USE',
  /** There is no installation in the home. */
  'HOME_EMPTY',
  /** A backup cannot be restored into a home that holds something. */
  'HOME_NOT_EMPTY',
  /** A restore into the home was not finished. */
  'HOME_HALF_RESTORED',
  /** The home cannot be made, read or written. */
  'HOME_UNUSABLE',
  /** `keys/master.key` does not hold 32 bytes in base64. */
  'MASTER_KEY_INVALID',
  /** There is data and no master key for it. */
  'MASTER_KEY_MISSING',
  /** `BRIDLE_ACCOUNT_ID` and the account of the home differ. */
  'ACCOUNT_ID_MISMATCH',
  /** One or more settings are wrong; `problems` of the settings list each. */
  'SETTINGS_INVALID',
  /** The address the server should listen on is taken. */
  'PORT_IN_USE',
  /** The system does not let this user listen on the port. */
  'PORT_FORBIDDEN',
  /** The server ended, or did not become ready, while starting, or kept failing later. */
  'SERVER_FAILED',
] as const;

/** One of {@link LAUNCHER_ERROR_CODES}. */
export type LauncherErrorCode = (typeof LAUNCHER_ERROR_CODES)[number];

/** What a {@link LauncherError} is made of. */
export interface LauncherErrorParts {
  readonly code: LauncherErrorCode;
  /** What is wrong, in one or two sentences. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** Last lines of the log that explains it, oldest first. */
  readonly logTail?: readonly string[];
  /** Where that log lies. */
  readonly logFile?: string;
  readonly cause?: unknown;
}

/** Thrown when the launcher cannot go on for a reason outside its own code. */
export class LauncherError extends Error {
  override readonly name = 'LauncherError';
  readonly code: LauncherErrorCode;
  readonly hint: string;
  readonly logTail: readonly string[];
  readonly logFile: string | undefined;

  constructor(parts: LauncherErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.hint = parts.hint;
    this.logTail = parts.logTail ?? [];
    this.logFile = parts.logFile;
  }
}

/** The `code` of a Node system error (`ENOENT`, `EACCES`, …), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
