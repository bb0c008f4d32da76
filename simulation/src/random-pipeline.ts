/** Pipelines from a seed: every construct the engine runs, in every nesting, small enough to run hundreds of them. */
import type { Random } from './random.ts';
import { BROKEN_LOOPS, LOOPS, type SketchLoop } from './sketch-loops.ts';
import { PROCEED, randomStrategies, type StrategyPlace } from './random-strategies.ts';
import type {
  SketchChain,
  SketchCondition,
  SketchFork,
  SketchGroup,
  SketchInput,
  SketchItem,
  SketchLeaf,
  SketchPipeline,
  SketchStage,
  StepBehaviour,
} from './sketch.ts';

const STAGES_MAX = 3;
const CHILDREN_MAX = 3;
const DEPTH_MAX = 3;
/** Keeps the largest pipelines small; what stands in a loop counts for each turn. */
const STEPS_MAX = 20;

const CONDITIONS: readonly SketchCondition[] = [
  { text: '<+pipeline.variables.flag> == "on"', truth: 'holds' },
  { text: '<+pipeline.variables.flag> != "on" || <+pipeline.identifier> != "another"', truth: 'holds' },
  { text: '<+pipeline.variables.flag> == "off"', truth: 'fails' },
  { text: 'false', truth: 'fails' },
  { text: '<+pipeline.variables.flag> == (', truth: 'broken' },
];

export const TAGS = ['blue', 'green'] as const;
/** Keys of queues: few, so that the executions of one history meet. */
const KEYS = ['database', 'cluster'] as const;
const BARRIERS = ['north', 'south'] as const;
/** The pipelines that stages may start; the last one does not exist. */
export const CHAINED = ['childA', 'childB', 'nowhere'] as const;

export function randomPipeline(random: Random): SketchPipeline {
  return new PipelineMaker(random, true).pipeline('simulated');
}

/** One that starts no other: a chain has one link only. */
export function randomChild(random: Random, identifier: string): SketchPipeline {
  return new PipelineMaker(random, false).pipeline(identifier);
}

/** Where an item is to stand. */
interface Place extends StrategyPlace {
  readonly depth: number;
  readonly stageType: SketchStage['type'];
  /** Turns of the loops around it. */
  readonly turns: number;
  readonly isInLoop: boolean;
}

class PipelineMaker {
  readonly #random: Random;
  readonly #mayChain: boolean;
  /** Barriers that this pipeline has not used yet: each has its own place. */
  #barriers: readonly string[] = BARRIERS;
  #names = 0;
  #steps = 0;
  /** Steps made so far in this stage: conditions may speak of their outputs. */
  #earlier: string[] = [];

  constructor(random: Random, mayChain: boolean) {
    this.#random = random;
    this.#mayChain = mayChain;
  }

