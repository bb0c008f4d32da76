/**
 * One server process: the real runner, reports and loops over the shared in-memory store, reached through calls that take
 * time, fail, and may be where the process dies. Nothing of it survives but what is committed.
 */
import type { Execution, ExecutionHeader, ExecutionId, NodeExecutionId } from '@bridle/pipeline';
import {
  AdmissionLoop,
  beginExecution,
  ChildForbiddenError,
  ExecutionRunner,
  LostTaskLoop,
  RequestLoop,
  ResourceLoop,
  type AdmissionQueue,
  type ChildStart,
  type ChildStartResult,
  type MemoryAdmissionQueue,
  type MemoryTaskQueue,
  TaskReports,
  TimerLoop,
  type CommitOutcome,
  type CommittedChange,
  type DelegateView,
  type DueTimer,
  type ExecutionStore,
  type GrantedClaim,
  type HeldTask,
  type LeasedTask,
  type LostTask,
  type OpenRequest,
  type RequestQueue,
  type ResourceQueue,
  type TaskQueue,
  type Transition,
} from '@bridle/runtime';
import type { CrashPoint } from './scenario.ts';
import { asStored } from './stored-shape.ts';
import { never, type World } from './world.ts';

export const GRACE_MS = 60_000;

/** What the store is asked for; a replica may die before and after each. */
type Action =
  | 'Load'
  | 'Save'
  | 'DueTimers'
  | 'LostTasks'
  | 'Requeue'
  | 'Lease'
  | 'Extend'
  | 'Grant'
  | 'TakeRequests'
  | 'FinishRequest'
  | 'ForbidChild'
  | 'Admit';

/** Longer than any lease (15 s) and most patience. */
const PAUSE_MS = 60_000;

/** Thrown when the simulated store fails: operational, whoever asked may ask again. */
export class StoreAway extends Error {}

export interface ReplicaOptions {
  readonly world: World;
  readonly name: string;
  readonly store: ExecutionStore;
  readonly queue: MemoryTaskQueue;
  readonly resources: ResourceQueue;
  readonly requests: RequestQueue;
  readonly admissions: MemoryAdmissionQueue;
  /** The header of a chained execution, or why there is none. */
  readonly childOf: (start: ChildStart) => ExecutionHeader | string;
  readonly onCommitted: (replica: Replica, changes: readonly CommittedChange[]) => void;
  readonly onCrash: (replica: Replica) => void;
  /** Counts the passings of a point over all replicas; true = crash here. */
  readonly passes: (point: CrashPoint) => boolean;
}

