/**
 * Barriers (pipelines.md §5.4): all Barrier steps of one reference go on together. What can never go on is seen before the
 * run: a step that is reached only after another one of its own barrier, or after one that waits for it in turn.
 */
import { findKnots, PrecedenceGraph, type Passage } from './barrier-order.ts';
import type { Findings } from './diagnostics.ts';
import { readIdentifier, readName } from './identifiers.ts';
import { loopSize } from './loop-size.ts';
import {
  listStages,
  type Barrier,
  type Pipeline,
  type Stage,
  type StageItem,
  type Step,
  type StepItem,
} from './model.ts';
import { awaitsInput, isLate, readMap, reportKind, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { find, isEmpty, type MapNode } from './yaml-node.ts';

/** `flowControl.barriers` of a pipeline. */
export function readBarriers(map: MapNode, findings: Findings): readonly Barrier[] {
  const flowControl = readMap(map, 'flowControl', 'the pipeline', findings);
  if (flowControl === undefined) return [];
  warnUnknownKeys(flowControl, ['barriers'], 'flowControl', findings);
  const node = find(flowControl, 'barriers');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, 'the field barriers of flowControl', 'a list', findings);
    return [];
  }
  const barriers: Barrier[] = [];
  for (const item of node.items) {
    if (item.kind !== 'map') {
      reportKind(item, 'a barrier of flowControl', 'a map with identifier and name', findings);
      continue;
    }
    warnUnknownKeys(item, ['identifier', 'name'], 'a barrier of flowControl', findings);
    const identifier = readIdentifier(item, 'barrier', findings);
    const first = barriers.find((other) => other.identifier === identifier && identifier !== '');
    if (first !== undefined) {
      const line = String(first.range.start.line);
      const message = `The barrier identifier ${identifier} is used already in line ${line}.`;
      findings.add('IDENTIFIER_DUPLICATE', 'save', item, message, 'Remove or rename one of the two.');
    }
    const name = readName(item, 'barrier', identifier, findings);
    barriers.push({ identifier, name, path: item.path, range: item.range });
  }
  return barriers;
}

/** Reports Barrier steps whose barrier is not declared, or that could never go on. */
export function checkBarriers({ barriers, stages }: Pick<Pipeline, 'barriers' | 'stages'>, findings: Findings): void {
  const checker = new BarrierChecker(
    barriers.map(({ identifier }) => identifier),
    findings,
  );
  checker.sequence(stages);
  for (const stage of listStages(stages)) checker.rollback(stage);
  for (const knot of findKnots(checker.graph)) reportKnot(knot, findings);
}

type Item = StageItem | StepItem;
/** The barriers below an item, each with one of its steps there. */
type Reached = ReadonlyMap<string, Step>;

class BarrierChecker {
  readonly #declared: readonly string[];
  readonly #findings: Findings;
  readonly graph = new PrecedenceGraph();

  constructor(declared: readonly string[], findings: Findings) {
    this.#declared = declared;
    this.#findings = findings;
  }

  sequence(items: readonly Item[]): Reached {
    const chain = this.graph.chain();
    const all = new Map<string, Step>();
    for (const item of items) {
      const reached = this.#item(item);
      chain.add(reached);
      addMissing(all, reached);
    }
    return all;
  }

  #item(item: Item): Reached {
    switch (item.kind) {
      case 'parallel': {
        const all = new Map<string, Step>();
        for (const member of item.items) addMissing(all, this.#item(member));
        return all;
      }
      case 'step':
        return this.#looped(item, this.#step(item));
      case 'stage':
      case 'stepGroup':
        return this.#looped(item, this.sequence(item.steps));
    }
  }

