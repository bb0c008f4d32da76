/**
 * A preview and a run of the same pipeline by the real engine agree (W1): whatever the steps give out, as long as they
 * succeed, what was said to run runs, what was said to be skipped is, and values that were given are the values.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Execution } from '../engine/execution.ts';
import { runScenario, type StepBehaviour } from '../engine/scenario-world.ts';
import { headerOf } from '../engine/test-plans.ts';
import type { Value } from '../expressions/values.ts';
import { compilePipeline, type CompiledPipeline } from '../plan/compile-plan.ts';
import { compareWithRun, emptyComparison } from './compare-with-run.ts';
import type { PreviewNode } from './preview.ts';
import { previewPlan } from './preview-plan.ts';

const RUNS = { numRuns: 200 };

/** Two hundred pipelines compiled, foreseen and run take their time on a busy machine. */
const TIMEOUT_MS = 120_000;

test('what a preview says holds in the run', { timeout: TIMEOUT_MS }, () => {
  const comparison = emptyComparison();
  fc.assert(
    fc.property(randomPipelines, (random) => {
      const compiled = compile(random);
      const plan = compiled.planOf('seed');
      const header = headerOf(plan);
      const { id: _, executionUrl: _url, ...given } = header;
      const preview = previewPlan({
        compiled: { pipeline: compiled.pipeline, planOf: () => plan },
        source: { yaml: stringify(random.document) },
        scope: given.scope,
        cause: given.cause,
        defaults: given.defaults,
      });
      // What is wrong with a pipeline lets it fail; a preview takes it for mended.
      if (hasFailing(preview.root)) return;
      const { execution } = runScenario(header, { steps: behaviours(random) });
      // A duration or a list that comes from a step may turn out to be none, and steps that wait for each other's texts a circle.
      if (execution.status !== 'Success' && (hasLateParts(preview.root) || endsInCircle(execution))) return;
      expect(execution.status).toBe('Success');
      compareWithRun(preview.root, execution, comparison);
      expect(comparison.differences).toEqual([]);
    }),
    RUNS,
  );
  // Each of them happens, often enough to mean something.
  for (const [what, count] of Object.entries(comparison.counts))
    expect({ what, isOften: count > 20 }).toEqual({ what, isOften: true });
});

function compile({ document }: RandomPipeline): CompiledPipeline {
  const compiled = compilePipeline({ yaml: stringify(document), inputYaml: '' });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return compiled;
}

function behaviours({ outputs }: RandomPipeline): Readonly<Record<string, StepBehaviour>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([step, { result, list, seconds, exitCode }]) => [
      step,
      { outputs: { result, list }, rawOutputs: { other: result }, durationMs: seconds * 1000, exitCode },
    ]),
  );
}

function hasFailing({ outlook, expressions, children }: PreviewNode): boolean {
  const fails = expressions.some(
    ({ result, path }) => result.kind === 'neverKnown' && result.fails && path !== 'when.condition',
  );
  return outlook.kind === 'fails' || fails || children.some(hasFailing);
}

function endsInCircle({ nodes }: Execution): boolean {
  return Object.values(nodes).some(
    ({ failure }) => failure?.message.includes('refer to each other in a circle') === true,
  );
}

function hasLateParts({ timeout, loop, children }: PreviewNode): boolean {
  return timeout?.kind === 'knownLater' || loop?.kind === 'knownLater' || children.some(hasLateParts);
}

/* Every way in which a name leads to something that is, comes, or is not there. */

interface RandomPipeline {
  readonly document: Value;
  /** What steps give out, by identifier. */
  readonly outputs: Readonly<Record<string, StepResult>>;
}

interface StepResult {
  readonly result: string;
  readonly list: string;
  readonly seconds: number;
  readonly exitCode: number;
}

/** A hole is filled with something about a step or a stage when all of them have names. */
type Shape = readonly StageShape[];
interface StageShape {
  readonly steps: readonly ItemShape[];
  readonly condition: string | undefined;
  readonly loop: string | undefined;
  readonly isWithNext: boolean;
  readonly variable: string;
}
type ItemShape =
  | {
      readonly kind: 'step';
      readonly condition?: string;
      readonly loop?: string;
      readonly texts: readonly string[];
      readonly timeout?: string;
    }
  | { readonly kind: 'wait'; readonly condition?: string }
  | {
      readonly kind: 'group';
      readonly condition?: string;
      readonly loop?: string;
      readonly steps: readonly ItemShape[];
    }
  | { readonly kind: 'fork'; readonly steps: readonly ItemShape[] };

