/**
 * Runs an execution with its chained children in virtual time: the loops of the server over the stores in memory, one delegate
 * that asks `perform` what comes of a task, and people who say what `answer` says. No real time passes but that of computing.
 *
 * Invariants (cited by tests):
 * - V1 the same input gives the same events: nothing here has a clock or a chance of its own.
 * - V2 of what happens at one moment, timers come last: a step that ends with its timeout has ended.
 * - V3 the run ends when every execution is final, when nothing can happen any more, or at `eventsMax`: never by waiting.
 */
import {
  isFinal,
  type EngineEvent,
  type Execution,
  type ExecutionHeader,
  type ExecutionId,
  type TaskRequest,
} from '@bridle/pipeline';
import { AdmissionLoop } from './admission-loop.ts';
import { ExecutionRunner, type CommittedChange, type MakeEvent } from './execution-runner.ts';
import { MemoryAdmissionQueue } from './memory/memory-admission-queue.ts';
import { MemoryDatabase } from './memory/memory-database.ts';
import { MemoryExecutionStore } from './memory/memory-execution-store.ts';
import { MemoryRequestQueue } from './memory/memory-request-queue.ts';
import { MemoryResourceQueue } from './memory/memory-resource-queue.ts';
import { VirtualTime } from './memory/virtual-time.ts';
import type { ChildStart, Scheduler } from './ports.ts';
import { RequestLoop } from './request-loop.ts';
import { ResourceLoop } from './resource-loop.ts';
import { TimerLoop } from './timer-loop.ts';
import { VirtualChildren, type VirtualChild } from './virtual-children.ts';
import { VirtualDelegate, type TaskEnd } from './virtual-delegate.ts';
import { VirtualPeople, type PersonAnswer, type UnheardAnswer, type WaitingNode } from './virtual-people.ts';

/** More events than a run needs that ends: one that goes round in circles is stopped. */
export const VIRTUAL_EVENTS_MAX = 200_000;

export interface VirtualRunOptions {
  readonly header: ExecutionHeader;
  /** Epoch milliseconds at which virtual time begins. */
  readonly startAt: number;
  /** What comes of a task; `execution` is its execution when the task is taken. */
  readonly perform: (task: TaskRequest, execution: Execution) => TaskEnd;
  /** What people do about a node that has begun to wait for them; nothing = nobody comes, and its timeout decides. */
  readonly answer?: (waiting: WaitingNode, execution: Execution) => readonly PersonAnswer[];
  /** The pipeline of a chained stage; absent = each is refused. */
  readonly startChild?: (start: ChildStart) => VirtualChild | Promise<VirtualChild>;
  /** What happens at times that are known beforehand, such as an abort. */
  readonly acts?: readonly VirtualAct[];
  /** The execution waits in line until then. */
  readonly admittedAfterMs?: number;
  /** Keys of queues that somebody else holds at first, and when each is given up. */
  readonly heldQueues?: Readonly<Record<string, number>>;
  /** Default `VIRTUAL_EVENTS_MAX`, of all executions together. */
  readonly eventsMax?: number;
  /** Hears each commit; must not throw. */
  readonly onCommitted?: (changes: readonly CommittedChange[]) => void;
}

/** An event that is arranged before the run begins. */
export interface VirtualAct {
  readonly afterMs: number;
  /** Default: the execution that the run is about. */
  readonly to?: ExecutionId;
  /** As for `ExecutionRunner.deliver`. */
  readonly make: MakeEvent;
}

export interface VirtualExecution {
  readonly execution: Execution;
  readonly events: readonly EngineEvent[];
}

export interface VirtualRun {
  /** The execution itself, then its chained ones in the order in which they started. */
  readonly executions: ReadonlyMap<ExecutionId, VirtualExecution>;
  /** The execution that the run is about. */
  readonly root: VirtualExecution;
  /** Epoch milliseconds of virtual time. */
  readonly endedAt: number;
  /** Answers that changed nothing, and why. */
  readonly unheard: readonly UnheardAnswer[];
  /** Present when the execution is not final: nothing could happen any more, or too much did. */
  readonly stuck?: 'nothingHappens' | 'tooManyEvents';
}

