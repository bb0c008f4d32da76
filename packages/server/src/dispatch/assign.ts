/**
 * Which delegate gets which task: a pure decision over what is queued and who waits.
 *
 * A task goes to a delegate that may run it: same account, in the scope of its token, every selector one of its tags, everything
 * it needs one of its capabilities, and the owner of the task's workspace if it has one. Of several, the one that got fewest tasks
 * in this round, then the one that waits longest: work spreads, nobody starves. Whose task comes first says `Turns`.
 *
 * - R14 after a round nobody who may run one of the tasks left has room for it.
 */
import type { Assignment } from '../store/task-queue-statements.ts';
import type { QueuedTask, RunningCount } from '../store/waiting-tasks.ts';
import { Turns } from './turns.ts';

/** A delegate process that asks for work. */
export interface Asker {
  readonly delegateId: string;
  readonly incarnation: string;
  readonly accountId: string;
  /** Lower-cased and trimmed, the name included. */
  readonly tags: readonly string[];
  /** Words of requirements.ts. */
  readonly capabilities: readonly string[];
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
  /** How many more tasks it can take. */
  readonly free: number;
}

export interface Seat {
  readonly asker: Asker;
  readonly tags: ReadonlySet<string>;
  readonly capabilities: ReadonlySet<string>;
  taken: number;
}

/** One place per asker, in the order in which they came. */
export function seatsFor(askers: readonly Asker[]): readonly Seat[] {
  return askers.map((asker) => ({
    asker,
    tags: new Set(asker.tags),
    capabilities: new Set(asker.capabilities),
    taken: 0,
  }));
}

/**
 * Gives tasks of one account to the seats, in turn.
 * @param bound - remembers which process a workspace goes to within one round
 * @param running - what is in hand already; needed only when there is more work than room
 */
export function assignTasks(
  tasks: readonly QueuedTask[],
  seats: readonly Seat[],
  bound: Map<string, Asker>,
  running: readonly RunningCount[] = [],
): readonly Assignment[] {
  const assignments: Assignment[] = [];
  const turns = new Turns(tasks, running);
  for (let room = roomOf(seats); room > 0;) {
    const task = turns.next();
    if (task === undefined) break;
    const seat = bestSeat(task, seats, task.workspaceKey === undefined ? undefined : bound.get(task.workspaceKey));
    if (seat === undefined) continue;
    seat.taken += 1;
    room -= 1;
    turns.taken(task);
    const { delegateId, incarnation } = seat.asker;
    if (task.workspaceKey !== undefined) bound.set(task.workspaceKey, seat.asker);
    assignments.push({ taskId: task.taskId, delegateId, incarnation });
  }
  return assignments;
}

/** How many more tasks the seats can take. */
export function roomOf(seats: readonly Seat[]): number {
  return seats.reduce((sum, { asker, taken }) => sum + asker.free - taken, 0);
}

function bestSeat(task: QueuedTask, seats: readonly Seat[], owner: Asker | undefined): Seat | undefined {
  let best: Seat | undefined;
  for (const seat of seats) {
    if (seat.taken >= seat.asker.free || (owner !== undefined && seat.asker !== owner) || !mayRun(task, seat)) continue;
    if (best === undefined || seat.taken < best.taken) best = seat;
  }
  return best;
}

function mayRun(task: QueuedTask, { asker, tags, capabilities }: Seat): boolean {
  if (
    task.boundTo !== undefined &&
    (task.boundTo.delegateId !== asker.delegateId || task.boundTo.incarnation !== asker.incarnation)
  )
    return false;
  return (
    isInScope(task, asker) &&
    task.selectors.every((selector) => tags.has(selector)) &&
    task.requirements.every((word) => capabilities.has(word))
  );
}

interface Scope {
  readonly accountId: string;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
}

/** A token serves its account, or only one organization or project of it. */
export function isInScope(scope: Scope, token: Partial<Scope>): boolean {
  return (
    token.accountId === scope.accountId &&
    (token.orgIdentifier === undefined || token.orgIdentifier === scope.orgIdentifier) &&
    (token.projectIdentifier === undefined || token.projectIdentifier === scope.projectIdentifier)
  );
}

/** Tags and selectors meet in any case. */
export function normaliseTags(tags: readonly string[]): readonly string[] {
  return [
    ...new Set(tags.map((tag) => tag.trim().toLowerCase().replaceAll('\0', '\u{FFFD}')).filter((tag) => tag !== '')),
  ];
}
