/** Runs one history from its seed to its end, and says what was broken on the way. */
import {
  executionId,
  isFinal,
  type EngineEvent,
  type Execution,
  type ExecutionHeader,
  type ExecutionId,
  type Plan,
} from '@bridle/pipeline';
import { MemoryDatabase, type ChildStart, type CommittedChange, type LeasedTask } from '@bridle/runtime';
import { behaviourAt } from './behaviour.ts';
import { Checker, type ExpectedExecution } from './checker.ts';
import { Client } from './client.ts';
import { Delegate } from './delegate.ts';
import { Network } from './network.ts';
import {
  ObservedAdmissions,
  ObservedQueue,
  ObservedRequests,
  ObservedResources,
  ObservedStore,
} from './observed-stores.ts';
import { People } from './people.ts';
import { planOf } from './plan-of.ts';
import { Random } from './random.ts';
import { Replica } from './replica.ts';
import { randomScenario, type CrashPoint, type Scenario } from './scenario.ts';
import { isOver } from './check-state.ts';
import { retainedFrom } from './retry-from-stage.ts';
import { compiledPlanOf } from './yaml-of.ts';
import type { SketchPipeline, StepBehaviour } from './sketch.ts';
import { EXECUTOR } from './step-specs.ts';
import { spoilPlan, withoutAction } from './spoil-plan.ts';
import { FAULTS_END_AT, START_AT, World } from './world.ts';

const ACCOUNT = 'account';
const SCOPE = { accountId: ACCOUNT, orgIdentifier: 'default', projectIdentifier: 'simulated' };
const DEFAULTS = { pipelineTimeoutMs: 900_000, stepTimeoutMs: 300_000, approvalTimeoutMs: 400_000 };
/**
 * By then all must have ended by itself: faults end after 30 minutes, a pipeline after 15 and an hour for its rollback; some
 * executions wait for others, and some run again.
 */
const HORIZON_MS = FAULTS_END_AT - START_AT + 12 * (DEFAULTS.pipelineTimeoutMs + 3_600_000);
/** Runs of one pipeline from one of its stages, one after the other. */
const RUNS_AGAIN_MAX = 2;
/** What may still come after all has ended: late copies of old requests, timers that nobody needs. */
const AFTERMATH_MS = 60_000;
const RESTART_MS = [10, 1_000, 20_000] as const;
const UNASSIGNABLE_EVERY_MS = 7_000;

export interface SimulationResult {
  readonly seed: string;
  readonly violations: readonly string[];
  /** The event log, byte for byte the same for the same seed. */
  readonly log: string;
  readonly digest: string;
  /** How often each kind of thing happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** Every execution with its kept events: what a replay needs. */
  readonly executions: readonly RecordedExecution[];
  /** Passings of each crash point, for crashing at each of them in turn. */
  readonly passings: ReadonlyMap<CrashPoint, number>;
}

export interface RecordedExecution {
  readonly header: ExecutionHeader;
  readonly createdAt: number;
  readonly events: readonly EngineEvent[];
  readonly execution: Execution;
}

export function simulateSeed(seed: string, change: Partial<Scenario> = {}): Promise<SimulationResult> {
  const random = new Random(seed);
  return new Simulation({ ...randomScenario(seed, random.stream('scenario')), ...change }, random).run();
}

class Simulation {
  readonly #world: World;
  readonly #database: MemoryDatabase;
  readonly #checker: Checker;
  readonly #store: ObservedStore;
  readonly #queue: ObservedQueue;
  readonly #resources: ObservedResources;
  readonly #requests: ObservedRequests;
  readonly #admissions: ObservedAdmissions;
  readonly #network: Network;
  readonly #replicas: (Replica | undefined)[] = [];
  readonly #delegates: readonly Delegate[];
  readonly #expected = new Map<ExecutionId, ExpectedExecution>();
  readonly #random: Random;
  #openClients = 0;
  #runs = 0;
  readonly #passings = new Map<CrashPoint, number>();

