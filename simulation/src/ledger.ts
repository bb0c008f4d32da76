/**
 * What executions share, kept a second time from the events and effects that were committed: lines of queues, the line of
 * executions that wait to run, requests between executions. Whatever the stores do is held against it.
 *
 * Rules: Q1 one holder of a key. Q2 first in, first out; none is lost or doubled. A1 never more than the limit run. A2 first
 * in, first out. C every request is settled once.
 */
import { isFinal, type Effect, type EngineEvent, type Execution, type ExecutionId } from '@bridle/pipeline';
import type { MemoryDatabase } from '@bridle/runtime';

interface Claim {
  readonly nodeExecutionId: string;
  readonly executionId: ExecutionId;
}

export class Ledger {
  readonly #database: MemoryDatabase;
  readonly #executionsMax: number;
  readonly #report: (rule: string, text: string) => void;
  /** By key, in the order in which places were asked for. */
  readonly #lines = new Map<string, Claim[]>();
  readonly #requests = new Map<string, number>();
  /** In the order in which they were put in line. */
  readonly #queued: ExecutionId[] = [];
  readonly #states = new Map<ExecutionId, Execution>();

  constructor(database: MemoryDatabase, executionsMax: number, report: (rule: string, text: string) => void) {
    this.#database = database;
    this.#executionsMax = executionsMax;
    this.#report = report;
  }

  onTransition(
    before: Execution | undefined,
    after: Execution,
    events: readonly EngineEvent[],
    effects: readonly Effect[],
  ): void {
    for (const event of events) this.#hear(before, after, event);
    for (const effect of effects) this.#note(after.id, effect);
    this.#states.set(after.id, after);
    this.#compareClaims();
    this.#checkLimit(before, after);
  }

  /** After every round of granting. */
  onGranted(): void {
    for (const [key, line] of this.#lines) {
      const granted = [...this.#database.claims.values()].filter((claim) => claim.key === key && claim.isGranted);
      if (granted.length > 1) this.#report('Q1', `${key} is granted ${granted.length} times`);
      const [first] = granted;
      if (first !== undefined && first.nodeExecutionId !== line[0]?.nodeExecutionId)
        this.#report('Q2', `${key} is granted to somebody who was not the first in line`);
    }
    this.#compareClaims();
  }

  onClaimDropped(nodeExecutionId: string): void {
    for (const [key, line] of this.#lines) {
      if (line.some((claim) => claim.nodeExecutionId === nodeExecutionId))
        this.#report('Q2', `a place in the line for ${key} was taken away that was not given up`);
    }
  }

  /** After every round of admission. */
  onAdmitted(): void {
    const waiting = this.#waiting();
    const lastAdmitted = waiting.findLastIndex((id) => this.#isAdmitted(id));
    if (waiting.slice(0, Math.max(0, lastAdmitted)).some((id) => !this.#isAdmitted(id)))
      this.#report('A2', 'an execution was let in before one that came earlier');
    const running = [...this.#states.values()].filter((state) => runs(state)).length;
    const admitted = waiting.filter((id) => this.#isAdmitted(id)).length;
    if (admitted > 0 && running + admitted > this.#executionsMax)
      this.#report('A1', `${running + admitted} executions may run, of ${this.#executionsMax}`);
  }

  onRequestFinished(id: string): void {
    this.#requests.delete(id);
  }

  onEnd(): void {
    for (const [key, line] of this.#lines)
      if (line.length > 0) this.#report('liveness', `${line.length} places in the line for ${key} were never given up`);
    for (const claim of this.#database.claims.values())
      this.#report('liveness', `the claim of ${claim.nodeExecutionId} for ${claim.key} is left`);
    for (const id of this.#requests.keys()) this.#report('liveness', `the request ${id} was never settled`);
    for (const id of this.#database.requests.keys()) this.#report('liveness', `the request ${id} is left`);
    for (const id of this.#database.waiting.keys())
      this.#report('liveness', `execution ${id} is left in the line of those that wait to run`);
  }

  #hear(before: Execution | undefined, after: Execution, event: EngineEvent): void {
    switch (event.kind) {
      case 'executionStarted':
        if (event.isQueued === true) this.#queued.push(after.id);
        else if (after.parent === undefined && this.#waiting().some((id) => !this.#isAdmitted(id)))
          this.#report('A2', 'an execution began although others wait');
        return;
      case 'resourceAcquired': {
        if (before?.nodes[event.nodeExecutionId]?.status !== 'ResourceWaiting') return;
        const line = [...this.#lines.values()].find((claims) =>
          claims.some(({ nodeExecutionId }) => nodeExecutionId === event.nodeExecutionId),
        );
        if (line === undefined || line[0]?.nodeExecutionId !== event.nodeExecutionId)
          this.#report('Q2', `${event.nodeExecutionId} went on before its turn`);
        return;
      }
      case 'childStarted':
      case 'childRefused':
        this.#requests.delete(`startChild/${event.nodeExecutionId}`);
        return;
      case 'childEnded':
        this.#requests.delete(`reportToParent/${event.nodeExecutionId}`);
        return;
      default:
    }
  }

  #note(executionId: ExecutionId, effect: Effect): void {
    switch (effect.kind) {
      case 'acquireResource': {
        const line = this.#lines.get(effect.key) ?? [];
        if (line.some(({ nodeExecutionId }) => nodeExecutionId === effect.nodeExecutionId))
          this.#report('Q2', `${effect.nodeExecutionId} stands in the line for ${effect.key} twice`);
        this.#lines.set(effect.key, [...line, { nodeExecutionId: effect.nodeExecutionId, executionId }]);
        return;
      }
      case 'releaseResource': {
        const line = this.#lines.get(effect.key) ?? [];
        this.#lines.set(
          effect.key,
          line.filter(({ nodeExecutionId }) => nodeExecutionId !== effect.nodeExecutionId),
        );
        return;
      }
      case 'startChild':
      case 'abortChild':
      case 'reportToParent': {
        const id = `${effect.kind}/${effect.nodeExecutionId}`;
        this.#requests.set(id, (this.#requests.get(id) ?? 0) + 1);
        return;
      }
      default:
    }
  }

  /** Q2: the store's lines are these lines. */
  #compareClaims(): void {
    for (const [key, line] of this.#lines) {
      const stored = [...this.#database.claims.values()].filter((claim) => claim.key === key);
      const same =
        stored.length === line.length &&
        stored.every(({ nodeExecutionId }) => line.some((claim) => claim.nodeExecutionId === nodeExecutionId));
      if (!same) this.#report('Q2', `${stored.length} stand in the line for ${key}, and ${line.length} asked for it`);
    }
  }

  #checkLimit(before: Execution | undefined, after: Execution): void {
    if (!runs(after) || (before !== undefined && runs(before))) return;
    const running = [...this.#states.values()].filter(runs).length;
    if (running > this.#executionsMax)
      this.#report('A1', `${running} executions run at once, of ${this.#executionsMax}`);
  }

  #waiting(): readonly ExecutionId[] {
    return this.#queued.filter((id) => this.#states.get(id)?.status === 'QueuedExecutionConcurrencyReached');
  }

  #isAdmitted(id: ExecutionId): boolean {
    return this.#database.waiting.get(id)?.isAdmitted !== false;
  }
}

/** Chained executions run with their parent and do not count. */
function runs({ status, parent }: Execution): boolean {
  return parent === undefined && !isFinal(status) && status !== 'QueuedExecutionConcurrencyReached';
}
