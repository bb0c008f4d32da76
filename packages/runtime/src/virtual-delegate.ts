/** The delegate of a virtual run: takes every task at once, whatever its selectors, and reports what it is told to. */
import type { Execution, ExecutionId, NodeExecutionId, TaskOutcome, TaskRequest } from '@bridle/pipeline';
import type { ExecutionRunner } from './execution-runner.ts';
import type { MemoryDatabase } from './memory/memory-database.ts';
import { MemoryTaskQueue } from './memory/memory-task-queue.ts';
import type { ExecutionStore, LeasedTask } from './ports.ts';
import { TaskReports, type TaskReport } from './task-reports.ts';

/** What comes of a task, counted from when it is taken. */
export type TaskEnd =
  | {
      readonly kind: 'completes';
      readonly afterMs: number;
      readonly outcome: TaskOutcome;
      readonly stopAfterMs?: StopAfterMs;
    }
  /** Its delegate dies. */
  | {
      readonly kind: 'isLost';
      readonly afterMs: number;
      readonly reason: string;
      readonly stopAfterMs?: StopAfterMs;
    }
  /** It never starts: nobody can take it. */
  | { readonly kind: 'isUnassignable'; readonly afterMs: number; readonly reason: string }
  /** It goes on until it is stopped. */
  | { readonly kind: 'hangs'; readonly stopAfterMs?: StopAfterMs };

/** From being told to stop until it says that it has; default 0. */
type StopAfterMs = number | 'never';

export interface VirtualDelegateOptions {
  readonly database: MemoryDatabase;
  readonly store: ExecutionStore;
  readonly runner: ExecutionRunner;
  readonly accountId: string;
  readonly perform: (task: TaskRequest, execution: Execution) => TaskEnd;
  readonly later: (ms: number, work: () => Promise<unknown>) => void;
}

/** Nobody takes a task away from it. */
const LEASE_MS = Number.POSITIVE_INFINITY;
const LEASES_MAX = 100_000;
const DELEGATE = { id: 'virtual', name: 'virtual' };

interface RunningTask {
  readonly report: TaskReport;
  readonly end: TaskEnd;
}

export class VirtualDelegate {
  readonly #options: VirtualDelegateOptions;
  readonly #queue: MemoryTaskQueue;
  readonly #reports: TaskReports;
  /** Every selector that was ever asked for: it has them all. */
  readonly #tags = new Set<string>();
  readonly #running = new Map<NodeExecutionId, RunningTask>();
  #isCalled = false;
  #isRegistered = false;

  constructor(options: VirtualDelegateOptions) {
    this.#options = options;
    this.#queue = new MemoryTaskQueue(options.database);
    this.#reports = new TaskReports(options.runner);
  }

  /** A task was put in the queue. */
  offer({ selectors }: TaskRequest): void {
    for (const selector of selectors) this.#tags.add(selector.trim().toLowerCase());
    if (this.#isCalled) return;
    this.#isCalled = true;
    this.#options.later(0, () => this.#take());
  }

  /** A task was cancelled. */
  stop(taskId: NodeExecutionId): void {
    const task = this.#running.get(taskId);
    if (task === undefined || task.end.kind === 'isUnassignable') return;
    const { stopAfterMs = 0 } = task.end;
    if (stopAfterMs === 'never') return;
    this.#options.later(stopAfterMs, () => this.#reports.completed(task.report, { kind: 'cancelled' }));
  }

  async #take(): Promise<void> {
    this.#isCalled = false;
    const view = { delegateId: DELEGATE.id, accountId: this.#options.accountId, tags: [...this.#tags] };
    if (!this.#isRegistered) await this.#queue.register(view, 'only');
    this.#isRegistered = true;
    const leases = await this.#queue.lease(view, LEASES_MAX, LEASE_MS);
    // In the order of the queue, so that what begins at the same moment begins in the same order each time.
    for (const lease of leases) await this.#perform(lease);
  }

  async #perform({ task, executionId, fence }: LeasedTask): Promise<void> {
    const execution = await this.#options.store.find(executionId);
    if (execution === undefined) return;
    const end = this.#options.perform(task, execution);
    const report = { executionId, taskId: task.taskId, fence };
    if (end.kind === 'isUnassignable') {
      this.#options.later(end.afterMs, () => this.#refuse(report, end.reason));
      return;
    }
    const started = await this.#reports.started(report, DELEGATE);
    if (started.kind === 'refused') return;
    this.#running.set(task.taskId, { report, end });
    if (end.kind !== 'hangs') this.#options.later(end.afterMs, () => this.#end(report, end));
  }

  async #end(report: TaskReport, end: Exclude<TaskEnd, { readonly kind: 'hangs' | 'isUnassignable' }>): Promise<void> {
    // What was told to stop says so at its time, and nothing else.
    if (this.#stateOf(report.taskId) !== 'started') return;
    this.#running.delete(report.taskId);
    if (end.kind === 'completes') await this.#reports.completed(report, end.outcome);
    else await this.#reports.lost({ ...report, from: 'started', reason: end.reason });
  }

  async #refuse({ executionId, taskId, fence }: TaskReport, reason: string): Promise<void> {
    await this.#options.runner.deliver(
      executionId as ExecutionId,
      (at) => ({ kind: 'taskUnassignable', at, nodeExecutionId: taskId, reason }),
      { guard: { taskId, fence, from: 'leased', to: 'lost' } },
    );
  }

  #stateOf(taskId: NodeExecutionId): string | undefined {
    return this.#options.database.tasks.get(taskId)?.state;
  }
}
