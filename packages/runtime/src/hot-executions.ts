import type { Execution, ExecutionId } from '@bridle/pipeline';

/** P1: bounds the memory of the cache; an execution of some hundred nodes with its plan takes some hundred kB. */
export const HOT_EXECUTIONS_MAX = 256;

/**
 * The executions this process touched last, least recently used ones dropped. A cached state may be old (another replica may
 * have gone on): the compare-and-set of the commit finds out, so it saves a read and never decides anything.
 */
export class HotExecutions {
  readonly #entries = new Map<ExecutionId, Execution>();
  readonly #max: number;

  constructor(max: number = HOT_EXECUTIONS_MAX) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(id: ExecutionId): Execution | undefined {
    const execution = this.#entries.get(id);
    if (execution !== undefined) this.keep(execution);
    return execution;
  }

  keep(execution: Execution): void {
    this.#entries.delete(execution.id);
    this.#entries.set(execution.id, execution);
    if (this.#entries.size <= this.#max) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }

  drop(id: ExecutionId): void {
    this.#entries.delete(id);
  }
}
