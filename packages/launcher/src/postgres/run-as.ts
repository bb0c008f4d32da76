/**
 * PostgreSQL refuses to run as root. This file decides how it runs instead, once per start:
 *
 * - R1 `plain`: this process is not root and its user has a name; nothing special.
 * - R2 `namespace`: a user namespace with one user. PostgreSQL believes to be that user, the kernel still sees ours, so data,
 *   sockets and binaries may lie wherever we can read them, and files stay ours. Also the way out for a user without a name
 *   (`docker run --user 4242`), whom initdb refuses.
 * - R3 `user`: another user of the machine, where namespaces are forbidden. That user must be able to reach the binaries and the
 *   home: binaries are copied beside the data when needed, and the home becomes searchable (0711) but not readable.
 * - R4 A data directory stays with the way it was made where possible: its owner decides between `namespace` and `user`.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lchownSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { LauncherError } from '../errors.ts';
import { binariesIn, type PostgresBinaries } from './binaries.ts';

/** How the processes of PostgreSQL are started. */
export type RunAs =
  | { readonly kind: 'plain' }
  | { readonly kind: 'namespace'; readonly unshare: string; readonly uid: number }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number; readonly name: string };

/** A command as `spawn` takes it. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** Which ways may be tried; tests narrow it. */
export type RunAsChoice = 'auto' | 'user';

/** PostgreSQL runs with this environment and no other: byte order, messages and times are equal on every host. */
export const POSTGRES_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const UNSHARE_PLACES = ['/usr/bin/unshare', '/bin/unshare'];
/** Preferred names for R3, best first; the uid inside the namespace is only a disguise. */
const USER_NAMES = ['postgres', 'nobody'];
const PROBE_TIMEOUT_MS = 20_000;

/** Wraps a command of PostgreSQL so that it runs as decided. */
export function commandAs(runAs: RunAs, file: string, args: readonly string[]): Command {
  switch (runAs.kind) {
    case 'plain':
      return { file, args };
    case 'namespace': {
      const map = ['--user', `--map-user=${runAs.uid}`, `--map-group=${runAs.uid}`];
      return { file: runAs.unshare, args: [...map, '--', file, ...args] };
    }
    case 'user':
      return { file, args, uid: runAs.uid, gid: runAs.gid };
  }
}

/** One line for the log. */
export function describeRunAs(runAs: RunAs): string {
  switch (runAs.kind) {
    case 'plain':
      return 'PostgreSQL runs as the current user';
    case 'namespace':
      return 'PostgreSQL runs in a user namespace of its own (files stay with the current user)';
    case 'user':
      return `PostgreSQL runs as user ${runAs.name} (${runAs.uid})`;
  }
}

/** What {@link chooseRunAs} found: the way to run, and the binaries that can be run that way. */
export interface RunPlan {
  readonly runAs: RunAs;
  readonly binaries: PostgresBinaries;
}

/**
 * Decides how to run PostgreSQL on `dataDirectory`, and proves it by running `postgres --version` that way.
 *
 * @throws LauncherError `POSTGRES_UNUSABLE`, `POSTGRES_NO_USER`, `POSTGRES_HOME_UNREACHABLE`
 */
export function chooseRunAs(binaries: PostgresBinaries, dataDirectory: string, choice: RunAsChoice = 'auto'): RunPlan {
  const uid = process.getuid?.();
  const users = uid === undefined ? [] : readUsers();
  if (uid === undefined || (uid !== 0 && isKnownUser(uid, users))) {
    const plain: RunAs = { kind: 'plain' };
    const refusal = probe(plain, binaries);
    if (refusal !== undefined) throw unusable(binaries, refusal);
    return { runAs: plain, binaries };
  }

  const owner = existsSync(dataDirectory) ? lstatSync(dataDirectory).uid : undefined;
  if (choice === 'auto' && (owner === undefined || owner === uid)) {
    const runAs = namespaceFor(users);
    if (runAs !== undefined && probe(runAs, binaries) === undefined) return { runAs, binaries };
  }
  if (uid !== 0) {
    throw new LauncherError({
      code: 'POSTGRES_NO_USER',
      message: `User ${uid} has no name on this machine, and PostgreSQL does not run for such a user.`,
      hint: 'Run Bridle as a user listed in /etc/passwd, allow user namespaces, or set DATABASE_URL to a PostgreSQL of your own.',
    });
  }
  return runAsOtherUser(binaries, dataDirectory, users, owner);
}

interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

