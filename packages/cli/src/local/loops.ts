/** What carries the effects of a run out. All happens in this process: whoever has something to do is told. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  AdmissionLoop,
  MemoryAdmissionQueue,
  MemoryRequestQueue,
  MemoryResourceQueue,
  RequestLoop,
  ResourceLoop,
  TimerLoop,
  type ChildStart,
  type ChildStartResult,
  type Clock,
  type CommittedChange,
  type ExecutionRunner,
  type MemoryDatabase,
  type MemoryExecutionStore,
  type Scheduler,
} from '@bridle/runtime';

/** One run, and what it starts. */
const EXECUTIONS_MAX = 1_000;
/** The loops are rung for all that concerns them; this is their own look. */
const POLL_MS = 60_000;

/** Timers of this process, which must not end while the run goes on. */
const SCHEDULER: Scheduler = {
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};
export interface LoopsOptions {
  readonly clock: Clock;
  readonly database: MemoryDatabase;
  readonly store: MemoryExecutionStore;
  readonly runner: ExecutionRunner;
  readonly startChild: (start: ChildStart) => Promise<ChildStartResult>;
  readonly onError: (error: unknown) => void;
}

export class Loops {
  readonly #timers: TimerLoop;
  readonly #resources: ResourceLoop;
  readonly #requests: RequestLoop;
  readonly #admissions: AdmissionLoop;

  constructor({ clock, database, store, runner, startChild, onError }: LoopsOptions) {
    const common = { store, runner, clock, scheduler: SCHEDULER, onError, pollMs: POLL_MS };
    this.#timers = new TimerLoop(common);
    this.#resources = new ResourceLoop({ ...common, queue: new MemoryResourceQueue(database) });
    this.#requests = new RequestLoop({
      ...common,
      queue: new MemoryRequestQueue(database),
      children: { startChild },
    });
    this.#admissions = new AdmissionLoop({ ...common, queue: new MemoryAdmissionQueue(database, EXECUTIONS_MAX) });
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#timers.run(signal),
      this.#resources.run(signal),
      this.#requests.run(signal),
      this.#admissions.run(signal),
    ]);
  }

  wake(changes: readonly CommittedChange[]): void {
    for (const { effects } of changes) {
      for (const { kind } of effects) {
        switch (kind) {
          case 'startTimer':
            this.#timers.wake();
            break;
          case 'acquireResource':
          case 'releaseResource':
            this.#resources.wake();
            break;
          case 'startChild':
          case 'abortChild':
          case 'reportToParent':
            this.#requests.wake();
            break;
          default:
            break;
        }
      }
    }
  }
}
