/**
 * One round of giving out work: looks at the queue, decides, leases.
 *
 * Most rounds need one look: a few tasks of every project, and of every kind in it that somebody here may take. Only when those do
 * not fill the room, because nobody here can take them after all, the rest of such tasks is gone through, oldest first. What is in
 * hand already is counted only when there is more work than room.
 */
import { onClient } from '../store/connection.ts';
import type { DatabaseHandle } from '../store/database.ts';
import { leaseTasks, type Assignment, type Lease } from '../store/task-queue-statements.ts';
import {
  countRunningTasks,
  listQueuedTasks,
  type AskingDelegates,
  type QueuedTask,
  type RunningCount,
} from '../store/waiting-tasks.ts';
import { assignTasks, roomOf, seatsFor, type Asker, type Seat } from './assign.ts';

/** Queued tasks of a kind looked at in one statement; also bounds those of all projects in its answer. */
export const QUEUE_PAGE = 500;
const QUEUE_PAGE_MIN = 20;
/** Executions behind a matrix (256 cells at most) must be seen, too. */
const WINDOW_MIN = 288;
const WINDOW_OF_ROOM = 4;
/** Pages looked at in one round: tasks that no asker may take cannot hide the others behind them for long. */
export const QUEUE_PAGES_MAX = 20;

export interface LeaseRound {
  readonly leases: readonly Lease[];
  /** What came to nothing: somebody else took the task first or has its row locked, or the process that asked is gone. */
  readonly missed: readonly Assignment[];
}

/**
 * @param askers - in the order in which they came
 * @param passedOver - tasks that are left alone this time
 */
export async function leaseRound(
  database: DatabaseHandle,
  askers: readonly Asker[],
  leaseMs: number,
  passedOver: ReadonlySet<string> = new Set(),
): Promise<LeaseRound> {
  const seats = seatsFor(askers);
  const assignments: Assignment[] = [];
  for (const [accountId, members] of Map.groupBy(seats, (seat) => seat.asker.accountId)) {
    assignments.push(...(await assignOfAccount(database, accountId, members, passedOver)));
  }
  if (assignments.length === 0) return { leases: [], missed: [] };
  const leases = await database.pipelined((client) => leaseTasks(onClient(client), assignments, leaseMs));
  const given = new Set(leases.map(({ taskId }) => taskId));
  return { leases, missed: assignments.filter(({ taskId }) => !given.has(taskId)) };
}

async function assignOfAccount(
  database: DatabaseHandle,
  accountId: string,
  seats: readonly Seat[],
  passedOver: ReadonlySet<string>,
): Promise<readonly Assignment[]> {
  const { db } = database;
  const asking = {
    ids: seats.map(({ asker }) => asker.delegateId),
    tags: distinct(seats.flatMap(({ asker }) => asker.tags)),
    capabilities: distinct(seats.flatMap(({ asker }) => asker.capabilities)),
    scopes: scopesOf(seats),
  };
  const bound = new Map<string, Asker>();
  const room = roomOf(seats);
  const first = await listQueuedTasks(db, accountId, asking, {
    after: 0,
    window: clamp(room * WINDOW_OF_ROOM, WINDOW_MIN, QUEUE_PAGE),
    // A little more than can be taken: some of them will not fit.
    limit: clamp(room * 2, QUEUE_PAGE_MIN, QUEUE_PAGE),
    order: 'turns',
  });
  let running: readonly RunningCount[] | undefined;
  const give = async (found: readonly QueuedTask[]): Promise<readonly Assignment[]> => {
    const tasks = found.filter(({ taskId }) => !passedOver.has(taskId));
    if (tasks.length > roomOf(seats)) running ??= await countRunningTasks(db, accountId);
    return assignTasks(tasks, seats, bound, running);
  };
  const assignments = [...(await give(first.tasks))];
  if (first.next === undefined) return assignments;
  const seen = new Set(first.tasks.map(({ taskId }) => taskId));
  let after: number | undefined = 0;
  for (let page = 0; page < QUEUE_PAGES_MAX && after !== undefined && roomOf(seats) > 0; page += 1) {
    const more = await listQueuedTasks(db, accountId, asking, {
      after,
      window: QUEUE_PAGE,
      limit: QUEUE_PAGE,
      order: 'age',
    });
    const fresh = more.tasks.filter(({ taskId }) => !seen.has(taskId));
    for (const { taskId } of fresh) seen.add(taskId);
    assignments.push(...(await give(fresh)));
    after = more.next;
  }
  return assignments;
}

/** One that serves all of the account stands for every other one. */
function scopesOf(seats: readonly Seat[]): AskingDelegates['scopes'] {
  if (seats.some(({ asker }) => asker.orgIdentifier === undefined)) return [{}];
  const scopes = new Map<string, AskingDelegates['scopes'][number]>();
  for (const { asker } of seats) {
    const { orgIdentifier, projectIdentifier } = asker;
    scopes.set(`${orgIdentifier}/${projectIdentifier}`, {
      ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
      ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
    });
  }
  return [...scopes.values()];
}

function distinct(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
