/**
 * Folders of steps.
 *
 * - W1 A step of a CI stage works in the folder of its stage, which lives until the server releases it; any other step gets a folder of
 *   its own, removed when it is over.
 * - W2 Nothing outside this root is ever deleted: keys are checked, links are removed and not followed.
 * - W3 Processes go with their folder: those of a step when it ends, those a CI step left running when the stage's workspace goes
 *   (a service started in one step serves the next).
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, lchownSync, mkdirSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessTable } from './process/process-table.ts';
import type { StepGroup, StepGroups } from './process/step-groups.ts';
import type { StageService } from './stage-services.ts';

/** Ids made by the engine: path-safe by their alphabet. */
const KEY = /^[A-Za-z0-9_-]{1,64}$/;
/** Folders walked when a tree refuses to be deleted. */
const FOLDERS_MAX = 100_000;

export interface StepWorkspace {
  /** Working directory of the step. */
  readonly folder: string;
  /** Script and output files: outside of `folder`, so that a step's `ls` or `git clean` does not meet them. */
  readonly scratch: string;
  /** True when `folder` belongs to a stage and outlives the step. */
  readonly isOfStage: boolean;
  /** The folder is somebody's own and no copy: its permissions stay as they are. */
  readonly isOfUser?: true;
  /** Like `scratch`, for a service of the stage: it stays until the stage is over. `undefined` outside of a stage. */
  readonly serviceScratch: string | undefined;
  /** The services of the stage; a step that starts one adds it. */
  readonly services: StageService[];
  /** Value of the marker variable for processes of this step. */
  readonly mark: string;
  /** The user of the step's processes, when it is not this process's: the folders are theirs. */
  readonly owner?: FolderOwner;
  /** Its control group, where steps have one. */
  readonly group?: StepGroup;
  /** Tells of a process group that belongs to this step. */
  noteGroup(group: number): void;
  /** Ends the step's remaining processes where they must not stay, and removes its own folders. Safe to call twice. */
  leave(): Promise<void>;
}

export interface WorkspacesOptions {
  /** Private folder on a local disk; made when missing. */
  readonly root: string;
  readonly processes: ProcessTable;
  /** Prefix of all markers of this delegate process: path- and shell-safe, unique per process. */
  readonly mark: string;
  readonly observer?: GroupObserver;
  readonly containers?: StageContainers;
  /** The user that steps run as, when it is not this process's. */
  readonly owner?: FolderOwner;
  /** Where steps get control groups of their own. */
  readonly groups?: StepGroups;
}

export interface FolderOwner {
  readonly uid: number;
  readonly gid: number;
}

/** What stages keep in a container engine. */
export interface StageContainers {
  releaseStage(workspaceKey: string): Promise<void>;
  /** Makes what containers wrote to a folder deletable for this process. */
  reclaim(folder: string): Promise<void>;
  /** Resolves when everything that is to be removed by now is gone. */
  settled(): Promise<void>;
  /** Removes everything of this process. */
  clear(): Promise<void>;
}

/** Hears of every process group of a step: whoever must end them when this process cannot. */
export interface GroupObserver {
  started(group: number): void;
  ended(group: number): void;
}

export class Workspaces {
  readonly #root: string;
  readonly #allTasks: string;
  readonly #tasks: string;
  readonly #stages: string;
  readonly #trash: string;
  readonly #processes: ProcessTable;
  readonly #mark: string;
  readonly #observer: GroupObserver | undefined;
  readonly #owner: FolderOwner | undefined;
  readonly #groups: StepGroups | undefined;
  readonly #containers: StageContainers | undefined;
  readonly #services = new Map<string, StageService[]>();
  readonly #deleting = new Set<Promise<void>>();

  constructor(options: WorkspacesOptions) {
    this.#root = options.root;
    this.#allTasks = join(options.root, 'tasks');
    // Of this process alone: whoever cleans up behind it may do so while its successor is at work.
    this.#tasks = join(this.#allTasks, checkedKey(options.mark));
    this.#stages = join(options.root, 'workspaces');
    this.#trash = join(options.root, 'trash');
    this.#processes = options.processes;
    this.#mark = options.mark;
    this.#observer = options.observer;
    this.#owner = options.owner;
    this.#groups = options.groups;
    this.#containers = options.containers;
  }