const STEPS = ['s1', 's2', 's3', 's4', 's5', 's6'] as const;
const STAGES = ['t1', 't2', 't3'] as const;
const GROUPS = ['g1', 'g2'] as const;

const someStep = fc.constantFrom(...STEPS);
const someStage = fc.constantFrom(...STAGES);
const stepOwner = fc.oneof(
  someStep.map((step) => `execution.steps.${step}`),
  someStep.map((step) => `steps.${step}`),
  someStep.map((step) => step as string),
  someStep.map((step) => `execution.steps.${step}_0`),
  fc.tuple(someStage, someStep).map(([stage, step]) => `pipeline.stages.${stage}.spec.execution.steps.${step}`),
  fc.tuple(fc.constantFrom(...GROUPS), someStep).map(([group, step]) => `execution.steps.${group}.steps.${step}`),
);
const stepMember = fc.constantFrom(
  ...['output.outputVariables.result', 'output.outputVariables.result', 'output.outputVariables.list', 'output.other'],
  ...['status', 'status', 'currentStatus', 'exitCode', 'startTs', 'endTs', 'name', 'identifier', 'type', 'retryCount'],
  ...['spec.shell', 'spec.environmentVariables', 'timeout', 'output.outputVariables.nothing', 'nothing', 'output'],
);
const atom: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...['pipeline.variables.on', 'pipeline.variables.number', 'pipeline.variables.derived', 'pipeline.variables.late'],
    ...['pipeline.name', 'pipeline.identifier', 'pipeline.executionId', 'pipeline.status', 'pipeline.currentStatus'],
    ...['pipeline.startTs', 'pipeline.triggerType', 'pipeline.sequenceId', 'pipeline.selectedStages'],
    ...['stage.status', 'stage.currentStatus', 'stage.name', 'stage.variables.v', 'step.identifier', 'step.name'],
    ...['step.status', 'stage.liveStatus', 'stepGroup.status', 'stepGroup.identifier', 'account.identifier'],
    ...['matrix.a', 'repeat.item', 'repeat.index', 'strategy.iteration', 'strategy.iterations'],
    ...['strategy.identifierPostFix', 'strategy.currentStatus', 'trigger.payload.x', 'codebase.branch', 'nowhere.x'],
    ...['exportedVariables.getValue("pipeline.shared.result")', 'exportedVariables.getValue("pipeline.other.result")'],
  ),
  fc.tuple(stepOwner, stepMember).map(([owner, member]) => `${owner}.${member}`),
  fc
    .tuple(
      someStage,
      fc.constantFrom('status', 'currentStatus', 'name', 'startTs', 'variables.v', 'output.x', 'identifier'),
    )
    .map(([stage, member]) => `pipeline.stages.${stage}.${member}`),
  fc
    .tuple(fc.constantFrom(...GROUPS), fc.constantFrom('status', 'name', 'liveStatus'))
    .map(([group, member]) => `${group}.${member}`),
);
const expression = fc.oneof(
  { weight: 4, arbitrary: atom.map((name) => `<+${name}>`) },
  { weight: 1, arbitrary: atom.map((name) => `<+<+${name}> ?: "else">`) },
  { weight: 1, arbitrary: fc.tuple(atom, atom).map(([a, b]) => `<+<+${a}> == <+${b}>>`) },
  {
    weight: 1,
    arbitrary: fc.tuple(atom, atom).map(([a, b]) => `<+<+pipeline.variables.on> == "yes" ? <+${a}> : <+${b}>>`),
  },
);
const condition = fc.oneof(
  fc.constantFrom('<+pipeline.variables.on> == "yes"', '<+pipeline.variables.on> == "no"', 'true', 'false'),
  atom.map((name) => `<+${name}> == "SUCCEEDED"`),
  atom.map((name) => `<+${name}> == "a"`),
  fc.constantFrom('s1', 's2', 's3').map((step) => `<+execution.steps.${step}.output.outputVariables.result> == "a"`),
  fc
    .tuple(someStage, someStep)
    .map(
      ([stage, step]) =>
        `<+pipeline.stages.${stage}.spec.execution.steps.${step}.output.outputVariables.result> != "b"`,
    ),
  fc
    .tuple(atom, fc.constantFrom('&&', '||'), atom)
    .map(([a, operator, b]) => `<+${a}> != "a" ${operator} <+${b}> == "SUCCEEDED"`),
  fc.tuple(atom, fc.constantFrom('&& false', '|| true', '&& true')).map(([a, rest]) => `<+${a}> == "a" ${rest}`),
);
const loop = fc.constantFrom(
  'matrix',
  'matrix',
  'matrixOne',
  'times',
  'timesVariable',
  'items',
  'itemsLate',
  'matrixLate',
  'timesOne',
);
const rarely = <T>(arbitrary: fc.Arbitrary<T>, freq = 3): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq });
const optional = <T extends object>(key: string, arbitrary: fc.Arbitrary<unknown>, freq = 3): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: freq, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: arbitrary.map((value) => ({ [key]: value })) },
  ) as fc.Arbitrary<T>;

