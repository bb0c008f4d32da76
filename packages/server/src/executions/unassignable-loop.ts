/** Ends steps that no delegate can ever take, and tells why per delegate, instead of letting them wait for ever. */
import type { TaskReports, Scheduler } from '@bridle/runtime';
import { isInScope } from '../dispatch/assign.ts';
import { describeMissing } from '../dispatch/requirements.ts';
import type { Database } from '../store/database.ts';
import { listDelegates, type ListedDelegate } from '../store/delegates.ts';
import { listUnassignableTasks, type UnassignableTask } from '../store/waiting-tasks.ts';

/** Looking is cheap but not free, and a minute's patience needs no sharper clock. */
const UNASSIGNABLE_POLL_MS = 5_000;
const UNASSIGNABLE_TASKS_MAX = 200;
/** Delegates named in one reason. */
const DELEGATES_NAMED_MAX = 10;
/** Delegates that left are worth a word for this long. */
const LEFT_NAMED_MS = 3_600_000;

export interface UnassignableLoopOptions {
  readonly db: Database;
  readonly reports: TaskReports;
  readonly scheduler: Scheduler;
  /** How long a task waits for a delegate that could take it. */
  readonly windowMs: number;
  /** Silence after which a delegate does not count any more. */
  readonly graceMs: number;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
}

/** Runs until `signal` aborts. Waits a whole window first: after an outage of everything, delegates come back before anybody is judged. */
export async function runUnassignableLoop(options: UnassignableLoopOptions, signal: AbortSignal): Promise<void> {
  const { scheduler, windowMs, pollMs = Math.min(UNASSIGNABLE_POLL_MS, windowMs) } = options;
  await scheduler.sleep(windowMs, signal);
  while (!signal.aborted) {
    await refuseUnassignable(options).catch(options.onError);
    await scheduler.sleep(pollMs, signal);
  }
}

async function refuseUnassignable({ db, reports, windowMs, graceMs, onError }: UnassignableLoopOptions): Promise<void> {
  const tasks = await listUnassignableTasks(db, windowMs, graceMs, UNASSIGNABLE_TASKS_MAX);
  for (const [accountId, ofAccount] of Map.groupBy(tasks, (task) => task.accountId)) {
    const delegates = await listDelegates(db, accountId, LEFT_NAMED_MS);
    const told = await Promise.allSettled(
      ofAccount.map((task) => reports.lost({ ...task, from: 'queued', reason: unassignableReason(task, delegates) })),
    );
    for (const result of told) if (result.status === 'rejected') onError(result.reason);
  }
}

/** Why nobody can take the task, for the person who wrote the pipeline. */
export function unassignableReason(task: UnassignableTask, delegates: readonly ListedDelegate[]): string {
  const wanted = task.selectors.length === 0 ? '' : ` with the selectors ${task.selectors.join(', ')}`;
  if (delegates.length === 0) return `No delegate can run this step${wanted}: none is registered in this account.`;
  const named = delegates
    .toSorted((one, other) => nearness(task, other) - nearness(task, one))
    .slice(0, DELEGATES_NAMED_MAX)
    .map((delegate) => `${delegate.name} ${whyNot(task, delegate)}`);
  const more = delegates.length > named.length ? `; and ${delegates.length - named.length} more` : '';
  return `No delegate can run this step${wanted}: ${named.join('; ')}${more}.`;
}

/** Those that came closest are named first: the one that has the workspace, the ones of this scope that are here. */
function nearness(task: UnassignableTask, delegate: ListedDelegate): number {
  if (delegate.id === task.boundTo) return 3;
  if (!isInScope(task, delegate)) return 0;
  return delegate.leftAt === undefined && !delegate.isRevoked ? 2 : 1;
}

function whyNot(task: UnassignableTask, delegate: ListedDelegate): string {
  if (delegate.isRevoked) return 'has a revoked token';
  if (delegate.leftAt !== undefined) return 'has shut down';
  if (!isInScope(task, delegate))
    return `serves only ${[delegate.orgIdentifier, delegate.projectIdentifier].filter(Boolean).join('/')}`;
  const missing = task.selectors.filter((selector) => !delegate.tags.includes(selector));
  const { os, arch } = delegate.facts;
  const reasons = [
    ...(missing.length === 0 ? [] : [`lacks ${missing.join(', ')}`]),
    ...describeMissing(task.requirements, { capabilities: delegate.capabilities, os, arch }),
  ];
  const here = delegate.id === task.boundTo ? ', but has the workspace of this stage' : '';
  if (reasons.length > 0) return `${reasons.join(' and ')}${here}`;
  if (task.boundTo !== undefined && delegate.id !== task.boundTo) return 'does not have the workspace of this stage';
  return 'is disconnected';
}
