/**
 * A delegate as the protocol wants it, with fake processes: registers, polls, heartbeats, reports `started` before it spawns
 * and its result until somebody answers. It dies and stands still at named points; a new process then takes its place.
 */
import type { TaskOutcome } from '@bridle/pipeline';
import { Doorbell, type DelegateView, type LeasedTask } from '@bridle/runtime';
import type { Checker } from './checker.ts';
import { NoAnswer, type Network } from './network.ts';
import type { Replica } from './replica.ts';
import type { DeathPoint } from './scenario.ts';
import type { StepBehaviour } from './sketch.ts';
import { never, type World } from './world.ts';

const LEASE_MS = 15_000;
const HEARTBEAT_MS = 5_000;
const POLL_MS = 5_000;
const RETRY_MS = 500;
/** Longer than a lease: whoever stands still so long has lost it. */
const FREEZE_MS = 40_000;

export interface DelegateOptions {
  readonly world: World;
  readonly network: Network;
  readonly checker: Checker;
  readonly view: DelegateView;
  readonly capacity: number;
  readonly behaviourOf: (lease: LeasedTask) => StepBehaviour;
}

interface RunningTask {
  readonly lease: LeasedTask;
  readonly stop: AbortController;
}

/** The installation: always has at most one living process. */
export class Delegate {
  readonly #options: DelegateOptions;
  #processes = 0;
  #process: DelegateProcess | undefined;

  constructor(options: DelegateOptions) {
    this.#options = options;
  }

  start(): void {
    this.#processes += 1;
    const incarnation = `${this.#options.view.delegateId}#${this.#processes}`;
    this.#process = new DelegateProcess(this.#options, incarnation, () => this.#onDeath(incarnation));
    this.#options.world.live(this.#process.run());
  }

  wake(): void {
    this.#process?.wake();
  }

  get isIdle(): boolean {
    return this.#process?.isIdle ?? true;
  }

  #onDeath(incarnation: string): void {
    const { world, network, view } = this.#options;
    this.#process = undefined;
    // Half of the deaths are seen by a supervisor, which says so; the others are found by the next process, or by the silence.
    if (world.random.chance(0.5)) {
      void network.call('leave', (replica) => replica.leave(view.delegateId, incarnation)).catch(() => undefined);
    }
    world.later(world.random.pick([100, 5_000, 150_000]), () => this.start());
  }
}

class DelegateProcess {
  readonly #options: DelegateOptions;
  readonly #world: World;
  readonly #incarnation: string;
  readonly #onDeath: () => void;
  readonly #life = new AbortController();
  readonly #bell = new Doorbell();
  readonly #tasks = new Map<string, RunningTask>();
  #frozenUntil = 0;

  constructor(options: DelegateOptions, incarnation: string, onDeath: () => void) {
    this.#options = options;
    this.#world = options.world;
    this.#incarnation = incarnation;
    this.#onDeath = onDeath;
  }

  get isIdle(): boolean {
    return this.#tasks.size === 0;
  }

  wake(): void {
    this.#bell.ring();
  }

  async run(): Promise<void> {
    await this.#register();
    this.#world.live(this.#heartbeats());
    await this.#polls();
  }

