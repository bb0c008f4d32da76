/**
 * Pipelines made of the words of the language in any order and any wrong place: reading never throws, what is refused says
 * why, and what compiles is a plan that may be stored.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBlocked } from '../language/diagnostics.ts';
import { parsePipeline } from '../language/parse-pipeline.ts';
import { nodesBelow } from './nodes-below.ts';
import { compilePlan } from './compile-plan.ts';
import type { Plan } from './plan.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const scalar = fc.constantFrom<Json>(
  '',
  'a',
  'x',
  '1m',
  '2',
  1,
  0,
  -1,
  5000,
  2.5,
  true,
  null,
  '<+input>',
  '<+input>.executionInput()',
  '<+pipeline.name>',
  '<+input>.default(a).allowedValues(a,b)',
  '<+pipeline.stages.b.name>',
  '<+',
  'AllErrors',
  'Timeout',
  'AnyOther',
  '__proto__',
);

const { any } = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('a', 'spec', 'type', 'name', 'errors', 'condition', 'identifier', 'constructor'),
      tie('any'),
      { maxKeys: 3 },
    ),
  ),
}));

/** The right shape, with anything in the place of any part of it. */
const orAny = (shape: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 8, arbitrary: shape }, { weight: 1, arbitrary: any });
const map = (fields: Readonly<Record<string, fc.Arbitrary<Json>>>): fc.Arbitrary<Json> =>
  orAny(fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Json>);
const word = (...words: readonly string[]): fc.Arbitrary<Json> => orAny(fc.constantFrom(...words));
const list = (item: fc.Arbitrary<Json>, maxLength = 3): fc.Arbitrary<Json> =>
  orAny(fc.array(item, { maxLength }) as fc.Arbitrary<Json>);

const number = fc.oneof(fc.integer({ min: 1, max: 5 }) as fc.Arbitrary<Json>, scalar);
const values = list(fc.oneof(scalar, fc.constant<Json>({ name: 'a' })));

const strategy = map({
  matrix: map({
    x: values,
    y: values,
    exclude: list(map({ x: scalar, y: scalar, z: scalar })),
    nodeName: scalar,
    maxConcurrency: number,
  }),
  repeat: map({
    times: number,
    items: values,
    partitionSize: number,
    unit: word('Count', 'Percentage'),
    start: number,
    end: number,
  }),
  parallelism: number,
  maxConcurrency: number,
  when: fc.oneof(scalar, map({ condition: scalar })),
  onFailure: word('RunAll', 'SkipQueued'),
});

const plainAction = map({
  type: word('Ignore', 'Abort', 'MarkAsFailure', 'StageRollback', 'StepGroupRollback', 'PipelineRollback', 'Retry'),
});
const action = map({
  type: word('Ignore', 'Retry', 'RetryStepGroup', 'ManualIntervention', 'ProceedWithDefaultValues', 'StageRollback'),
  spec: map({
    retryCount: number,
    retryIntervals: list(scalar),
    condition: scalar,
    onRetryFailure: map({ action: plainAction }),
    timeout: scalar,
    onTimeout: map({ action: plainAction }),
    failAll: scalar,
  }),
});
const failureStrategies = list(map({ onFailure: map({ errors: list(scalar), action }) }));

const SPECS: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  Wait: map({ duration: scalar }),
  Barrier: map({ barrierRef: word('x', 'y') }),
  Queue: map({ key: scalar, scope: word('Pipeline', 'Stage') }),
  CustomApproval: map({
    source: map({ type: word('Inline'), spec: map({ script: scalar }) }),
    scriptTimeout: scalar,
    approvalCriteria: map({
      type: word('Jexl', 'KeyValues'),
      spec: map({ expression: scalar, conditions: list(map({ key: scalar, value: scalar })) }),
    }),
  }),
  HarnessApproval: map({
    approvers: map({ userGroups: list(scalar), minimumCount: number }),
    approverInputs: list(map({ name: scalar, defaultValue: scalar })),
    autoApproval: map({ scheduledDeadline: map({ time: scalar }) }),
  }),
};

const step = fc.constantFrom(...Object.keys(SPECS)).chain((type) =>
  map({
    identifier: fc.stringMatching(/^[a-d][a-d]?$/),
    type: fc.constant(type),
    spec: SPECS[type] ?? any,
    strategy,
    failureStrategies,
    timeout: scalar,
    when: map({ stageStatus: word('All', 'Failure'), condition: scalar }),
  }),
);
const { items } = fc.letrec<{ items: Json; item: Json }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    map({ step }),
    map({ parallel: tie('items') }),
    map({
      stepGroup: map({
        identifier: fc.stringMatching(/^[e-h]$/),
        steps: tie('items'),
        rollbackSteps: tie('items'),
        strategy,
        failureStrategies,
      }),
    }),
  ),
  items: list(tie('item')),
}));

