/**
 * Group commit: while one store call is in flight, transitions gather and go together in the next one. Throughput comes from
 * here: under load one database transaction carries many executions' transitions, and an idle system still commits at once.
 *
 * Invariants (cited by tests):
 * - G1 at most one store call is in flight.
 * - G2 every submitted transition gets exactly one answer: its own outcome, or the error of the call that carried it.
 * - G3 a call carries at most `BATCH_TRANSITIONS_MAX` transitions and no execution twice.
 */
import type { CommitOutcome, Transition } from './ports.ts';

/** Bounds the time one database transaction takes, and with it the wait of everybody else. */
export const BATCH_TRANSITIONS_MAX = 256;

type SaveBatch = (transitions: readonly Transition[]) => Promise<readonly CommitOutcome[]>;

interface Waiter {
  readonly transition: Transition;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit {
  readonly #save: SaveBatch;
  readonly #batchMax: number;
  #waiting: Waiter[] = [];
  #isBusy = false;

  constructor(save: SaveBatch, batchMax: number = BATCH_TRANSITIONS_MAX) {
    this.#save = save;
    this.#batchMax = batchMax;
  }

  /** Resolves when the transition's fate is known; rejects with the store's error when its call failed. */
  submit(transition: Transition): Promise<CommitOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ transition, resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      // One microtask later, so that transitions of the same tick share the call.
      queueMicrotask(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        const outcomes = await this.#save(batch.map((waiter) => waiter.transition));
        answer(batch, outcomes);
      } catch (error) {
        for (const waiter of batch) waiter.reject(error);
      }
    }
    this.#isBusy = false;
  }

  #takeBatch(): readonly Waiter[] {
    const taken: Waiter[] = [];
    const left: Waiter[] = [];
    const executions = new Set<string>();
    for (const waiter of this.#waiting) {
      const id = waiter.transition.execution.id;
      if (taken.length < this.#batchMax && !executions.has(id)) {
        executions.add(id);
        taken.push(waiter);
      } else {
        left.push(waiter);
      }
    }
    this.#waiting = left;
    return taken;
  }
}

function answer(batch: readonly Waiter[], outcomes: readonly CommitOutcome[]): void {
  if (outcomes.length !== batch.length) {
    throw new Error(`The store answered ${outcomes.length} of ${batch.length} transitions.`);
  }
  batch.forEach((waiter, index) => {
    const outcome = outcomes[index];
    if (outcome !== undefined) waiter.resolve(outcome);
  });
}
