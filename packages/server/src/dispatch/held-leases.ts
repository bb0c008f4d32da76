import type { Lease, TaskHolder } from '../store/task-queue-statements.ts';

/** P1: bounds what is remembered; a forgotten lease costs one read. */
const LEASES_MAX = 20_000;

/**
 * Leases this replica gave: that a task was leased to a process under a fence is a fact that stays true, so remembering it
 * saves a read per report. Whether the fence still holds is for the row to say.
 */
export class HeldLeases {
  readonly #leases = new Map<string, Pick<TaskHolder, 'executionId' | 'delegateId' | 'incarnation' | 'fence'>>();

  keep(leases: readonly Lease[]): void {
    for (const { taskId, executionId, delegateId, incarnation, fence } of leases) {
      this.#leases.set(taskId, { executionId, delegateId, incarnation, fence });
    }
    for (const taskId of this.#leases.keys()) {
      if (this.#leases.size <= LEASES_MAX) break;
      this.#leases.delete(taskId);
    }
  }

  find(
    taskId: string,
    fence: number,
  ): Pick<TaskHolder, 'executionId' | 'delegateId' | 'incarnation' | 'fence'> | undefined {
    const lease = this.#leases.get(taskId);
    return lease?.fence === fence ? lease : undefined;
  }

  forget(taskId: string): void {
    this.#leases.delete(taskId);
  }
}
