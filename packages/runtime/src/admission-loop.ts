/**
 * Lets executions begin that wait because their account runs as many as it may. Every replica runs one.
 *
 * Invariants (cited by tests):
 * - A1 never more than the limit run at once, but for chained executions, which run with their parent: a parent that waits for
 *   a child in line would wait for ever.
 * - A2 first in, first out; an execution that came later never runs earlier, none is lost.
 * - N1 a lost wake-up costs at most `ADMISSION_POLL_MS`.
 */
import { isFinal, type ExecutionId } from '@bridle/pipeline';
import { Doorbell } from './doorbell.ts';
import type { ExecutionRunner } from './execution-runner.ts';
import type { AdmissionQueue, Scheduler } from './ports.ts';
import { runRounds } from './rounds.ts';

export const ADMISSION_POLL_MS = 1_000;
export const ADMITTED_MAX = 100;

export interface AdmissionLoopOptions {
  readonly queue: AdmissionQueue;
  readonly runner: ExecutionRunner;
  readonly scheduler: Scheduler;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
}

export class AdmissionLoop {
  readonly #options: AdmissionLoopOptions;
  readonly #bell = new Doorbell();

  constructor(options: AdmissionLoopOptions) {
    this.#options = options;
  }

  /** An execution was put in line. */
  wake(): void {
    this.#bell.ring();
  }

  /** An execution ended: its place may be somebody's. */
  ended(): void {
    if (this.#options.queue.hasWaiting) this.#bell.ring();
  }

  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { scheduler, onError, pollMs = ADMISSION_POLL_MS } = this.#options;
    return runRounds({ round: () => this.#round(), bell: this.#bell, scheduler, pollMs, onError }, signal);
  }

  async #round(): Promise<boolean> {
    const { queue, onError } = this.#options;
    const admitted = await queue.admit(ADMITTED_MAX);
    let isDone = true;
    // One after the other, so that they begin in their order; one that fails does not hold up those behind it.
    for (const id of admitted) {
      await this.#tell(id).catch((error: unknown) => {
        isDone = false;
        onError(error);
      });
    }
    return isDone && admitted.length === ADMITTED_MAX;
  }

  async #tell(id: ExecutionId): Promise<void> {
    const { queue, runner } = this.#options;
    const result = await runner.deliver(id, (at, { status }) =>
      isFinal(status) ? undefined : { kind: 'executionAdmitted', at },
    );
    if (result.kind !== 'applied') await queue.dropWaiting(id);
  }
}