function runAsOtherUser(
  binaries: PostgresBinaries,
  dataDirectory: string,
  users: readonly User[],
  owner: number | undefined,
): RunPlan {
  const user =
    users.find((candidate) => owner !== undefined && owner !== 0 && candidate.uid === owner) ??
    USER_NAMES.map((name) => users.find((candidate) => candidate.name === name && candidate.uid !== 0)).find(
      (candidate) => candidate !== undefined,
    );
  if (user === undefined) {
    throw new LauncherError({
      code: 'POSTGRES_NO_USER',
      message:
        'PostgreSQL does not run as root, user namespaces are forbidden here, and there is no user postgres or nobody.',
      hint: 'Run Bridle as another user, or set DATABASE_URL to a PostgreSQL of your own.',
    });
  }
  const runAs: RunAs = { kind: 'user', ...user };
  openTheWay(dirname(dataDirectory), runAs);
  if (existsSync(dataDirectory)) giveTree(dataDirectory, runAs);
  if (probe(runAs, binaries) === undefined) return { runAs, binaries };

  // Named by version: a later release must not go on with the copy of an earlier one.
  const copy = binariesIn(join(dirname(dataDirectory), `${basename(dataDirectory)}-binaries-${versionOf(binaries)}`));
  if (probe(runAs, copy) !== undefined)
    cpSync(binaries.root, copy.root, { recursive: true, force: true, verbatimSymlinks: true });
  const refusal = probe(runAs, copy);
  if (refusal !== undefined) throw unusable(copy, refusal);
  return { runAs, binaries: copy };
}

/** `18.4`; it runs as root too, when it is only asked for that. */
function versionOf(binaries: PostgresBinaries): string {
  const result = spawnSync(binaries.postgres, ['--version'], {
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
  });
  return /\d+(?:\.\d+)*/.exec(result.stdout ?? '')?.[0] ?? 'unknown';
}

/** R3: every folder above the data must let the user through; only the innermost one is ours to open. */
function openTheWay(
  folder: string,
  runAs: { readonly uid: number; readonly gid: number; readonly name: string },
): void {
  for (let current = dirname(folder); ; current = dirname(current)) {
    const { mode, uid, gid } = statSync(current);
    const bit = uid === runAs.uid ? 0o100 : gid === runAs.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new LauncherError({
        code: 'POSTGRES_HOME_UNREACHABLE',
        message: `PostgreSQL runs as user ${runAs.name} here, and that user cannot enter ${current}.`,
        hint: 'Choose a home outside of it, e.g. BRIDLE_HOME=/var/lib/bridle.',
      });
    }
    if (dirname(current) === current) break;
  }
  chmodSync(folder, (statSync(folder).mode & 0o7777) | 0o011);
}

/** Gives a file or folder with all below to the user of R3; does nothing for the other ways. */
export function giveTree(path: string, runAs: RunAs): void {
  if (runAs.kind !== 'user') return;
  lchownSync(path, runAs.uid, runAs.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTree(join(path, name), runAs);
}

function namespaceFor(users: readonly User[]): RunAs | undefined {
  const unshare = UNSHARE_PLACES.find((path) => existsSync(path));
  // initdb asks for the name of its user, so the disguise must be somebody of this machine.
  const disguise = users.find((user) => user.uid !== 0);
  if (process.platform !== 'linux' || unshare === undefined || disguise === undefined) return undefined;
  return { kind: 'namespace', unshare, uid: disguise.uid };
}

/** Undefined when `postgres --version` runs; else why it does not. */
function probe(runAs: RunAs, binaries: PostgresBinaries): string | undefined {
  if (!existsSync(binaries.postgres)) return 'not found';
  const { file, args, uid, gid } = commandAs(runAs, binaries.postgres, ['--version']);
  const result = spawnSync(file, args, {
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  if (result.error !== undefined) return result.error.message;
  return result.status === 0 ? undefined : result.stderr.trim() || `exit code ${result.status}`;
}

function unusable(binaries: PostgresBinaries, refusal: string): LauncherError {
  return new LauncherError({
    code: 'POSTGRES_UNUSABLE',
    message: `The embedded PostgreSQL in ${binaries.root} does not run: ${refusal}`,
    hint: 'It needs glibc (Alpine Linux has another C library) and an executable node_modules. Else set DATABASE_URL to a PostgreSQL of your own.',
  });
}

function readUsers(): readonly User[] {
  if (!existsSync('/etc/passwd')) return [];
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) => (name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []));
}

/** Where users come from a directory service the list of /etc/passwd says nothing: ask the system for the own name. */
function isKnownUser(uid: number, users: readonly User[]): boolean {
  if (users.some((user) => user.uid === uid)) return true;
  const id = ['/usr/bin/id', '/bin/id'].find((path) => existsSync(path));
  return (
    id === undefined || spawnSync(id, ['-un'], { env: POSTGRES_ENVIRONMENT, timeout: PROBE_TIMEOUT_MS }).status === 0
  );
}
