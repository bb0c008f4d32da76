/**
 * Drives executions: load → `advance` → commit, one event at a time per execution.
 *
 * Invariants (cited by tests):
 * - E2/E3 what is committed is exactly what `advance` gave for the version it was computed from; on conflict the event is
 *   applied anew to the reloaded state, never saved over it.
 * - X1 in one process, events of one execution are applied one after the other in the order they were delivered.
 * - X2 after a failed store call nothing of its executions stays cached: its fate is unknown.
 * - X3 a cached state decides nothing by itself: only a commit or a fact that stays true for ever (see `MakeEvent`) does.
 * - X4 no time in an execution is before one that was there already, however little the clocks of replicas agree.
 */
import {
  advance,
  isFinal,
  type Effect,
  type EngineEvent,
  type Execution,
  type ExecutionHeader,
  type ExecutionId,
  type TimerId,
} from '@bridle/pipeline';
import { beginExecution } from './begin-execution.ts';
import { ChildForbiddenError, ExecutionContendedError } from './errors.ts';
import { BATCH_TRANSITIONS_MAX, GroupCommit } from './group-commit.ts';
import { HOT_EXECUTIONS_MAX, HotExecutions } from './hot-executions.ts';
import type { Clock, CommitOutcome, ExecutionStore, TaskGuard, TaskState, Transition } from './ports.ts';
import { Turns } from './turns.ts';

/** Each conflict means that somebody else made progress; so many in a row mean that something is wrong. */
export const CONFLICT_RETRIES_MAX = 50;

/**
 * Makes the event to apply at `at`, given the state it will be applied to. May answer `undefined` (nothing to say), but only
 * for a fact that never becomes untrue again, such as "is final": the state given may be older than the stored one. Called
 * anew after a conflict.
 */
export type MakeEvent = (at: number, execution: Execution) => EngineEvent | undefined;

export interface DeliverOptions {
  readonly guard?: TaskGuard;
  /** The timer this event consumes. */
  readonly firedTimer?: TimerId;
}

export type DeliverResult =
  | { readonly kind: 'applied'; readonly execution: Execution; readonly effects: readonly Effect[] }
  /** `makeEvent` had nothing to say to this state. */
  | { readonly kind: 'declined'; readonly execution: Execution }
  /** The guard does not hold: the report is out of date; the task's state and fence as they are. */
  | { readonly kind: 'stale'; readonly state: TaskState | undefined; readonly fence: number | undefined }
  | { readonly kind: 'unknownExecution' };

export type StartResult =
  | { readonly kind: 'started'; readonly execution: Execution }
  /** An execution of this id is there already (a repeated start whose first answer was lost). */
  | { readonly kind: 'exists'; readonly execution: Execution };

/** What was committed just now: whoever wakes others reads it. */
export interface CommittedChange {
  readonly execution: Execution;
  readonly events: readonly EngineEvent[];
  readonly effects: readonly Effect[];
}

export interface ExecutionRunnerOptions {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  /** Called once per commit with everything in it; must not throw. Losing the call must lose nothing but time (N1). */
  readonly onCommitted?: (changes: readonly CommittedChange[]) => void;
  readonly hotExecutionsMax?: number;
  readonly batchTransitionsMax?: number;
}

export class ExecutionRunner {
  readonly #store: ExecutionStore;
  readonly #clock: Clock;
  readonly #onCommitted: (changes: readonly CommittedChange[]) => void;
  readonly #commits: GroupCommit;
  readonly #hot: HotExecutions;
  readonly #turns = new Turns();

  constructor(options: ExecutionRunnerOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#onCommitted = options.onCommitted ?? (() => undefined);
    this.#hot = new HotExecutions(options.hotExecutionsMax ?? HOT_EXECUTIONS_MAX);
    this.#commits = new GroupCommit((batch) => this.#save(batch), options.batchTransitionsMax ?? BATCH_TRANSITIONS_MAX);
  }

  /**
   * Creates and starts an execution in one commit of its own. Safe to repeat with the same header. `isQueued`: see
   * `beginExecution`. Rejects with `ChildForbiddenError` when the parent of a chained execution does not wait for it any more.
   */
  start(header: ExecutionHeader, isQueued = false): Promise<StartResult> {
    return this.#turns.take(header.id, async () => {
      const transition = beginExecution(header, this.#clock.now(), isQueued);
      const outcome = await this.#submit(transition);
      if (outcome.kind === 'committed') {
        this.adopt(transition.execution);
        return { kind: 'started', execution: transition.execution };
      }
      const execution = await this.#store.find(header.id);
      if (execution === undefined && header.parent !== undefined) throw new ChildForbiddenError(header.id);
      if (execution === undefined)
        throw new Error(`The store refused the new execution ${header.id} and does not have it.`);
      return { kind: 'exists', execution };
    });
  }

  /** Keeps the state of an execution that was committed elsewhere in this process, to save the next read. */
  adopt(execution: Execution): void {
    if (isFinal(execution.status)) this.#hot.drop(execution.id);
    else this.#hot.keep(execution);
  }

  /**
   * Applies one event to the execution and commits the result. Rejects with the store's error when its call failed (the
   * event may or may not be in: repeat it under a guard or as an event that may come twice), with `ExecutionContendedError`
   * or `ExecutionBusyError` under overload.
   */
  deliver(id: ExecutionId, makeEvent: MakeEvent, options: DeliverOptions = {}): Promise<DeliverResult> {
    return this.#turns.take(id, () => this.#apply(id, makeEvent, options));
  }

  async #apply(id: ExecutionId, makeEvent: MakeEvent, options: DeliverOptions): Promise<DeliverResult> {
    for (let attempt = 0; attempt <= CONFLICT_RETRIES_MAX; attempt += 1) {
      const before = this.#hot.find(id) ?? (await this.#store.find(id));
      if (before === undefined) return { kind: 'unknownExecution' };
      const event = makeEvent(Math.max(this.#clock.now(), latestTime(before)), before);
      if (event === undefined) return { kind: 'declined', execution: before };
      const { execution, effects } = advance(before, event);
      const outcome = await this.#submit({
        expectedVersion: before.version,
        before,
        execution,
        events: [event],
        effects,
        ...options,
      });
      switch (outcome.kind) {
        case 'committed':
          this.adopt(execution);
          return { kind: 'applied', execution, effects };
        case 'stale':
          return outcome;
        case 'conflict':
          this.#hot.drop(id);
          break;
      }
    }
    throw new ExecutionContendedError(id, CONFLICT_RETRIES_MAX + 1);
  }

  async #submit(transition: Transition): Promise<CommitOutcome> {
    try {
      return await this.#commits.submit(transition);
    } catch (error) {
      this.#hot.drop(transition.execution.id);
      throw error;
    }
  }

  async #save(batch: readonly Transition[]): Promise<readonly CommitOutcome[]> {
    const outcomes = await this.#store.commit(batch);
    const changes = batch.filter((_, index) => outcomes[index]?.kind === 'committed');
    if (changes.length > 0)
      this.#onCommitted(changes.map(({ execution, events, effects }) => ({ execution, events, effects })));
    return outcomes;
  }
}

/** The latest time the execution shows. */
function latestTime(execution: Execution): number {
  let latest = execution.createdAt;
  for (const { createdAt, startedAt, endedAt, stopping } of Object.values(execution.nodes)) {
    latest = Math.max(latest, createdAt, startedAt ?? 0, endedAt ?? 0, stopping?.at ?? 0);
  }
  return latest;
}
