/**
 * Records of random runs: any shape, any outcomes, people who abort. The same pipeline gives the same path (Y1), and one change of
 * one step is told at that step (Y2), or nowhere when the run never came to it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runScenario, type ScenarioAct, type ScenarioWorld, type StepBehaviour } from '../engine/scenario-world.ts';
import type { Execution, NodeExecution } from '../engine/execution.ts';
import { group, headerOf, parallel, planOf, stage, step, type Sketch } from '../engine/test-plans.ts';
import type { FailureAction, Plan, PlanNode, StepNode, When } from '../plan/plan.ts';
import type { ExecutionRecord } from './record.ts';
import { replayRecord, type Replay } from './replay-record.ts';
import { readWhole, recordHeader, textOf } from './test-records.ts';

const when = fc.constantFrom<When>(
  { status: 'Success' },
  { status: 'Failure' },
  { status: 'All' },
  { status: 'Success', condition: '<+pipeline.variables.on> == "yes"' },
  { status: 'All', condition: '<+pipeline.variables.on> == "no"' },
);
const failureStrategies = fc.constantFrom<readonly FailureAction[]>(
  [],
  [],
  [{ kind: 'Ignore' }],
  [{ kind: 'MarkAsSuccess' }],
  [{ kind: 'Abort' }],
  [{ kind: 'Retry', count: 2, intervals: [{ kind: 'fixed', ms: 1_000 }] }],
);

/** Every step has a name of its own. */
function named(shapes: readonly Shape[]): readonly Sketch[] {
  let count = 0;
  const sketch = (shape: Shape): Sketch => {
    count += 1;
    const identifier = `${shape.kind}${String(count)}`;
    switch (shape.kind) {
      case 'step':
        return step(identifier, {
          when: shape.when,
          spec: { text: `echo ${identifier} <+pipeline.variables.on>` },
          failureStrategies: shape.actions.map((action) => ({ errors: ['AllErrors'], action })),
        });
      case 'group':
        return group(identifier, shape.items.map(sketch), { when: shape.when });
      case 'parallel':
        return parallel(...shape.items.map(sketch));
    }
  };
  return shapes.map((shape, index) =>
    stage(`stage${String(index)}`, shape.kind === 'group' ? shape.items.map(sketch) : [sketch(shape)], {
      when: shape.kind === 'parallel' ? { status: 'Success' } : shape.when,
    }),
  );
}

