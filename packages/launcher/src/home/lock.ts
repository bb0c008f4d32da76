/**
 * A lock file that says who holds it, so that a lock left behind by a killed process can be told from a held one.
 *
 * - L1 The file appears whole: it is written under another name and linked to its own, which fails when that exists.
 * - L2 A lock is stale when the very process that wrote it (pid and start time) is dead. Only a stale lock is replaced.
 * - L3 Replacing moves the stale file away first and looks at what was moved: of two processes that saw the same stale lock
 *   one gets it, and the other finds the first one's fresh lock.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { LauncherError, errorText, systemErrorCode } from '../errors.ts';
import { isSameProcessAlive, ownIdentity, type ProcessIdentity } from '../process/process-identity.ts';

/** A lock held by this process. */
export interface HeldLock {
  readonly path: string;
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

/** Rounds of "somebody else was quicker" before giving up. */
const ATTEMPTS_MAX = 20;

/**
 * Takes the lock file `path` for this process.
 *
 * @param guarded what the lock protects, for the error text, e.g. "The home /var/lib/bridle"
 * @throws LauncherError `HOME_IN_USE` while another live process (or this one) holds it, `HOME_UNUSABLE` when it cannot be written
 */
export function acquireLock(path: string, guarded: string): HeldLock {
  const token = randomBytes(8).toString('hex');
  const content = `${JSON.stringify({ ...ownIdentity(), token })}\n`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (tryCreate(path, token, content)) return { path, release: () => release(path, content) };
    const found = readLock(path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && isSameProcessAlive(holder)) throw inUse(path, guarded, holder.pid);
    moveAway(path, found, token);
  }
  throw new LauncherError({
    code: 'HOME_IN_USE',
    message: `${guarded} is being taken by several processes at once.`,
    hint: 'Try again in a moment.',
  });
}

/** Who holds a lock: nobody, a process that is dead, or a live one. */
export type LockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'stale'; readonly pid: number | undefined }
  | { readonly kind: 'held'; readonly holder: ProcessIdentity };

/** Looks at a lock and changes nothing. */
export function inspectLock(path: string): LockState {
  const content = readLock(path);
  if (content === undefined) return { kind: 'free' };
  const holder = parseHolder(content);
  return holder !== undefined && isSameProcessAlive(holder)
    ? { kind: 'held', holder }
    : { kind: 'stale', pid: holder?.pid };
}

function tryCreate(path: string, token: string, content: string): boolean {
  const draft = `${path}.${token}`;
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw new LauncherError({
      code: 'HOME_UNUSABLE',
      message: `The lock file ${path} cannot be written: ${errorText(error)}`,
      hint: 'Make the folder writable for the user who runs Bridle, or choose another one with BRIDLE_HOME.',
      cause: error,
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

function moveAway(path: string, stale: string, token: string): void {
  const aside = `${path}.${token}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  // L3: another process replaced the stale lock between our look and our move; put its lock back.
  if (readLock(aside) !== stale) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
  }
  rmSync(aside, { force: true });
}

function release(path: string, content: string): void {
  if (readLock(path) === content) rmSync(path, { force: true });
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a file that nobody wrote as a lock (L1: ours are never half written): it counts as stale. */
function parseHolder(content: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined;
    if (typeof value.pid !== 'number' || typeof value.startedAt !== 'string') return undefined;
    return { pid: value.pid, startedAt: value.startedAt };
  } catch {
    return undefined;
  }
}

function inUse(path: string, guarded: string, pid: number): LauncherError {
  return new LauncherError({
    code: 'HOME_IN_USE',
    message: `${guarded} is in use by another running Bridle (process ${pid}).`,
    hint: `Stop that one first, or start this one in another folder with BRIDLE_HOME. The lock is ${path}.`,
  });
}