const stage = map({
  identifier: fc.constantFrom('a', 'b', 'c'),
  type: word('Custom', 'Approval', 'CI', 'Deployment', 'Pipeline'),
  strategy,
  failureStrategies,
  variables: list(map({ name: scalar, type: word('String', 'Number'), value: scalar })),
  spec: map({
    execution: map({ steps: items, rollbackSteps: items }),
    org: scalar,
    project: scalar,
    pipeline: scalar,
    inputs: any,
    inputSetReferences: list(scalar),
    outputs: list(map({ name: scalar, value: scalar })),
  }),
});
const pipeline = map({
  identifier: fc.constant('p'),
  allowStageExecutions: fc.constantFrom<Json>(true, true, false),
  flowControl: map({ barriers: list(map({ identifier: word('x', 'y') })) }),
  stages: list(fc.oneof(map({ stage }), map({ parallel: list(map({ stage })) }))),
});

/** Hardly anything random may run: the same with what blocks taken out is a run. */
const sound = fc.array(fc.constantFrom<Json>(...soundSteps()), { minLength: 1, maxLength: 4 }).map((steps): Json => ({
  identifier: 'p',
  stages: [
    {
      stage: {
        identifier: 'a',
        type: 'Custom',
        spec: { execution: { steps: steps.map(numbered), rollbackSteps: steps.map(numbered) } },
      },
    },
  ],
}));

test('whatever stands where, it is read without throwing, and blocks or runs', () => {
  fc.assert(
    fc.property(pipeline, fc.subarray(['a', 'b']), (document, stages) => {
      const yaml = JSON.stringify({ pipeline: document });
      expect(parsePipeline(yaml).diagnostics).toBeDefined();
      const result = compilePlan({ yaml, inputYaml: '', seed: 's', stages });
      if (result.kind === 'refused') expect(isBlocked(result.diagnostics, 'run')).toBe(true);
      if (result.kind === 'compiled') checkPlan(result.plan);
    }),
    { numRuns: 600 },
  );
});

test('loops, groups, forks and rollback steps in any mix make a tree of unique paths', () => {
  fc.assert(
    fc.property(sound, (document) => {
      const result = compilePlan({ yaml: JSON.stringify({ pipeline: document }), inputYaml: '', seed: 's' });
      if (result.kind !== 'compiled') throw new Error(JSON.stringify(result));
      checkPlan(result.plan);
    }),
  );
});

function checkPlan(plan: Plan): void {
  const nodes = Object.values(plan.nodes);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  expect(new Set(nodes.map(({ fqn }) => fqn)).size).toBe(nodes.length);
  const links = nodes.flatMap((node) => nodesBelow(node).map((child) => `${node.id}>${child}`));
  const parents = nodes.flatMap(({ id, parentId }) => (parentId === undefined ? [] : [`${parentId}>${id}`]));
  expect(links.toSorted(byText)).toEqual(parents.toSorted(byText));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function soundSteps(): readonly Json[] {
  const wait = (more: Json = {}): Json => ({ step: { type: 'Wait', spec: { duration: '1m' }, ...(more as object) } });
  const loop: Json = { strategy: { matrix: { x: [1, 2], y: ['a', 'b'], exclude: [{ x: 1, y: 'a' }] } } };
  const approval: Json = {
    step: {
      type: 'CustomApproval',
      spec: { source: { spec: { script: 'true' } }, approvalCriteria: { type: 'Jexl', spec: { expression: 'true' } } },
      strategy: { parallelism: 2 },
    },
  };
  const group: Json = {
    stepGroup: {
      steps: [wait(loop), { parallel: [wait(), approval] }],
      rollbackSteps: [{ parallel: [wait()] }],
      strategy: { repeat: { times: 2 } },
    },
  };
  return [wait(), wait(loop), approval, group, { parallel: [group, wait()] }, { stepGroup: { steps: [group] } }];
}

/** Identifiers that differ within each list, and that are as mean as they may be. */
function numbered(item: Json, index: number): Json {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return Object.fromEntries(
    Object.entries(item as { readonly [key: string]: Json }).map(([key, value]): [string, Json] => {
      if (key === 'parallel')
        return [key, (value as readonly Json[]).map((inner, at) => numbered(inner, (index + 1) * 100 + at))];
      const node = value as { readonly [key: string]: Json };
      const lists = ['steps', 'rollbackSteps'].filter((name) => name in node);
      const identifier = `${key === 'step' ? 'parallel' : 'strategy'}${String(index)}`;
      return [
        key,
        {
          identifier,
          ...node,
          ...Object.fromEntries(lists.map((name) => [name, (node[name] as readonly Json[]).map(numbered)])),
        },
      ];
    }),
  );
}
