/** `TaskQueue` over PostgreSQL: the port the runtime's loops use, over the same statements that dispatch uses. */
import type { NodeExecutionId } from '@bridle/pipeline';
import type { DelegateView, HeldTask, LeasedTask, LostTask, TaskQueue } from '@bridle/runtime';
import { leaseRound } from '../dispatch/lease-round.ts';
import type { DatabaseHandle } from '../store/database.ts';
import { closeDesertedLogs, findDelegate, readInbox } from '../store/delegates.ts';
import { extendLeases, listLostTasks, requeueExpiredLeases, type LostTaskRow } from '../store/task-queue-statements.ts';

export class PostgresTaskQueue implements TaskQueue {
  readonly #database: DatabaseHandle;
  readonly #onRequeued: (accountIds: ReadonlySet<string>) => void;

  /** `onRequeued` hears whose tasks returned to the queue. */
  constructor(database: DatabaseHandle, onRequeued: (accountIds: ReadonlySet<string>) => void = () => undefined) {
    this.#database = database;
    this.#onRequeued = onRequeued;
  }

  async lease(view: DelegateView, limit: number, leaseMs: number): Promise<readonly LeasedTask[]> {
    const delegate = await findDelegate(this.#database.db, view.delegateId);
    if (delegate === undefined) return [];
    const { leases } = await leaseRound(
      this.#database,
      [{ ...view, capabilities: delegate.capabilities, incarnation: delegate.incarnation, free: limit }],
      leaseMs,
    );
    return leases.map(({ task, executionId, fence, leaseUntil }) => ({ task, executionId, fence, leaseUntil }));
  }

  extend(delegateId: string, held: readonly HeldTask[], leaseMs: number): Promise<readonly NodeExecutionId[]> {
    return extendLeases(this.#database.db, delegateId, held, leaseMs);
  }

  async listCancelling(delegateId: string): Promise<readonly NodeExecutionId[]> {
    return (await readInbox(this.#database.db, delegateId)).cancelling;
  }

  async requeueExpired(): Promise<number> {
    const accountIds = await requeueExpiredLeases(this.#database.db);
    if (accountIds.length > 0) this.#onRequeued(new Set(accountIds));
    return accountIds.length;
  }

  async listLost(graceMs: number, limit: number): Promise<readonly LostTask[]> {
    await closeDesertedLogs(this.#database.db, graceMs);
    const rows = await listLostTasks(this.#database.db, graceMs, limit);
    return rows.map((row) => ({
      taskId: row.taskId,
      executionId: row.executionId,
      fence: row.fence,
      from: row.state,
      reason: lossReason(row, graceMs),
    }));
  }
}

function lossReason({ state, delegateName, why }: LostTaskRow, graceMs: number): string {
  const what = WHY[why](delegateName, Math.round(graceMs / 60_000));
  return state === 'queued'
    ? `${what} It had the workspace of this stage, which is gone with it.`
    : `${what} The step was running on it.`;
}

const WHY: Record<LostTaskRow['why'], (name: string, graceMinutes: number) => string> = {
  left: (name) => `Delegate ${name} has shut down.`,
  revoked: (name) => `The token of delegate ${name} was revoked.`,
  restarted: (name) => `Delegate ${name} was restarted.`,
  silent: (name, minutes) => `Delegate ${name} has not been heard of for ${minutes} min.`,
};