export class Replica implements ExecutionStore, TaskQueue, ResourceQueue, RequestQueue, AdmissionQueue {
  readonly name: string;
  readonly runner: ExecutionRunner;
  readonly reports: TaskReports;
  readonly #options: ReplicaOptions;
  readonly #world: World;
  readonly #timers: TimerLoop;
  readonly #lost: LostTaskLoop;
  readonly #resources: ResourceLoop;
  readonly #requests: RequestLoop;
  readonly #admissions: AdmissionLoop;
  readonly #clock: { readonly now: () => number };
  readonly #life = new AbortController();
  #pausedUntil = 0;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#world = options.world;
    this.name = options.name;
    const { time, scenario, random } = options.world;
    const skewMs = random.between(-scenario.skewMs, scenario.skewMs);
    const clock = { now: () => time.now() + skewMs };
    const loop = { scheduler: time, onError: (error: unknown) => this.#failed(error), pollMs: scenario.pollMs };
    this.#clock = clock;
    this.runner = new ExecutionRunner({
      store: this,
      clock,
      onCommitted: (changes) => options.onCommitted(this, changes),
      hotExecutionsMax: 2,
    });
    this.reports = new TaskReports(this.runner);
    this.#timers = new TimerLoop({ ...loop, store: this, clock, runner: this.runner });
    this.#lost = new LostTaskLoop({ ...loop, queue: this, reports: this.reports, graceMs: GRACE_MS });
    const { runner } = this;
    this.#resources = new ResourceLoop({ ...loop, queue: this, runner });
    this.#admissions = new AdmissionLoop({ ...loop, queue: this, runner });
    const children = { startChild: (start: ChildStart) => this.#startChild(start) };
    this.#requests = new RequestLoop({ ...loop, queue: this, store: this, runner, children });
  }

  /** Aborts when the process dies. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  run(): void {
    this.#world.live(this.#timers.run(this.life));
    this.#world.live(this.#lost.run(this.life));
    this.#world.live(this.#resources.run(this.life));
    this.#world.live(this.#requests.run(this.life));
    this.#world.live(this.#admissions.run(this.life));
  }

  wakeTimers(): void {
    if (!this.life.aborted) this.#timers.wake();
  }

  wakeResources(): void {
    if (!this.life.aborted) this.#resources.wake();
  }

  wakeRequests(): void {
    if (!this.life.aborted) this.#requests.wake();
  }

  wakeAdmissions(): void {
    if (!this.life.aborted) this.#admissions.ended();
  }

  stop(): void {
    this.#life.abort();
  }

  /** Whether it runs at once or waits in line is decided in the commit that creates it, as in the server. */
  async start(header: ExecutionHeader): Promise<'started' | 'queued' | 'exists'> {
    const { store, admissions, onCommitted } = this.#options;
    const begun = await this.#call('Save', async () => {
      const isQueued = admissions.mustWait(header.scope.accountId);
      const transition = beginExecution(header, this.#clock.now(), isQueued);
      const [outcome] = await store.commit([transition]);
      return { transition, isQueued, isNew: outcome?.kind === 'committed' };
    });
    if (!begun.isNew) return 'exists';
    this.runner.adopt(asStored(begun.transition.execution));
    onCommitted(this, [begun.transition]);
    return begun.isQueued ? 'queued' : 'started';
  }

