/** The home, its keys, what was left in it, and the disk that it is on. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { homePaths, inspectLock, isMasterKey, type Home, type Settings } from '@bridle/launcher';
import { freeBytes, printBytes } from '../sizes.ts';
import { failed, ok, warning, type Check } from './check.ts';

/** A PostgreSQL that has nothing left to write to stops, and takes the server with it. */
const FREE_BYTES_LEAST = 1_000_000_000;
const FREE_BYTES_COMFORTABLE = 5_000_000_000;
const OTHERS = 0o077;

export function checkHome(settings: Settings): readonly Check[] {
  const home = homePaths(settings.home);
  return [checkFolder(home), checkKey(home, settings), checkLeftovers(home), checkDisk(home)];
}

function checkFolder({ directory, restoringFile }: Home): Check {
  const name = 'home';
  const existing = nearest(directory);
  if (!statSync(existing).isDirectory()) {
    return failed(name, `${existing} is a file`, 'Choose another home with --data.');
  }
  try {
    accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return failed(
      name,
      `${existing} cannot be written`,
      'Let it belong to the user who runs Bridle, or choose another home with --data.',
    );
  }
  if (existsSync(restoringFile)) {
    return failed(name, `a restore into ${directory} was not finished`, 'Restore the backup into it again.');
  }
  const { uid } = statSync(existing);
  const own = process.getuid?.() ?? uid;
  if (existing === directory && own !== 0 && uid !== own) {
    return warning(name, `${directory} belongs to another user (${uid})`, 'Start Bridle as that user.');
  }
  return ok(name, existing === directory ? directory : `${directory}, made at the first start`);
}

function checkKey({ masterKeyFile, dataDirectory }: Home, { masterKey, databaseUrl }: Settings): Check {
  const name = 'master key';
  if (masterKey !== undefined) return ok(name, 'from BRIDLE_MASTER_KEY');
  if (!existsSync(masterKeyFile)) {
    if (databaseUrl === undefined && !existsSync(dataDirectory)) return ok(name, 'made at the first start');
    return databaseUrl === undefined
      ? failed(name, `${masterKeyFile} is missing`, 'Put it back from a backup, or set BRIDLE_MASTER_KEY.')
      : warning(
          name,
          'neither set nor in the home',
          'Where the database was used before, set BRIDLE_MASTER_KEY to its key.',
        );
  }
  try {
    if (!isMasterKey(readFileSync(masterKeyFile, 'utf8').trim())) {
      return failed(name, `${masterKeyFile} holds no key`, 'Put the original back, from a backup.');
    }
  } catch (error) {
    return failed(name, `${masterKeyFile} cannot be read`, error instanceof Error ? error.message : '');
  }
  const mode = statSync(masterKeyFile).mode & 0o777;
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    return warning(name, `others may read ${masterKeyFile} (${mode.toString(8)})`, `chmod 600 ${masterKeyFile}`);
  }
  return ok(name, `${masterKeyFile}, readable by its owner alone`);
}

function checkLeftovers({ lockFile }: Home): Check {
  const name = 'earlier start';
  const lock = inspectLock(lockFile);
  switch (lock.kind) {
    case 'free':
      return ok(name, 'nothing left behind');
    case 'held':
      return ok(name, `running, process ${lock.holder.pid}`);
    case 'stale':
      return warning(
        name,
        `process ${lock.pid ?? 'unknown'} was killed before it could clean up`,
        'The next start does that. If it was not you: memory may have run out.',
      );
  }
}

function checkDisk({ directory }: Home): Check {
  const name = 'disk';
  const free = freeBytes(directory);
  const detail = `${printBytes(free)} free`;
  if (free < FREE_BYTES_LEAST) {
    return failed(name, detail, 'Make room: PostgreSQL stops when it has nothing left to write to.');
  }
  return free < FREE_BYTES_COMFORTABLE
    ? warning(name, detail, 'Logs and artifacts of builds fill that soon.')
    : ok(name, detail);
}

/** The folder itself, or the nearest one above that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}
