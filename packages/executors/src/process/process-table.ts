/**
 * Finds the processes of a step, also those that left its process group (`setsid`, daemons): each process of a step carries a
 * marker variable, which children inherit, and which Linux shows in `/proc/PID/environ`. A process that cleared its environment
 * is still found while its parent lives (by descent) or while it stays in the group.
 *
 * Where there is no `/proc` only process groups are known.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Name of the marker. It holds no secret: ids only. */
export const MARK_VARIABLE = 'HARNESS_STEP_MARK';

/** Kill rounds: a tree that forks while it is killed needs more than one. */
const KILL_ROUNDS_MAX = 20;
const PROCESSES_MAX = 100_000;
/** Read in one go before others get their turn: a small file of `/proc` costs some microseconds, and a thread pool ten times that. */
const READ_AT_ONCE = 64;
/** How long the leftovers of a step may wait for those of other steps, to be looked for together. */
const SWEEP_MS = 500;

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
  #sweep: Sweep | undefined;

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

  /**
   * `killAll` for leftovers nobody waits for: their groups at once, those who left their group with the next sweep, which looks for
   * the leftovers of many steps in one scan.
   */
  async killSoon(selection: ProcessSelection): Promise<void> {
    for (const group of selection.groups) send(-group, 'SIGKILL');
    this.#sweep ??= new Sweep(SWEEP_MS);
    const sweep = this.#sweep;
    await sweep.begun;
    if (this.#sweep === sweep) this.#sweep = undefined;
    await this.killAll(selection);
  }

  /** Begins a waiting sweep now. */
  hurry(): void {
    this.#sweep?.begin();
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

/** A moment that many wait for. */
class Sweep {
  readonly begun: Promise<void>;
  begin: () => void = () => undefined;

  constructor(afterMs: number) {
    this.begun = new Promise((resolve) => {
      const timer = setTimeout(resolve, afterMs);
      this.begin = () => {
        clearTimeout(timer);
        resolve();
      };
    });
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
  const rows: ProcessRow[] = [];
  const pids = processIds();
  for (let at = 0; at < pids.length; at += READ_AT_ONCE) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const pid of pids.slice(at, at + READ_AT_ONCE)) {
      const row = readProcess(pid);
      if (row !== undefined) rows.push(row);
    }
  }
  return rows;
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .slice(0, PROCESSES_MAX)
      .map(Number);
  } catch {
    return []; // no /proc here
  }
}

function readProcess(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // `pid (name) state ppid pgrp …`; the name may hold anything, so read from the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
    const parent = Number(fields[1]);
    const isOfKernel = parent === KERNEL_THREADS || pid === KERNEL_THREADS;
    const mark = isOfKernel ? undefined : findMark(readEnvironment(pid));
    return { pid, state: fields[0] ?? '', parent, group: Number(fields[2]), mark };
  } catch {
    return undefined; // ended meanwhile
  }
}

const KERNEL_THREADS = 2;

function readEnvironment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // another user's process
  }
}

function findMark(environment: string): string | undefined {
  const key = `${MARK_VARIABLE}=`;
  const at = environment.startsWith(key) ? 0 : environment.indexOf(`\0${key}`) + 1;
  if (at === 0 && !environment.startsWith(key)) return undefined;
  const end = environment.indexOf('\0', at);
  return environment.slice(at + key.length, end === -1 ? undefined : end);
}
