/** Pipelines from a seed: every construct the engine runs, in every nesting, small enough to run hundreds of them. */
import type { Random } from './random.ts';
import type { SketchCondition, SketchItem, SketchPipeline, SketchStage, StepBehaviour } from './sketch.ts';

const STAGES_MAX = 4;
const CHILDREN_MAX = 4;
const DEPTH_MAX = 3;
/** Keeps the largest pipelines small. */
const STEPS_MAX = 16;

const CONDITIONS: readonly SketchCondition[] = [
  { text: '<+pipeline.variables.flag> == "on"', truth: 'holds' },
  { text: '<+pipeline.variables.flag> != "on" || <+pipeline.identifier> == "simulated"', truth: 'holds' },
  { text: '<+pipeline.variables.flag> == "off"', truth: 'fails' },
  { text: 'false', truth: 'fails' },
  { text: '<+pipeline.variables.flag> == (', truth: 'broken' },
];

export const TAGS = ['blue', 'green'] as const;

export function randomPipeline(random: Random): SketchPipeline {
  return new PipelineMaker(random).pipeline();
}

class PipelineMaker {
  readonly #random: Random;
  #names = 0;
  #steps = 0;
  /** Steps made so far in this stage: conditions may speak of their outputs. */
  #earlier: string[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  pipeline(): SketchPipeline {
    const count = this.#random.between(1, STAGES_MAX);
    const stages = Array.from({ length: count }, () => this.#stageItem());
    return {
      identifier: 'simulated',
      stages,
      ...this.#timeout(0.08, ['20s', '1m', '10m', '<+pipeline.variables.limit>']),
    };
  }

  #stageItem(): SketchItem {
    if (!this.#random.chance(0.25)) return this.#stage();
    const count = this.#random.between(2, 3);
    return { kind: 'fork', children: Array.from({ length: count }, () => this.#stage()) };
  }

  #stage(): SketchStage {
    this.#earlier = [];
    return {
      kind: 'stage',
      type: this.#random.chance(0.35) ? 'CI' : 'Custom',
      ...this.#base('stage'),
      ...this.#timeout(0.1, ['15s', '2m', '<+pipeline.variables.limit>']),
      children: this.#children(1),
    };
  }

  #children(depth: number): readonly SketchItem[] {
    const count = this.#random.between(1, CHILDREN_MAX);
    return Array.from({ length: count }, () => this.#item(depth));
  }

  #item(depth: number): SketchItem {
    const choice = this.#random.next();
    if (depth < DEPTH_MAX && this.#steps < STEPS_MAX && choice < 0.15) {
      return {
        kind: 'group',
        ...this.#base('group'),
        ...this.#timeout(0.1, ['20s', '1m']),
        children: this.#children(depth + 1),
      };
    }
    if (depth < DEPTH_MAX && this.#steps < STEPS_MAX && choice < 0.32) {
      const count = this.#random.between(2, 3);
      return { kind: 'fork', children: Array.from({ length: count }, () => this.#forkMember(depth + 1)) };
    }
    return this.#step();
  }

  /** A fork holds steps and groups, never a fork. */
  #forkMember(depth: number): SketchItem {
    if (depth >= DEPTH_MAX || !this.#random.chance(0.3)) return this.#step();
    return { kind: 'group', ...this.#base('group'), children: this.#children(depth + 1) };
  }

  #step(): SketchItem {
    this.#steps += 1;
    const base = this.#base('step');
    if (this.#random.chance(0.15)) {
      return {
        kind: 'wait',
        ...base,
        duration: this.#random.pick(['1s', '20s', '1m 30s', '<+pipeline.variables.pause>']),
      };
    }
    this.#earlier.push(base.identifier);
    return {
      kind: 'step',
      ...base,
      ...this.#timeout(0.2, ['5s', '30s', '3m', '<+pipeline.variables.limit>']),
      behaviour: this.#behaviour(base.identifier),
      selectors: this.#random.chance(0.15) ? [this.#random.pick(TAGS)] : [],
    };
  }

  #base(prefix: string): { identifier: string; status: SketchStage['status']; condition?: SketchCondition } {
    this.#names += 1;
    const status = this.#random.chance(0.75) ? 'Success' : this.#random.pick(['Failure', 'All'] as const);
    const condition = this.#random.chance(0.15) ? this.#condition(prefix) : undefined;
    return { identifier: `${prefix}${this.#names}`, status, ...(condition === undefined ? {} : { condition }) };
  }

  #condition(prefix: string): SketchCondition {
    if (prefix === 'stage' || this.#earlier.length === 0 || this.#random.chance(0.5))
      return this.#random.pick(CONDITIONS);
    const step = this.#random.pick(this.#earlier);
    return { text: `<+execution.steps.${step}.output.outputVariables.result> == "${step}"`, truth: 'unknown' };
  }

  #behaviour(identifier: string): StepBehaviour {
    const random = this.#random;
    return {
      durationMs: random.chance(0.05)
        ? 1_200_000
        : random.chance(0.2)
          ? random.between(10_000, 90_000)
          : random.between(10, 5_000),
      exitCode: random.chance(0.15) ? random.between(1, 255) : 0,
      output: random.chance(0.8) ? identifier : 'something else',
      stopMs: random.chance(0.1) ? random.pick([90_000, 300_000]) : random.between(0, 3_000),
    };
  }

  #timeout(probability: number, choices: readonly string[]): { timeout?: string } {
    return this.#random.chance(probability) ? { timeout: this.#random.pick(choices) } : {};
  }
}
