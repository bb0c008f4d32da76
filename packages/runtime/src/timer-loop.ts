/**
 * Fires due timers: a step's timeout, a `Wait`. Every replica runs one; whoever commits first consumes the timer.
 *
 * Invariants (cited by tests):
 * - T1 due is what the store's clock says; a timer never fires earlier than its due time.
 * - N1 a lost wake-up costs at most `TIMER_POLL_MS`.
 */
import type { Execution, TimerId } from '@bridle/pipeline';
import { Doorbell } from './doorbell.ts';
import type { ExecutionRunner } from './execution-runner.ts';
import type { Clock, DueTimer, ExecutionStore, Scheduler } from './ports.ts';

/** The longest sleep: the safety poll that finds timers of other replicas and of lost wake-ups. */
export const TIMER_POLL_MS = 1_000;
/** The shortest sleep: this process's idea of the store's clock may be ahead by a little. */
export const TIMER_PAUSE_MIN_MS = 5;
export const DUE_TIMERS_MAX = 200;

export interface TimerLoopOptions {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly runner: ExecutionRunner;
  readonly scheduler: Scheduler;
  /** Hears failed store calls; the loop goes on after the safety poll. */
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
  /** Default `TIMER_PAUSE_MIN_MS`; for a scheduler whose clock is the store's own. */
  readonly pauseMinMs?: number;
}

export class TimerLoop {
  readonly #options: TimerLoopOptions;
  readonly #pollMs: number;
  readonly #pauseMinMs: number;
  readonly #bell = new Doorbell();

  constructor(options: TimerLoopOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? TIMER_POLL_MS;
    this.#pauseMinMs = options.pauseMinMs ?? TIMER_PAUSE_MIN_MS;
  }

  /** A timer was started that may be due before the loop's next round. */
  wake(): void {
    this.#bell.ring();
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await this.#round().catch((error: unknown) => {
        this.#options.onError(error);
        return this.#pollMs;
      });
      await this.#bell.wait(this.#options.scheduler, pauseMs, signal);
    }
  }

  /** Fires what is due; answers with the time to sleep. */
  async #round(): Promise<number> {
    const due = await this.#options.store.listDueTimers(DUE_TIMERS_MAX);
    const fired = await Promise.allSettled(due.map((timer) => this.#fire(timer)));
    const failed = fired.filter((result) => result.status === 'rejected');
    for (const { reason } of failed) this.#options.onError(reason);
    // What failed is still due: pausing keeps a broken store, or one broken execution, from being hammered.
    if (failed.length > 0) return this.#pollMs;
    if (due.length === DUE_TIMERS_MAX) return this.#pauseMinMs;
    const nextAt = await this.#options.store.nextTimerAt();
    if (nextAt === undefined) return this.#pollMs;
    return Math.min(this.#pollMs, Math.max(this.#pauseMinMs, nextAt - this.#options.clock.now()));
  }

  async #fire({ timerId, executionId, dueAt }: DueTimer): Promise<void> {
    let attempt = 0;
    await this.#options.runner.deliver(
      executionId,
      (at, execution) => {
        attempt += 1;
        // After a conflict the state is fresh: a timer it does not have was consumed or cancelled by the writer who was first.
        if (attempt > 1 && !hasTimer(execution, timerId)) return undefined;
        return { kind: 'timerFired', at: Math.max(at, dueAt), timerId };
      },
      { firedTimer: timerId },
    );
  }
}

function hasTimer(execution: Execution, timerId: TimerId): boolean {
  return Object.values(execution.nodes).some((node) => node.timers.includes(timerId));
}
