/** A small world for the tests of this package: the in-memory stores, a virtual clock, and a store that fails on demand. */
import { isFinal, type Execution, type ExecutionHeader, type NodeExecution } from '@bridle/pipeline';
import { sampleDelegate, sampleStart } from './conformance/samples.ts';
import { ExecutionRunner, type CommittedChange } from './execution-runner.ts';
import { MemoryDatabase } from './memory/memory-database.ts';
import { MemoryExecutionStore } from './memory/memory-execution-store.ts';
import { MemoryTaskQueue } from './memory/memory-task-queue.ts';
import { VirtualTime } from './memory/virtual-time.ts';
import type { CommitOutcome, ExecutionStore, LeasedTask, Transition } from './ports.ts';
import { TaskReports } from './task-reports.ts';

export const SCOPE = { accountId: 'account', orgIdentifier: 'default', projectIdentifier: 'one' };
export const START_AT = 1_800_000_000_000;
export const DELEGATE = { id: 'worker', name: 'worker' };

/** What the next commit does beside its work. */
export type CommitFault = 'fails before the save' | 'fails after the save';

/** A store whose commits fail on demand, and that counts its calls. */
export class FaultyStore extends MemoryExecutionStore {
  readonly faults: CommitFault[] = [];
  finds = 0;
  readonly batches: number[] = [];

  override find(id: Execution['id']): Promise<Execution | undefined> {
    this.finds += 1;
    return super.find(id);
  }

  override async commit(transitions: readonly Transition[]): Promise<readonly CommitOutcome[]> {
    const fault = this.faults.shift();
    if (fault === 'fails before the save') throw new Error(fault);
    this.batches.push(transitions.length);
    const outcomes = await super.commit(transitions);
    if (fault === 'fails after the save') throw new Error(fault);
    return outcomes;
  }
}

export class World {
  readonly time = new VirtualTime(START_AT);
  readonly database = new MemoryDatabase(this.time);
  readonly store = new FaultyStore(this.database);
  readonly queue = new MemoryTaskQueue(this.database);
  readonly changes: CommittedChange[] = [];
  readonly runner = this.replica();
  readonly reports = new TaskReports(this.runner);

  /** Another process over the same store. */
  replica(store: ExecutionStore = this.store): ExecutionRunner {
    return new ExecutionRunner({
      store,
      clock: this.time,
      onCommitted: (changes) => void this.changes.push(...changes),
    });
  }

  /** A header of an execution with one ShellScript step. */
  header(change: Partial<ExecutionHeader> = {}): ExecutionHeader {
    const {
      version: _v,
      status: _s,
      createdAt: _c,
      startedAt: _a,
      endedAt: _e,
      nodes: _n,
      abort: _b,
      ...header
    } = sampleStart(SCOPE, START_AT).execution;
    return { ...header, ...change };
  }

  /** Starts an execution and leases its task to the delegate `worker`. */
  async leased(change: Partial<ExecutionHeader> = {}): Promise<LeasedTask> {
    const { execution } = await this.runner.start(this.header(change));
    const view = sampleDelegate(SCOPE, DELEGATE.id);
    if (!this.database.delegates.has(DELEGATE.id)) await this.queue.register(view, 'first process');
    const lease = (await this.queue.lease(view, 1, 15_000)).find((candidate) => candidate.executionId === execution.id);
    if (lease === undefined) throw new Error('the task was not leased');
    return lease;
  }

  async started(change: Partial<ExecutionHeader> = {}): Promise<LeasedTask> {
    const lease = await this.leased(change);
    const result = await this.reports.started({ ...lease, taskId: lease.task.taskId }, DELEGATE);
    if (result.kind !== 'accepted') throw new Error(`started was ${result.kind}`);
    return lease;
  }

  async execution(id: Execution['id']): Promise<Execution> {
    const execution = await this.store.find(id);
    if (execution === undefined) throw new Error(`${id} is not there`);
    return execution;
  }

  async node(lease: LeasedTask): Promise<NodeExecution> {
    const node = (await this.execution(lease.executionId)).nodes[lease.task.taskId];
    if (node === undefined) throw new Error(`${lease.task.taskId} is not there`);
    return node;
  }

  async isOver(id: Execution['id']): Promise<boolean> {
    return isFinal((await this.execution(id)).status);
  }
}

/** Everything that can happen without the clock going on has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