/** Rejects when `startChild` does, and on a bug of the engine. */
export async function runVirtually(options: VirtualRunOptions): Promise<VirtualRun> {
  return new VirtualWorld(options).run();
}

/** Loops never look by themselves here: every ring is heard, and a wait of weeks would be a million looks. */
const NEVER_MS = Number.POSITIVE_INFINITY;

class VirtualWorld {
  readonly #options: VirtualRunOptions;
  readonly #time: VirtualTime;
  readonly #database: MemoryDatabase;
  readonly #store: MemoryExecutionStore;
  readonly #runner: ExecutionRunner;
  readonly #delegate: VirtualDelegate;
  readonly #people: VirtualPeople;
  readonly #children: VirtualChildren;
  readonly #timers: TimerLoop;
  readonly #resources: ResourceLoop;
  readonly #requests: RequestLoop;
  readonly #admissions: AdmissionLoop;
  readonly #end = new AbortController();
  readonly #errors: unknown[] = [];
  #events = 0;
  #hasNewTimer = false;

  constructor(options: VirtualRunOptions) {
    this.#options = options;
    this.#time = new VirtualTime(options.startAt);
    this.#database = new MemoryDatabase(this.#time);
    this.#store = new MemoryExecutionStore(this.#database);
    this.#runner = new ExecutionRunner({
      store: this.#store,
      clock: this.#time,
      onCommitted: (changes) => this.#onCommitted(changes),
    });
    const world = {
      database: this.#database,
      store: this.#store,
      runner: this.#runner,
      later: (ms: number, work: () => Promise<unknown>) => this.#later(ms, work),
    };
    const { accountId } = options.header.scope;
    this.#delegate = new VirtualDelegate({ ...world, accountId, perform: options.perform });
    this.#people = new VirtualPeople({ ...world, answer: options.answer ?? (() => []) });
    this.#children = new VirtualChildren({ ...world, startChild: options.startChild ?? refuseChild });
    const loop = {
      store: this.#store,
      clock: this.#time,
      runner: this.#runner,
      scheduler: this.#time,
      onError: (error: unknown) => void this.#errors.push(error),
      pollMs: NEVER_MS,
    };
    this.#timers = new TimerLoop({ ...loop, scheduler: lastOf(this.#time), pauseMinMs: 1 });
    this.#resources = new ResourceLoop({ ...loop, queue: new MemoryResourceQueue(this.#database) });
    this.#requests = new RequestLoop({
      ...loop,
      queue: new MemoryRequestQueue(this.#database),
      children: this.#children,
    });
    this.#admissions = new AdmissionLoop({ ...loop, queue: new MemoryAdmissionQueue(this.#database, 1) });
  }

  async run(): Promise<VirtualRun> {
    const { header, admittedAfterMs, acts = [] } = this.#options;
    const { signal } = this.#end;
    this.#holdQueues();
    const loops = [this.#timers.run(signal), this.#resources.run(signal), this.#requests.run(signal)];
    this.#live(this.#runner.start(header, admittedAfterMs !== undefined));
    await this.#settled();
    for (const { afterMs, to = header.id, make } of acts) {
      this.#later(afterMs, () => this.#runner.deliver(to, make));
    }
    if (admittedAfterMs !== undefined) {
      this.#later(admittedAfterMs, async () => void loops.push(this.#admissions.run(signal)));
    }
    const stuck = await this.#untilOver();
    this.#end.abort();
    await Promise.all(loops);
    this.#throwErrors();
    return this.#result(stuck);
  }

  async #untilOver(): Promise<VirtualRun['stuck']> {
    const { eventsMax = VIRTUAL_EVENTS_MAX } = this.#options;
    await this.#settled();
    while (!this.#isOver()) {
      this.#throwErrors();
      if (this.#events >= eventsMax) return 'tooManyEvents';
      const next = this.#time.nextWakeAt();
      // V2: a timer of no length is due now, and comes after all else that happens now.
      if (this.#hasNewTimer && next !== this.#time.now()) {
        this.#hasNewTimer = false;
        this.#timers.wake();
        await this.#settled();
        continue;
      }
      if (next === undefined || next === NEVER_MS) return 'nothingHappens';
      this.#time.wakeNext();
      await this.#settled();
    }
    return undefined;
  }

  #isOver(): boolean {
    for (const { execution } of this.#database.executions.values()) if (!isFinal(execution.status)) return false;
    return true;
  }

  /** All that follows without the clock going on has happened. */
  async #settled(): Promise<void> {
    await immediately();
    while (this.#children.isLoading) {
      await this.#children.loaded();
      await immediately();
    }
  }

  #onCommitted(changes: readonly CommittedChange[]): void {
    for (const { execution, events, effects } of changes) {
      this.#events += events.length;
      for (const effect of effects) {
        switch (effect.kind) {
          case 'enqueueTask':
            this.#delegate.offer(effect.task);
            break;
          case 'cancelTask':
            this.#delegate.stop(effect.taskId);
            break;
          case 'startTimer':
            this.#hasNewTimer = true;
            break;
          case 'acquireResource':
          case 'releaseResource':
            this.#resources.wake();
            break;
          case 'startChild':
          case 'reportToParent':
            this.#requests.wake();
            break;
          case 'abortChild':
            this.#children.stop(effect.nodeExecutionId);
            this.#requests.wake();
            break;
          case 'cancelTimer':
          case 'releaseWorkspace':
            break;
        }
      }
      this.#people.look(execution);
    }
    this.#options.onCommitted?.(changes);
  }

  /** Queues that are held by somebody who is not part of the run. */
  #holdQueues(): void {
    const { heldQueues = {}, header } = this.#options;
    for (const [key, untilMs] of Object.entries(heldQueues)) {
      const id = `holder of ${key}` as Parameters<MemoryResourceQueue['dropClaim']>[0];
      this.#database.claims.set(id, {
        nodeExecutionId: id,
        executionId: header.id,
        accountId: header.scope.accountId,
        key,
        isGranted: true,
        isTold: true,
      });
      this.#later(untilMs, async () => {
        this.#database.claims.delete(id);
        this.#resources.wake();
      });
    }
  }

  #later(ms: number, work: () => Promise<unknown>): void {
    const { signal } = this.#end;
    this.#live(this.#time.sleep(ms, signal).then(() => (signal.aborted ? undefined : work())));
  }

  #live(life: Promise<unknown>): void {
    life.catch((error: unknown) => this.#errors.push(error));
  }

  #throwErrors(): void {
    if (this.#errors.length > 0) {
      this.#end.abort();
      throw this.#errors[0];
    }
  }

  #result(stuck: VirtualRun['stuck']): VirtualRun {
    const root = this.#database.executions.get(this.#options.header.id);
    if (root === undefined) throw new Error('The execution was not started.');
    return {
      executions: this.#database.executions,
      root,
      endedAt: this.#time.now(),
      unheard: this.#people.unheard,
      ...(stuck === undefined ? {} : { stuck }),
    };
  }
}

function refuseChild({ request }: ChildStart): VirtualChild {
  return { kind: 'refused', reason: `There is no pipeline ${request.pipelineIdentifier} here.` };
}

/** V2: whoever sleeps by it wakes after all who wake at the same moment. There may be one of it. */
function lastOf(time: VirtualTime): Scheduler {
  return {
    sleep: async (ms, signal) => {
      await time.sleep(ms, signal);
      while (!signal.aborted && time.nextWakeAt() === time.now()) await time.sleep(0, signal);
    },
  };
}

const immediately = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
