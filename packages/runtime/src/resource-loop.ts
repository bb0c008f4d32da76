/**
 * Tells `Queue` steps that their turn has come. Every replica runs one; the store grants a key to one claim at a time.
 *
 * Invariants (cited by tests):
 * - Q1/Q2 see `ResourceQueue`. A claim is granted before its execution is told, and told until the execution has heard it.
 * - N1 a lost wake-up costs at most `RESOURCE_POLL_MS`.
 */
import { isFinal } from '@bridle/pipeline';
import { Doorbell } from './doorbell.ts';
import type { ExecutionRunner } from './execution-runner.ts';
import type { GrantedClaim, ResourceQueue, Scheduler } from './ports.ts';
import { allDone, runRounds } from './rounds.ts';

export const RESOURCE_POLL_MS = 1_000;
export const GRANTED_CLAIMS_MAX = 200;

export interface ResourceLoopOptions {
  readonly queue: ResourceQueue;
  readonly runner: ExecutionRunner;
  readonly scheduler: Scheduler;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
}

export class ResourceLoop {
  readonly #options: ResourceLoopOptions;
  readonly #bell = new Doorbell();

  constructor(options: ResourceLoopOptions) {
    this.#options = options;
  }

  /** A claim was made or given up. */
  wake(): void {
    this.#bell.ring();
  }

  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { scheduler, onError, pollMs = RESOURCE_POLL_MS } = this.#options;
    return runRounds({ round: () => this.#round(), bell: this.#bell, scheduler, pollMs, onError }, signal);
  }

  async #round(): Promise<boolean> {
    const { queue, onError } = this.#options;
    await queue.grantHeads();
    const granted = await queue.listGranted(GRANTED_CLAIMS_MAX);
    const isDone = await allDone(
      granted.map((claim) => this.#tell(claim)),
      onError,
    );
    return isDone && granted.length === GRANTED_CLAIMS_MAX;
  }

  async #tell({ executionId, nodeExecutionId }: GrantedClaim): Promise<void> {
    const { queue, runner } = this.#options;
    const result = await runner.deliver(executionId, (at, { status }) =>
      isFinal(status) ? undefined : { kind: 'resourceAcquired', at, nodeExecutionId },
    );
    // An execution that is over has given its claims up; one that is left after all must not hold up the others.
    if (result.kind !== 'applied') await queue.dropClaim(nodeExecutionId);
  }
}
