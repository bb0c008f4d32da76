/** The loops that carry effects out, and who rings for them. Losing a ring costs a poll (N1). */
import { isFinal } from '@bridle/pipeline';
import {
  AdmissionLoop,
  isQueuedStart,
  LostTaskLoop,
  RequestLoop,
  ResourceLoop,
  TimerLoop,
  type ChildStarter,
  type CommittedChange,
  type ExecutionRunner,
  type ExecutionStore,
  type Scheduler,
  type TaskReports,
  type Transition,
} from '@bridle/runtime';
import type { DatabaseClock } from '../store/clock.ts';
import type { DatabaseHandle } from '../store/database.ts';
import { PostgresAdmissionQueue, PostgresRequestQueue, PostgresResourceQueue } from './postgres-queues.ts';
import type { PostgresTaskQueue } from './postgres-task-queue.ts';
import { runUnassignableLoop } from './unassignable-loop.ts';

/** The timer loop looks by itself at least this often. */
const TIMER_POLL_MS = 1_000;
/** The clock is also heard with every commit. */
const CLOCK_REFRESH_MS = 10_000;

export interface ExecutionLoopsOptions {
  readonly database: DatabaseHandle;
  readonly clock: DatabaseClock;
  readonly store: ExecutionStore;
  readonly queue: PostgresTaskQueue;
  readonly runner: ExecutionRunner;
  readonly reports: TaskReports;
  readonly scheduler: Scheduler;
  readonly graceMs: number;
  readonly unassignableMs: number;
  readonly executionsMax: number;
  readonly onError: (error: unknown) => void;
}

export class ExecutionLoops {
  readonly #options: ExecutionLoopsOptions;
  readonly #timers: TimerLoop;
  readonly #lostTasks: LostTaskLoop;
  readonly #resources: ResourceLoop;
  readonly #admissions: AdmissionLoop;
  #requests: RequestLoop | undefined;

  constructor(options: ExecutionLoopsOptions) {
    this.#options = options;
    const { database, queue, reports, graceMs, executionsMax, ...common } = options;
    this.#timers = new TimerLoop(common);
    this.#lostTasks = new LostTaskLoop({ ...common, queue, reports, graceMs });
    this.#resources = new ResourceLoop({ ...common, queue: new PostgresResourceQueue(database.db) });
    this.#admissions = new AdmissionLoop({ ...common, queue: new PostgresAdmissionQueue(database.db, executionsMax) });
  }

  /** Runs all of them until `signal` aborts. */
  run(children: ChildStarter, signal: AbortSignal): readonly Promise<void>[] {
    const { database, reports, unassignableMs: windowMs, graceMs, ...common } = this.#options;
    const { scheduler, onError } = common;
    this.#requests = new RequestLoop({ ...common, queue: new PostgresRequestQueue(database.db), children });
    return [
      this.#timers.run(signal),
      this.#lostTasks.run(signal),
      this.#resources.run(signal),
      this.#admissions.run(signal),
      this.#requests.run(signal),
      runUnassignableLoop({ db: database.db, reports, scheduler, windowMs, graceMs, onError }, signal),
      this.#keepClock(signal),
    ];
  }

  /** A delegate was found dead: its tasks can be given up now. */
  delegateGone(): void {
    this.#lostTasks.wake();
  }

  /** Rings for what came of the changes and would otherwise wait for the loops' own look. */
  wake(changes: readonly (CommittedChange | Transition)[]): void {
    const soon = this.#options.clock.now() + TIMER_POLL_MS;
    for (const { effects } of changes) {
      for (const effect of effects) {
        switch (effect.kind) {
          case 'startTimer':
            if (effect.dueAt < soon) this.#timers.wake();
            break;
          case 'acquireResource':
          case 'releaseResource':
            this.#resources.wake();
            break;
          case 'startChild':
          case 'abortChild':
          case 'reportToParent':
            this.#requests?.wake();
            break;
          default:
            break;
        }
      }
    }
    if (changes.some(({ execution }) => isFinal(execution.status))) this.#admissions.ended();
    if (changes.some((change) => 'expectedVersion' in change && isQueuedStart(change))) this.#admissions.wake();
  }

  async #keepClock(signal: AbortSignal): Promise<void> {
    const { scheduler, database, clock, onError } = this.#options;
    while (!signal.aborted) {
      await scheduler.sleep(CLOCK_REFRESH_MS, signal);
      if (!signal.aborted) await clock.refresh(database.db).catch(onError);
    }
  }
}