  async #register(): Promise<void> {
    await this.#untilAnswered('register', (replica) => replica.register(this.#options.view, this.#incarnation));
    this.#world.note('registered', this.#incarnation);
  }

  async #polls(): Promise<void> {
    const { view, capacity } = this.#options;
    for (;;) {
      const free = capacity - this.#tasks.size;
      const answer = await this.#try('poll', async (replica) => {
        if (!(await replica.hear(view.delegateId, this.#incarnation))) return 'gone';
        const leases = free > 0 ? await replica.lease(view, free, LEASE_MS) : [];
        return { leases, cancel: await replica.listCancelling(view.delegateId) };
      });
      if (answer === 'gone') await this.#register();
      else if (answer !== undefined) {
        for (const lease of answer.leases) this.#world.live(this.#perform(lease));
        for (const taskId of answer.cancel) this.#tasks.get(taskId)?.stop.abort();
      }
      await this.#bell.wait(this.#world.time, POLL_MS, this.#life.signal);
      await this.#alive();
    }
  }

  async #heartbeats(): Promise<void> {
    const { view } = this.#options;
    for (;;) {
      await this.#sleep(HEARTBEAT_MS);
      const held = [...this.#tasks.values()].map(({ lease }) => ({ taskId: lease.task.taskId, fence: lease.fence }));
      const answer = await this.#try('heartbeat', async (replica) => {
        if (!(await replica.hear(view.delegateId, this.#incarnation))) return 'gone';
        return {
          lost: await replica.extend(view.delegateId, held, LEASE_MS),
          cancel: await replica.listCancelling(view.delegateId),
        };
      });
      if (answer === undefined || answer === 'gone') continue;
      for (const taskId of [...answer.lost, ...answer.cancel]) this.#tasks.get(taskId)?.stop.abort();
    }
  }

  /** One task from its lease to the answer to its last report. */
  async #perform(lease: LeasedTask): Promise<void> {
    const { taskId } = lease.task;
    if (this.#tasks.has(taskId)) return;
    const task = { lease, stop: new AbortController() };
    this.#tasks.set(taskId, task);
    await this.#reach('afterLease');
    if (this.#world.fault(this.#world.scenario.faults.freeze)) this.#freeze();
    if (await this.#mayStart(lease)) {
      await this.#reach('afterStarted');
      const outcome = await this.#spawn(task);
      await this.#reach('beforeComplete');
      await this.#complete(lease, outcome);
    }
    this.#tasks.delete(taskId);
    this.#bell.ring();
  }

  async #mayStart(lease: LeasedTask): Promise<boolean> {
    const { view } = this.#options;
    const delegate = { id: view.delegateId, name: view.delegateId };
    const result = await this.#untilAnswered('started', (replica) =>
      replica.reports.started(reportOf(lease), delegate),
    );
    this.#world.note('started', `${this.#incarnation} ${lease.task.identifier} ${result.kind}`);
    return result.kind !== 'refused';
  }

  async #spawn({ lease, stop }: RunningTask): Promise<TaskOutcome> {
    const { checker, behaviourOf } = this.#options;
    if (stop.signal.aborted) return { kind: 'cancelled' };
    checker.onSpawn(lease, this.#incarnation);
    const behaviour = behaviourOf(lease);
    const dies = this.#world.fault(this.#world.scenario.faults.death);
    await this.#world.sleep(
      dies ? behaviour.durationMs / 2 : behaviour.durationMs,
      // A process ends with its delegate, too: `#die` stops it. (A joined signal would keep every past world in memory.)
      stop.signal,
    );
    await this.#alive();
    if (dies) await this.#die('midRun');
    if (!stop.signal.aborted) return outcomeOf(behaviour);
    await this.#sleep(behaviour.stopMs);
    return { kind: 'cancelled' };
  }

  async #complete(lease: LeasedTask, outcome: TaskOutcome): Promise<void> {
    const result = await this.#untilAnswered('complete', async (replica) => {
      const answer = await replica.reports.completed(reportOf(lease), outcome);
      if (answer.kind === 'accepted') this.#options.checker.onCompleted(lease);
      return answer;
    });
    this.#world.note('completed', `${this.#incarnation} ${lease.task.identifier} ${outcome.kind} ${result.kind}`);
    await this.#reach('afterComplete');
  }

  async #untilAnswered<Answer>(name: string, request: (replica: Replica) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const answer = await this.#try(name, async (replica) => ({ value: await request(replica) }));
      if (answer !== undefined) return answer.value;
      await this.#sleep(RETRY_MS);
    }
  }

  /** The answer, or nothing when none came. */
  async #try<Answer>(name: string, request: (replica: Replica) => Promise<Answer>): Promise<Answer | undefined> {
    await this.#alive();
    try {
      const answer = await this.#options.network.call(name, request);
      await this.#alive();
      return answer;
    } catch (error) {
      await this.#alive();
      if (!(error instanceof NoAnswer)) this.#world.violate('no unexpected error', String(error));
      return undefined;
    }
  }

  async #reach(point: DeathPoint): Promise<void> {
    await this.#alive();
    if (this.#world.fault(this.#world.scenario.faults.death)) await this.#die(point);
  }

  async #die(point: DeathPoint): Promise<never> {
    if (!this.#life.signal.aborted) {
      this.#world.note('death', `${this.#incarnation} ${point}`);
      this.#life.abort();
      for (const { stop } of this.#tasks.values()) stop.abort();
      this.#onDeath();
    }
    return never();
  }

  #freeze(): void {
    this.#world.note('freeze', this.#incarnation);
    this.#frozenUntil = this.#world.time.now() + FREEZE_MS;
  }

  async #sleep(ms: number): Promise<void> {
    await this.#world.sleep(ms, this.#life.signal);
    await this.#alive();
  }

  /** Goes on only in a living process that does not stand still. */
  async #alive(): Promise<void> {
    while (!this.#life.signal.aborted && this.#frozenUntil > this.#world.time.now()) {
      await this.#world.sleep(this.#frozenUntil - this.#world.time.now(), this.#life.signal);
    }
    if (this.#life.signal.aborted || this.#world.signal.aborted) await never();
  }
}

function reportOf({ executionId, task, fence }: LeasedTask): {
  executionId: LeasedTask['executionId'];
  taskId: LeasedTask['task']['taskId'];
  fence: number;
} {
  return { executionId, taskId: task.taskId, fence };
}

function outcomeOf({ exitCode, output, failureType = 'APPLICATION_ERROR' }: StepBehaviour): TaskOutcome {
  if (exitCode === 0) return { kind: 'succeeded', exitCode, outputs: { outputVariables: { result: output } } };
  const failure = { message: `The script ended with exit code ${exitCode}.`, types: [failureType] } as const;
  return { kind: 'failed', exitCode, outputs: {}, failure };
}
