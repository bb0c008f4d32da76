/**
 * Finds the processes of a step, also those that left its process group (`setsid`, daemons): each process of a step carries a
 * marker variable, which children inherit, and which Linux shows in `/proc/PID/environ`. A process that cleared its environment
 * is still found while its parent lives (by descent) or while it stays in the group.
 *
 * Where there is no `/proc` only process groups are known.
 */
import { readFile, readdir } from 'node:fs/promises';

/** Name of the marker. It holds no secret: ids only. */
export const MARK_VARIABLE = 'HARNESS_STEP_MARK';

/** Kill rounds: a tree that forks while it is killed needs more than one. */
const KILL_ROUNDS_MAX = 20;
const PROCESSES_MAX = 100_000;

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  readonly mark: string | undefined;
}

/** Which processes are meant: all whose marker starts with `markPrefix`, all of a group, and the descendants of both. */
export interface ProcessSelection {
  readonly markPrefix: string;
  readonly groups: readonly number[];
}

export class ProcessTable {
  #running: Promise<readonly ProcessRow[]> | undefined;
  #next: Promise<readonly ProcessRow[]> | undefined;

  /** The selected processes that live now, never this process itself. Zombies do not count. */
  async find(selection: ProcessSelection): Promise<readonly number[]> {
    const rows = await this.#scan();
    const found = new Set<number>();
    for (const row of rows) {
      if (row.mark?.startsWith(selection.markPrefix) === true || selection.groups.includes(row.group))
        found.add(row.pid);
    }
    addDescendants(rows, found);
    found.delete(process.pid);
    const dead = new Set(rows.filter((row) => row.state === 'Z' || row.state === 'X').map((row) => row.pid));
    return [...found].filter((pid) => !dead.has(pid));
  }

  /** Sends a signal once to every selected process. */
  async signal(selection: ProcessSelection, signal: NodeJS.Signals): Promise<void> {
    for (const group of selection.groups) send(-group, signal);
    for (const pid of await this.find(selection)) send(pid, signal);
  }

  /** SIGKILL until nothing of the selection is left. Answers false when something cannot be killed. */
  async killAll(selection: ProcessSelection): Promise<boolean> {
    for (let round = 0; round < KILL_ROUNDS_MAX; round += 1) {
      for (const group of selection.groups) send(-group, 'SIGKILL');
      const pids = await this.find(selection);
      if (pids.length === 0) return true;
      for (const pid of pids) send(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, round));
    }
    return false;
  }

  /** One scan serves everybody who asks while it has not begun; it must begin after the question. */
  #scan(): Promise<readonly ProcessRow[]> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running !== undefined) {
      this.#next = this.#running.then(
        () => this.#begin(),
        () => this.#begin(),
      );
      return this.#next;
    }
    return this.#begin();
  }

  #begin(): Promise<readonly ProcessRow[]> {
    this.#next = undefined;
    const scan = readProcesses().finally(() => {
      if (this.#running === scan) this.#running = undefined;
    });
    this.#running = scan;
    return scan;
  }
}

function addDescendants(rows: readonly ProcessRow[], found: Set<number>): void {
  const children = Map.groupBy(rows, (row) => row.parent);
  const open = [...found];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child.pid)) continue;
      found.add(child.pid);
      open.push(child.pid);
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, or not ours to signal.
  }
}

async function readProcesses(): Promise<readonly ProcessRow[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).slice(0, PROCESSES_MAX);
  const rows = await Promise.all(pids.map((pid) => readProcess(Number(pid))));
  return rows.filter((row) => row !== undefined);
}

async function readProcess(pid: number): Promise<ProcessRow | undefined> {
  try {
    const [stat, environment] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile(`/proc/${pid}/environ`, 'latin1').catch(() => ''), // another user's process
    ]);
    // `pid (name) state ppid pgrp …`; the name may hold anything, so read from the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      state: fields[0] ?? '',
      parent: Number(fields[1]),
      group: Number(fields[2]),
      mark: findMark(environment),
    };
  } catch {
    return undefined; // ended meanwhile
  }
}

function findMark(environment: string): string | undefined {
  const key = `${MARK_VARIABLE}=`;
  const at = environment.startsWith(key) ? 0 : environment.indexOf(`\0${key}`) + 1;
  if (at === 0 && !environment.startsWith(key)) return undefined;
  const end = environment.indexOf('\0', at);
  return environment.slice(at + key.length, end === -1 ? undefined : end);
}
