import type { Effect, EngineEvent, Execution, ExecutionId } from '@bridle/pipeline';
import type { CommitOutcome, DueTimer, ExecutionStore, TaskGuard, Transition } from '../ports.ts';
import type { MemoryDatabase, TaskRecord } from './memory-database.ts';

/** `ExecutionStore` in memory: for simulation and tests, and for running a pipeline without a server. */
export class MemoryExecutionStore implements ExecutionStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async find(id: ExecutionId): Promise<Execution | undefined> {
    return this.#database.executions.get(id)?.execution;
  }

  async commit(transitions: readonly Transition[]): Promise<readonly CommitOutcome[]> {
    return transitions.map((transition) => this.commitOne(transition));
  }

  async listEvents(id: ExecutionId): Promise<readonly EngineEvent[]> {
    return [...(this.#database.executions.get(id)?.events ?? [])];
  }

  async listDueTimers(limit: number): Promise<readonly DueTimer[]> {
    const now = this.#database.clock.now();
    return [...this.#database.timers.values()]
      .filter((timer) => timer.dueAt <= now)
      .toSorted((one, other) => one.dueAt - other.dueAt)
      .slice(0, limit);
  }

  async nextTimerAt(): Promise<number | undefined> {
    let next: number | undefined;
    for (const { dueAt } of this.#database.timers.values()) next = next === undefined ? dueAt : Math.min(next, dueAt);
    return next;
  }

  /** All of one transition or nothing, without waiting. */
  protected commitOne(transition: Transition): CommitOutcome {
    const { execution, events, expectedVersion, guard, firedTimer } = transition;
    const record = this.#database.executions.get(execution.id);
    if (record?.execution.version !== expectedVersion) return { kind: 'conflict' };
    if (execution.version !== (expectedVersion ?? 0) + events.length) {
      throw new Error(
        `E2: ${events.length} events cannot lead from version ${expectedVersion ?? 0} to ${execution.version}.`,
      );
    }
    const task = guard === undefined ? undefined : this.#database.tasks.get(guard.taskId);
    if (guard !== undefined) {
      if (task === undefined || !holds(guard, task)) return { kind: 'stale', state: task?.state, fence: task?.fence };
      task.state = guard.to;
    }
    if (record === undefined) this.#database.executions.set(execution.id, { execution, events: [...events] });
    else {
      record.execution = execution;
      record.events.push(...events);
    }
    if (firedTimer !== undefined) this.#database.timers.delete(firedTimer);
    for (const effect of transition.effects) this.#carryOut(execution, effect);
    return { kind: 'committed' };
  }

  /** Idempotent by the effect's id. */
  #carryOut(execution: Execution, effect: Effect): void {
    const { tasks, timers, workspaces, clock } = this.#database;
    switch (effect.kind) {
      case 'enqueueTask': {
        const { task } = effect;
        if (tasks.has(task.taskId)) return;
        const queued = {
          task,
          executionId: execution.id,
          scope: execution.scope,
          sequence: tasks.size,
          state: 'queued',
          fence: 0,
        } as const;
        tasks.set(task.taskId, { ...queued });
        return;
      }
      case 'cancelTask': {
        const task = tasks.get(effect.taskId);
        if (task?.state === 'queued' || task?.state === 'leased') task.state = 'cancelled';
        else if (task?.state === 'started') task.state = 'cancelling';
        return;
      }
      case 'startTimer':
        if (!timers.has(effect.timerId)) {
          timers.set(effect.timerId, { timerId: effect.timerId, executionId: execution.id, dueAt: effect.dueAt });
        }
        return;
      case 'cancelTimer':
        timers.delete(effect.timerId);
        return;
      case 'releaseWorkspace': {
        const workspace = workspaces.get(effect.workspaceKey);
        if (workspace !== undefined) workspace.releasedAt ??= clock.now();
        return;
      }
    }
  }
}

/** D1: the task still has the fence and the state that the report is based on. */
function holds(guard: TaskGuard, task: TaskRecord): boolean {
  return task.fence === guard.fence && task.state === guard.from;
}