type Shape =
  | { readonly kind: 'step'; readonly when: When; readonly actions: readonly FailureAction[] }
  | { readonly kind: 'group'; readonly when: When; readonly items: readonly Shape[] }
  | { readonly kind: 'parallel'; readonly items: readonly Shape[] };

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.record({ kind: fc.constant('step' as const), when, actions: failureStrategies }),
    fc.record({
      kind: fc.constant('group' as const),
      when,
      items: fc.array(tie('shape'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('parallel' as const),
      items: fc.array(tie('shape'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const behaviour: fc.Arbitrary<StepBehaviour> = fc.record({
  status: fc.constantFrom('Success' as const, 'Success' as const, 'Failed' as const, 'Lost' as const),
  durationMs: fc.integer({ min: 0, max: 5_000 }),
});
const act: fc.Arbitrary<ScenarioAct> = fc.record({
  atMs: fc.integer({ min: 0, max: 8_000 }),
  interrupt: fc.constantFrom('AbortAll' as const, 'Pause' as const, 'Resume' as const),
});

interface Run {
  readonly plan: Plan;
  readonly record: ExecutionRecord;
  readonly execution: Execution;
}

const anyRun: fc.Arbitrary<Run> = fc
  .record({
    shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
    on: fc.constantFrom('yes', 'no'),
    behaviours: fc.array(behaviour, { minLength: 1, maxLength: 8 }),
    acts: fc.array(act, { maxLength: 2 }),
  })
  .map(({ shapes, on, behaviours, acts }) => {
    const plan = planOf(named(shapes), { variables: [{ name: 'on', type: 'String', value: on }] });
    const steps = stepsOf(plan).map(({ identifier }, index) => [
      identifier,
      behaviours[index % behaviours.length] ?? {},
    ]);
    const world: ScenarioWorld = { steps: Object.fromEntries(steps) as NonNullable<ScenarioWorld['steps']>, acts };
    const run = runScenario(headerOf(plan), world);
    return { plan, record: readWhole(textOf(recordHeader(headerOf(plan)), run)), execution: run.execution };
  });

function stepsOf(plan: Plan): readonly StepNode[] {
  return Object.values(plan.nodes).filter((node): node is StepNode => node.kind === 'step');
}

function nodeOf({ execution }: Run, plan: PlanNode): NodeExecution | undefined {
  return Object.values(execution.nodes).find(({ nodeId }) => nodeId === plan.id);
}

function changed(plan: Plan, node: PlanNode): Plan {
  return { ...plan, nodes: { ...plan.nodes, [node.id]: node } };
}

/** What is told: the node's identifier and the kind of difference. */
function told(replayed: Replay): string {
  return replayed.kind === 'same' ? 'same' : `${replayed.difference.kind} ${replayed.difference.node.identifier}`;
}

const withStep = anyRun.chain((run) =>
  fc.constantFrom(...stepsOf(run.plan)).map((changedStep) => ({ run, changedStep })),
);

test('Y1 the same pipeline: the same path', () => {
  fc.assert(
    fc.property(anyRun, ({ record, plan, execution }) => {
      expect(replayRecord(record, plan)).toMatchObject({ kind: 'same', status: execution.status });
    }),
    { numRuns: 200 },
  );
});

test('Y2 a command that changed is told at its step, if the run came to it', () => {
  fc.assert(
    fc.property(withStep, ({ run, changedStep }) => {
      const plan = changed(run.plan, { ...changedStep, spec: { text: 'another one' } });
      const came = nodeOf(run, changedStep)?.stepParameters !== undefined;
      expect(told(replayRecord(run.record, plan))).toBe(came ? `spec ${changedStep.identifier}` : 'same');
    }),
    { numRuns: 200 },
  );
});

test('Y2 a condition that is false now is told at its step, if it was asked and was true', () => {
  fc.assert(
    fc.property(withStep, ({ run, changedStep }) => {
      const plan = changed(run.plan, { ...changedStep, when: { ...changedStep.when, condition: '1 == 2' } });
      const { when: record } = nodeOf(run, changedStep) ?? {};
      // Without a condition its result is not there; that it is false is another one.
      const isOther = record?.statusHolds === true && record.conditionHolds !== false;
      expect(told(replayRecord(run.record, plan))).toBe(isOther ? `condition ${changedStep.identifier}` : 'same');
    }),
    { numRuns: 200 },
  );
});

test('Y2 two steps that changed places: the one that comes first now', () => {
  const swap = anyRun.chain((run) => {
    const pairs = Object.values(run.plan.nodes).flatMap((node) =>
      node.kind === 'stage' || node.kind === 'stepGroup'
        ? node.children.slice(1).map((second, index) => ({ run, node, first: node.children[index] ?? second, second }))
        : [],
    );
    return pairs.length === 0 ? fc.constant(undefined) : fc.constantFrom(...pairs);
  });
  fc.assert(
    fc.property(swap, (found) => {
      fc.pre(found !== undefined);
      const { run, node, first, second } = found;
      const swapped = [first, second].map((id) => run.plan.nodes[id]);
      const [one, other] = swapped;
      fc.pre(one?.kind === 'step' && other?.kind === 'step');
      const children = node.children.map((id) => (id === first ? second : id === second ? first : id));
      const plan = changed(run.plan, { ...node, children });
      const statuses = [one, other].map((each) => nodeOf(run, each)?.status);
      // Two that are skipped are skipped at once.
      const isSeen = statuses[0] !== undefined && statuses.some((status) => status !== 'Skipped');
      expect(told(replayRecord(run.record, plan))).toBe(isSeen ? `order ${other.identifier}` : 'same');
    }),
    { numRuns: 300 },
  );
});

test('Y2 a step that is new is told when its turn comes', () => {
  fc.assert(
    fc.property(withStep, ({ run, changedStep }) => {
      const around = run.plan.nodes[changedStep.parentId ?? run.plan.rootId];
      fc.pre(around !== undefined && 'children' in around && around.children.length > 1);
      // The run is recorded without the step: as if it had been put in later.
      const { [changedStep.id]: _, ...nodes } = run.plan.nodes;
      const without: Plan = {
        ...run.plan,
        nodes: Object.fromEntries(
          Object.entries(nodes).map(([id, node]) => [
            id,
            'children' in node
              ? { ...node, children: node.children.filter((child) => child !== changedStep.id) }
              : node,
          ]),
        ),
      };
      const header = headerOf(without);
      const scenario = runScenario(header, {});
      const record = readWhole(textOf(recordHeader(header), scenario));
      const present = runScenario(headerOf(run.plan), {});
      const comes = Object.values(present.execution.nodes).some(({ nodeId }) => nodeId === changedStep.id);
      expect(told(replayRecord(record, run.plan))).toBe(comes ? `new ${changedStep.identifier}` : 'same');
    }),
    { numRuns: 200 },
  );
});