  async #startChild(start: ChildStart): Promise<ChildStartResult> {
    const header = this.#options.childOf(start);
    if (typeof header === 'string') return { kind: 'refused', reason: header };
    try {
      const { kind } = await this.runner.start(header);
      this.#world.note('child', `${this.name} ${header.pipelineIdentifier} ${kind}`);
      return { kind: 'started' };
    } catch (error) {
      // C2: the parent gave it up before it started.
      if (error instanceof ChildForbiddenError) return { kind: 'refused', reason: error.message };
      throw error;
    }
  }

  find(id: ExecutionId): Promise<Execution | undefined> {
    return this.#call('Load', async () => {
      const execution = await this.#options.store.find(id);
      return execution === undefined ? undefined : asStored(execution);
    });
  }

  commit(transitions: readonly Transition[]): Promise<readonly CommitOutcome[]> {
    return this.#call('Save', () => this.#options.store.commit(transitions));
  }

  listEvents(id: ExecutionId): ReturnType<ExecutionStore['listEvents']> {
    return this.#options.store.listEvents(id);
  }

  listDueTimers(limit: number): Promise<readonly DueTimer[]> {
    return this.#call('DueTimers', () => this.#options.store.listDueTimers(limit));
  }

  nextTimerAt(): Promise<number | undefined> {
    return this.#options.store.nextTimerAt();
  }

  lease(delegate: DelegateView, limit: number, leaseMs: number): Promise<readonly LeasedTask[]> {
    return this.#call('Lease', () => this.#options.queue.lease(delegate, limit, leaseMs));
  }

  extend(delegateId: string, held: readonly HeldTask[], leaseMs: number): Promise<readonly NodeExecutionId[]> {
    return this.#call('Extend', () => this.#options.queue.extend(delegateId, held, leaseMs));
  }

  listCancelling(delegateId: string): Promise<readonly NodeExecutionId[]> {
    return this.#options.queue.listCancelling(delegateId);
  }

  requeueExpired(): Promise<number> {
    return this.#call('Requeue', () => this.#options.queue.requeueExpired());
  }

  listLost(graceMs: number, limit: number): Promise<readonly LostTask[]> {
    return this.#call('LostTasks', () => this.#options.queue.listLost(graceMs, limit));
  }

  grantHeads(): Promise<number> {
    return this.#call('Grant', () => this.#options.resources.grantHeads());
  }

  listGranted(limit: number): Promise<readonly GrantedClaim[]> {
    return this.#options.resources.listGranted(limit);
  }

  dropClaim(nodeExecutionId: NodeExecutionId): Promise<void> {
    return this.#options.resources.dropClaim(nodeExecutionId);
  }

  takeRequests(limit: number, leaseMs: number): Promise<readonly OpenRequest[]> {
    return this.#call('TakeRequests', () => this.#options.requests.takeRequests(limit, leaseMs));
  }

  finishRequest(id: string): Promise<void> {
    return this.#call('FinishRequest', () => this.#options.requests.finishRequest(id));
  }

  forbidChild(nodeExecutionId: NodeExecutionId): Promise<void> {
    return this.#call('ForbidChild', () => this.#options.requests.forbidChild(nodeExecutionId));
  }

  admit(limit: number): Promise<readonly ExecutionId[]> {
    return this.#call('Admit', () => this.#options.admissions.admit(limit));
  }

  get hasWaiting(): boolean {
    return this.#options.admissions.hasWaiting;
  }

  dropWaiting(id: ExecutionId): Promise<void> {
    return this.#options.admissions.dropWaiting(id);
  }

  register(delegate: DelegateView, incarnation: string): Promise<void> {
    return this.#options.queue.register(delegate, incarnation);
  }

  hear(delegateId: string, incarnation: string): Promise<boolean> {
    return this.#options.queue.hear(delegateId, incarnation);
  }

  leave(delegateId: string, incarnation: string): Promise<void> {
    return this.#options.queue.leave(delegateId, incarnation);
  }

  /** A place where the process may die; what comes after it then never happens. */
  async reach(point: CrashPoint): Promise<void> {
    if (this.life.aborted) return never();
    const isDue = this.#options.passes(point) || this.#world.fault(this.#world.scenario.faults.crash);
    if (!isDue) return undefined;
    this.#world.note('crash', `${this.name} ${point}`);
    this.stop();
    this.#options.onCrash(this);
    return never();
  }

  async #call<Result>(action: Action, work: () => Promise<Result>): Promise<Result> {
    const { faults, latencyMs } = this.#world.scenario;
    await this.#wait(latencyMs);
    await this.reach(`before${action}`);
    if (this.#world.fault(faults.pause)) this.#pause();
    await this.#standStill();
    if (this.#world.fault(faults.storeError)) throw this.#away(action, 'before');
    const result = await work();
    await this.#standStill();
    await this.reach(`after${action}`);
    if (this.#world.fault(faults.storeError)) throw this.#away(action, 'after');
    await this.#wait(latencyMs);
    return result;
  }

  async #wait(latencyMs: number): Promise<void> {
    if (latencyMs > 0) await this.#world.sleep(this.#world.random.between(0, latencyMs), this.life);
    if (this.life.aborted) await never();
  }

  /** The whole process stops, as by SIGSTOP. */
  #pause(): void {
    this.#world.note('pause', this.name);
    this.#pausedUntil = this.#world.time.now() + PAUSE_MS;
  }

  async #standStill(): Promise<void> {
    if (this.#pausedUntil > this.#world.time.now())
      await this.#world.sleep(this.#pausedUntil - this.#world.time.now(), this.life);
    if (this.life.aborted) await never();
  }

  #away(action: string, when: 'before' | 'after'): StoreAway {
    this.#world.note('store-error', `${this.name} ${when} ${action}`);
    return new StoreAway(`The store went away ${when} ${action}.`);
  }

  #failed(error: unknown): void {
    if (!(error instanceof StoreAway)) this.#world.violate('no unexpected error', String(error));
  }
}
