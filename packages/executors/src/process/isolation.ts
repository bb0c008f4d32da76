/**
 * What stands between the processes of steps and the rest of the host, beside what every step gets (an environment of its own, a
 * group of its own): another user, no way to more privileges, limits. docs/guides/isolation.md tells operators what it is good for.
 *
 * - I1 What was asked for and cannot be had stops the delegate's start with a text that says why: a step never runs less confined
 *   than its operator believes. Only limits that a host cannot set for whole steps fall back to limits of single processes.
 * - I2 Nothing asked for = nothing done: no process more, no system call more.
 */
import { constants } from 'node:os';
import type { FailureType } from '@bridle/pipeline';
import type { StepGroup, StepGroups, StepLimits } from './step-groups.ts';
import type { StepWorkspace } from '../workspace.ts';

export interface StepUser {
  readonly uid: number;
  readonly gid: number;
  /** Absent for a number that has no name. */
  readonly name?: string;
  readonly home?: string;
}

export interface Isolation {
  readonly user?: StepUser;
  /** Set-uid programs, file capabilities and the like give a step nothing. */
  readonly hasNoNewPrivileges: boolean;
  readonly limits: StepLimits;
  readonly groups?: StepGroups;
  /** Absolute paths of the programs it is done by; absent = not needed, or not there. */
  readonly setpriv?: string;
  readonly prlimit?: string;
}

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** For `spawn`, where no program does it. */
  readonly ids?: { readonly uid: number; readonly gid: number };
}

/** Between the signal that tells a process of its processor time and the end. */
const CPU_GRACE_S = 5;

/** Wraps a program in what confines it. */
export function confine(launch: Launch, isolation: Isolation | undefined, group: StepGroup | undefined): Launch {
  if (isolation === undefined) return launch;
  let { program, args } = launch;
  const wrap = (outer: string, outerArgs: readonly string[]): void => {
    args = [...outerArgs, program, ...args];
    program = outer;
  };
  const { user, setpriv, prlimit } = isolation;
  if (setpriv !== undefined) wrap(setpriv, privilegeArguments(isolation));
  // Outside of `setpriv`: only the delegate's user may raise a limit again.
  const limits = limitArguments(isolation.limits, group !== undefined);
  if (prlimit !== undefined && limits.length > 0) wrap(prlimit, limits);
  // Outermost: nothing of the step may run outside of its group.
  if (group !== undefined) wrap('/bin/sh', ['-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', group.folder]);
  const ids = user !== undefined && setpriv === undefined ? { ids: { uid: user.uid, gid: user.gid } } : {};
  return { program, args, ...ids };
}

function privilegeArguments({ user, hasNoNewPrivileges }: Isolation): readonly string[] {
  const args: string[] = [];
  if (user !== undefined) {
    args.push(`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--bounding-set=-all', '--inh-caps=-all');
  }
  if (hasNoNewPrivileges) args.push('--no-new-privs');
  return args;
}

function limitArguments(limits: StepLimits, hasGroup: boolean): readonly string[] {
  const args: string[] = [];
  const { memoryBytes, processes, cpuSeconds, fileBytes } = limits;
  // Not the address space: runtimes reserve far more of it than they use.
  if (memoryBytes !== undefined && !hasGroup) args.push(`--data=${memoryBytes}:${memoryBytes}`);
  if (processes !== undefined && !hasGroup) args.push(`--nproc=${processes}:${processes}`);
  if (cpuSeconds !== undefined) args.push(`--cpu=${cpuSeconds}:${cpuSeconds + CPU_GRACE_S}`);
  if (fileBytes !== undefined) args.push(`--fsize=${fileBytes}:${fileBytes}`);
  return args;
}

/** Names that say who this process is; a step of another user gets that user's. */
export function environmentOf(
  environment: Readonly<Record<string, string>>,
  user: StepUser | undefined,
  workspace: StepWorkspace,
): Readonly<Record<string, string>> {
  if (user === undefined) return environment;
  const name = user.name ?? String(user.uid);
  const own: Record<string, string> = { HOME: user.home ?? workspace.scratch, USER: name, LOGNAME: name };
  const taken = Object.entries(own).filter(
    ([key]) => environment[key] === undefined || environment[key] === process.env[key],
  );
  return { ...environment, ...Object.fromEntries(taken) };
}

export interface PassedLimit {
  readonly message: string;
  readonly types: readonly FailureType[];
}

const XCPU = 128 + constants.signals.SIGXCPU;
const XFSZ = 128 + constants.signals.SIGXFSZ;

/** Whether a failed process was ended by a limit, as far as that can be told. @param exitCode - as a shell reports it */
export function passedLimit(
  exitCode: number,
  isolation: Isolation | undefined,
  group: StepGroup | undefined,
): PassedLimit | undefined {
  if (isolation === undefined || exitCode === 0) return undefined;
  const { limits } = isolation;
  const types = ['RESOURCE_LIMITS_FAILURE'] as const;
  if (limits.cpuSeconds !== undefined && exitCode === XCPU)
    return {
      types,
      message: `A process of the step used more than ${limits.cpuSeconds} s of processor time, the limit of this delegate.`,
    };
  if (limits.fileBytes !== undefined && exitCode === XFSZ)
    return {
      types,
      message: `A process of the step wrote a file of more than ${limits.fileBytes} bytes, the limit of this delegate.`,
    };
  const passed = group?.passed();
  switch (passed) {
    case 'memory':
      return {
        types,
        message: `The step used more than ${limits.memoryBytes} bytes of memory, the limit of this delegate, and processes of it were killed.`,
      };
    case 'processes':
      return {
        types,
        message: `The step had more than ${limits.processes} processes at once, the limit of this delegate.`,
      };
    case undefined:
      return undefined;
  }
}
