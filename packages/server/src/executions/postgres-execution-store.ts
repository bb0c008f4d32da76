/**
 * `ExecutionStore` over PostgreSQL.
 *
 * Invariants (cited by tests):
 * - E2/E3 a batch is ONE database transaction: rows are locked, then judged, then everything of the transitions that hold is
 *   written; a failing call has written nothing (or its commit got through and only the answer was lost).
 * - D1 guarded tasks are locked with their executions, executions first, each by id: nobody waits in a circle, and if
 *   somebody does after all, PostgreSQL ends one of the two and the batch is tried again.
 * - A batch takes two round trips whatever its size, and one when it only starts and reports work, as most do.
 */
import { isFinal, type EngineEvent, type Execution, type ExecutionId } from '@bridle/pipeline';
import {
  isQueuedStart,
  requestId,
  type CommitOutcome,
  type DueTimer,
  type ExecutionStore,
  type Transition,
} from '@bridle/runtime';
import { isTransientConflict, onClient, type Connection, type Statement } from '../store/connection.ts';
import type { DatabaseClock } from '../store/clock.ts';
import type { DatabaseHandle } from '../store/database.ts';
import { findExecution, findNextTimerAt, listDueTimers, listEvents } from '../store/execution-statements.ts';
import { insertNotices } from '../store/outbox.ts';
import { commitPlainTransitions } from '../store/plain-transitions-statement.ts';
import { lockWantedRequests } from '../store/request-statements.ts';
import { insertExecutions, type NewExecutionRows } from '../store/start-statements.ts';
import {
  closeLogsOf,
  deleteClaims,
  deleteRequests,
  deleteTimers,
  deleteWaiting,
  insertClaims,
  insertEvents,
  insertRequests,
  insertTasks,
  insertTimers,
  lockTransitions,
  releaseWorkspaces,
  tellClaims,
  updateExecutions,
  updateTaskStates,
  upsertNodes,
  type Locked,
} from '../store/transition-statements.ts';
import { EXECUTION_WAKES, wakeKeys, type Wake } from '../store/wake-hub.ts';
import {
  addStart,
  addTransition,
  emptyBatch,
  isPlain,
  judge,
  newExecution,
  touchedTasks,
  type BatchRows,
} from './transition-rows.ts';

/** A batch that PostgreSQL ended because of a deadlock is tried again so often. */
const TRIES_MAX = 4;

const BEGIN: Statement = { name: 'bridle_begin', text: 'begin' };
const COMMIT: Statement = { name: 'bridle_commit', text: 'commit' };
const CONFLICT: CommitOutcome = { kind: 'conflict' };
const NOTHING: readonly string[] = [];
const NO_TASKS: Pick<Locked, 'tasks'> = { tasks: new Map() };

export interface PostgresExecutionStoreOptions {
  readonly database: DatabaseHandle;
  readonly clock: DatabaseClock;
  /** Hears after each commit what changed. */
  readonly onWake?: (wakes: readonly Wake[]) => void;
}

interface Saved {
  readonly outcomes: readonly CommitOutcome[];
  readonly wakes: readonly Wake[];
}

export class PostgresExecutionStore implements ExecutionStore {
  readonly #database: DatabaseHandle;
  readonly #clock: DatabaseClock;
  readonly #onWake: (wakes: readonly Wake[]) => void;

  constructor(options: PostgresExecutionStoreOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#onWake = options.onWake ?? (() => undefined);
  }

  find(id: ExecutionId): Promise<Execution | undefined> {
    return findExecution(this.#database.db, id);
  }

  listEvents(id: ExecutionId): Promise<readonly EngineEvent[]> {
    return listEvents(this.#database.db, id);
  }

  listDueTimers(limit: number): Promise<readonly DueTimer[]> {
    return listDueTimers(this.#database.db, limit);
  }

  nextTimerAt(): Promise<number | undefined> {
    return findNextTimerAt(this.#database.db);
  }

  async commit(transitions: readonly Transition[]): Promise<readonly CommitOutcome[]> {
    if (transitions.length === 0) return [];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { outcomes, wakes } = await this.#database.pipelined((client) =>
          this.#save(onClient(client), transitions),
        );
        if (wakes.length > 0) this.#onWake(wakes);
        return outcomes;
      } catch (error) {
        if (attempt === TRIES_MAX || !isTransientConflict(error)) throw error;
      }
    }
  }

  #save(connection: Connection, transitions: readonly Transition[]): Promise<Saved> {
    return transitions.every(isPlain)
      ? this.#saveAtOnce(connection, transitions)
      : this.#saveAll(connection, transitions);
  }