  constructor(scenario: Scenario, random: Random) {
    this.#random = random;
    this.#world = new World(scenario, random.stream('world'));
    this.#database = new MemoryDatabase(this.#world.time);
    this.#checker = new Checker(this.#world, this.#database, this.#expected);
    this.#store = new ObservedStore(this.#database, this.#checker, scenario.sabotage);
    this.#queue = new ObservedQueue(this.#database, this.#checker, scenario.sabotage);
    this.#resources = new ObservedResources(this.#database, this.#checker, scenario.sabotage);
    this.#requests = new ObservedRequests(this.#database, this.#checker, scenario.sabotage);
    this.#admissions = new ObservedAdmissions(this.#database, this.#checker, scenario.executionsMax, scenario.sabotage);
    this.#network = new Network(this.#world, this.#replicas);
    this.#delegates = scenario.delegates.map(
      ({ name, tags, capacity }) =>
        new Delegate({
          world: this.#world,
          network: this.#network,
          checker: this.#checker,
          view: { delegateId: name, accountId: ACCOUNT, tags: [name, ...tags] },
          capacity,
          behaviourOf: (lease) => this.#behaviourOf(lease),
        }),
    );
    for (const sketch of scenario.pipelines) this.#expect(sketch);
  }

  async run(): Promise<SimulationResult> {
    for (let index = 0; index < this.#world.scenario.replicas; index += 1) this.#boot(index, 1);
    for (const delegate of this.#delegates) delegate.start();
    const client = new Client({
      world: this.#world,
      network: this.#network,
      find: (id) => this.#database.executions.get(id)?.execution,
      again: (ended) => this.#again(ended),
    });
    for (const { header } of this.#expected.values()) {
      this.#openClients += 1;
      this.#world.later(this.#world.random.between(0, 30_000), () =>
        this.#world.live(client.run(header).then(() => (this.#openClients -= 1))),
      );
    }
    const people = new People(this.#world, this.#network, () => this.#executions());
    this.#world.live(people.look());
    if (this.#world.scenario.faults.unassignable > 0) this.#declareUnassignable();
    await this.#untilOver();
    if (this.#world.violations.length === 0) this.#checker.onEnd();
    this.#world.end();
    for (const replica of this.#replicas) replica?.stop();
    await settled();
    return this.#result();
  }

  /** Lets the world go on, one wake-up at a time, until everything has ended and the aftermath is over. */
  async #untilOver(): Promise<void> {
    const { time, violations, scenario } = this.#world;
    const horizonAt = START_AT + (scenario.horizonMs ?? HORIZON_MS);
    let overAt: number | undefined;
    await settled();
    while (violations.length === 0) {
      if (overAt === undefined && this.#isOver()) overAt = time.now();
      if (overAt !== undefined && time.now() >= overAt + AFTERMATH_MS) return;
      if (time.now() > horizonAt) {
        this.#world.violate('liveness', 'not everything has ended');
        return;
      }
      if (!time.wakeNext()) {
        this.#world.violate('liveness', 'nobody has anything left to do');
        return;
      }
      await settled();
    }
  }

  #isOver(): boolean {
    if (this.#openClients > 0) return false;
    for (const execution of this.#executions()) if (!isFinal(execution.status)) return false;
    // Tasks that the engine gave up may still be stopping, and what executions asked of each other be under way.
    return [...this.#database.tasks.values()].every(isOver) && this.#database.requests.size === 0;
  }

  *#executions(): Generator<Execution> {
    for (const { execution } of this.#database.executions.values()) yield execution;
  }

  #expect(sketch: SketchPipeline, change: Partial<ExecutionHeader> = {}): ExecutionHeader {
    this.#runs += 1;
    const random = this.#random.stream(`execution ${change.id ?? String(this.#runs)}`);
    const id = change.id ?? executionId(random.id());
    const { isCompiled, disabledAction, spoil } = this.#world.scenario;
    const plan: Plan = isCompiled ? compiledPlanOf(sketch, random.id()) : planOf(sketch, random.id());
    const given = disabledAction === undefined ? plan : withoutAction(plan, disabledAction);
    const header: ExecutionHeader = {
      id,
      scope: SCOPE,
      pipelineIdentifier: sketch.identifier,
      runSequence: this.#runs,
      seed: random.id(),
      plan: spoil === undefined ? given : spoilPlan(given, spoil),
      cause: {
        triggerType: 'MANUAL',
        triggeredBy: { uuid: EXECUTOR.userId, identifier: EXECUTOR.name, email: EXECUTOR.email },
      },
      executionUrl: `http://localhost/executions/${id}`,
      defaults: DEFAULTS,
      ...change,
    };
    this.#expected.set(id, { header, sketch, plan });
    return header;
  }

  /** The chained execution: the same at each attempt. */
  #childOf({ parent, nodeExecutionId, childExecutionId, request }: ChildStart): ExecutionHeader | string {
    const known = this.#expected.get(childExecutionId);
    if (known !== undefined) return known.header;
    const sketch = this.#world.scenario.children.find(({ identifier }) => identifier === request.pipelineIdentifier);
    if (sketch === undefined) return `There is no pipeline ${request.pipelineIdentifier}.`;
    return this.#expect(sketch, {
      id: childExecutionId,
      parent: { executionId: parent.id, nodeExecutionId, outputs: request.outputs },
    });
  }

  #again(ended: Execution): ExecutionHeader | undefined {
    const expected = this.#expected.get(ended.id);
    const retained = retainedFrom(ended, this.#world.random);
    if (expected === undefined || retained === undefined || this.#runsAgain(ended) >= RUNS_AGAIN_MAX) return undefined;
    return this.#expect(expected.sketch, { retained });
  }

  #runsAgain({ retained }: Pick<ExecutionHeader, 'retained'>): number {
    if (retained === undefined) return 0;
    const before = this.#expected.get(retained.executionId);
    return before === undefined ? 1 : 1 + this.#runsAgain(before.header);
  }

  #boot(index: number, life: number): void {
    const replica = new Replica({
      world: this.#world,
      name: `replica${index + 1}#${life}`,
      store: this.#store,
      queue: this.#queue,
      resources: this.#resources,
      requests: this.#requests,
      admissions: this.#admissions,
      childOf: (start) => this.#childOf(start),
      onCommitted: (from, changes) => this.#wake(from, changes),
      onCrash: () => {
        this.#replicas[index] = undefined;
        this.#world.later(this.#world.random.pick(RESTART_MS), () => this.#boot(index, life + 1));
      },
      passes: (point) => this.#passes(point),
    });
    this.#replicas[index] = replica;
    replica.run();
  }

  /** NOTIFY: tells everybody, and each of them may miss it (N1). */
  #wake(from: Replica, changes: readonly CommittedChange[]): void {
    const effects = changes.flatMap((change) => change.effects);
    const { lostWake } = this.#world.scenario.faults;
    const isHeard = (): boolean => {
      const isLost = this.#world.fault(lostWake);
      if (isLost) this.#world.log.count('lost-wake');
      return !isLost;
    };
    const asks = (...kinds: readonly (typeof effects)[number]['kind'][]): boolean =>
      effects.some((effect) => kinds.includes(effect.kind));
    if (asks('startTimer') && isHeard()) from.wakeTimers();
    if (asks('acquireResource', 'releaseResource') && isHeard()) from.wakeResources();
    if (asks('startChild', 'abortChild', 'reportToParent') && isHeard()) from.wakeRequests();
    if (changes.some(({ execution }) => isFinal(execution.status)) && isHeard()) from.wakeAdmissions();
    if (!asks('enqueueTask', 'cancelTask')) return;
    for (const delegate of this.#delegates) if (isHeard()) delegate.wake();
  }

  #passes(point: CrashPoint): boolean {
    const nth = (this.#passings.get(point) ?? 0) + 1;
    this.#passings.set(point, nth);
    const { crashesAt } = this.#world.scenario;
    return crashesAt?.some((crash) => crash.point === point && crash.nth === nth) ?? false;
  }

  /** Now and then the dispatcher finds that nobody can take a task that waits. */
  #declareUnassignable(): void {
    this.#world.later(UNASSIGNABLE_EVERY_MS, () => {
      const queued = [...this.#database.tasks.values()].find((task) => task.state === 'queued');
      if (queued !== undefined && this.#world.fault(this.#world.scenario.faults.unassignable)) {
        this.#world.note('unassignable', queued.task.identifier);
        const { executionId: id, task } = queued;
        void this.#network
          .call('unassignable', (replica) =>
            replica.runner.deliver(id, (at) => ({
              kind: 'taskUnassignable',
              at,
              nodeExecutionId: task.taskId,
              reason: 'Nobody can take it.',
            })),
          )
          .catch(() => undefined);
      }
      this.#declareUnassignable();
    });
  }

  #behaviourOf({ executionId: id, task }: LeasedTask): StepBehaviour {
    const expected = this.#expected.get(id);
    const execution = this.#database.executions.get(id)?.execution;
    const behaviour =
      expected === undefined || execution === undefined
        ? undefined
        : behaviourAt(expected.sketch, execution, task.taskId);
    if (behaviour === undefined) throw new Error(`${task.identifier} has no behaviour`);
    return behaviour;
  }

  #result(): SimulationResult {
    const { log, violations, scenario } = this.#world;
    for (const { execution } of this.#database.executions.values()) {
      for (const node of Object.values(execution.nodes)) log.count(`node ${node.status}`);
      log.count(`execution ${execution.status}`);
    }
    log.counts.set('virtual seconds', Math.round((this.#world.time.now() - START_AT) / 1_000));
    const executions = [...this.#expected.values()].flatMap(({ header }) => {
      const record = this.#database.executions.get(header.id);
      return record === undefined ? [] : [{ header, createdAt: record.execution.createdAt, ...record }];
    });
    return {
      seed: scenario.seed,
      violations: [...violations],
      log: log.text(),
      digest: log.digest(),
      counts: log.counts,
      passings: this.#passings,
      executions,
    };
  }
}

/** Everything that follows without the clock going on has happened: all promises are settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