const { item } = fc.letrec<{ item: ItemShape; step: ItemShape }>((tie) => ({
  step: fc
    .tuple(
      fc.array(expression, { maxLength: 4 }),
      optional<{ condition?: string }>('condition', condition, 2),
      optional<{ loop?: string }>('loop', loop, 4),
      optional<{ timeout?: string }>(
        'timeout',
        fc.constantFrom('10m', '<+pipeline.variables.limit>', '<+steps.s1.output.outputVariables.result>m'),
        5,
      ),
    )
    .map(
      ([texts, ...more]): ItemShape =>
        Object.assign({ kind: 'step' as const, texts }, ...(more as object[])) as ItemShape,
    ),
  item: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 6, arbitrary: tie('step') },
    {
      weight: 1,
      arbitrary: optional<{ condition?: string }>('condition', condition, 2).map((more): ItemShape => ({
        kind: 'wait',
        ...more,
      })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.array(tie('item'), { minLength: 1, maxLength: 2 }),
          optional<{ condition?: string }>('condition', condition, 2),
          optional<{ loop?: string }>('loop', loop, 4),
        )
        .map(([steps, one, other]): ItemShape => ({ kind: 'group', steps, ...one, ...other })),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(tie('item'), { minLength: 2, maxLength: 3 })
        .map((steps): ItemShape => ({ kind: 'fork', steps })),
    },
  ),
}));

const shape: fc.Arbitrary<Shape> = fc.array(
  fc.record({
    steps: fc.array(item, { minLength: 1, maxLength: 3 }),
    condition: rarely(condition),
    loop: rarely(loop, 6),
    isWithNext: fc.boolean(),
    variable: expression,
  }),
  { minLength: 1, maxLength: 3 },
);
const result = fc.record({
  result: fc.constantFrom('a', 'b', '', '5', 'SUCCEEDED'),
  list: fc.constantFrom('x,y', '["p"]', 'one'),
  seconds: fc.integer({ min: 1, max: 9 }),
  exitCode: fc.constantFrom(0, 0, 3),
});

const randomPipelines: fc.Arbitrary<RandomPipeline> = fc
  .tuple(shape, fc.record(Object.fromEntries(STEPS.map((step) => [step, result]))))
  .map(([stages, outputs]) => ({ document: documentOf(stages), outputs: { ...outputs } as RandomPipeline['outputs'] }));

