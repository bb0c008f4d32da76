/**
 * What the runs of a pipeline's tests came to: which stages and steps were reached, which way conditions went, how often loops
 * turned, which failure strategies were taken. Counted by what the engine recorded, over all cases of a pipeline.
 */
import type { Execution, NodeExecution, WhenRecord } from '../engine/execution.ts';
import { isAbout } from '../engine/failures.ts';
import type { FailureAction, FailureStrategy, Loop, Plan, PlanNode, StrategyNode, When } from '../plan/plan.ts';
import { listPlanPlaces, nameOf } from './names.ts';

export const COVERAGE_KINDS = ['stage', 'step', 'branch', 'loop', 'failureStrategy'] as const;
export type CoverageKind = (typeof COVERAGE_KINDS)[number];

/** Something that a test may reach. */
export interface CoveragePoint {
  readonly kind: CoverageKind;
  /** Of the node it belongs to. */
  readonly name: string;
  /** 1-based, in the pipeline's text; 0 when it has none of its own. */
  readonly line: number;
  /** Which of the ways at that node, in words; empty for stages and steps themselves. */
  readonly way: string;
}

export interface CoverageCount {
  readonly reached: number;
  readonly total: number;
}

export interface PipelineCoverage {
  readonly counts: Readonly<Record<CoverageKind, CoverageCount>>;
  /** In the order of the text. */
  readonly missed: readonly CoveragePoint[];
}

/** One run counts for its own execution: chained pipelines have tests of their own. */
export function measureCoverage(executions: readonly Execution[], plans: readonly Plan[]): PipelineCoverage {
  const points = new Map<string, CoveragePoint>();
  for (const plan of plans) for (const point of listPoints(plan)) points.set(keyOf(point), point);
  const reached = new Set<string>();
  for (const execution of executions) for (const point of reachedPoints(execution)) reached.add(keyOf(point));
  const all = [...points.values()];
  const count = (kind: CoverageKind): CoverageCount => {
    const ofKind = all.filter((point) => point.kind === kind);
    return { reached: ofKind.filter((point) => reached.has(keyOf(point))).length, total: ofKind.length };
  };
  return {
    counts: {
      stage: count('stage'),
      step: count('step'),
      branch: count('branch'),
      loop: count('loop'),
      failureStrategy: count('failureStrategy'),
    },
    missed: all.filter((point) => !reached.has(keyOf(point))).toSorted((one, other) => one.line - other.line),
  };
}

function keyOf({ kind, name, way }: CoveragePoint): string {
  return `${kind} ${name} ${way}`;
}

function listPoints(plan: Plan): readonly CoveragePoint[] {
  const names = namesIn(plan);
  return Object.values(plan.nodes).flatMap((node) => pointsOf(node, names.get(node.id) ?? ''));
}

/** Loops go by the name of what they repeat. */
function namesIn(plan: Plan): ReadonlyMap<PlanNode['id'], string> {
  const names = new Map(listPlanPlaces(plan).map((place) => [place.plan.id, nameOf(place)]));
  for (const node of Object.values(plan.nodes)) {
    const [child] = node.kind === 'strategy' ? node.children : [];
    const name = child === undefined ? undefined : names.get(child);
    if (name !== undefined) names.set(node.id, name);
  }
  return names;
}

function pointsOf(node: PlanNode, name: string): readonly CoveragePoint[] {
  if (name === '') return [];
  const point = (kind: CoverageKind, way: string): CoveragePoint => ({ kind, name, line: node.line, way });
  return [
    ...(node.kind === 'stage' || node.kind === 'step' ? [point(node.kind, '')] : []),
    ...(isDecided(node) ? [point('branch', RUNS), point('branch', IS_SKIPPED)] : []),
    ...(node.kind === 'strategy' ? waysOf(node).map((way) => point('loop', way)) : []),
    ...strategyWays(node).map(({ way }) => point('failureStrategy', way)),
  ];
}

const RUNS = 'when holds';
const IS_SKIPPED = 'when does not hold';

/** The default of a node is no decision of its author's. */
function isDecided({ kind, when }: PlanNode): boolean {
  if (kind === 'strategy') return when.condition !== undefined;
  return when.condition !== undefined || when.status === 'Failure';
}

const ONE_TURN = 'one turn';
const TURNS = 'several turns';

/** A loop whose turns are all written in the text always has the same. One without turns fails; its guard is a branch. */
function waysOf({ loop }: StrategyNode): readonly string[] {
  return isFixed(loop) ? [TURNS] : [ONE_TURN, TURNS];
}

