/**
 * What happens in a project beside its executions: trigger events, and changes of what its lists show.
 *
 * Invariants (cited by tests):
 * - N1 wake-ups make it fast; with every one of them lost, the newest event of each trigger and every other change is told
 *   within `LOOK_MS`. One look per project serves all who watch it.
 */
import type { ProjectScope } from '@bridle/pipeline';
import { DELEGATE_LEASE_MS, type ProjectChangeEvent, type ProjectTriggerEvent } from '@bridle/protocol';
import type { Database } from '../store/database.ts';
import {
  listLatestTriggerEventHeads,
  listTriggerEventHeads,
  readProjectPulse,
  type ProjectPulse,
  type TriggerEventHead,
} from '../store/project-pulse.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';

const LOOK_MS = 2_000;
/** Trigger events told of one by one; of a larger burst only the newest of each trigger is. */
const EVENTS_PER_LOOK_MAX = 200;

export type News =
  | { readonly event: 'trigger-event'; readonly data: ProjectTriggerEvent }
  | { readonly event: 'change'; readonly data: ProjectChangeEvent };

export type NewsListener = (news: News) => void;

export interface ProjectNewsOptions {
  readonly db: Database;
  readonly wakes: Pick<WakeHub, 'subscribe'>;
  readonly onError: (error: unknown) => void;
  readonly lookMs?: number;
}

export class ProjectNews {
  readonly #options: ProjectNewsOptions;
  readonly #watches = new Map<string, ProjectWatch>();

  constructor(options: ProjectNewsOptions) {
    this.#options = options;
  }

  /** Number of projects being looked at. */
  get size(): number {
    return this.#watches.size;
  }

  /** Calls the listener at each piece of news from the moment on at which the promise resolves; the answer ends that. */
  async subscribe(scope: ProjectScope, listener: NewsListener): Promise<() => void> {
    const key = wakeKeys.triggerEvents(scope);
    const watch = this.#watches.get(key) ?? new ProjectWatch(scope, this.#options);
    this.#watches.set(key, watch);
    watch.listeners.add(listener);
    const unsubscribe = (): void => {
      watch.listeners.delete(listener);
      if (watch.listeners.size > 0 || this.#watches.get(key) !== watch) return;
      this.#watches.delete(key);
      watch.close();
    };
    try {
      await watch.begin();
      return unsubscribe;
    } catch (error) {
      unsubscribe();
      throw error;
    }
  }
}

class ProjectWatch {
  readonly listeners = new Set<NewsListener>();
  readonly #scope: ProjectScope;
  readonly #options: ProjectNewsOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #woken = new Set<string>();
  #isPollDue = false;
  #isLooking = false;
  #pulse: ProjectPulse | undefined;
  /** The newest event of each trigger as the poll saw it. */
  #latest: ReadonlyMap<string, string> | undefined;
  /** What was told of the events that are the newest of their triggers, so that the poll does not repeat it. */
  readonly #told = new Map<string, string>();
  #beginning: Promise<void> | undefined;

  constructor(scope: ProjectScope, options: ProjectNewsOptions) {
    this.#scope = scope;
    this.#options = options;
    this.#timer = setInterval(() => this.#lookAt(true), options.lookMs ?? LOOK_MS);
    this.#timer.unref();
    this.#unsubscribe = options.wakes.subscribe(wakeKeys.triggerEvents(scope), (ids) => {
      for (const id of ids) if (this.#woken.size < EVENTS_PER_LOOK_MAX) this.#woken.add(id);
      this.#lookAt(ids.size === 0 || this.#woken.size >= EVENTS_PER_LOOK_MAX);
    });
  }

  /** Resolves once there is something to compare with: only then a change can be noticed. */
  begin(): Promise<void> {
    this.#beginning ??= this.#poll();
    return this.#beginning;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }

  #lookAt(isPoll: boolean): void {
    this.#isPollDue ||= isPoll;
    if (!this.#isLooking) void this.#look();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      while (this.listeners.size > 0 && (this.#isPollDue || this.#woken.size > 0)) {
        const ids = [...this.#woken];
        const isPoll = this.#isPollDue;
        this.#woken = new Set();
        this.#isPollDue = false;
        this.#tellEvents(await listTriggerEventHeads(this.#options.db, this.#scope.accountId, ids));
        if (isPoll) await this.#poll();
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#isLooking = false;
    }
  }

  async #poll(): Promise<void> {
    const { db } = this.#options;
    const [pulse, heads] = await Promise.all([
      readProjectPulse(db, this.#scope, DELEGATE_LEASE_MS),
      listLatestTriggerEventHeads(db, this.#scope),
    ]);
    for (const what of ['pipelines', 'triggers', 'delegates'] as const) {
      if (this.#pulse !== undefined && this.#pulse[what] !== pulse[what])
        this.#tell({ event: 'change', data: { what } });
    }
    this.#pulse = pulse;
    const before = this.#latest;
    this.#latest = new Map(heads.map(({ id, status }) => [id, status]));
    if (before !== undefined) this.#tellEvents(heads.filter(({ id, status }) => before.get(id) !== status));
    for (const id of this.#told.keys()) if (!this.#latest.has(id)) this.#told.delete(id);
  }

  #tellEvents(heads: readonly TriggerEventHead[]): void {
    for (const { id, pipelineIdentifier = null, triggerIdentifier = null, status } of heads) {
      if (this.#told.get(id) === status) continue;
      this.#told.set(id, status);
      const data = { eventCorrelationId: id, pipelineIdentifier, triggerIdentifier, finalStatus: status };
      this.#tell({ event: 'trigger-event', data });
    }
  }

  #tell(news: News): void {
    for (const listener of this.listeners) listener(news);
  }
}
