/** The shared stores of a simulation: every call is shown to the checker, and a sabotaged one does its work wrongly. */
import {
  MemoryExecutionStore,
  MemoryTaskQueue,
  type CommitOutcome,
  type DelegateView,
  type LeasedTask,
  type MemoryDatabase,
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
      case 'keeps fences':
      case undefined:
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
