/**
 * What the delegate's watchdog is told beside the process groups of steps (see `Supervisor` of the executors): when the delegate
 * dies, it also sends the rest of the logs and tells the server (R6).
 */
import { fileURLToPath } from 'node:url';
import { Supervisor } from '@bridle/executors';
import type { Logger } from 'pino';
import type { WatchdogFact } from './watchdog-facts.ts';

const PROGRAM = fileURLToPath(new URL('./watchdog.ts', import.meta.url));

export class DelegateSupervisor extends Supervisor {
  constructor(log: Logger) {
    super({ program: PROGRAM, onProblem: (message, details) => log.warn(details, message) });
  }

  /** Where the steps' processes, folders and logs are. */
  guard(fact: Omit<Extract<WatchdogFact, { kind: 'guard' }>, 'kind'>): void {
    this.tell('g', { kind: 'guard', ...fact } satisfies WatchdogFact);
  }

  /** Whom to tell, and in whose name. */
  registered(fact: Omit<Extract<WatchdogFact, { kind: 'registered' }>, 'kind'>): void {
    this.tell('r', { kind: 'registered', ...fact } satisfies WatchdogFact);
  }
}
