import type { Effect, EngineEvent, Execution, ExecutionId } from '@bridle/pipeline';
import { isQueuedStart } from '../begin-execution.ts';
import type { CommitOutcome, DueTimer, ExecutionStore, TaskGuard, Transition } from '../ports.ts';
import { requestId } from '../requests.ts';
import { settledBy } from '../settled.ts';
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
    if (record === undefined && !this.#isStartWanted(execution)) return { kind: 'conflict' };
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
    this.#settle(transition);
    if (isQueuedStart(transition)) {
      const { accountId } = execution.scope;
      this.#database.waiting.set(execution.id, { executionId: execution.id, accountId, isAdmitted: false });
    }
    for (const effect of transition.effects) this.#carryOut(execution, effect);
    return { kind: 'committed' };
  }

  /** C2: a chained execution starts only while its parent waits for it. */
  #isStartWanted({ parent }: Execution): boolean {
    if (parent === undefined) return true;
    return this.#database.requests.get(requestId('startChild', parent.nodeExecutionId))?.isForbidden === false;
  }

  #settle({ execution, events }: Transition): void {
    const { claims, requests, isAdmitted } = settledBy(events);
    for (const id of claims) {
      const claim = this.#database.claims.get(id);
      if (claim !== undefined) claim.isTold = true;
    }
    for (const id of requests) this.#database.requests.delete(id);
    if (isAdmitted) this.#database.waiting.delete(execution.id);
  }

  /** Idempotent by the effect's id. */
  #carryOut(execution: Execution, effect: Effect): void {
    const { tasks, timers, workspaces, claims, requests, clock } = this.#database;
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
      case 'acquireResource': {
        const { nodeExecutionId, key } = effect;
        if (claims.has(nodeExecutionId)) return;
        const { accountId } = execution.scope;
        const claim = { nodeExecutionId, executionId: execution.id, accountId, key, isGranted: false, isTold: false };
        claims.set(nodeExecutionId, claim);
        return;
      }
      case 'releaseResource':
        claims.delete(effect.nodeExecutionId);
        return;
      case 'startChild':
      case 'abortChild':
      case 'reportToParent': {
        const id = requestId(effect.kind, effect.nodeExecutionId);
        if (requests.has(id)) return;
        const request = { id, executionId: execution.id, effect, dueAt: clock.now(), attempts: 0, isForbidden: false };
        requests.set(id, request);
        return;
      }
    }
  }
}

/** D1: the task still has the fence and the state that the report is based on. */
function holds(guard: TaskGuard, task: TaskRecord): boolean {
  return task.fence === guard.fence && task.state === guard.from;
}