function documentOf(shape: Shape): Value {
  const names = { steps: [...STEPS] as string[], groups: [...GROUPS] as string[], extra: 0 };
  const stages: Value[] = [];
  for (let index = 0; index < shape.length; index += 1) {
    const one = shape[index];
    if (one === undefined) break;
    const next = shape[index + 1];
    const stage = stageOf(one, index, names);
    if (one.isWithNext && next !== undefined) {
      stages.push({ parallel: [stage, stageOf(next, index + 1, names)] });
      index += 1;
    } else stages.push(stage);
  }
  return {
    pipeline: {
      identifier: 'random',
      name: 'Random',
      projectIdentifier: 'myproject',
      orgIdentifier: 'default',
      variables: [
        { name: 'on', type: 'String', value: 'yes' },
        { name: 'number', type: 'Number', value: 2 },
        { name: 'limit', type: 'String', value: '30m' },
        { name: 'derived', type: 'String', value: '<+pipeline.name>-<+pipeline.variables.number>' },
        {
          name: 'late',
          type: 'String',
          value: '<+pipeline.stages.t1.spec.execution.steps.s1.output.outputVariables.result>',
        },
      ],
      stages,
    },
  };
}

interface Names {
  readonly steps: string[];
  readonly groups: string[];
  extra: number;
}

function stageOf({ steps, condition: when, loop: strategy, variable }: StageShape, index: number, names: Names): Value {
  return {
    stage: {
      identifier: STAGES[index] ?? 't9',
      name: `Stage ${String(index)}`,
      type: 'Custom',
      variables: [{ name: 'v', type: 'String', value: variable }],
      ...(when === undefined ? {} : { when: { pipelineStatus: 'Success', condition: when } }),
      ...loopOf(strategy),
      spec: { execution: { steps: steps.map((inner) => itemOf(inner, names)) } },
    },
  };
}

function itemOf(shape: ItemShape, names: Names): Value {
  const when =
    'condition' in shape && shape.condition !== undefined
      ? { when: { stageStatus: 'Success', condition: shape.condition } }
      : {};
  switch (shape.kind) {
    case 'fork':
      return { parallel: shape.steps.map((inner) => itemOf(inner, names)) };
    case 'group': {
      const identifier = names.groups.shift() ?? `gx${String((names.extra += 1))}`;
      const steps = shape.steps.map((inner) => itemOf(inner, names));
      return { stepGroup: { identifier, name: identifier, ...when, ...loopOf(shape.loop), steps } };
    }
    case 'wait': {
      const identifier = `w${String((names.extra += 1))}`;
      return { step: { identifier, name: identifier, type: 'Wait', ...when, spec: { duration: '3s' } } };
    }
    case 'step': {
      const identifier = names.steps.shift() ?? `x${String((names.extra += 1))}`;
      return {
        step: {
          identifier,
          name: `Step ${identifier}`,
          type: 'ShellScript',
          ...when,
          ...loopOf(shape.loop),
          ...(shape.timeout === undefined ? {} : { timeout: shape.timeout }),
          spec: {
            shell: 'Bash',
            onDelegate: true,
            source: { type: 'Inline', spec: { script: 'true' } },
            environmentVariables: shape.texts.map((value, index) => ({
              name: `V${String(index)}`,
              type: 'String',
              value,
            })),
            outputVariables: ['result', 'list'].map((name) => ({ name, type: 'String', value: name })),
            ...(identifier === 's1' ? { outputAlias: { key: 'shared', scope: 'Pipeline' } } : {}),
          },
        },
      };
    }
  }
}

function loopOf(kind: string | undefined): Readonly<Record<string, Value>> {
  switch (kind) {
    case 'matrix':
      return { strategy: { matrix: { a: ['x', 'y'], nodeName: 'on <+matrix.a>' } } };
    case 'matrixOne':
      return { strategy: { matrix: { a: ['x', 'y'], maxConcurrency: 1 } } };
    case 'times':
      return { strategy: { repeat: { times: 2 } } };
    case 'timesOne':
      return { strategy: { repeat: { times: 3, maxConcurrency: 1 } } };
    case 'timesVariable':
      return { strategy: { repeat: { times: '<+pipeline.variables.number>' } } };
    case 'items':
      return { strategy: { repeat: { items: ['p', 'q'] } } };
    case 'itemsLate':
      return {
        strategy: {
          repeat: { items: '<+pipeline.stages.t1.spec.execution.steps.s1.output.outputVariables.list>.split(",")' },
        },
      };
    case 'matrixLate':
      return { strategy: { matrix: { a: '<+execution.steps.s2.output.outputVariables.list>' } } };
    default:
      return {};
  }
}
