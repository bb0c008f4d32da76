/**
 * Who wants to know how executions stand: by wake-ups, and by a poll that one statement does for all of them.
 *
 * Invariants:
 * - N1 with every wake-up lost a change is seen within `WATCH_POLL_MS`.
 * - A watcher always reads rows; a wake-up only tells that it is time to.
 */
import type { ExecutionId, ProjectScope } from '@bridle/pipeline';
import { Bell } from '../store/bell.ts';
import type { Database } from '../store/database.ts';
import { listExecutionHeads, listLiveHeads, type ExecutionHead } from '../store/execution-statements.ts';
import { EXECUTION_WAKES, wakeKeys, type WakeHub } from '../store/wake-hub.ts';

export const WATCH_POLL_MS = 1_000;
/** Live executions of one project looked at in one poll. */
const LIVE_HEADS_MAX = 500;
/** How far before the newest known execution a project's poll looks: transactions may commit out of order. */
const LATE_COMMIT_MS = 10_000;

export interface ExecutionWatch {
  readonly bell: Bell;
  /** What the watcher has seen: the poll rings when the row is ahead. */
  version: number;
}

export interface ProjectWatch {
  readonly bell: Bell;
}

interface ProjectEntry {
  readonly scope: ProjectScope;
  readonly watches: Set<ProjectWatch>;
  /** Versions seen by the poll. */
  seen: Map<ExecutionId, number>;
  newest: number;
}

export class Watchers {
  readonly #db: Database;
  readonly #hub: WakeHub;
  readonly #onError: (error: unknown) => void;
  readonly #executions = new Map<ExecutionId, Set<ExecutionWatch>>();
  readonly #projects = new Map<string, ProjectEntry>();
  readonly #timer: NodeJS.Timeout;
  #isPolling = false;

  constructor(db: Database, hub: WakeHub, onError: (error: unknown) => void) {
    this.#db = db;
    this.#hub = hub;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.#poll(), WATCH_POLL_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Number of watches; for tests that look for leaks. */
  get size(): number {
    return this.#executions.size + this.#projects.size;
  }

  /** `wants`: every change, or only the end. */
  watchExecution(
    id: ExecutionId,
    version: number,
    wants: 'changes' | 'end' = 'changes',
  ): { readonly watch: ExecutionWatch; readonly end: () => void } {
    const watch: ExecutionWatch = { bell: new Bell(), version };
    const watches = this.#executions.get(id) ?? new Set();
    this.#executions.set(id, watches);
    watches.add(watch);
    const unsubscribe = this.#hub.subscribe(wakeKeys.execution(id), (ids) => {
      if (wants === 'changes' || ids.size === 0 || ids.has(EXECUTION_WAKES.ended)) watch.bell.ring();
    });
    return {
      watch,
      end: () => {
        unsubscribe();
        watches.delete(watch);
        if (watches.size === 0 && this.#executions.get(id) === watches) this.#executions.delete(id);
      },
    };
  }

  /** `now`: the database's time; executions created before it and final are not reported by the poll. */
  watchProject(scope: ProjectScope, now: number): { readonly watch: ProjectWatch; readonly end: () => void } {
    const key = wakeKeys.project(scope);
    const watch: ProjectWatch = { bell: new Bell() };
    const entry = this.#projects.get(key) ?? { scope, watches: new Set(), seen: new Map(), newest: now };
    this.#projects.set(key, entry);
    entry.watches.add(watch);
    const unsubscribe = this.#hub.subscribe(key, (ids) => watch.bell.ring(ids));
    return {
      watch,
      end: () => {
        unsubscribe();
        entry.watches.delete(watch);
        if (entry.watches.size === 0 && this.#projects.get(key) === entry) this.#projects.delete(key);
      },
    };
  }

  async #poll(): Promise<void> {
    if (this.#isPolling || this.size === 0) return;
    this.#isPolling = true;
    try {
      await this.#pollExecutions();
      for (const entry of this.#projects.values()) await this.#pollProject(entry);
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#isPolling = false;
    }
  }

  async #pollExecutions(): Promise<void> {
    const heads = await listExecutionHeads(this.#db, [...this.#executions.keys()]);
    const found = new Map(heads.map((head) => [head.id, head]));
    for (const [id, watches] of this.#executions) {
      const head = found.get(id);
      // One that is gone rings too: its watchers end.
      for (const watch of watches)
        if (head === undefined || head.version > watch.version || head.isFinal) watch.bell.ring();
    }
  }

  async #pollProject(entry: ProjectEntry): Promise<void> {
    const live = await listLiveHeads(this.#db, entry.scope, entry.newest - LATE_COMMIT_MS, LIVE_HEADS_MAX);
    const missing = [...entry.seen.keys()].filter((id) => !live.some((head) => head.id === id));
    const ended = await listExecutionHeads(this.#db, missing);
    const changed = [...live, ...ended].filter((head) => entry.seen.get(head.id) !== head.version);
    entry.newest = Math.max(entry.newest, ...live.map((head) => head.createdAt));
    entry.seen = new Map(live.map((head: ExecutionHead) => [head.id, head.version]));
    if (changed.length === 0) return;
    for (const { bell } of entry.watches) bell.ring(changed.map((head) => head.id));
  }
}
