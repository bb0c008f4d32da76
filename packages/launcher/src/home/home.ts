/**
 * The home: one folder that holds everything an installation is.
 *
 * ```
 * bridle.lock      who uses the home (removed at the end)
 * running.json     where it answers while it runs
 * restoring        there while a restore makes the home; with it, nothing starts here
 * account-id       the account this home belongs to
 * admin-token      the admin's token (written by the server)
 * delegate-token   the token of the delegate that npm start runs
 * keys/master.key  32 bytes, base64: without it the stored secrets are lost
 * postgres/        data directory of the embedded PostgreSQL
 * run/             sockets and process numbers
 * delegate/        the delegate's own home: workspaces, spools
 * logs/            server.log, delegate.log, postgres.log
 * ```
 *
 * - H1 Nothing here is readable by other users (files 0600, folders 0700), the home itself at most searchable: see `run-as.ts`.
 * - H2 A key file is on disk before anything is sealed with it, and appears whole or not at all.
 * - H3 A new master key is never made where data exist that an earlier one may have sealed.
 */
import { randomBytes, randomInt } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { LauncherError, errorText, systemErrorCode } from '../errors.ts';
import { MASTER_KEY_BYTES, isMasterKey } from '../settings.ts';

/** The paths of a home. */
export interface Home {
  readonly directory: string;
  readonly lockFile: string;
  readonly runningFile: string;
  /** There while a restore makes the home. */
  readonly restoringFile: string;
  readonly accountIdFile: string;
  readonly delegateTokenFile: string;
  readonly masterKeyFile: string;
  readonly dataDirectory: string;
  readonly runDirectory: string;
  readonly delegateDirectory: string;
  readonly logDirectory: string;
}

const ACCOUNT_ID_LENGTH = 22;
const ACCOUNT_ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The paths of the home `directory`; touches nothing. */
export function homePaths(directory: string): Home {
  return {
    directory,
    lockFile: join(directory, 'bridle.lock'),
    runningFile: join(directory, 'running.json'),
    restoringFile: join(directory, 'restoring'),
    accountIdFile: join(directory, 'account-id'),
    delegateTokenFile: join(directory, 'delegate-token'),
    masterKeyFile: join(directory, 'keys', 'master.key'),
    dataDirectory: join(directory, 'postgres'),
    runDirectory: join(directory, 'run'),
    delegateDirectory: join(directory, 'delegate'),
    logDirectory: join(directory, 'logs'),
  };
}

/**
 * Makes the folders of the home (H1).
 *
 * @throws LauncherError `HOME_UNUSABLE`, `HOME_HALF_RESTORED`
 */
export function prepareHome(home: Home): void {
  if (existsSync(home.restoringFile)) {
    throw new LauncherError({
      code: 'HOME_HALF_RESTORED',
      message: `A restore into ${home.directory} was not finished.`,
      hint: 'Restore the backup into it again: bridle restore.',
    });
  }
  makeHomeFolders(home);
}

/** The folders alone. @throws LauncherError `HOME_UNUSABLE` */
export function makeHomeFolders(home: Home): void {
  const keys = dirname(home.masterKeyFile);
  try {
    for (const folder of [home.directory, keys, home.runDirectory, home.delegateDirectory, home.logDirectory]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    closeToOthers(keys, 0o700);
  } catch (error) {
    throw new LauncherError({
      code: 'HOME_UNUSABLE',
      message: `The home ${home.directory} cannot be prepared: ${errorText(error)}`,
      hint: 'Make it a folder that belongs to the user who runs Bridle, or choose another one with BRIDLE_HOME.',
      cause: error,
    });
  }
}

/**
 * The master key: the one given, else the home's own, else a new one.
 *
 * @param given `BRIDLE_MASTER_KEY`, already checked; it is never written to disk
 * @throws LauncherError `MASTER_KEY_INVALID`, `MASTER_KEY_MISSING` (H3), `HOME_UNUSABLE`
 */
export function masterKey(home: Home, given: string | undefined): string {
  if (given !== undefined) return given;
  const file = home.masterKeyFile;
  const kept = readText(file);
  if (kept !== undefined) {
    if (!isMasterKey(kept)) {
      throw new LauncherError({
        code: 'MASTER_KEY_INVALID',
        message: `${file} does not hold ${MASTER_KEY_BYTES} bytes in base64.`,
        hint: 'Put the original key back, from a backup; stored secrets cannot be read without it.',
      });
    }
    closeToOthers(file, 0o600);
    return kept;
  }
  if (existsSync(join(home.dataDirectory, 'PG_VERSION'))) {
    throw new LauncherError({
      code: 'MASTER_KEY_MISSING',
      message: `There is data in ${home.dataDirectory} and no master key for it: ${file} is missing.`,
      hint: 'Put the file back, from a backup, or set BRIDLE_MASTER_KEY to the key this installation was started with. Is it lost for good: bridle admin give-up-master-key',
    });
  }
  return keep(file, randomBytes(MASTER_KEY_BYTES).toString('base64'));
}

/**
 * The account of the home: kept at the first start, the same ever after.
 *
 * @param given `BRIDLE_ACCOUNT_ID`, already checked
 * @throws LauncherError `ACCOUNT_ID_MISMATCH` when the home belongs to another account, `HOME_UNUSABLE`
 */
export function accountId(home: Home, given: string | undefined): string {
  const kept = readText(home.accountIdFile);
  if (kept === undefined || kept === '') return keep(home.accountIdFile, given ?? newAccountId());
  if (given !== undefined && given !== kept) {
    throw new LauncherError({
      code: 'ACCOUNT_ID_MISMATCH',
      message: `The home ${home.directory} belongs to account ${kept}, and BRIDLE_ACCOUNT_ID says ${given}.`,
      hint: 'Unset BRIDLE_ACCOUNT_ID, or start the other account in a home of its own with BRIDLE_HOME.',
    });
  }
  return kept;
}

/** Puts the delegate's token where the delegate reads it, if it is not there already. */
export function keepDelegateToken(home: Home, token: string): void {
  if (readText(home.delegateTokenFile) !== token) keep(home.delegateTokenFile, token);
}

function newAccountId(): string {
  return Array.from({ length: ACCOUNT_ID_LENGTH }, () => ACCOUNT_ID_LETTERS[randomInt(ACCOUNT_ID_LETTERS.length)]).join(
    '',
  );
}

/** Writes a file whole and to the disk (H2); answers with what it holds. */
function keep(file: string, text: string): string {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    renameSync(writeDraft(file, text), file);
    syncFolder(dirname(file));
    return text;
  } catch (error) {
    throw new LauncherError({
      code: 'HOME_UNUSABLE',
      message: `${file} cannot be written: ${errorText(error)}`,
      hint: 'Make the folder writable for the user who runs Bridle, or choose another one with BRIDLE_HOME.',
      cause: error,
    });
  }
}

function writeDraft(file: string, text: string): string {
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return draft;
}

/** Flushes the names in a folder to the disk. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new LauncherError({
      code: 'HOME_UNUSABLE',
      message: `${file} cannot be read: ${errorText(error)}`,
      hint: 'Let the file belong to the user who runs Bridle.',
      cause: error,
    });
  }
}

function closeToOthers(path: string, mode: number): void {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
}