function isFixed(loop: Loop): boolean {
  switch (loop.kind) {
    case 'matrix':
      return loop.axes.every(({ values }) => Array.isArray(values)) && typeof loop.exclude !== 'string';
    case 'times':
      return typeof loop.times === 'number';
    case 'items':
      return Array.isArray(loop.items) && typeof loop.start !== 'string' && typeof loop.end !== 'string';
  }
}

interface StrategyWay {
  readonly strategy: FailureStrategy;
  readonly way: string;
  /** After its retries, or when nobody came. */
  readonly isLast: boolean;
}

function strategyWays({ failureStrategies = [] }: PlanNode): readonly StrategyWay[] {
  return failureStrategies.flatMap((strategy, index) => {
    const { action } = strategy;
    const which = `${strategy.errors.join(', ')}: ${action.kind}`;
    const isRepeated = failureStrategies.slice(0, index).some((other) => wordsOf(other) === wordsOf(strategy));
    const way = isRepeated ? `${which} (${String(index + 1)})` : which;
    const then = lastAction(action);
    return [
      { strategy, way, isLast: false },
      ...(then === undefined ? [] : [{ strategy, way: `${way}, then ${then}`, isLast: true }]),
    ];
  });
}

function wordsOf({ errors, action }: FailureStrategy): string {
  return `${errors.join()} ${action.kind}`;
}

function lastAction(action: FailureAction): string | undefined {
  switch (action.kind) {
    case 'Retry':
    case 'RetryStepGroup':
      return action.onExhausted?.kind ?? 'MarkAsFailure';
    case 'ManualIntervention':
      return action.onTimeout.kind;
    default:
      return undefined;
  }
}

function reachedPoints(execution: Execution): readonly CoveragePoint[] {
  const { plan } = execution;
  const names = namesIn(plan);
  return Object.values(execution.nodes).flatMap((node) => {
    const planned = plan.nodes[node.nodeId];
    if (planned === undefined) return [];
    return [...reachedAt(node, planned, names.get(planned.id) ?? ''), ...reachedStrategy(execution, node, names)];
  });
}

function reachedAt(node: NodeExecution, plan: PlanNode, name: string): readonly CoveragePoint[] {
  const { line } = plan;
  const hasBegun = node.status !== 'Skipped' && node.startedAt !== undefined;
  const points: CoveragePoint[] = [];
  if ((plan.kind === 'stage' || plan.kind === 'step') && hasBegun)
    points.push({ kind: plan.kind, name, line, way: '' });
  const branch = node.when === undefined || !isDecided(plan) ? undefined : branchOf(plan.when, node.when);
  if (branch !== undefined) points.push({ kind: 'branch', name, line, way: branch });
  if (plan.kind === 'strategy' && node.iterations !== undefined) {
    const way = isFixed(plan.loop) || node.iterations > 1 ? TURNS : ONE_TURN;
    points.push({ kind: 'loop', name, line, way });
  }
  return points;
}

/** A condition that was not asked, because of an earlier failure or because it could not be evaluated, went neither way. */
function branchOf(when: When, { statusHolds, conditionHolds }: WhenRecord): string | undefined {
  const isAboutFailure = when.status === 'Failure' && !statusHolds;
  if (isAboutFailure || conditionHolds === false) return IS_SKIPPED;
  return conditionHolds === true || when.condition === undefined ? RUNS : undefined;
}

/** A node that failed says whose list decided and what was done, and its failure tells which item of the list it was. */
function reachedStrategy(
  { plan, nodes }: Execution,
  node: NodeExecution,
  names: ReadonlyMap<PlanNode['id'], string>,
): readonly CoveragePoint[] {
  const { advised, failure } = node;
  const from = advised === undefined ? undefined : plan.nodes[advised.from];
  if (advised === undefined || from === undefined) return [];
  const ways = strategyWays(from).filter(({ strategy }) => strategy.action.kind === advised.action);
  const fitting = failure === undefined ? ways : ways.filter(({ strategy }) => isAbout(strategy, failure));
  const [taken] = fitting.length > 0 ? fitting : ways;
  if (taken === undefined) return [];
  const isAtEnd = !hasGoneOn(node, nodes) && taken.strategy === fitting.find(({ isLast }) => isLast)?.strategy;
  return fitting
    .filter(({ strategy, isLast }) => strategy === taken.strategy && (!isLast || isAtEnd))
    .map(({ way }) => ({ kind: 'failureStrategy', name: names.get(from.id) ?? '', line: from.line, way }));
}

/** It was repeated, or a person decided. */
function hasGoneOn({ id, isSuperseded, interrupts = [] }: NodeExecution, nodes: Execution['nodes']): boolean {
  if (isSuperseded === true || interrupts.length > 0) return true;
  return Object.values(nodes).some(({ retryIds }) => retryIds?.includes(id) === true);
}
