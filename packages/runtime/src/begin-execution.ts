import { advance, createExecution, type ExecutionHeader } from '@bridle/pipeline';
import type { Transition } from './ports.ts';

/**
 * The first transition of an execution: created and started at `at` (epoch milliseconds of the store's clock). The server
 * saves it in the transaction that took the run sequence; `ExecutionRunner.start` saves it alone.
 */
export function beginExecution(header: ExecutionHeader, at: number): Transition {
  const event = { kind: 'executionStarted', at } as const;
  const { execution, effects } = advance(createExecution(header, at), event);
  return { expectedVersion: undefined, execution, events: [event], effects };
}