  #step(step: Step): Reached {
    const ref = refOf(step);
    if (ref === undefined) return new Map();
    if (isLate(ref)) {
      this.#findings.add(
        'FIELD_VALUE',
        'run',
        step,
        `The barrierRef of the step ${step.identifier} cannot be an expression: barriers are checked before the run.`,
      );
      return new Map();
    }
    if (!this.#declared.includes(ref)) {
      this.#findings.add(
        'BARRIER_UNKNOWN',
        'run',
        step,
        `The step ${step.identifier} waits at the barrier ${ref}, which flowControl.barriers does not declare.`,
        didYouMean(ref, this.#declared) ?? `Add {identifier: ${ref}, name: ${ref}} to flowControl.barriers.`,
      );
    }
    return new Map([[ref, step]]);
  }

  /** The turns of a loop meet at a barrier in it: all of them must be able to run at once. */
  #looped({ strategy, identifier }: Exclude<Item, { kind: 'parallel' }>, reached: Reached): Reached {
    const size = strategy === undefined ? undefined : loopSize(strategy.loop);
    const slots = strategy?.maxConcurrency;
    if (strategy === undefined || size === undefined || typeof slots !== 'number' || slots >= size) return reached;
    for (const [ref, step] of reached) {
      this.#findings.add(
        'BARRIER_DEADLOCK',
        'run',
        step,
        `Barrier deadlock: all ${String(size)} instances of ${identifier} meet at the barrier ${ref} (the step ${describe(step)}), and its maxConcurrency lets only ${String(slots)} run at once.`,
        `Raise maxConcurrency to ${String(size)}, or take the barrier out of the loop.`,
      );
    }
    return reached;
  }

  /** Rollback steps of a stage, of its groups, and of groups in them. */
  rollback(stage: Stage): void {
    for (const step of listRollbackSteps(stage)) {
      const ref = refOf(step);
      if (ref === undefined) continue;
      this.#findings.add(
        'BARRIER_DEADLOCK',
        'run',
        step,
        `Barrier deadlock: ${describe(step)} is a rollback step, and nothing comes to the barrier ${ref} while a stage rolls back.`,
        'Take it out of rollbackSteps.',
      );
    }
  }
}

function listRollbackSteps({ steps, rollbackSteps }: Pick<Stage, 'steps' | 'rollbackSteps'>): readonly Step[] {
  return [...rollbackSteps.flatMap(listAll), ...steps.flatMap(listInGroups)];
}

function listAll(item: StepItem): readonly Step[] {
  switch (item.kind) {
    case 'step':
      return [item];
    case 'parallel':
      return item.items.flatMap(listAll);
    case 'stepGroup':
      return [...item.steps, ...item.rollbackSteps].flatMap(listAll);
  }
}

function listInGroups(item: StepItem): readonly Step[] {
  switch (item.kind) {
    case 'step':
      return [];
    case 'parallel':
      return item.items.flatMap(listInGroups);
    case 'stepGroup':
      return listRollbackSteps(item);
  }
}

function addMissing(all: Map<string, Step>, reached: Reached): void {
  for (const [ref, step] of reached) if (!all.has(ref)) all.set(ref, step);
}

function refOf({ type, spec }: Step): string | undefined {
  if (type !== 'Barrier' || typeof spec !== 'object' || spec === null || !('barrierRef' in spec)) return undefined;
  const { barrierRef } = spec;
  return typeof barrierRef === 'string' && barrierRef !== '' ? barrierRef : undefined;
}

/** Each passage: a step of a barrier that must have gone on before a step of the next barrier is reached. */
function reportKnot(knot: readonly Passage[], findings: Findings): void {
  const [first] = knot;
  if (first === undefined) return;
  const sentences = knot.map(
    ({ ref, earlier, next, later }) =>
      `${describe(later)} at ${next} is reached only after ${describe(earlier)} has passed ${ref}`,
  );
  findings.add(
    'BARRIER_DEADLOCK',
    'run',
    first.later,
    `Barrier deadlock: ${sentences.join(', and ')}.`,
    knot.length === 1
      ? 'Steps of one barrier belong into branches that run at the same time.'
      : 'Let all branches come to the barriers in the same order.',
  );
}

function describe({ identifier, range }: Step): string {
  return `${identifier} (line ${String(range.start.line)})`;
}
