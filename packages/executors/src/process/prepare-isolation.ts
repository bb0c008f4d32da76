/** Turns what an operator asks for into what can be done on this host (I1). */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Isolation, StepUser } from './isolation.ts';
import { findProgram } from './shells.ts';
import { openStepGroups, type StepGroups, type StepLimits } from './step-groups.ts';

const run = promisify(execFile);

/** What is asked for cannot be had on this host; the text says why and what to do. */
export class IsolationError extends Error {
  override readonly name = 'IsolationError';
}

export interface IsolationWishes {
  /** `name`, `uid` or `uid:gid`. */
  readonly user?: string;
  readonly hasNoNewPrivileges: boolean;
  readonly limits: StepLimits;
  /** A control group (cgroup v2) for steps; absent = that of this process, and only when a limit wants one. */
  readonly group?: string;
}

export interface PreparedIsolation {
  /** Absent when nothing was asked for. */
  readonly isolation?: Isolation;
  /** What the operator should know. */
  readonly warnings: readonly string[];
}

/** What the control groups of a delegate are called by. */
export interface GroupNames {
  /** The same at every start of one delegate, and of no other. */
  readonly name: string;
  /** Of this process, as in `Workspaces`. */
  readonly mark: string;
}

/** @throws IsolationError */
export async function prepareIsolation(
  wishes: IsolationWishes,
  searchPath: string,
  names: GroupNames,
): Promise<PreparedIsolation> {
  const { limits } = wishes;
  const hasLimits = Object.values(limits).some((limit) => limit !== undefined);
  if (wishes.user === undefined && !wishes.hasNoNewPrivileges && !hasLimits && wishes.group === undefined)
    return { warnings: [] };
  const warnings: string[] = [];
  const user = wishes.user === undefined ? undefined : findUser(wishes.user);
  const setpriv = findProgram('setpriv', searchPath);
  if (user !== undefined) checkSwitch(user);
  if (setpriv === undefined && wishes.hasNoNewPrivileges)
    throw new IsolationError(
      'BRIDLE_STEP_NO_NEW_PRIVILEGES needs the program setpriv (util-linux), which was not found.',
    );
  if (setpriv === undefined && user !== undefined)
    warnings.push(
      'setpriv (util-linux) was not found: steps run as their own user, but could gain privileges by set-uid programs',
    );
  const groups = await groupsFor(wishes, names, warnings);
  const prlimit = findProgram('prlimit', searchPath);
  if (prlimit === undefined && needsPrlimit(limits, groups))
    throw new IsolationError('Limits of steps need the program prlimit (util-linux), which was not found.');
  const needsSetpriv = user !== undefined || wishes.hasNoNewPrivileges;
  return {
    isolation: {
      limits,
      // Another user that could become root again would be no protection.
      hasNoNewPrivileges: wishes.hasNoNewPrivileges || (user !== undefined && setpriv !== undefined),
      ...(user === undefined ? {} : { user }),
      ...(groups === undefined ? {} : { groups }),
      ...(setpriv === undefined || !needsSetpriv ? {} : { setpriv }),
      ...(prlimit === undefined ? {} : { prlimit }),
    },
    warnings,
  };
}

async function groupsFor(
  wishes: IsolationWishes,
  { name, mark }: GroupNames,
  warnings: string[],
): Promise<StepGroups | undefined> {
  const { limits, group } = wishes;
  const wantsGroup = limits.memoryBytes !== undefined || limits.processes !== undefined || limits.cpus !== undefined;
  if (!wantsGroup && group === undefined) return undefined;
  const opened = await openStepGroups(group, name, mark, limits);
  if (opened.kind === 'open') return opened.groups;
  if (group !== undefined) throw new IsolationError(`BRIDLE_STEP_CGROUP: ${opened.reason}.`);
  if (limits.cpus !== undefined)
    throw new IsolationError(
      `BRIDLE_STEP_CPU_MAX needs control groups (cgroup v2) that the delegate may write: ${opened.reason}.`,
    );
  warnings.push(
    `limits of memory and processes hold for single processes and for the step user, not for steps: ${opened.reason}`,
  );
  return undefined;
}

function needsPrlimit(limits: StepLimits, groups: StepGroups | undefined): boolean {
  if (limits.cpuSeconds !== undefined || limits.fileBytes !== undefined) return true;
  return groups === undefined && (limits.memoryBytes !== undefined || limits.processes !== undefined);
}

function checkSwitch(user: StepUser): void {
  const own = process.getuid?.();
  if (user.uid === 0)
    throw new IsolationError('BRIDLE_STEP_USER: steps of a user of their own must not be those of root.');
  if (own !== 0)
    throw new IsolationError('BRIDLE_STEP_USER: only a delegate that runs as root can run steps as another user.');
}

/**
 * Steps of another user must get to their folders.
 * @throws IsolationError
 */
export async function checkReach(user: StepUser, folder: string): Promise<void> {
  const { uid, gid } = user;
  try {
    await run('/bin/sh', ['-c', 'cd "$0"', folder], { uid, gid, cwd: '/', env: {} });
  } catch {
    throw new IsolationError(
      `BRIDLE_STEP_USER: the user ${user.name ?? uid} cannot reach ${folder}. Give the delegate a --home whose parent folders every user may enter, such as /var/lib/bridle.`,
    );
  }
}

function findUser(text: string): StepUser {
  const numbers = /^(\d+)(?::(\d+))?$/.exec(text);
  const line = passwdLine(numbers?.[1] ?? text);
  const [name, , uid, gid, , home] = line?.split(':') ?? [];
  if (line === undefined && numbers?.[2] === undefined)
    throw new IsolationError(
      `BRIDLE_STEP_USER: there is no user "${text}" on this host; name one, or give numbers as uid:gid.`,
    );
  return {
    uid: Number(numbers?.[1] ?? uid),
    gid: Number(numbers?.[2] ?? gid),
    ...(name === undefined ? {} : { name }),
    ...(home === undefined || home === '' || home === '/nonexistent' ? {} : { home }),
  };
}

/** By name or number; also of users that the host knows from elsewhere (LDAP). */
function passwdLine(key: string): string | undefined {
  try {
    const found = execFileSync('getent', ['passwd', key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return found.trim().split('\n')[0];
  } catch {
    // No such program, or no such user.
  }
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return lines.find((line) => line.startsWith(`${key}:`) || line.split(':')[2] === key);
  } catch {
    return undefined;
  }
}
