/** One simulated history before it happens: who is there, what they run, and how likely each fault is. All from the seed. */
import type { FailureAction } from '@bridle/pipeline';
import type { Random } from './random.ts';
import { CHAINED, randomChild, randomPipeline, TAGS } from './random-pipeline.ts';
import type { SketchPipeline } from './sketch.ts';
import type { PlanSpoil } from './spoil-plan.ts';

/** Where a replica may die or its store may fail. Each is a place between two commits, or right beside one. */
export const CRASH_POINTS = [
  'beforeLoad',
  'afterLoad',
  'beforeSave',
  'afterSave',
  'beforeDueTimers',
  'afterDueTimers',
  'beforeLostTasks',
  'afterLostTasks',
  'beforeRequeue',
  'afterRequeue',
  'beforeLease',
  'afterLease',
  'beforeExtend',
  'afterExtend',
  'beforeGrant',
  'afterGrant',
  'beforeTakeRequests',
  'afterTakeRequests',
  'beforeFinishRequest',
  'afterFinishRequest',
  'beforeForbidChild',
  'afterForbidChild',
  'beforeAdmit',
  'afterAdmit',
  'beforeAnswer',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Where a delegate may die. */
export const DEATH_POINTS = ['afterLease', 'afterStarted', 'midRun', 'beforeComplete', 'afterComplete'] as const;
export type DeathPoint = (typeof DEATH_POINTS)[number];

/** Probabilities, each judged anew at every occasion. */
export interface Faults {
  /** Of a replica at each crash point. */
  readonly crash: number;
  /** Of a replica standing still at a store call for longer than any lease, then going on as if nothing had been (R5). */
  readonly pause: number;
  /** Of a store call failing, before or after its work. */
  readonly storeError: number;
  readonly lostRequest: number;
  readonly lostAnswer: number;
  /** Of a request arriving twice, the second time late. */
  readonly doubled: number;
  /** Of a delegate at each death point. */
  readonly death: number;
  /** Of a delegate standing still before a step's start for longer than its lease. */
  readonly freeze: number;
  /** Of a wake-up (NOTIFY, long-poll answer) getting lost. */
  readonly lostWake: number;
  /** Of a queued task being declared unassignable. */
  readonly unassignable: number;
  /** Of an abort of an execution. */
  readonly abort: number;
  /** Of a person's word about some node, or of an order to all of an execution, at each look. */
  readonly interrupt: number;
  /** Of an execution being paused, at each look. */
  readonly hold: number;
}

export const CALM: Faults = {
  crash: 0,
  pause: 0,
  storeError: 0,
  lostRequest: 0,
  lostAnswer: 0,
  doubled: 0,
  death: 0,
  freeze: 0,
  lostWake: 0,
  unassignable: 0,
  abort: 0,
  interrupt: 0,
  hold: 0,
};

const STORM: Faults = {
  crash: 0.01,
  pause: 0.003,
  storeError: 0.02,
  lostRequest: 0.05,
  lostAnswer: 0.1,
  doubled: 0.1,
  death: 0.04,
  freeze: 0.05,
  lostWake: 0.5,
  unassignable: 0.02,
  abort: 0.2,
  interrupt: 0.03,
  hold: 0.01,
};

export interface Scenario {
  readonly seed: string;
  readonly replicas: number;
  readonly delegates: readonly { readonly name: string; readonly tags: readonly string[]; readonly capacity: number }[];
  readonly pipelines: readonly SketchPipeline[];
  /** What stages of type Pipeline may start. */
  readonly children: readonly SketchPipeline[];
  /** Executions that may run at once, chained ones aside. */
  readonly executionsMax: number;
  /** How likely somebody who is asked answers, at each look. 0 = everybody is away. */
  readonly answers: number;
  /** How likely an execution that did not end well is run again from a stage. */
  readonly retries: number;
  /** Whether the pipelines are written as YAML and compiled; the plan is the same, it only takes longer. */
  readonly isCompiled: boolean;
  readonly faults: Faults;
  /** Longest delay of one store call or one way of a request. */
  readonly latencyMs: number;
  readonly pollMs: number;
  /** How far a replica's idea of the store's clock may be off, either way. */
  readonly skewMs: number;
  /** Crashes at exactly the n-th (from 1) passing of a point, beside what chance brings. */
  readonly crashesAt?: readonly { readonly point: CrashPoint; readonly nth: number }[];
  /** How long the history may take before it counts as one that never ends. */
  readonly horizonMs?: number;
  /** What a deliberately broken store does wrong: proves that the checkers would see it. */
  readonly sabotage?: Sabotage;
  /** The engine gets plans without the failure strategies that have this action; the checkers expect them all the same. */
  readonly disabledAction?: FailureAction['kind'];
  /** What else is wrong with the plans that the engine gets. */
  readonly spoil?: PlanSpoil;
}

export const SABOTAGES = [
  'ignores versions',
  'ignores fences',
  'forgets effects',
  'keeps fences',
  'grants a queue twice',
  'grants a queue out of order',
  'loses a claim',
  'forgets timers',
  'admits too many',
  'admits the last first',
  'loses a request',
] as const;
export type Sabotage = (typeof SABOTAGES)[number];

export function randomScenario(seed: string, random: Random): Scenario {
  const delegates = random.between(1, 3);
  return {
    seed,
    replicas: random.between(1, 3),
    delegates: Array.from({ length: delegates }, (_, index) => ({
      name: `delegate${index + 1}`,
      // The first one can run everything, so that no selector is without an eligible delegate.
      tags: index === 0 ? [...TAGS] : random.chance(0.5) ? [random.pick(TAGS)] : [],
      capacity: random.between(1, 4),
    })),
    pipelines: Array.from({ length: random.between(1, 3) }, () => randomPipeline(random)),
    children: CHAINED.slice(0, -1).map((identifier) => randomChild(random, identifier)),
    executionsMax: random.pick([1, 2, 10]),
    answers: random.pick([0, 0.3, 0.8, 0.8]),
    retries: random.pick([0, 0.5]),
    isCompiled: random.chance(0.15),
    faults: randomFaults(random),
    latencyMs: random.pick([0, 3, 30, 400]),
    pollMs: random.pick([1_000, 5_000]),
    skewMs: random.pick([0, 0, 20, 500]),
  };
}

/** Calm, a full storm, or a mixture in which each fault is there or not: some bugs show only when others are absent. */
function randomFaults(random: Random): Faults {
  const mood = random.next();
  if (mood < 0.1) return CALM;
  if (mood < 0.3) return STORM;
  const faults: Record<string, number> = {};
  for (const [name, probability] of Object.entries(STORM)) {
    faults[name] = random.chance(0.4) ? Math.min(1, probability * random.pick([0.5, 1, 3])) : 0;
  }
  // Losing every wake-up is a case of its own (N1).
  if (random.chance(0.2)) faults['lostWake'] = 1;
  return { ...CALM, ...faults };
}
