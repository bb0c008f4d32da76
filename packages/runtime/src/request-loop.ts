/**
 * Carries out what executions ask of each other: starting, aborting and reporting of chained executions. Every replica runs
 * one; a request that was taken comes again unless it was settled.
 *
 * Invariants (cited by tests):
 * - C1 a chained stage starts at most one execution: its id is derived from the stage's node execution.
 * - C2 after an abort no execution of the stage runs: it was aborted, or it is refused when its start comes.
 * - C3 a parent hears that its child has started before it hears that it has ended.
 */
import { isFinal, type EngineEvent, type Execution, type ExecutionId, type NodeExecutionId } from '@bridle/pipeline';
import { Doorbell } from './doorbell.ts';
import type { ExecutionRunner, MakeEvent } from './execution-runner.ts';
import type { ChildStarter, ExecutionStore, OpenRequest, RequestQueue, Scheduler } from './ports.ts';
import { childExecutionId, type RequestEffect } from './requests.ts';
import { allDone, runRounds } from './rounds.ts';

export const REQUEST_POLL_MS = 1_000;
export const REQUESTS_MAX = 50;
/** After this time a request that is not settled is taken again: its replica may have died, or its attempt failed. */
export const REQUEST_LEASE_MS = 15_000;

/** To whom an abort without a person is attributed. */
const PARENT = { userId: 'systemUser', name: 'parent pipeline', email: '' };

export interface RequestLoopOptions {
  readonly queue: RequestQueue;
  readonly store: Pick<ExecutionStore, 'find'>;
  readonly runner: ExecutionRunner;
  readonly children: ChildStarter;
  readonly scheduler: Scheduler;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
  readonly leaseMs?: number;
}

type Effect<Kind extends RequestEffect['kind']> = Extract<RequestEffect, { readonly kind: Kind }>;

export class RequestLoop {
  readonly #options: RequestLoopOptions;
  readonly #bell = new Doorbell();

  constructor(options: RequestLoopOptions) {
    this.#options = options;
  }

  /** A request was made. */
  wake(): void {
    this.#bell.ring();
  }

  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { scheduler, onError, pollMs = REQUEST_POLL_MS } = this.#options;
    return runRounds({ round: () => this.#round(), bell: this.#bell, scheduler, pollMs, onError }, signal);
  }

  async #round(): Promise<boolean> {
    const { queue, leaseMs = REQUEST_LEASE_MS, onError } = this.#options;
    const requests = await queue.takeRequests(REQUESTS_MAX, leaseMs);
    await allDone(
      requests.map((request) => this.#carryOut(request)),
      onError,
    );
    return requests.length === REQUESTS_MAX;
  }

  async #carryOut(request: OpenRequest): Promise<void> {
    switch (request.effect.kind) {
      case 'startChild':
        return this.#startChild(request, request.effect);
      case 'abortChild':
        return this.#abortChild(request, request.effect);
      case 'reportToParent':
        return this.#report(request, request.effect);
    }
  }

  async #startChild(request: OpenRequest, { nodeExecutionId, request: wanted }: Effect<'startChild'>): Promise<void> {
    const parent = await this.#options.store.find(request.executionId);
    if (parent === undefined || !isWaiting(parent, nodeExecutionId)) {
      return this.#options.queue.finishRequest(request.id);
    }
    const childId = childExecutionId(nodeExecutionId);
    const start = { parent, nodeExecutionId, childExecutionId: childId, request: wanted };
    const result = await this.#options.children.startChild(start);
    await this.#answer(request, request.executionId, (at) =>
      result.kind === 'started'
        ? { kind: 'childStarted', at, nodeExecutionId, childExecutionId: childId }
        : {
            kind: 'childRefused',
            at,
            nodeExecutionId,
            reason: result.reason,
            ...(result.isDenied === true ? { isDenied: true } : {}),
          },
    );
  }

  async #abortChild(request: OpenRequest, { nodeExecutionId }: Effect<'abortChild'>): Promise<void> {
    const { queue, runner } = this.#options;
    // C2: in this order. A start that came before this is found by the abort, one that comes after it is refused.
    await queue.forbidChild(nodeExecutionId);
    await runner.deliver(childExecutionId(nodeExecutionId), (at, { status, abort }) =>
      isFinal(status) || abort !== undefined
        ? undefined
        : { kind: 'interruptRequested', at, interrupt: { interruptId: request.id, type: 'AbortAll', at, by: PARENT } },
    );
    await queue.finishRequest(request.id);
  }

  async #report(request: OpenRequest, effect: Effect<'reportToParent'>): Promise<void> {
    const { executionId, nodeExecutionId, status, outputs, failure } = effect;
    const parent = await this.#options.store.find(executionId);
    if (parent === undefined) return this.#options.queue.finishRequest(request.id);
    if (parent.nodes[nodeExecutionId]?.childExecutionId === undefined) {
      const childId = request.executionId;
      await this.#deliver(executionId, (at) => ({
        kind: 'childStarted',
        at,
        nodeExecutionId,
        childExecutionId: childId,
      }));
    }
    await this.#answer(request, executionId, (at) => ({
      kind: 'childEnded',
      at,
      nodeExecutionId,
      status,
      outputs,
      ...(failure === undefined ? {} : { failure }),
    }));
  }

  /** The event settles the request with its commit; without an execution that could hear it there is nothing to wait for. */
  async #answer(request: OpenRequest, to: ExecutionId, makeEvent: (at: number) => EngineEvent): Promise<void> {
    const isHeard = await this.#deliver(to, makeEvent);
    if (!isHeard) await this.#options.queue.finishRequest(request.id);
  }

  async #deliver(to: ExecutionId, makeEvent: (at: number) => EngineEvent): Promise<boolean> {
    const unlessOver: MakeEvent = (at, { status }) => (isFinal(status) ? undefined : makeEvent(at));
    return (await this.#options.runner.deliver(to, unlessOver)).kind === 'applied';
  }
}

/** Whether the stage still has a use for its child. */
function isWaiting({ status, nodes }: Execution, nodeExecutionId: NodeExecutionId): boolean {
  const node = nodes[nodeExecutionId];
  return !isFinal(status) && node !== undefined && !isFinal(node.status);
}
