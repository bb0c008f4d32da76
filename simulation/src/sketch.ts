/** What a simulated pipeline looks like and how its steps will behave, before it becomes a plan. */
import type { When } from '@bridle/pipeline';

export interface SketchCondition {
  readonly text: string;
  /** What it must come to; `unknown` = depends on what happens, the oracle does not say. */
  readonly truth: 'holds' | 'fails' | 'broken' | 'unknown';
}

interface SketchBase {
  readonly identifier: string;
  readonly status: When['status'];
  readonly condition?: SketchCondition;
  /** Duration text, or the expression `<+pipeline.variables.limit>`. */
  readonly timeout?: string;
}

export interface SketchStep extends SketchBase {
  readonly kind: 'step';
  readonly behaviour: StepBehaviour;
  readonly selectors: readonly string[];
}

export interface SketchWait extends SketchBase {
  readonly kind: 'wait';
  readonly duration: string;
}

export interface SketchFork {
  readonly kind: 'fork';
  readonly children: readonly SketchItem[];
}

export interface SketchGroup extends SketchBase {
  readonly kind: 'group';
  readonly children: readonly SketchItem[];
}

export interface SketchStage extends SketchBase {
  readonly kind: 'stage';
  readonly type: 'Custom' | 'CI';
  readonly children: readonly SketchItem[];
}

export type SketchItem = SketchStep | SketchWait | SketchFork | SketchGroup | SketchStage;

export interface SketchPipeline {
  readonly identifier: string;
  readonly timeout?: string;
  readonly stages: readonly SketchItem[];
}

/** What the process of a step does when a delegate runs it. */
export interface StepBehaviour {
  readonly durationMs: number;
  readonly exitCode: number;
  readonly output: string;
  /** How long it takes to end once it was told to stop; more than the engine's patience for some. */
  readonly stopMs: number;
}

/** Every pipeline of the simulation has these variables. */
export const VARIABLES = { flag: 'on', limit: '45s', pause: '7s' } as const;

/** All steps of a sketch by identifier; identifiers are unique in a sketch. */
export function behavioursOf(items: readonly SketchItem[]): ReadonlyMap<string, StepBehaviour> {
  const found = new Map<string, StepBehaviour>();
  const visit = (item: SketchItem): void => {
    if (item.kind === 'step') found.set(item.identifier, item.behaviour);
    else if (item.kind !== 'wait') item.children.forEach(visit);
  };
  items.forEach(visit);
  return found;
}

/** All items that have an identifier, by it. */
export function namedItems(items: readonly SketchItem[]): ReadonlyMap<string, Exclude<SketchItem, SketchFork>> {
  const found = new Map<string, Exclude<SketchItem, SketchFork>>();
  const visit = (item: SketchItem): void => {
    if (item.kind !== 'fork') found.set(item.identifier, item);
    if (item.kind !== 'step' && item.kind !== 'wait') item.children.forEach(visit);
  };
  items.forEach(visit);
  return found;
}