  /** The statement judges as `judge` does: it is handed what it may write. */
  async #saveAtOnce(connection: Connection, transitions: readonly Transition[]): Promise<Saved> {
    const batch = emptyBatch();
    for (const transition of transitions) addTransition(batch, transition, NO_TASKS);
    const locked = await commitPlainTransitions(connection, transitions, batch);
    this.#clock.hear(locked.now);
    const outcomes = transitions.map((transition) => judge(transition, locked));
    const held = transitions.filter((_, index) => outcomes[index]?.kind === 'committed');
    return { outcomes, wakes: [...held.flatMap(wakesOf), ...noticeWakes(batch)] };
  }

  async #saveAll(connection: Connection, transitions: readonly Transition[]): Promise<Saved> {
    const executionIds = transitions.map(({ execution }) => execution.id);
    const [, locked] = await Promise.all([
      connection.query(BEGIN, []),
      lockTransitions(connection, executionIds, transitions.flatMap(touchedTasks)),
    ]);
    this.#clock.hear(locked.now);
    const judged = transitions.map((transition) => judge(transition, locked));
    const held = transitions.filter((_, index) => judged[index]?.kind === 'committed');
    const fresh = await insertStarts(connection, held.filter(isStart));
    const isSaved = (transition: Transition): boolean => !isStart(transition) || fresh.has(transition.execution.id);
    const batch = emptyBatch();
    for (const transition of held) if (!isStart(transition)) addTransition(batch, transition, locked);
    // COMMIT travels with the writes: when one of them failed it rolls back, and the failure is what the caller hears.
    const [written] = await Promise.all([write(connection, batch), connection.query(COMMIT, [])]);
    return {
      // A start that was judged fresh is refused when somebody else inserted the same id in this very moment.
      outcomes: judged.map((outcome, index) =>
        outcome.kind === 'committed' && !isSaved(transitions[index] as Transition) ? CONFLICT : outcome,
      ),
      wakes: [
        ...held.filter(isSaved).flatMap(wakesOf),
        ...(fresh.size > 0 ? OUTBOX_WAKES : noticeWakes(batch)),
        ...[...batch.cancellingDelegates, ...written.delegates].map((id) => ({ key: wakeKeys.delegate(id) })),
        ...written.closedLogs.map((key) => ({ key: wakeKeys.log(key) })),
      ],
    };
  }
}

const isStart = ({ expectedVersion }: Transition): boolean => expectedVersion === undefined;

/** Starts without documents: only tests and repairs use it, the service starts executions with theirs. */
async function insertStarts(connection: Connection, given: readonly Transition[]): Promise<ReadonlySet<string>> {
  const starts = await wantedStarts(connection, given);
  if (starts.length === 0) return new Set();
  const batch = emptyBatch();
  for (const start of starts) addStart(batch, start);
  return insertExecutions(connection, {
    executions: starts.map(({ execution }) =>
      newExecution(execution, {
        name: execution.pipelineIdentifier,
        tags: {},
        modules: [],
        pipelineYaml: '',
        resolvedYaml: '',
        inputYaml: '',
      }),
    ),
    ...firstRows(batch, starts),
  });
}

/** C2: a chained execution starts only while its parent waits for it. */
async function wantedStarts(connection: Connection, starts: readonly Transition[]): Promise<readonly Transition[]> {
  const requestOf = ({ execution: { parent } }: Transition): string | undefined =>
    parent === undefined ? undefined : requestId('startChild', parent.nodeExecutionId);
  const asked = starts.flatMap((start) => requestOf(start) ?? []);
  if (asked.length === 0) return starts;
  const wanted = await lockWantedRequests(connection, asked);
  return starts.filter((start) => wanted.has(requestOf(start) ?? '') || requestOf(start) === undefined);
}

