/** `ExecutionService` over PostgreSQL, with the loops that carry effects out: one instance per replica. */
import type { ExecutionHeader, ExecutionId, NodeExecutionId, ProjectScope } from '@bridle/pipeline';
import {
  beginExecution,
  ExecutionRunner,
  TaskReports,
  type ChildStarter,
  type Scheduler,
  type Transition,
} from '@bridle/runtime';
import { findLoads } from '../store/admission-statements.ts';
import { onDatabase } from '../store/connection.ts';
import { DatabaseClock } from '../store/clock.ts';
import type { DatabaseHandle, Transaction } from '../store/database.ts';
import { listNodeExecutions } from '../store/execution-rows.ts';
import { listExecutionHeads } from '../store/execution-statements.ts';
import { insertExecutions, requireProjects, takeRunSequences } from '../store/start-statements.ts';
import { wakeKeys, type WakeHub } from '../store/wake-hub.ts';
import type { ApprovalAnswer, ControlResult, InterruptOrder, SubmittedInputs } from './control.ts';
import { ExecutionControl } from './execution-control.ts';
import { ExecutionLoops } from './execution-loops.ts';
import { Line } from './line.ts';
import { firstRows, OUTBOX_WAKES, PostgresExecutionStore, wakesOf } from './postgres-execution-store.ts';
import { PostgresTaskQueue } from './postgres-task-queue.ts';
import type { ExecutionChange, ExecutionService, ProjectChange, StartedExecution, StartRequest } from './service.ts';
import { addStart, emptyBatch, newExecution } from './transition-rows.ts';
import { Watchers } from './watching.ts';

/** Starts that share one transaction. */
const START_BATCH_MAX = 64;
/** Executions of a live list read in one statement. */
const HEADS_MAX = 500;

export interface ExecutionServiceOptions {
  readonly database: DatabaseHandle;
  readonly hub: WakeHub;
  readonly scheduler: Scheduler;
  /** The page of an execution, for `<+pipeline.executionUrl>`. */
  readonly executionUrl: (scope: ProjectScope, pipelineIdentifier: string, id: ExecutionId) => string;
  readonly defaults: ExecutionHeader['defaults'];
  /** Silence of a delegate that is not known dead, after which its started tasks are given up (D3). */
  readonly graceMs: number;
  /**
   * How long a task waits while no delegate could take it. Long enough for a delegate to restart or to be added by hand, short
   * enough that a mistyped selector is told while its author still looks.
   */
  readonly unassignableMs: number;
  /** Executions of one account that run at once; more wait in line. */
  readonly executionsMax: number;
  readonly switches?: ExecutionHeader['switches'];
  readonly onError: (error: unknown) => void;
}

/** The service with what only the composition root needs. */
export interface RunningExecutions extends ExecutionService {
  /** How delegates' reports reach the engine. */
  readonly reports: TaskReports;
  readonly clock: DatabaseClock;
  /** Starts the loops: timers, lost tasks, tasks that nobody can take, and what executions wait for and ask of each other. */
  run(children: ChildStarter): void;
  /** A delegate was found dead: its tasks can be given up now. */
  delegateGone(): void;
  /** Ends the loops after what they have in hand. */
  close(): Promise<void>;
}

/** Asks the database for the time first; rejects when it cannot be reached. */
export async function createExecutionService(options: ExecutionServiceOptions): Promise<RunningExecutions> {
  const clock = new DatabaseClock();
  await clock.refresh(options.database.db);
  return new PostgresExecutionService(options, clock);
}

interface WaitingStart {
  readonly request: StartRequest;
  readonly resolve: (started: StartedExecution) => void;
  readonly reject: (error: unknown) => void;
}

class PostgresExecutionService implements RunningExecutions {
  readonly reports: TaskReports;
  readonly clock: DatabaseClock;
  readonly #options: ExecutionServiceOptions;
  readonly #runner: ExecutionRunner;
  readonly #watchers: Watchers;
  readonly #control: ExecutionControl;
  readonly #loops: ExecutionLoops;
  readonly #stopping = new AbortController();
  #running: readonly Promise<void>[] = [];
  /** What `started` needs of executions that `startIn` has written, until the caller's transaction is through. */
  readonly #begun = new WeakMap<StartedExecution, Transition>();
  #starts: WaitingStart[] = [];
  #starting: Promise<void> | undefined;

