/**
 * Which process is that? A pid alone does not say: pids are used again, quickly so in containers.
 *
 * - P1 A process is identified by pid + start time + boot, where the system tells them (`/proc`, else `ps`).
 * - P2 A zombie is dead: it holds nothing but its number. `kill(pid, 0)` says otherwise, and where pid 1 does not reap its
 *   children it would say so for ever.
 * - P3 Where nothing can be learned the answer is the careful one: alive.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';

import { systemErrorCode } from '../errors.ts';

/** Enough to recognise a process later, in a form that fits into a file. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: start time of the process within its boot. Empty when the system does not tell. */
  readonly startedAt: string;
}

const PS = '/bin/ps';
const PS_TIMEOUT_MS = 5_000;
const hasProc = existsSync('/proc/self/stat');

/** Identity of the process `pid`; undefined when it is dead (P2). */
export function findProcess(pid: number): ProcessIdentity | undefined {
  if (!isProcessAlive(pid)) return undefined;
  const startedAt = startTime(pid);
  if (startedAt !== undefined) return { pid, startedAt };
  return isProcessAlive(pid) ? { pid, startedAt: '' } : undefined;
}

/** Identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return findProcess(process.pid) ?? { pid: process.pid, startedAt: '' };
}

/** True while the very process that `identity` was taken from lives. */
export function isSameProcessAlive(identity: ProcessIdentity): boolean {
  const now = findProcess(identity.pid);
  if (now === undefined) return false;
  return identity.startedAt === '' || now.startedAt === '' || now.startedAt === identity.startedAt;
}

/** True when a process with this number exists and is not a zombie. */
export function isProcessAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') return false;
  }
  const state = processState(pid);
  return state !== 'Z' && state !== 'X';
}

/** Command line of a process, arguments joined by blanks; undefined when the system does not tell. */
export function findCommandLine(pid: number): string | undefined {
  if (hasProc) return readProcFile(pid, 'cmdline')?.replaceAll('\0', ' ').trim();
  return askPs(pid, 'command=');
}

/** Working directory of a process, where `/proc` tells; undefined otherwise. */
export function findWorkingDirectory(pid: number): string | undefined {
  if (!hasProc) return undefined;
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Pids of live processes whose working directory is `directory` (a real path); empty where `/proc` does not tell. */
export function listProcessesIn(directory: string): readonly number[] {
  if (!hasProc) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => findWorkingDirectory(pid) === directory && isProcessAlive(pid));
}

function processState(pid: number): string | undefined {
  if (hasProc) return statFields(pid)?.[0];
  return process.platform === 'win32' ? undefined : askPs(pid, 'stat=')?.slice(0, 1);
}

function startTime(pid: number): string | undefined {
  if (!hasProc) return process.platform === 'win32' ? undefined : askPs(pid, 'lstart=');
  // Field 22 of stat(5) counts from boot: it needs the boot's own id to mean anything after a restart of the machine.
  const ticks = statFields(pid)?.[19];
  return ticks === undefined ? undefined : `${bootId()}/${ticks}`;
}

/** Fields of `/proc/<pid>/stat` from the third on (state): the second, the name, may hold blanks and brackets. */
function statFields(pid: number): readonly string[] | undefined {
  const text = readProcFile(pid, 'stat');
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown-boot';
  }
}

function askPs(pid: number, field: string): string | undefined {
  try {
    const answer = execFileSync(PS, ['-o', field, '-p', String(pid)], {
      encoding: 'utf8',
      timeout: PS_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { LC_ALL: 'C' },
    });
    return answer.trim();
  } catch {
    return undefined;
  }
}
