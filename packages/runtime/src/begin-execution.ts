import { advance, createExecution, type EngineEvent, type ExecutionHeader } from '@bridle/pipeline';
import type { Transition } from './ports.ts';

/**
 * The first transition of an execution: created and started at `at` (epoch milliseconds of the store's clock). The server
 * saves it in the transaction that took the run sequence; `ExecutionRunner.start` saves it alone. `isQueued`: its account runs
 * as many executions as it may, and this one waits in line.
 */
export function beginExecution(header: ExecutionHeader, at: number, isQueued = false): Transition {
  const event: EngineEvent = { kind: 'executionStarted', at, ...(isQueued ? { isQueued } : {}) };
  const { execution, effects } = advance(createExecution(header, at), event);
  return { expectedVersion: undefined, execution, events: [event], effects };
}

/** Whether the transition creates an execution that waits in line. */
export function isQueuedStart({ expectedVersion, events }: Transition): boolean {
  const [first] = events;
  return expectedVersion === undefined && first?.kind === 'executionStarted' && first.isQueued === true;
}
