/** What a simulated pipeline looks like and how its steps will behave, before it becomes a plan. */
import type { FailureStrategy, FailureType, When } from '@bridle/pipeline';
import type { SketchLoop } from './sketch-loops.ts';

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
  readonly strategies?: readonly FailureStrategy[];
  readonly loop?: SketchLoop;
}

/** A value that is asked for when the node is reached: one that has a default, or one that has none. */
export type SketchInput = 'required' | 'defaulted';

export interface SketchStep extends SketchBase {
  readonly kind: 'step';
  /** By attempt and turn; after the last one the first one again. */
  readonly runs: readonly StepBehaviour[];
  readonly selectors: readonly string[];
  /** Its script is asked for. */
  readonly asks?: SketchInput;
}

export interface SketchWait extends SketchBase {
  readonly kind: 'wait';
  readonly duration: string;
}

export interface SketchApproval extends SketchBase {
  readonly kind: 'approval';
  readonly minimumCount: number;
  /** Who started the execution may not answer. */
  readonly barsExecutor: boolean;
}

/** Its script's output `result` approves (`yes`), rejects (`no`), or is asked again. */
export interface SketchCustomApproval extends SketchBase {
  readonly kind: 'customApproval';
  readonly runs: readonly StepBehaviour[];
  readonly retryInterval: string;
  readonly scriptTimeout: string;
}

export interface SketchBarrier extends SketchBase {
  readonly kind: 'barrier';
  readonly ref: string;
}

export interface SketchQueue extends SketchBase {
  readonly kind: 'queue';
  readonly key: string;
  readonly scope: 'Pipeline' | 'Stage';
}

export interface SketchFork {
  readonly kind: 'fork';
  readonly children: readonly SketchItem[];
}

export interface SketchGroup extends SketchBase {
  readonly kind: 'group';
  readonly children: readonly SketchItem[];
  readonly rollback?: readonly SketchItem[];
}

export interface SketchStage extends SketchBase {
  readonly kind: 'stage';
  readonly type: 'Custom' | 'CI' | 'Approval';
  readonly children: readonly SketchItem[];
  readonly rollback?: readonly SketchItem[];
  /** A variable of it is asked for. */
  readonly asks?: SketchInput;
}

/** A stage that starts another pipeline. */
export interface SketchChain extends SketchBase {
  readonly kind: 'chain';
  /** Identifier of one of the scenario's children, or of none: then the start is refused. */
  readonly pipeline: string;
}

export type SketchLeaf = SketchStep | SketchWait | SketchApproval | SketchCustomApproval | SketchBarrier | SketchQueue;
export type SketchContainer = SketchGroup | SketchStage;
export type SketchNamed = SketchLeaf | SketchContainer | SketchChain;
export type SketchItem = SketchNamed | SketchFork;

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
  /** What a failure is reported as; absent = an application's error. */
  readonly failureType?: FailureType;
}

/** Every pipeline of the simulation has these variables. */
export const VARIABLES = { flag: 'on', limit: '45s', pause: '7s', colours: 'red,green', count: '2' } as const;

/** What a chained execution tells its parent. */
export const CHAIN_OUTPUTS = [{ name: 'told', value: '<+pipeline.identifier>' }] as const;

/** What stands in a place that is asked for when its node is reached. */
export function inputText(asks: SketchInput): string {
  return asks === 'required' ? '<+input>.executionInput()' : '<+input>.default(blue).executionInput()';
}

/** All items that have an identifier, by it; identifiers are unique in a sketch. */
export function namedItems(items: readonly SketchItem[]): ReadonlyMap<string, SketchNamed> {
  const found = new Map<string, SketchNamed>();
  const visit = (item: SketchItem): void => {
    if (item.kind !== 'fork') found.set(item.identifier, item);
    childrenOf(item).forEach(visit);
  };
  items.forEach(visit);
  return found;
}

/** What is directly in an item, its rollback steps included. */
export function childrenOf(item: SketchItem): readonly SketchItem[] {
  switch (item.kind) {
    case 'fork':
      return item.children;
    case 'stage':
    case 'group':
      return [...item.children, ...(item.rollback ?? [])];
    default:
      return [];
  }
}
