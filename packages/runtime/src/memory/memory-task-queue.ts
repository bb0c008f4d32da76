import type { NodeExecutionId } from '@bridle/pipeline';
import type { DelegateView, HeldTask, LeasedTask, LostTask, TaskQueue } from '../ports.ts';
import type { DelegateRecord, MemoryDatabase, TaskRecord } from './memory-database.ts';

/**
 * `TaskQueue` in memory, with the register of delegates that the server keeps in its own tables.
 *
 * Invariants: D1 a lease gives a fence greater than all before it; D3 a process is dead when its delegate has left or another
 * incarnation has registered, and given up when it was silent for the grace.
 */
export class MemoryTaskQueue implements TaskQueue {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  /** A delegate process says who it is; another incarnation than before means that the process before is dead. */
  async register(view: DelegateView, incarnation: string): Promise<void> {
    const heardAt = this.#database.clock.now();
    this.#database.delegates.set(view.delegateId, { view, incarnation, heardAt, hasLeft: false });
  }

  /** A sign of life. Answers whether this process is still the registered one. */
  async hear(delegateId: string, incarnation: string): Promise<boolean> {
    const delegate = this.#database.delegates.get(delegateId);
    if (delegate === undefined || delegate.incarnation !== incarnation || delegate.hasLeft) return false;
    delegate.heardAt = this.#database.clock.now();
    return true;
  }

  /** The process is gone: drained, or its supervisor saw it die. */
  async leave(delegateId: string, incarnation: string): Promise<void> {
    const delegate = this.#database.delegates.get(delegateId);
    if (delegate?.incarnation === incarnation) delegate.hasLeft = true;
  }

  async lease(view: DelegateView, limit: number, leaseMs: number): Promise<readonly LeasedTask[]> {
    const delegate = this.#database.delegates.get(view.delegateId);
    if (delegate === undefined || delegate.hasLeft) return [];
    const holder = { delegateId: view.delegateId, incarnation: delegate.incarnation };
    const leaseUntil = this.#database.clock.now() + leaseMs;
    const leased: LeasedTask[] = [];
    for (const record of this.#byAge()) {
      if (leased.length >= limit) break;
      if (record.state !== 'queued' || !this.#mayRun(view, delegate, record)) continue;
      this.#bindWorkspace(record, holder);
      Object.assign(record, { state: 'leased', fence: record.fence + 1, holder, leaseUntil });
      leased.push({ task: record.task, executionId: record.executionId, fence: record.fence, leaseUntil });
    }
    return leased;
  }

  async extend(delegateId: string, held: readonly HeldTask[], leaseMs: number): Promise<readonly NodeExecutionId[]> {
    const leaseUntil = this.#database.clock.now() + leaseMs;
    const lost: NodeExecutionId[] = [];
    for (const { taskId, fence } of held) {
      const record = this.#database.tasks.get(taskId);
      if (record !== undefined && isHeld(record) && record.fence === fence && this.#isHeldBy(record, delegateId)) {
        record.leaseUntil = leaseUntil;
      } else {
        lost.push(taskId);
      }
    }
    return lost;
  }

  async listCancelling(delegateId: string): Promise<readonly NodeExecutionId[]> {
    return this.#byAge()
      .filter((record) => record.state === 'cancelling' && this.#isHeldBy(record, delegateId))
      .map((record) => record.task.taskId);
  }

  async requeueExpired(): Promise<number> {
    const now = this.#database.clock.now();
    const expired = this.#byAge().filter((record) => record.state === 'leased' && (record.leaseUntil ?? 0) <= now);
    for (const record of expired) {
      record.state = 'queued';
      record.fence += 1;
    }
    return expired.length;
  }

  async listLost(graceMs: number, limit: number): Promise<readonly LostTask[]> {
    const lost: LostTask[] = [];
    for (const record of this.#byAge()) {
      if (lost.length >= limit) break;
      const holder = this.#neededProcess(record);
      const reason = holder === undefined ? undefined : this.#whyGone(holder, graceMs);
      if (reason === undefined) continue;
      const { task, executionId, fence, state } = record;
      lost.push({ taskId: task.taskId, executionId, fence, from: state, reason });
    }
    return lost;
  }

  #byAge(): readonly TaskRecord[] {
    // Maps keep the order of insertion, which is the order of enqueueing.
    return [...this.#database.tasks.values()];
  }

  #mayRun(view: DelegateView, delegate: DelegateRecord, { task, scope }: TaskRecord): boolean {
    if (scope.accountId !== view.accountId) return false;
    if (view.orgIdentifier !== undefined && view.orgIdentifier !== scope.orgIdentifier) return false;
    if (view.projectIdentifier !== undefined && view.projectIdentifier !== scope.projectIdentifier) return false;
    if (!task.selectors.every((selector) => view.tags.includes(selector.trim().toLowerCase()))) return false;
    const workspace = task.workspaceKey === undefined ? undefined : this.#database.workspaces.get(task.workspaceKey);
    if (workspace === undefined) return true;
    return workspace.holder.delegateId === view.delegateId && workspace.holder.incarnation === delegate.incarnation;
  }

  #bindWorkspace({ task: { workspaceKey } }: TaskRecord, holder: NonNullable<TaskRecord['holder']>): void {
    if (workspaceKey === undefined || this.#database.workspaces.has(workspaceKey)) return;
    this.#database.workspaces.set(workspaceKey, { key: workspaceKey, holder });
  }

  #isHeldBy({ holder }: TaskRecord, delegateId: string): boolean {
    return (
      holder?.delegateId === delegateId && holder.incarnation === this.#database.delegates.get(delegateId)?.incarnation
    );
  }

  /** The process without which the task cannot end: the one that runs it, or the one that has its workspace. */
  #neededProcess(record: TaskRecord): TaskRecord['holder'] {
    if (record.state === 'started' || record.state === 'cancelling') return record.holder;
    if (record.state !== 'queued' || record.task.workspaceKey === undefined) return undefined;
    return this.#database.workspaces.get(record.task.workspaceKey)?.holder;
  }

  #whyGone({ delegateId, incarnation }: NonNullable<TaskRecord['holder']>, graceMs: number): string | undefined {
    const delegate = this.#database.delegates.get(delegateId);
    if (delegate === undefined || delegate.hasLeft) return `Delegate ${delegateId} has left.`;
    if (delegate.incarnation !== incarnation) return `Delegate ${delegateId} was restarted.`;
    if (delegate.heardAt + graceMs > this.#database.clock.now()) return undefined;
    return `Delegate ${delegateId} was silent for more than ${graceMs} ms.`;
  }
}

function isHeld({ state }: TaskRecord): boolean {
  return state === 'leased' || state === 'started' || state === 'cancelling';
}
