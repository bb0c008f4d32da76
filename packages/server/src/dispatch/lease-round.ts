import { onClient } from '../store/connection.ts';
import type { DatabaseHandle } from '../store/database.ts';
import { leaseTasks, listQueuedTasks, type Assignment, type Lease } from '../store/task-queue-statements.ts';
import { assignTasks, seatsFor, type Asker, type Seat } from './assign.ts';

/** Queued tasks looked at in one statement. */
export const QUEUE_PAGE = 500;
const QUEUE_PAGE_MIN = 20;
/** Pages looked at in one round: tasks that no asker may take cannot hide the others behind them for long. */
export const QUEUE_PAGES_MAX = 20;

export interface LeaseRound {
  readonly leases: readonly Lease[];
  /** Tasks that somebody else took first. */
  readonly missed: number;
}

/** One round of giving out work: looks at the queue, decides, leases. `askers` in the order in which they came. */
export async function leaseRound(
  database: DatabaseHandle,
  askers: readonly Asker[],
  leaseMs: number,
): Promise<LeaseRound> {
  const seats = seatsFor(askers);
  const assignments: Assignment[] = [];
  for (const [accountId, members] of Map.groupBy(seats, (seat) => seat.asker.accountId)) {
    assignments.push(...(await assignOfAccount(database, accountId, members)));
  }
  if (assignments.length === 0) return { leases: [], missed: 0 };
  const leases = await database.pipelined((client) => leaseTasks(onClient(client), assignments, leaseMs));
  return { leases, missed: assignments.length - leases.length };
}

async function assignOfAccount(
  database: DatabaseHandle,
  accountId: string,
  seats: readonly Seat[],
): Promise<readonly Assignment[]> {
  const tags = [...new Set(seats.flatMap((seat) => seat.asker.tags))];
  const bound = new Map<string, Asker>();
  const assignments: Assignment[] = [];
  // A little more than can be taken: some of them will not fit.
  const free = seats.reduce((sum, seat) => sum + seat.asker.free, 0);
  const limit = Math.min(QUEUE_PAGE, Math.max(QUEUE_PAGE_MIN, free * 2));
  let after = 0;
  for (let page = 0; page < QUEUE_PAGES_MAX; page += 1) {
    const tasks = await listQueuedTasks(database.db, accountId, tags, after, limit);
    assignments.push(...assignTasks(tasks, seats, bound));
    const last = tasks.at(-1);
    if (last === undefined || tasks.length < limit || seats.every((seat) => seat.taken >= seat.asker.free)) break;
    after = last.position;
  }
  return assignments;
}