/** What executions begin with beside their own rows. */
export function firstRows(batch: BatchRows, starts: readonly Transition[]): Omit<NewExecutionRows, 'executions'> {
  return {
    nodes: batch.nodes,
    events: batch.events,
    notices: batch.notices,
    timers: [...batch.timers.values()],
    tasks: [...batch.tasks.values()],
    claims: [...batch.claims.values()],
    requests: [...batch.requests.values()],
    waiting: starts.filter(isQueuedStart).map(({ execution }) => execution.id),
  };
}

interface Written {
  /** Those that hold workspaces which were released. */
  readonly delegates: readonly string[];
  readonly closedLogs: readonly string[];
}

/** Sends everything at once. */
async function write(connection: Connection, batch: BatchRows): Promise<Written> {
  const { updates, nodes, events, notices, endedTimers, timers, tasks, taskStates, lostTasks, releasedWorkspaces } =
    batch;
  if (updates.length === 0) return { delegates: [], closedLogs: [] };
  const sent: Promise<unknown>[] = [updateExecutions(connection, updates), insertEvents(connection, events)];
  if (notices.length > 0) sent.push(insertNotices(connection, notices));
  if (nodes.length > 0) sent.push(upsertNodes(connection, nodes));
  if (endedTimers.size > 0) sent.push(deleteTimers(connection, [...endedTimers]));
  if (timers.size > 0) sent.push(insertTimers(connection, [...timers.values()]));
  if (tasks.size > 0) sent.push(insertTasks(connection, [...tasks.values()]));
  if (taskStates.size > 0) sent.push(updateTaskStates(connection, taskStates));
  sent.push(...writeWaits(connection, batch));
  const released = releasedWorkspaces.size === 0 ? NOTHING : releaseWorkspaces(connection, [...releasedWorkspaces]);
  const closed = lostTasks.size === 0 ? NOTHING : closeLogsOf(connection, [...lostTasks]);
  const [delegates, closedLogs] = await Promise.all([released, closed, ...sent]);
  return { delegates, closedLogs };
}

/** Most batches have nothing of it. What goes is deleted before what comes is inserted. */
function writeWaits(connection: Connection, batch: BatchRows): readonly Promise<void>[] {
  const { claims, toldClaims, releasedClaims, requests, settledRequests, admitted } = batch;
  const sent: Promise<void>[] = [];
  if (toldClaims.size > 0) sent.push(tellClaims(connection, [...toldClaims]));
  if (releasedClaims.size > 0) sent.push(deleteClaims(connection, [...releasedClaims]));
  if (claims.size > 0) sent.push(insertClaims(connection, [...claims.values()]));
  if (settledRequests.size > 0) sent.push(deleteRequests(connection, [...settledRequests]));
  if (requests.size > 0) sent.push(insertRequests(connection, [...requests.values()]));
  if (admitted.size > 0) sent.push(deleteWaiting(connection, [...admitted]));
  return sent;
}

export const OUTBOX_WAKES: readonly Wake[] = [{ key: wakeKeys.outbox }];

function noticeWakes({ notices }: BatchRows): readonly Wake[] {
  return notices.length > 0 ? OUTBOX_WAKES : [];
}

/** Who may care about an accepted transition. */
export function wakesOf({ execution, effects }: Transition): readonly Wake[] {
  const wakes: Wake[] = [
    {
      key: wakeKeys.execution(execution.id),
      id: isFinal(execution.status) ? EXECUTION_WAKES.ended : EXECUTION_WAKES.changed,
    },
    { key: wakeKeys.project(execution.scope), id: execution.id },
  ];
  if (effects.some((effect) => effect.kind === 'enqueueTask'))
    wakes.push({ key: wakeKeys.tasks(execution.scope.accountId) });
  return wakes;
}
