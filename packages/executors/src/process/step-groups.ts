/**
 * Control groups (cgroup v2), one per step: limits of all its processes together, and an end that none of them escapes.
 *
 * - K1 A step's processes are in its group from their first instruction on.
 * - K2 Whatever an earlier process of the delegate left in a group is killed when the groups are opened. Whoever cleans up behind a
 *   process touches that process's groups alone: its successor may be at work.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The processes of a killed group are gone in no time, but not at once. */
const REMOVE_TRIES_MAX = 50;
const CPU_PERIOD_US = 100_000;

/** Of all processes of a step together where there are groups (cgroup v2), else of each single process. */
export interface StepLimits {
  readonly memoryBytes?: number;
  /** Without groups: of all processes of the step user. */
  readonly processes?: number;
  /** Processors' worth of time; only with groups. */
  readonly cpus?: number;
  /** Seconds of processor time of a single process. */
  readonly cpuSeconds?: number;
  /** Size of a single file. */
  readonly fileBytes?: number;
}

export interface StepGroup {
  readonly folder: string;
  kill(): void;
  /** The limit that made itself felt. */
  passed(): 'memory' | 'processes' | undefined;
  /** Kills what is left in it and removes it. */
  leave(): Promise<void>;
}

export class StepGroups {
  /** The control group that those of steps lie in. */
  readonly folder: string;
  readonly #mark: string;
  readonly #limits: StepLimits;

  /**
   * @param folder - a control group for this alone, whose controllers its children have
   * @param mark - of the delegate process, as in `Workspaces`
   */
  constructor(folder: string, mark: string, limits: StepLimits) {
    this.folder = folder;
    this.#mark = mark;
    this.#limits = limits;
  }

  /** Clears what other processes have left. */
  async open(): Promise<void> {
    await this.#leaveAll(() => true);
  }

  /** Kills everything in the groups of this process. */
  async clear(): Promise<void> {
    await this.#leaveAll((name) => name.startsWith(`${this.#mark}~`));
  }

  /** @param stage - key of the stage it belongs to, or `own` */
  enter(stage: string, taskId: string): StepGroup {
    const folder = join(this.folder, `${this.#mark}~${stage}~${taskId}`);
    mkdirSync(folder, { recursive: true });
    for (const [name, value] of Object.entries(settingsOf(this.#limits))) writeFileSync(join(folder, name), value);
    return groupAt(folder);
  }

  /** Of all steps of a stage. */
  async release(stage: string): Promise<void> {
    await this.#leaveAll((name) => name.startsWith(`${this.#mark}~${stage}~`));
  }

  async #leaveAll(isMeant: (name: string) => boolean): Promise<void> {
    const entries = existsSync(this.folder) ? readdirSync(this.folder, { withFileTypes: true }) : [];
    const names = entries.filter((entry) => entry.isDirectory() && isMeant(entry.name)).map((entry) => entry.name);
    await Promise.all(names.map((name) => groupAt(join(this.folder, name)).leave()));
  }
}

/** File of the control group → its content. */
function settingsOf({ memoryBytes, processes, cpus }: StepLimits): Record<string, string> {
  return {
    // Swapping would hide the limit and slow everybody down.
    ...(memoryBytes === undefined ? {} : { 'memory.max': String(memoryBytes), 'memory.swap.max': '0' }),
    ...(processes === undefined ? {} : { 'pids.max': String(processes) }),
    ...(cpus === undefined ? {} : { 'cpu.max': `${Math.round(cpus * CPU_PERIOD_US)} ${CPU_PERIOD_US}` }),
  };
}

function groupAt(folder: string): StepGroup {
  const kill = (): void => {
    try {
      writeFileSync(join(folder, 'cgroup.kill'), '1');
    } catch {
      killOneByOne(folder); // Linux before 5.14
    }
  };
  return {
    folder,
    kill,
    passed: () => {
      if (countOf(join(folder, 'memory.events'), 'oom_kill') > 0) return 'memory';
      return countOf(join(folder, 'pids.events'), 'max') > 0 ? 'processes' : undefined;
    },
    leave: async () => {
      for (let attempt = 0; attempt < REMOVE_TRIES_MAX; attempt += 1) {
        kill();
        const isGone = await rmdir(folder).then(
          () => true,
          (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT',
        );
        if (isGone) return;
        await new Promise((resolve) => setTimeout(resolve, attempt));
      }
    },
  };
}

function killOneByOne(folder: string): void {
  for (const line of readText(join(folder, 'cgroup.procs')).split('\n')) {
    if (line === '') continue;
    try {
      process.kill(Number(line), 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
}

function countOf(path: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(readText(path))?.[1] ?? 0);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export type OpenedGroups =
  | { readonly kind: 'open'; readonly groups: StepGroups }
  | { readonly kind: 'unavailable'; readonly reason: string };

/**
 * Makes a control group for the steps of this delegate.
 * @param parent - a control group that the delegate may write; `undefined` = the one it runs in, which it then leaves for a child of it
 * @param name - of the new group, the same at every start
 * @param mark - of this process
 */
export async function openStepGroups(
  parent: string | undefined,
  name: string,
  mark: string,
  limits: StepLimits,
): Promise<OpenedGroups> {
  const folder = parent ?? ownGroup();
  if (folder === undefined) return unavailable('this process is in no control group of version 2');
  if (!existsSync(join(folder, 'cgroup.procs'))) return unavailable(`${folder} is not a control group of version 2`);
  const needed = controllersFor(limits);
  const there = readText(join(folder, 'cgroup.controllers')).trim().split(' ');
  const missing = needed.filter((controller) => !there.includes(controller));
  if (missing.length > 0) return unavailable(`${folder} has no controller for ${missing.join(', ')}`);
  try {
    if (parent === undefined) moveAside(folder);
    enable(folder, needed);
    const steps = join(folder, name);
    mkdirSync(steps, { recursive: true });
    enable(steps, needed);
    const groups = new StepGroups(steps, mark, limits);
    await groups.open();
    return { kind: 'open', groups };
  } catch (error) {
    return unavailable(`${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unavailable(reason: string): OpenedGroups {
  return { kind: 'unavailable', reason };
}

function controllersFor(limits: StepLimits): readonly string[] {
  const controllers: string[] = [];
  if (limits.memoryBytes !== undefined) controllers.push('memory');
  if (limits.processes !== undefined) controllers.push('pids');
  if (limits.cpus !== undefined) controllers.push('cpu');
  return controllers;
}

function enable(folder: string, controllers: readonly string[]): void {
  if (controllers.length === 0) return;
  writeFileSync(join(folder, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));
}

/** A group with children that have controllers may have no processes of its own. */
function moveAside(folder: string): void {
  const aside = join(folder, 'bridle-delegate');
  mkdirSync(aside, { recursive: true });
  try {
    writeFileSync(join(aside, 'cgroup.procs'), String(process.pid));
  } catch (error) {
    rmdirSync(aside);
    throw error;
  }
}

/** Where cgroup v2 is mounted, and our place in it. */
function ownGroup(): string | undefined {
  const path = /^0::(\/.*)$/m.exec(readText('/proc/self/cgroup'))?.[1];
  const mount = readText('/proc/self/mountinfo')
    .split('\n')
    .find((line) => / - cgroup2 /.test(line))
    ?.split(' ');
  const root = mount?.[3];
  const place = mount?.[4];
  if (path === undefined || root === undefined || place === undefined) return undefined;
  const below = root !== '/' && (path === root || path.startsWith(`${root}/`)) ? path.slice(root.length) : path;
  return join(place, below);
}
