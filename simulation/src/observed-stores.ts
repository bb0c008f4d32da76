/** The shared stores of a simulation: every call is shown to the checker, and a sabotaged one does its work wrongly. */
import type { ExecutionId, NodeExecutionId } from '@bridle/pipeline';
import {
  MemoryAdmissionQueue,
  MemoryExecutionStore,
  MemoryRequestQueue,
  MemoryResourceQueue,
  MemoryTaskQueue,
  type CommitOutcome,
  type DelegateView,
  type LeasedTask,
  type MemoryDatabase,
  type OpenRequest,
  type Transition,
} from '@bridle/runtime';
import type { Checker } from './checker.ts';
import type { Sabotage } from './scenario.ts';

export class ObservedStore extends MemoryExecutionStore {
  readonly #database: MemoryDatabase;
  readonly #checker: Checker;
  readonly #sabotage: Sabotage | undefined;

  constructor(database: MemoryDatabase, checker: Checker, sabotage: Sabotage | undefined) {
    super(database);
    this.#database = database;
    this.#checker = checker;
    this.#sabotage = sabotage;
  }

  /** One at a time, so that the checker sees the rows as each transition left them. */
  override async commit(transitions: readonly Transition[]): Promise<readonly CommitOutcome[]> {
    return transitions.map((transition) => {
      const outcome = this.commitOne(this.#spoil(transition));
      this.#checker.onTransition(transition, outcome);
      return outcome;
    });
  }

  #spoil(transition: Transition): Transition {
    switch (this.#sabotage) {
      case 'ignores versions': {
        const stored = this.#database.executions.get(transition.execution.id)?.execution.version;
        const execution = { ...transition.execution, version: (stored ?? 0) + transition.events.length };
        return { ...transition, expectedVersion: stored, execution };
      }
      case 'ignores fences': {
        const task = transition.guard === undefined ? undefined : this.#database.tasks.get(transition.guard.taskId);
        if (transition.guard === undefined || task === undefined) return transition;
        return { ...transition, guard: { ...transition.guard, fence: task.fence, from: task.state } };
      }
      case 'forgets effects':
        return { ...transition, effects: transition.effects.slice(1) };
      case 'forgets timers':
        return { ...transition, effects: transition.effects.filter(({ kind }) => kind !== 'startTimer') };
      default:
        return transition;
    }
  }
}

export class ObservedQueue extends MemoryTaskQueue {
  readonly #database: MemoryDatabase;
  readonly #checker: Checker;
  readonly #sabotage: Sabotage | undefined;

  constructor(database: MemoryDatabase, checker: Checker, sabotage: Sabotage | undefined) {
    super(database);
    this.#database = database;
    this.#checker = checker;
    this.#sabotage = sabotage;
  }

  override async lease(view: DelegateView, limit: number, leaseMs: number): Promise<readonly LeasedTask[]> {
    const leased = await super.lease(view, limit, leaseMs);
    for (const lease of leased) this.#checker.onLease(lease);
    return leased;
  }

  override async requeueExpired(): Promise<number> {
    const fences = [...this.#database.tasks.values()].map((task) => ({ task, fence: task.fence - 1 }));
    const count = await super.requeueExpired();
    if (this.#sabotage === 'keeps fences') {
      for (const { task, fence } of fences) if (task.state === 'queued') task.fence = Math.max(0, fence);
    }
    return count;
  }
}

export class ObservedResources extends MemoryResourceQueue {
  readonly #database: MemoryDatabase;
  readonly #checker: Checker;
  readonly #sabotage: Sabotage | undefined;

  constructor(database: MemoryDatabase, checker: Checker, sabotage: Sabotage | undefined) {
    super(database);
    this.#database = database;
    this.#checker = checker;
    this.#sabotage = sabotage;
  }

  override async grantHeads(): Promise<number> {
    const { claims } = this.#database;
    if (this.#sabotage === 'grants a queue twice') for (const claim of claims.values()) claim.isGranted = true;
    if (this.#sabotage === 'grants a queue out of order') this.#turnAround();
    if (this.#sabotage === 'loses a claim') {
      const waiting = [...claims.values()].find(({ isGranted }) => !isGranted);
      if (waiting !== undefined) claims.delete(waiting.nodeExecutionId);
    }
    const count = await super.grantHeads();
    this.#checker.ledger.onGranted();
    return count;
  }

  override async dropClaim(nodeExecutionId: NodeExecutionId): Promise<void> {
    await super.dropClaim(nodeExecutionId);
    this.#checker.ledger.onClaimDropped(nodeExecutionId);
  }

  /** The last one that waits comes first. */
  #turnAround(): void {
    const { claims } = this.#database;
    const waiting = [...claims.values()].filter(({ isGranted }) => !isGranted).toReversed();
    for (const claim of waiting) {
      claims.delete(claim.nodeExecutionId);
      claims.set(claim.nodeExecutionId, claim);
    }
  }
}

export class ObservedRequests extends MemoryRequestQueue {
  readonly #database: MemoryDatabase;
  readonly #checker: Checker;
  readonly #sabotage: Sabotage | undefined;

  constructor(database: MemoryDatabase, checker: Checker, sabotage: Sabotage | undefined) {
    super(database);
    this.#database = database;
    this.#checker = checker;
    this.#sabotage = sabotage;
  }

  override async finishRequest(id: string): Promise<void> {
    await super.finishRequest(id);
    this.#checker.ledger.onRequestFinished(id);
  }

  /** Taking is not settling: a lost one was taken and never comes again. */
  override async takeRequests(limit: number, leaseMs: number): Promise<readonly OpenRequest[]> {
    const taken = await super.takeRequests(limit, leaseMs);
    if (this.#sabotage === 'loses a request') {
      for (const { id, effect } of taken) if (effect.kind === 'reportToParent') this.#database.requests.delete(id);
      return taken.filter(({ effect }) => effect.kind !== 'reportToParent');
    }
    return taken;
  }
}

export class ObservedAdmissions extends MemoryAdmissionQueue {
  readonly #database: MemoryDatabase;
  readonly #checker: Checker;
  readonly #sabotage: Sabotage | undefined;

  constructor(database: MemoryDatabase, checker: Checker, executionsMax: number, sabotage: Sabotage | undefined) {
    super(database, executionsMax);
    this.#database = database;
    this.#checker = checker;
    this.#sabotage = sabotage;
  }

  override async admit(limit: number): Promise<readonly ExecutionId[]> {
    const { waiting } = this.#database;
    if (this.#sabotage === 'admits too many') for (const record of waiting.values()) record.isAdmitted = true;
    if (this.#sabotage === 'admits the last first') {
      const records = [...waiting.values()].toReversed();
      waiting.clear();
      for (const record of records) waiting.set(record.executionId, record);
    }
    const admitted = await super.admit(limit);
    this.#checker.ledger.onAdmitted();
    return admitted;
  }
}