  constructor(options: ExecutionServiceOptions, clock: DatabaseClock) {
    const { database, hub, onError } = options;
    this.#options = options;
    this.clock = clock;
    const store = new PostgresExecutionStore({ database, clock, onWake: (wakes) => hub.wake(wakes) });
    const queue = new PostgresTaskQueue(database, (accountIds) =>
      hub.wake([...accountIds].map((id) => ({ key: wakeKeys.tasks(id) }))),
    );
    const runner = new ExecutionRunner({ store, clock, onCommitted: (changes) => this.#loops.wake(changes) });
    this.#runner = runner;
    this.reports = new TaskReports(runner);
    this.#control = new ExecutionControl(store, runner);
    this.#loops = new ExecutionLoops({ ...options, clock, store, queue, runner, reports: this.reports });
    this.#watchers = new Watchers(database.db, hub, onError);
  }

  run(children: ChildStarter): void {
    this.#running = this.#loops.run(children, this.#stopping.signal);
  }

  delegateGone(): void {
    this.#loops.delegateGone();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#watchers.close();
    await Promise.all(this.#running);
    await this.#starting;
  }

  async startIn(tx: Transaction, requests: readonly StartRequest[]): Promise<readonly StartedExecution[]> {
    if (requests.length === 0) return [];
    const connection = onDatabase(tx);
    const keys = requests.map(({ scope, pipelineIdentifier }) => ({ ...scope, pipelineIdentifier }));
    const { sequences, now } = await takeRunSequences(connection, keys);
    this.clock.hear(now);
    await requireProjects(connection, keys);
    const line = new Line(
      this.#options.executionsMax,
      await findLoads(connection, [...new Set(requests.map(({ scope }) => scope.accountId))]),
    );
    const batch = emptyBatch();
    const begun = requests.map((request, index) => {
      const isQueued = line.mustWait(request);
      const transition = beginExecution(this.#headerOf(request, sequences[index] ?? 0), now, isQueued);
      addStart(batch, transition);
      return { transition, row: newExecution(transition.execution, request) };
    });
    const inserted = await insertExecutions(connection, {
      executions: begun.map(({ row }) => row),
      ...firstRows(
        batch,
        begun.map(({ transition }) => transition),
      ),
    });
    return begun.map(({ transition }) => {
      const { id, runSequence, createdAt, startedAt = createdAt, status } = transition.execution;
      if (!inserted.has(id)) throw new Error(`Execution ${id} exists already.`);
      const started: StartedExecution = { executionId: id, runSequence, createdAt, startedAt, status };
      this.#begun.set(started, transition);
      return started;
    });
  }

  started(executions: readonly StartedExecution[]): void {
    const transitions = executions.flatMap((started) => this.#begun.get(started) ?? []);
    for (const { execution } of transitions) this.#runner.adopt(execution);
    this.#options.hub.wake([...transitions.flatMap(wakesOf), ...OUTBOX_WAKES]);
    this.#loops.wake(transitions);
  }

  start(request: StartRequest): Promise<StartedExecution> {
    return new Promise((resolve, reject) => {
      this.#starts.push({ request, resolve, reject });
      this.#starting ??= this.#drainStarts();
    });
  }

  interrupt(id: ExecutionId, order: InterruptOrder): Promise<ControlResult> {
    return this.#control.interrupt(id, order);
  }

  answerApproval(id: ExecutionId, nodeExecutionId: NodeExecutionId, answer: ApprovalAnswer): Promise<ControlResult> {
    return this.#control.answerApproval(id, nodeExecutionId, answer);
  }

  submitInputs(id: ExecutionId, nodeExecutionId: NodeExecutionId, inputs: SubmittedInputs): Promise<ControlResult> {
    return this.#control.submitInputs(id, nodeExecutionId, inputs);
  }

  async waitUntilFinal(id: ExecutionId, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const over = AbortSignal.any([signal, timeout.signal, this.#stopping.signal]);
    const { watch, end } = this.#watchers.watchExecution(id, Number.MAX_SAFE_INTEGER, 'end');
    try {
      for (;;) {
        const [head] = await listExecutionHeads(this.#options.database.db, [id]);
        if (head === undefined) return false;
        if (head.isFinal) return true;
        if (over.aborted) return false;
        await watch.bell.next(over);
      }
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  async *watch(id: ExecutionId, afterVersion: number, signal: AbortSignal): AsyncGenerator<ExecutionChange> {
    const { db } = this.#options.database;
    const over = AbortSignal.any([signal, this.#stopping.signal]);
    const { watch, end } = this.#watchers.watchExecution(id, afterVersion);
    try {
      while (!over.aborted) {
        const [head] = await listExecutionHeads(db, [id]);
        if (head === undefined) return;
        if (head.version > watch.version) {
          // Read after the head: what changed in between comes now and once more with the next version.
          const nodes = await listNodeExecutions(db, id, watch.version);
          const { version, status, startedAt, endedAt } = head;
          yield {
            executionId: id,
            version,
            status,
            isFinal: head.isFinal,
            ...(startedAt === undefined ? {} : { startedAt }),
            ...(endedAt === undefined ? {} : { endedAt }),
            nodes,
          };
          watch.version = version;
        }
        if (head.isFinal) return;
        await watch.bell.next(over);
      }
    } finally {
      end();
    }
  }

  async *watchProject(scope: ProjectScope, signal: AbortSignal): AsyncGenerator<ProjectChange> {
    const over = AbortSignal.any([signal, this.#stopping.signal]);
    const { watch, end } = this.#watchers.watchProject(scope, this.clock.now());
    try {
      while (!over.aborted) {
        const ids = [...(await watch.bell.next(over))] as ExecutionId[];
        for (let from = 0; from < ids.length; from += HEADS_MAX) {
          const heads = await listExecutionHeads(this.#options.database.db, ids.slice(from, from + HEADS_MAX));
          for (const { id, pipelineIdentifier, runSequence, version, status } of heads) {
            yield { executionId: id, pipelineIdentifier, runSequence, version, status };
          }
        }
      }
    } finally {
      end();
    }
  }

  #headerOf(
    { executionId, scope, pipelineIdentifier, seed, plan, cause, actor, parent, retained }: StartRequest,
    runSequence: number,
  ): ExecutionHeader {
    const { defaults, switches } = this.#options;
    const executionUrl = this.#options.executionUrl(scope, pipelineIdentifier, executionId);
    return {
      id: executionId,
      scope,
      pipelineIdentifier,
      runSequence,
      seed,
      plan,
      cause,
      ...(actor === undefined ? {} : { actor }),
      executionUrl,
      defaults,
      ...(switches === undefined ? {} : { switches }),
      ...(parent === undefined ? {} : { parent }),
      ...(retained === undefined ? {} : { retained }),
    };
  }

  /** Starts that come while one transaction is under way go together in the next one. */
  async #drainStarts(): Promise<void> {
    // One turn of the loop later, so that starts of the same moment share a transaction.
    await Promise.resolve();
    while (this.#starts.length > 0) await this.#startTogether(this.#starts.splice(0, START_BATCH_MAX));
    // Without a pause after the last look, so that no start falls between the two.
    this.#starting = undefined;
  }

  async #startTogether(waiting: readonly WaitingStart[]): Promise<void> {
    try {
      const { db } = this.#options.database;
      const started = await db.transaction().execute((tx) =>
        this.startIn(
          tx,
          waiting.map(({ request }) => request),
        ),
      );
      this.started(started);
      waiting.forEach(({ resolve }, index) => resolve(started[index] as StartedExecution));
    } catch (error) {
      if (waiting.length === 1) for (const { reject } of waiting) reject(error);
      // One of them spoils the others: each gets its own answer.
      else for (const one of waiting) await this.#startTogether([one]);
    }
  }
}
