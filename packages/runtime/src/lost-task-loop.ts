/**
 * Takes back what delegates cannot finish (D2, D3): leases that ended before the start return to the queue; started tasks of
 * dead delegates become `taskLost` events. Every replica runs one; the task's fence lets exactly one of them say it.
 */
import { Doorbell } from './doorbell.ts';
import type { LostTask, Scheduler, TaskQueue } from './ports.ts';
import type { TaskReports } from './task-reports.ts';

/** How often: bounds the time a dead delegate's work lies about, beside the lease itself. */
export const LOST_TASK_POLL_MS = 1_000;
export const LOST_TASKS_MAX = 200;

export interface LostTaskLoopOptions {
  readonly queue: TaskQueue;
  readonly reports: TaskReports;
  readonly scheduler: Scheduler;
  /** Silence of a delegate that is not known dead, after which its started tasks are given up (D3). */
  readonly graceMs: number;
  /** Tasks returned to the queue: whoever waits for work may look. */
  readonly onRequeued?: (count: number) => void;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
}

export class LostTaskLoop {
  readonly #options: LostTaskLoopOptions;
  readonly #pollMs: number;
  readonly #bell = new Doorbell();

  constructor(options: LostTaskLoopOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? LOST_TASK_POLL_MS;
  }

  /** A delegate was found dead: look now. */
  wake(): void {
    this.#bell.ring();
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#round().catch(this.#options.onError);
      await this.#bell.wait(this.#options.scheduler, this.#pollMs, signal);
    }
  }

  async #round(): Promise<void> {
    const { queue, reports, graceMs, onRequeued, onError } = this.#options;
    const requeued = await queue.requeueExpired();
    if (requeued > 0) onRequeued?.(requeued);
    const lost = await queue.listLost(graceMs, LOST_TASKS_MAX);
    const told = await Promise.allSettled(lost.map((task: LostTask) => reports.lost(task)));
    for (const result of told) if (result.status === 'rejected') onError(result.reason);
  }
}
