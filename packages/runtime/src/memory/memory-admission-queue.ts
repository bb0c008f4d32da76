import { isFinal, type ExecutionId } from '@bridle/pipeline';
import type { AdmissionQueue } from '../ports.ts';
import type { MemoryDatabase } from './memory-database.ts';

/** `AdmissionQueue` in memory. A1, A2: see `AdmissionLoop`. */
export class MemoryAdmissionQueue implements AdmissionQueue {
  readonly #database: MemoryDatabase;
  readonly #executionsMax: number;

  /** `executionsMax`: executions of one account that may run at once. */
  constructor(database: MemoryDatabase, executionsMax: number) {
    this.#database = database;
    this.#executionsMax = executionsMax;
  }

  get hasWaiting(): boolean {
    return this.#database.waiting.size > 0;
  }

  /** Whether a new execution of the account must wait in line. */
  mustWait(accountId: string): boolean {
    return this.#waits(accountId) || this.#running(accountId) >= this.#executionsMax;
  }

  async admit(limit: number): Promise<readonly ExecutionId[]> {
    for (const record of this.#database.waiting.values()) {
      if (record.isAdmitted || this.#isOver(record.executionId)) continue;
      if (this.#running(record.accountId) < this.#executionsMax) record.isAdmitted = true;
    }
    return [...this.#database.waiting.values()]
      .filter(({ executionId, isAdmitted }) => isAdmitted || this.#isOver(executionId))
      .slice(0, limit)
      .map(({ executionId }) => executionId);
  }

  async dropWaiting(id: ExecutionId): Promise<void> {
    this.#database.waiting.delete(id);
  }

  /** Those included that were admitted and have not begun: nobody overtakes them. */
  #waits(accountId: string): boolean {
    return [...this.#database.waiting.values()].some(
      (record) => record.accountId === accountId && !this.#isOver(record.executionId),
    );
  }

  #running(accountId: string): number {
    let count = 0;
    for (const { execution } of this.#database.executions.values()) {
      if (execution.scope.accountId !== accountId || isFinal(execution.status)) continue;
      if (this.#database.waiting.get(execution.id)?.isAdmitted !== false) count += 1;
    }
    return count;
  }

  #isOver(id: ExecutionId): boolean {
    const record = this.#database.executions.get(id);
    return record === undefined || isFinal(record.execution.status);
  }
}
