/**
 * A preview and a run of the same pipeline by the real engine agree (W1): whatever steps give out and in whatever order things
 * happen, as long as all succeed, what was said to run runs, what was said to be skipped is, and values that were given are
 * the values.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Execution } from '../engine/execution.ts';
import { headerOf } from '../engine/test-plans.ts';
import type { Value } from '../expressions/values.ts';
import { compilePipeline, type CompiledPipeline } from '../plan/compile-plan.ts';
import { compareWithRun, emptyComparison } from './compare-with-run.ts';
import type { PreviewNode } from './preview.ts';
import { previewPlan } from './preview-plan.ts';
import {
  GROUPS,
  LOOPS,
  OTHER_TYPES,
  shapedPipeline,
  STAGES,
  STEPS,
  type ItemShape,
  type StageShape,
} from './shaped-pipelines.ts';
import { runToSuccess, type Succeeding } from './succeeding-world.ts';

const RUNS = { numRuns: 200 };
/** Two hundred pipelines compiled, foreseen and run take their time on a busy machine. */
const TIMEOUT_MS = 120_000;

interface RandomPipeline extends Succeeding {
  readonly document: Value;
}

/* Every way in which a name leads to something that is, comes, or is not there. */

/** The first ones are the ones that most pipelines have. */
const someStep = fc.constantFrom(...STEPS, ...STEPS.slice(0, 3), ...STEPS.slice(0, 3));
const someStage = fc.constantFrom(...STAGES);
const someGroup = fc.constantFrom(...GROUPS);
const stepOwner = fc.oneof(
  someStep.map((step) => `execution.steps.${step}`),
  someStep.map((step) => `steps.${step}`),
  someStep.map((step) => String(step)),
  someStep.map((step) => `execution.steps.${step}_0`),
  fc.tuple(someStage, someStep).map(([stage, step]) => `pipeline.stages.${stage}.spec.execution.steps.${step}`),
  fc.tuple(someGroup, someStep).map(([group, step]) => `execution.steps.${group}.steps.${step}`),
);
const stepMember = fc.constantFrom(
  ...['output.outputVariables.result', 'output.outputVariables.result', 'output.outputVariables.list', 'output.other'],
  ...['output.outputVariables.nothing', 'output.outputVariables.ok', 'output', 'output.httpResponseCode', 'nothing'],
  ...['output.approverInputs.wave', 'output.approverInputs.none', 'output.none', 'spec.shell', 'spec.none'],
  ...[
    'status',
    'status',
    'status',
    'status',
    'status',
    'currentStatus',
    'exitCode',
    'startTs',
    'endTs',
    'name',
    'identifier',
    'type',
    'retryCount',
  ],
  ...['spec.environmentVariables', 'timeout'],
);
const stageMember = fc.constantFrom(
  ...['status', 'currentStatus', 'name', 'startTs', 'variables.v', 'output.x', 'output.none', 'identifier'],
);
const atom = fc.oneof(
  fc.constantFrom(
    ...['pipeline.variables.on', 'pipeline.variables.number', 'pipeline.variables.derived', 'pipeline.variables.late'],
    ...['pipeline.name', 'pipeline.identifier', 'pipeline.executionId', 'pipeline.status', 'pipeline.currentStatus'],
    ...['pipeline.startTs', 'pipeline.triggerType', 'pipeline.sequenceId', 'pipeline.selectedStages'],
    ...['stage.status', 'stage.currentStatus', 'stage.name', 'stage.variables.v', 'step.identifier', 'step.name'],
    ...['step.status', 'stage.liveStatus', 'stepGroup.status', 'stepGroup.identifier', 'account.identifier'],
    ...['matrix.a', 'repeat.item', 'repeat.index', 'strategy.iteration', 'strategy.iterations'],
    ...['strategy.identifierPostFix', 'strategy.currentStatus', 'trigger.payload.x', 'nowhere.x'],
    ...['codebase.branch', 'codebase.commitSha', 'codebase.build.type', 'codebase.none'],
    ...['exportedVariables.getValue("pipeline.shared.result")', 'exportedVariables.getValue("pipeline.other.result")'],
  ),
  fc.tuple(stepOwner, stepMember).map((names) => names.join('.')),
  fc.tuple(stepOwner, stepMember).map((names) => names.join('.')),
  fc.tuple(someStage, stageMember).map(([stage, member]) => `pipeline.stages.${stage}.${member}`),
  fc.tuple(someGroup, fc.constantFrom('status', 'name', 'liveStatus')).map((names) => names.join('.')),
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
/** Steps that are likely to be there. */
const early = fc.constantFrom(
  ...['execution.steps.s1', 'execution.steps.s2', 'execution.steps.s3', 'pipeline.stages.t1.spec.execution.steps.s1'],
);
const condition = fc.oneof(
  fc.constantFrom('<+pipeline.variables.on> == "yes"', '<+pipeline.variables.on> == "no"', 'true', 'false'),
  atom.map((name) => `<+${name}> == "SUCCEEDED"`),
  atom.map((name) => `<+${name}> == "a"`),
  early.map((step) => `<+${step}.output.outputVariables.result> == "a"`),
  early.map((step) => `<+${step}.output.outputVariables.result> == "a"`),
  early.map((step) => `<+${step}.output.outputVariables.result> != "b"`),
  fc
    .tuple(atom, fc.constantFrom('&&', '||'), atom)
    .map(([a, operator, b]) => `<+${a}> != "a" ${operator} <+${b}> == "SUCCEEDED"`),
  fc.tuple(atom, fc.constantFrom('&& false', '|| true', '&& true')).map(([a, rest]) => `<+${a}> == "a" ${rest}`),
);
const timeout = fc.constantFrom('10m', '<+pipeline.variables.limit>', '<+steps.s1.output.outputVariables.result>m');
const loop = fc.constantFrom(...LOOPS);

/** Present once in `freq` + 1 times. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: freq, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const { item } = fc.letrec<{ item: ItemShape }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('step' as const),
        texts: fc.array(expression, { maxLength: 4 }),
        condition: rarely(condition, 2),
        loop: rarely(loop, 4),
        timeout: rarely(timeout, 5),
        asks: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('other' as const),
        type: fc.constantFrom(...OTHER_TYPES),
        condition: rarely(condition, 2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('group' as const),
        steps: fc.array(tie('item'), { minLength: 1, maxLength: 2 }),
        condition: rarely(condition, 2),
        loop: rarely(loop, 4),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('fork' as const),
        steps: fc.array(tie('item'), { minLength: 2, maxLength: 3 }),
      }),
    },
  ),
}));
const stage: fc.Arbitrary<StageShape> = fc.record({
  type: fc.constantFrom(...(['Custom', 'Custom', 'Custom', 'CI', 'Pipeline'] as const)),
  steps: fc.array(item, { minLength: 1, maxLength: 3 }),
  condition: rarely(condition, 3),
  loop: rarely(loop, 6),
  isWithNext: fc.boolean(),
  variable: expression,
});
const result = fc.record({
  result: fc.constantFrom('a', 'b', '', '5', 'SUCCEEDED'),
  list: fc.constantFrom('x,y', '["p"]', 'one'),
  exitCode: fc.constantFrom(0, 0, 3),
});
const randomPipelines: fc.Arbitrary<RandomPipeline> = fc.record({
  document: fc.array(stage, { minLength: 1, maxLength: 3 }).map(shapedPipeline),
  outputs: fc.dictionary(fc.constantFrom(...STEPS), result),
  picks: fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }),
});

test('what a preview says holds in the run', { timeout: TIMEOUT_MS }, () => {
  const comparison = emptyComparison();
  fc.assert(
    fc.property(randomPipelines, (random) => {
      const compiled = compile(random);
      const plan = compiled.planOf('seed');
      const header = headerOf(plan);
      const { scope, cause, defaults } = header;
      const preview = previewPlan({
        compiled: { pipeline: compiled.pipeline, planOf: () => plan },
        source: { yaml: stringify(random.document) },
        scope,
        cause,
        defaults,
      });
      // What is wrong with a pipeline lets it fail; a preview takes it for mended.
      if (hasFailing(preview.root)) return;
      const execution = runToSuccess(header, random);
      // A duration or a list that comes from a step may turn out to be none, and steps that wait for each other's texts a circle.
      if (execution.status !== 'Success' && (hasLateParts(preview.root) || endsInCircle(execution))) return;
      expect(execution.status).toBe('Success');
      comparison.differences.length = 0;
      compareWithRun(preview.root, execution, comparison);
      expect(comparison.differences).toEqual([]);
    }),
    RUNS,
  );
  // Each of them happens. The rarest comes about 35 times, give or take 6: a bound nearer to that fails by chance.
  for (const [what, count] of Object.entries(comparison.counts)) {
    expect({ what, happens: count > 3 }).toEqual({ what, happens: true });
  }
});

function compile({ document }: RandomPipeline): CompiledPipeline {
  const compiled = compilePipeline({ yaml: stringify(document), inputYaml: '' });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return compiled;
}

function hasFailing({ outlook, expressions, children }: PreviewNode): boolean {
  const fails = expressions.some(
    ({ result: of, path }) => of.kind === 'neverKnown' && of.fails && path !== 'when.condition',
  );
  return outlook.kind === 'fails' || fails || children.some(hasFailing);
}

function endsInCircle({ nodes }: Execution): boolean {
  return Object.values(nodes).some(
    ({ failure }) => failure?.message.includes('refer to each other in a circle') === true,
  );
}

function hasLateParts({ timeout: time, loop: turns, children }: PreviewNode): boolean {
  return time?.kind === 'knownLater' || turns?.kind === 'knownLater' || children.some(hasLateParts);
}
