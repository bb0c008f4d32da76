/**
 * Making and recognising a data directory.
 *
 * - C1 A data directory appears whole: initdb works beside it, and the result is renamed to its name. A start that is killed
 *   half way leaves a folder that the next start removes.
 * - C2 Nothing that Bridle did not make is ever overwritten.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { LauncherError, errorText } from '../errors.ts';
import type { PostgresBinaries } from './binaries.ts';
import { USER_NAME } from './endpoint.ts';
import { POSTGRES_ENVIRONMENT, commandAs, giveTree, type RunAs } from './run-as.ts';

/** Major version of the binaries the launcher is written for, as `PG_VERSION` of a data directory names it. */
export const POSTGRES_MAJOR = '18';

/** Keeps the superuser's password inside the data directory: it belongs to the cluster and moves with it. */
const PASSWORD_FILE = 'bridle.password';
/** PostgreSQL accepts 0700 and 0750. */
const FORBIDDEN_BITS = 0o027;
const OUTPUT_LINES_MAX = 20;

/** What a data directory is. */
export type ClusterState = 'absent' | 'present';

/**
 * Looks at a data directory.
 *
 * @param major of the PostgreSQL that is to run on it
 * @throws LauncherError `DATA_DIRECTORY_VERSION`, `DATA_DIRECTORY_FOREIGN`, `DATA_DIRECTORY_HALF_UPGRADED`
 */
export function inspectCluster(dataDirectory: string, major: string = POSTGRES_MAJOR): ClusterState {
  if (!existsSync(dataDirectory)) {
    refuseHalfUpgraded(dataDirectory);
    return 'absent';
  }
  const versionFile = join(dataDirectory, 'PG_VERSION');
  if (!existsSync(versionFile)) {
    if (readdirSync(dataDirectory).length === 0) return 'absent';
    throw new LauncherError({
      code: 'DATA_DIRECTORY_FOREIGN',
      message: `${dataDirectory} is not empty and holds no PostgreSQL data.`,
      hint: 'Move its content away, or choose another home with BRIDLE_HOME.',
    });
  }
  const found = readFileSync(versionFile, 'utf8').trim();
  if (found === major) return 'present';
  throw otherVersion(dataDirectory, found);
}

/** The data were written by another major version than the one this release brings. */
export function otherVersion(dataDirectory: string, found: string): LauncherError {
  const isOlder = Number(found) < Number(POSTGRES_MAJOR);
  return new LauncherError({
    code: 'DATA_DIRECTORY_VERSION',
    message: `The data in ${dataDirectory} was written by PostgreSQL ${found}; this Bridle brings PostgreSQL ${POSTGRES_MAJOR}.`,
    hint: isOlder
      ? 'Nothing was changed. Bring the data to it with: bridle upgrade'
      : 'Nothing was changed. Start the Bridle version that wrote it, or choose another home with BRIDLE_HOME.',
  });
}

/** What an upgrade calls the data directories that it makes and leaves. */
export const NEXT_SUFFIX = '.next';
export const OLD_SUFFIX = '.old-';

/** Old data directories of earlier upgrades that lie beside a data directory, sorted. */
export function listOldDirectories(dataDirectory: string): readonly string[] {
  const parent = dirname(dataDirectory);
  if (!existsSync(parent)) return [];
  const prefix = `${basename(dataDirectory)}${OLD_SUFFIX}`;
  const names = readdirSync(parent).filter((name) => name.startsWith(prefix));
  return names.toSorted().map((name) => join(parent, name));
}

/** An upgrade was killed between its last two steps: a new, empty cluster in its place would hide all data. */
function refuseHalfUpgraded(dataDirectory: string): void {
  const [old] = listOldDirectories(dataDirectory);
  if (old === undefined) return;
  throw new LauncherError({
    code: 'DATA_DIRECTORY_HALF_UPGRADED',
    message: `An upgrade of ${dataDirectory} was not finished: the data lie in ${old}.`,
    hint: 'Nothing is lost. Let it finish with: bridle upgrade',
  });
}

/** What {@link createCluster} needs. */
export interface CreateClusterRequest {
  readonly binaries: PostgresBinaries;
  readonly runAs: RunAs;
  readonly dataDirectory: string;
  /** False skips flushing to disk: for tests only. */
  readonly isDurable: boolean;
}

/**
 * Makes a new data directory (C1).
 *
 * @throws LauncherError `POSTGRES_INIT_FAILED`
 */
export async function createCluster(request: CreateClusterRequest): Promise<void> {
  const { dataDirectory, runAs } = request;
  const parent = dirname(dataDirectory);
  const draftPrefix = `${basename(dataDirectory)}.new-`;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(draftPrefix)) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const draft = join(parent, `${draftPrefix}${process.pid}`);
  mkdirSync(draft, { mode: 0o700 });
  // Outside of the data directory, which must be empty for initdb, and in a folder of its own: R3's user must read it.
  const secrets = `${draft}-password`;
  mkdirSync(secrets, { mode: 0o700 });
  try {
    const passwordFile = join(secrets, PASSWORD_FILE);
    writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    giveTree(draft, runAs);
    giveTree(secrets, runAs);
    await runInitdb(request, draft, passwordFile);
    renameSync(passwordFile, join(draft, PASSWORD_FILE));
    if (existsSync(dataDirectory)) rmdirSync(dataDirectory);
    renameSync(draft, dataDirectory);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(secrets, { recursive: true, force: true });
  }
}

/** PostgreSQL refuses data that others may read or write; a restored copy often is like that. */
export function closeToOthers(dataDirectory: string): void {
  if (process.platform === 'win32') return;
  if ((statSync(dataDirectory).mode & FORBIDDEN_BITS) !== 0) chmodSync(dataDirectory, 0o700);
}

/** The superuser's password, needed for TCP only. */
export function readPassword(dataDirectory: string): string {
  return readFileSync(join(dataDirectory, PASSWORD_FILE), 'utf8').trim();
}

async function runInitdb(request: CreateClusterRequest, draft: string, passwordFile: string): Promise<void> {
  const command = commandAs(request.runAs, request.binaries.initdb, [
    ...['--pgdata', draft, '--username', USER_NAME, '--pwfile', passwordFile],
    ...['--auth-local', 'trust', '--auth-host', 'scram-sha-256'],
    // The builtin provider sorts bytes the same way on every host; nothing of the host's locales is used.
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    '--no-instructions',
    ...(request.isDurable ? [] : ['--no-sync']),
  ]);
  const { code, output } = await runToEnd(command.file, command.args, command);
  if (code === 0) return;
  throw new LauncherError({
    code: 'POSTGRES_INIT_FAILED',
    message: `The database could not be made in ${request.dataDirectory} (initdb ended with ${code ?? 'a signal'}).`,
    hint: 'Its last words are below: most often the disk is full or the folder cannot be written.',
    logTail: output,
  });
}

async function runToEnd(
  file: string,
  args: readonly string[],
  identity: { readonly uid?: number; readonly gid?: number },
): Promise<{ readonly code: number | null; readonly output: readonly string[] }> {
  const child = spawn(file, [...args], {
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    // A Ctrl-C in the terminal must not leave half a cluster: it reaches the launcher alone.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(identity.uid === undefined ? {} : { uid: identity.uid }),
    ...(identity.gid === undefined ? {} : { gid: identity.gid }),
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const lines = (): string[] => Buffer.concat(chunks).toString('utf8').trimEnd().split('\n').slice(-OUTPUT_LINES_MAX);
    child.once('error', (error) => resolve({ code: null, output: [errorText(error)] }));
    child.once('close', (code) => resolve({ code, output: lines() }));
  });
}