  /** Makes the folders and throws away what earlier processes left of single steps. Stage workspaces stay until released. */
  async open(): Promise<void> {
    for (const folder of [this.#tasks, this.#stages, this.#trash]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    // Another user must get through to its own folders; it can list none of these.
    const passage = this.#owner === undefined ? 0o700 : 0o711;
    for (const folder of [this.#root, this.#allTasks, this.#tasks, this.#stages]) await chmod(folder, passage);
    for (const entry of await readdir(this.#allTasks)) {
      const path = join(this.#allTasks, entry);
      if (path !== this.#tasks) await this.#discard(path);
    }
    for (const entry of await readdir(this.#trash)) this.#deleteLater(join(this.#trash, entry));
  }

  /** Kills every process of this delegate process's steps and throws their own folders away: for when it is gone. */
  async clear(groups: readonly number[]): Promise<void> {
    for (const service of [...this.#services.values()].flat()) service.stageEnds?.();
    await this.#groups?.clear();
    await this.#processes.killAll({ markPrefix: `${this.#mark}:`, groups });
    await this.#containers?.clear();
    await this.#discard(this.#tasks);
    await this.settled();
  }

  /** @param workspaceKey - of the CI stage, or `undefined` for a folder of the step's own */
  async enter(taskId: string, workspaceKey: string | undefined): Promise<StepWorkspace> {
    const base = join(this.#tasks, checkedKey(taskId));
    const scratch = join(base, 'files');
    const folder = workspaceKey === undefined ? join(base, 'work') : join(this.#stages, checkedKey(workspaceKey));
    // At once: two small directory entries cost less than two ways through a busy thread pool, and every step waits for them.
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (this.#owner !== undefined) giveTo(this.#owner, base, [scratch, folder]);
    const group = this.#groups?.enter(workspaceKey ?? 'own', taskId);
    const isOfStage = workspaceKey !== undefined;
    const mark = `${this.#stageMark(workspaceKey)}${taskId};`;
    const groups = new Set<number>();
    return {
      folder,
      scratch,
      isOfStage,
      serviceScratch: workspaceKey === undefined ? undefined : join(this.#serviceFolder(workspaceKey), taskId),
      services: this.#servicesOf(workspaceKey),
      mark,
      ...(this.#owner === undefined ? {} : { owner: this.#owner }),
      ...(group === undefined ? {} : { group }),
      noteGroup: (group) => {
        groups.add(group);
        this.#observer?.started(group);
      },
      leave: async () => {
        const mine = [...groups];
        groups.clear();
        const killed = isOfStage ? undefined : this.#processes.killSoon({ markPrefix: mark, groups: mine });
        if (!isOfStage) await group?.leave();
        if (!isOfStage) await this.#containers?.reclaim(folder);
        await this.#discard(base);
        await killed;
        for (const group of mine) this.#observer?.ended(group);
      },
    };
  }

  /** The stage is over: its processes are killed, its folder is gone from its place when this resolves. */
  async release(workspaceKey: string): Promise<void> {
    const key = checkedKey(workspaceKey);
    for (const service of this.#services.get(key) ?? []) service.stageEnds?.();
    await this.#groups?.release(key);
    await this.#processes.killAll({ markPrefix: this.#stageMark(key), groups: [] });
    await this.#containers?.releaseStage(key);
    await this.#containers?.reclaim(join(this.#stages, key));
    this.#services.delete(key);
    await this.#discard(this.#serviceFolder(key));
    await this.#discard(join(this.#stages, key));
  }

  /** Resolves when everything thrown away so far is deleted. */
  async settled(): Promise<void> {
    this.#processes.hurry();
    await Promise.all([...this.#deleting, this.#containers?.settled()]);
  }

  /** No key has a dot: it is no task's. */
  #serviceFolder(workspaceKey: string): string {
    return join(this.#tasks, `${checkedKey(workspaceKey)}.services`);
  }

  #servicesOf(workspaceKey: string | undefined): StageService[] {
    if (workspaceKey === undefined) return [];
    const services = this.#services.get(workspaceKey) ?? [];
    this.#services.set(workspaceKey, services);
    return services;
  }

  #stageMark(workspaceKey: string | undefined): string {
    return `${this.#mark}:${workspaceKey ?? 'own'}:`;
  }

  /** Moves a folder out of the way at once; the disk is cleaned behind our back. */
  async #discard(path: string): Promise<void> {
    const aside = join(this.#trash, randomBytes(12).toString('hex'));
    try {
      await rename(path, aside);
    } catch (error) {
      if (isMissing(error)) return;
      await deleteTree(path); // a mount point or another file system: delete in place
      return;
    }
    this.#deleteLater(aside);
  }

  #deleteLater(path: string): void {
    const deletion = deleteTree(path)
      .catch(() => undefined) // left in the trash; the next start tries again
      .finally(() => this.#deleting.delete(deletion));
    this.#deleting.add(deletion);
  }
}

/** The way to them stays this process's: nothing can be put in their place. */
function giveTo(owner: FolderOwner, passage: string, folders: readonly string[]): void {
  chmodSync(passage, 0o711);
  for (const folder of folders) lchownSync(folder, owner.uid, owner.gid);
}

function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error(`"${key.slice(0, 80)}" is not a valid folder key`);
  return key;
}

async function deleteTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await makeWritable(path); // e.g. a read-only module cache: folders without the write bit keep their entries
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function makeWritable(root: string): Promise<void> {
  const open = [root];
  let count = 0;
  for (let folder = open.pop(); folder !== undefined && count < FOLDERS_MAX; folder = open.pop()) {
    count += 1;
    const info = await lstat(folder).catch(() => undefined);
    if (info === undefined || !info.isDirectory()) continue;
    await chmod(folder, 0o700).catch(() => undefined);
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (entry.isDirectory()) open.push(join(folder, entry.name));
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
