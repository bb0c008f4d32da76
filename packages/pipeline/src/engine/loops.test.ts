/** Properties of loops over random axes, items, ranges and slots (L1–L3 of loops.ts). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../expressions/values.ts';
import type { Loop, Plan, PlanNode, StrategyNode } from '../plan/plan.ts';
import { nodeId } from './ids.ts';
import { deriveId } from './derive-id.ts';
import type { NodeExecution } from './execution.ts';
import { nodeIdentity } from './nodes.ts';
import { runScenario, type ScenarioRun, type ScenarioWorld } from './scenario-world.ts';
import { isFinal } from './status.ts';
import { headerOf, planOf, stage, step } from './test-plans.ts';

/** `step a` of a plan in a loop. */
function looped(loop: Loop, maxConcurrency: number | undefined, onFailure: StrategyNode['onFailure']): Plan {
  const plan = planOf([stage('s', [step('a'), step('after')])]);
  const inner = find(plan, 'a');
  const outer = find(plan, 's');
  if (outer.kind !== 'stage') throw new Error('s is a stage');
  const id = nodeId(deriveId('test', 'loop'));
  const strategy: StrategyNode = {
    ...inner,
    kind: 'strategy',
    id,
    fqn: `${inner.fqn}.strategy`,
    when: { status: 'All' },
    of: 'steps',
    loop,
    onFailure,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    children: [inner.id],
  };
  const children = outer.children.map((child) => (child === inner.id ? id : child));
  const nodes: Plan['nodes'] = {
    ...plan.nodes,
    [id]: strategy,
    [inner.id]: { ...inner, parentId: id },
    [outer.id]: { ...outer, children },
  };
  return { ...plan, nodes };
}

function find(plan: Plan, identifier: string): PlanNode {
  const node = Object.values(plan.nodes).find((candidate) => candidate.identifier === identifier);
  if (node === undefined) throw new Error(`no ${identifier}`);
  return node;
}

const scalar: fc.Arbitrary<Value> = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('x', 'y', 'z'));
const axis = fc.array(scalar, { minLength: 1, maxLength: 4 });
const matrix: fc.Arbitrary<Loop> = fc
  .tuple(axis, axis, fc.array(fc.record({ one: scalar }), { maxLength: 2 }))
  .map(([one, two, exclude]) => ({
    kind: 'matrix',
    axes: [
      { name: 'one', values: one },
      { name: 'two', values: two },
    ],
    exclude,
  }));
const times: fc.Arbitrary<Loop> = fc.integer({ min: 1, max: 12 }).map((count) => ({ kind: 'times', times: count }));
const items: fc.Arbitrary<Loop> = fc
  .record({
    items: fc.array(scalar, { minLength: 1, maxLength: 12 }),
    start: fc.integer({ min: 0, max: 3 }),
    end: fc.integer({ min: 0, max: 14 }),
    partitionSize: fc.integer({ min: 1, max: 4 }),
    unit: fc.constantFrom('Count' as const, 'Percentage' as const),
  })
  .map((loop) => ({ kind: 'items', ...loop }));

const cases = fc.record({
  loop: fc.oneof(matrix, times, items),
  maxConcurrency: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  onFailure: fc.constantFrom('RunAll' as const, 'SkipQueued' as const),
  behaviour: fc.array(fc.record({ durationMs: fc.integer({ min: 1, max: 50 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function run({ loop, maxConcurrency, onFailure, behaviour }: Case): ScenarioRun {
  const steps = Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => {
      const { durationMs, fails } = behaviour[index % behaviour.length] ?? { durationMs: 1, fails: false };
      return [index, { durationMs, status: fails ? ('Failed' as const) : ('Success' as const) }] as const;
    }),
  );
  const world: ScenarioWorld = {
    steps: Object.fromEntries(
      Object.entries(steps).flatMap(([index, step_]) => [
        [`a_${index}`, step_],
        [`a_${String(Math.floor(Number(index) / 12))}_${String(Number(index) % 12)}`, step_],
      ]),
    ),
  };
  return runScenario(headerOf(looped(loop, maxConcurrency, onFailure)), world);
}

function turnsOf(nodes: Readonly<Record<string, NodeExecution>>): readonly NodeExecution[] {
  return Object.values(nodes).filter(({ iteration }) => iteration !== undefined);
}

test('L1 the same loop gives the same turns, each once and with a name of its own', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const one = run(each);
      expect(run(each)).toEqual(one);
      const turns = turnsOf(one.execution.nodes);
      const names = turns.map((turn) => nodeIdentity(one.execution, turn).identifier);
      expect(new Set(names).size).toBe(names.length);
      expect(turns.map(({ iteration }) => iteration?.index)).toEqual(turns.map((_, index) => index));
      expect(turns.every(({ iteration }) => iteration?.total === turns.length)).toBe(true);
      expect(isFinal(one.execution.status)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('L1 items and chunks of them are each taken once, in order', () => {
  fc.assert(
    fc.property(items, (loop) => {
      if (loop.kind !== 'items' || !Array.isArray(loop.items)) throw new Error('items');
      const all = (loop.items as readonly Value[]).slice(Number(loop.start), Number(loop.end));
      const { execution } = run({
        loop,
        maxConcurrency: undefined,
        onFailure: 'RunAll',
        behaviour: [{ durationMs: 1, fails: false }],
      });
      const taken = turnsOf(execution.nodes).flatMap(({ iteration }) => iteration?.partition ?? []);
      expect(taken).toEqual(all);
      // Nothing to do is an error, never a success.
      if (all.length === 0) expect(execution.status).toBe('Failed');
    }),
    { numRuns: 150 },
  );
});

test('L2 never more turns run than there are slots', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const { states } = run(each);
      const slots = each.maxConcurrency ?? Number.POSITIVE_INFINITY;
      for (const { nodes } of states) {
        const running = turnsOf(nodes).filter(({ startedAt, status }) => startedAt !== undefined && !isFinal(status));
        expect(running.length).toBeLessThanOrEqual(slots);
      }
    }),
    { numRuns: 100 },
  );
});

test('L3 a turn that started is never skipped; with RunAll none is', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const turns = turnsOf(run(each).execution.nodes);
      const skipped = turns.filter(({ status }) => status === 'Skipped');
      expect(skipped.every(({ startedAt }) => startedAt === undefined)).toBe(true);
      if (each.onFailure === 'RunAll') expect(skipped).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
