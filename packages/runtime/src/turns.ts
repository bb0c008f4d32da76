import { ExecutionBusyError } from './errors.ts';

/** More events than this never wait for one execution in one process; a plan's nodes and delegates bound it far below. */
export const WAITING_PER_EXECUTION_MAX = 10_000;

interface Line {
  tail: Promise<unknown>;
  length: number;
}

/** Serial queues by key: work for one key runs one after the other in the order asked for, other keys are not held up. */
export class Turns {
  readonly #lines = new Map<string, Line>();
  readonly #max: number;

  constructor(max: number = WAITING_PER_EXECUTION_MAX) {
    this.#max = max;
  }

  /** Runs `work` after everything asked for before under this key; throws `ExecutionBusyError` when too much waits. */
  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const line = this.#lines.get(key) ?? { tail: Promise.resolve(), length: 0 };
    if (line.length >= this.#max) throw new ExecutionBusyError(key, line.length);
    this.#lines.set(key, line);
    line.length += 1;
    const result = line.tail.then(work);
    line.tail = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.#lines.delete(key);
    }
  }
}