  pipeline(identifier: string): SketchPipeline {
    const count = this.#random.between(1, this.#mayChain ? STAGES_MAX : 2);
    const stages = Array.from({ length: count }, () => this.#stageItem());
    return { identifier, stages, ...this.#timeout(0.08, ['20s', '1m', '4m', '<+pipeline.variables.limit>']) };
  }

  #stageItem(): SketchItem {
    if (!this.#random.chance(0.25)) return this.#stage();
    const count = this.#random.between(2, 3);
    return { kind: 'fork', children: Array.from({ length: count }, () => this.#stage()) };
  }

  #stage(): SketchStage | SketchChain {
    this.#earlier = [];
    if (this.#mayChain && this.#random.chance(0.1)) return this.#chain();
    const type = this.#random.chance(0.3) ? 'CI' : this.#random.chance(0.1) ? 'Approval' : 'Custom';
    const loop = this.#loop(0.12);
    const turns = loop?.turns?.length ?? 1;
    const place: Place = {
      depth: 1,
      stageType: type,
      turns,
      isInLoop: loop !== undefined,
      isInGroup: false,
      isInRollback: false,
    };
    return {
      kind: 'stage',
      type,
      ...this.#base('stage'),
      ...this.#strategies(0.4, place),
      ...(loop === undefined ? {} : { loop }),
      ...this.#timeout(0.1, ['15s', '2m', '<+pipeline.variables.limit>']),
      ...this.#asks(0.06),
      children: this.#children(place),
      ...(this.#random.chance(0.45) ? { rollback: this.#rollback(place) } : {}),
    };
  }

  #chain(): SketchChain {
    return {
      kind: 'chain',
      ...this.#base('stage'),
      ...this.#strategies(0.4, { isInGroup: false, isInRollback: false }),
      ...this.#timeout(0.2, ['15s', '2m']),
      pipeline: this.#random.pick(CHAINED),
    };
  }

  #rollback(place: Place): readonly SketchItem[] {
    const inside = { ...place, depth: DEPTH_MAX - 1, isInRollback: true, isInGroup: false };
    return Array.from({ length: this.#random.between(1, 2) }, () =>
      this.#random.chance(0.15) ? this.#group(inside) : this.#leaf(inside),
    );
  }

  #children(place: Place): readonly SketchItem[] {
    const count = this.#random.between(1, CHILDREN_MAX);
    return Array.from({ length: count }, () => this.#item(place));
  }

  #item(place: Place): SketchItem {
    const choice = this.#random.next();
    const hasRoom = place.depth < DEPTH_MAX && this.#steps < STEPS_MAX;
    if (hasRoom && choice < 0.2) return this.#group(place);
    if (hasRoom && choice < 0.32) return this.#fork(place);
    if (hasRoom && choice < 0.38 && place.stageType === 'Custom' && !place.isInRollback) {
      return this.#meeting(place);
    }
    return this.#leaf(place);
  }

  #group(place: Place): SketchGroup {
    const loop = this.#steps * place.turns < STEPS_MAX ? this.#loop(place.isInLoop ? 0.08 : 0.15) : undefined;
    const turns = place.turns * (loop?.turns?.length ?? 1);
    const inside: Place = {
      ...place,
      depth: place.depth + 1,
      turns,
      isInLoop: place.isInLoop || loop !== undefined,
      isInGroup: true,
    };
    return {
      kind: 'group',
      ...this.#base('group'),
      ...this.#strategies(0.4, inside),
      ...(loop === undefined ? {} : { loop }),
      ...this.#timeout(0.1, ['20s', '1m']),
      children: this.#children(inside),
      ...(!place.isInRollback && this.#random.chance(0.4) ? { rollback: this.#rollback(inside) } : {}),
    };
  }

  #fork(place: Place): SketchFork {
    const count = this.#random.between(2, 3);
    const inside = { ...place, depth: place.depth + 1 };
    return {
      kind: 'fork',
      children: Array.from({ length: count }, () =>
        this.#random.chance(0.25) && this.#steps < STEPS_MAX ? this.#group(inside) : this.#leaf(inside),
      ),
    };
  }

  /** Members that meet at a barrier, some of them after a step of their own. */
  #meeting(place: Place): SketchItem {
    const [ref, ...rest] = this.#barriers;
    if (ref === undefined || place.isInLoop) return this.#leaf(place);
    this.#barriers = rest;
    const inside = { ...place, depth: place.depth + 1, isInGroup: true };
    const barrierIn = (where: Place): SketchItem => ({
      kind: 'barrier',
      ...this.#base('step', 0.9),
      ...this.#strategies(0.3, where),
      ...this.#timeout(0.3, ['30s', '2m']),
      ref,
    });
    const member = (): SketchItem => {
      if (this.#random.chance(0.3)) return barrierIn(place);
      return {
        kind: 'group',
        ...this.#base('group', 0.95),
        ...this.#strategies(0.2, inside),
        children: [this.#leaf(inside), barrierIn(inside), ...(this.#random.chance(0.3) ? [this.#leaf(inside)] : [])],
      };
    };
    return { kind: 'fork', children: Array.from({ length: this.#random.between(2, 3) }, member) };
  }

  #leaf(place: Place): SketchLeaf {
    this.#steps += place.turns;
    const loop = this.#steps < STEPS_MAX ? this.#loop(place.isInLoop ? 0.04 : 0.1) : undefined;
    this.#steps += place.turns * ((loop?.turns?.length ?? 1) - 1);
    const base = {
      ...this.#base('step'),
      ...this.#strategies(0.35, place),
      ...(loop === undefined ? {} : { loop }),
    };
    const choice = this.#random.next();
    if (choice < 0.1) {
      const duration = this.#random.pick(['1s', '20s', '1m 30s', '<+pipeline.variables.pause>']);
      return { kind: 'wait', ...base, duration };
    }
    if (choice < 0.17 && place.stageType !== 'CI') {
      const key = this.#random.pick(KEYS);
      const scope = this.#random.chance(0.6) ? 'Stage' : 'Pipeline';
      return { kind: 'queue', ...base, ...this.#timeout(0.8, ['20s', '1m']), key, scope };
    }
    if (place.stageType !== 'CI' && (choice < 0.23 || (place.stageType === 'Approval' && choice < 0.6))) {
      const minimumCount = this.#random.between(1, 2);
      const barsExecutor = this.#random.chance(0.3);
      return { kind: 'approval', ...base, ...this.#timeout(0.8, ['20s', '1m', '3m']), minimumCount, barsExecutor };
    }
    if (place.stageType !== 'CI' && choice < 0.3) return this.#customApproval(base);
    return this.#step(base, place);
  }

  #customApproval(base: Pick<SketchLeaf, 'identifier' | 'status'>): SketchLeaf {
    const answer = (): string => this.#random.pick(['yes', 'yes', 'no', 'maybe', 'maybe']);
    return {
      kind: 'customApproval',
      ...base,
      ...this.#timeout(0.7, ['20s', '1m', '3m']),
      runs: Array.from({ length: 3 }, () => this.#behaviour(answer())),
      retryInterval: this.#random.pick(['2s', '10s']),
      scriptTimeout: this.#random.pick(['15s', '5m']),
    };
  }

  #step(base: Pick<SketchLeaf, 'identifier' | 'status' | 'strategies'>, place: Place): SketchLeaf {
    const { stageType, isInRollback } = place;
    const asks = this.#asks(0.08);
    if (!isInRollback && !('loop' in base)) this.#earlier.push(base.identifier);
    return {
      kind: 'step',
      ...base,
      ...this.#timeout(0.2, ['5s', '30s', '3m', '<+pipeline.variables.limit>']),
      runs: Array.from({ length: this.#random.between(1, 4) }, () => this.#behaviour(base.identifier)),
      selectors: stageType !== 'CI' && this.#random.chance(0.15) ? [this.#random.pick(TAGS)] : [],
      ...asks,
      ...(asks.asks !== undefined && this.#random.chance(0.5)
        ? { strategies: [PROCEED, ...(base.strategies ?? [])] }
        : {}),
    };
  }

  #asks(probability: number): { readonly asks?: SketchInput } {
    return this.#random.chance(probability)
      ? { asks: this.#random.pick(['required', 'defaulted', 'defaulted'] as const) }
      : {};
  }

  #strategies(probability: number, place: StrategyPlace): Partial<ReturnType<typeof randomStrategies>> {
    return this.#random.chance(probability) ? randomStrategies(this.#random, place) : {};
  }

  #loop(probability: number): SketchLoop | undefined {
    const random = this.#random;
    if (!random.chance(probability)) return undefined;
    const loop = random.chance(0.06) ? random.pick(BROKEN_LOOPS) : random.pick(LOOPS);
    const slots = random.chance(0.5) ? random.between(1, 2) : undefined;
    const maxConcurrency = slots === 2 && random.chance(0.4) ? '<+pipeline.variables.count>' : slots;
    const condition = random.chance(0.15) ? random.pick(CONDITIONS) : undefined;
    return {
      ...loop,
      ...(slots === undefined || maxConcurrency === undefined ? {} : { slots, maxConcurrency }),
      onFailure: random.chance(0.4) ? 'SkipQueued' : 'RunAll',
      ...(condition === undefined ? {} : { condition }),
    };
  }

  #base(
    prefix: string,
    calm = 0.78,
  ): { identifier: string; status: SketchStage['status']; condition?: SketchCondition } {
    this.#names += 1;
    const status = this.#random.chance(calm) ? 'Success' : this.#random.pick(['Failure', 'All'] as const);
    const condition = this.#random.chance(0.5 - calm / 2) ? this.#condition(prefix) : undefined;
    return { identifier: `${prefix}${this.#names}`, status, ...(condition === undefined ? {} : { condition }) };
  }

  #condition(prefix: string): SketchCondition {
    if (prefix === 'stage' || this.#earlier.length === 0 || this.#random.chance(0.5))
      return this.#random.pick(CONDITIONS);
    const step = this.#random.pick(this.#earlier);
    return { text: `<+execution.steps.${step}.output.outputVariables.result> == "${step}"`, truth: 'unknown' };
  }

  #behaviour(output: string): StepBehaviour {
    const random = this.#random;
    const fails = random.chance(0.3);
    const type = random.pick(['APPLICATION_ERROR', 'APPLICATION_ERROR', 'CONNECTIVITY', 'AUTHENTICATION'] as const);
    return {
      durationMs: random.chance(0.04)
        ? 1_200_000
        : random.chance(0.2)
          ? random.between(10_000, 90_000)
          : random.between(10, 5_000),
      exitCode: fails ? random.between(1, 255) : 0,
      output: random.chance(0.85) ? output : 'something else',
      stopMs: random.chance(0.1) ? random.pick([90_000, 300_000]) : random.between(0, 3_000),
      ...(fails && type !== 'APPLICATION_ERROR' ? { failureType: type } : {}),
    };
  }

  #timeout(probability: number, choices: readonly string[]): { timeout?: string } {
    return this.#random.chance(probability) ? { timeout: this.#random.pick(choices) } : {};
  }
}
