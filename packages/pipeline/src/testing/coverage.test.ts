import { expect, test } from 'vitest';
import { measureCoverage, type PipelineCoverage } from './coverage.ts';
import { runOf, stage, step, type Ran } from './test-runs.ts';
import type { ScenarioWorld } from '../engine/scenario-world.ts';

const RETRY =
  'failureStrategies: [{onFailure: {errors: [Connectivity], action: {type: Retry, spec: {retryCount: 1, retryIntervals: [1s], onRetryFailure: {action: {type: MarkAsFailure}}}}}}, {onFailure: {errors: [AllErrors], action: {type: Ignore}}}], ';
const ASK =
  'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: ManualIntervention, spec: {timeout: 1h, onTimeout: {action: {type: Abort}}}}}}], ';
const PIPELINE =
  stage('find', [step('list', '', ', outputVariables: [{name: names, type: String, value: names}]')]) +
  stage('work', [
    step(
      'each',
      `strategy: {repeat: {items: "<+json.object(execution.steps.list.output.outputVariables.names)>"}}, `,
    ).replace('execution.steps.list', 'pipeline.stages.find.spec.execution.steps.list'),
    step('two', 'strategy: {repeat: {times: 2}}, '),
    step(
      'odd',
      `when: {stageStatus: Success, condition: '<+pipeline.stages.find.spec.execution.steps.list.output.outputVariables.names> == "[1]"'}, `,
    ),
    step('push', RETRY),
    step('ask', ASK),
  ]) +
  stage('late', [step('tell')], '    when: {pipelineStatus: Failure}\n');

const run = (world: ScenarioWorld = {}): Ran =>
  runOf(PIPELINE, { ...world, steps: { list: { outputs: { names: '[1]' } }, ...world.steps } });

function missed(...runs: readonly Ran[]): readonly string[] {
  return coverage(...runs).missed.map(({ kind, name, way }) => `${kind} ${name}${way === '' ? '' : `: ${way}`}`);
}

function coverage(...runs: readonly Ran[]): PipelineCoverage {
  return measureCoverage(
    runs.map(({ execution }) => execution),
    runs.map(({ plan }) => plan),
  );
}

const CONNECTIVITY = { status: 'Failed', failureTypes: ['CONNECTIVITY'] } as const;

test('one good run reaches one way of everything', () => {
  expect(coverage(run()).counts).toEqual({
    stage: { reached: 2, total: 3 },
    step: { reached: 6, total: 7 },
    branch: { reached: 2, total: 4 },
    loop: { reached: 2, total: 3 },
    failureStrategy: { reached: 0, total: 5 },
  });
  expect(missed(run())).toEqual([
    'loop work.each: several turns',
    'branch work.odd: when does not hold',
    'failureStrategy work.push: Connectivity: Retry',
    'failureStrategy work.push: Connectivity: Retry, then MarkAsFailure',
    'failureStrategy work.push: AllErrors: Ignore',
    'failureStrategy work.ask: AllErrors: ManualIntervention',
    'failureStrategy work.ask: AllErrors: ManualIntervention, then Abort',
    'stage late',
    'branch late: when holds',
    'step late.tell',
  ]);
});

test('which strategy was taken, and whether it came to its end', () => {
  const strategies = (...runs: readonly Ran[]): readonly string[] =>
    missed(...runs).filter((point) => point.startsWith('failureStrategy'));
  expect(strategies(run({ steps: { push: [CONNECTIVITY, {}] } }))).not.toContain(
    'failureStrategy work.push: Connectivity: Retry',
  );
  expect(strategies(run({ steps: { push: [CONNECTIVITY, {}] } }))).toContain(
    'failureStrategy work.push: Connectivity: Retry, then MarkAsFailure',
  );
  expect(strategies(run({ steps: { push: CONNECTIVITY } }))).not.toContain(
    'failureStrategy work.push: Connectivity: Retry, then MarkAsFailure',
  );
  expect(strategies(run({ steps: { push: { status: 'Failed' } } }))).not.toContain(
    'failureStrategy work.push: AllErrors: Ignore',
  );
  const failing = { steps: { ask: { status: 'Failed' } } } as const;
  const answered = run({ ...failing, acts: [{ atMs: 60_000, node: 'ask', interrupt: 'MarkAsSuccess' }] });
  expect(strategies(answered)).toContain('failureStrategy work.ask: AllErrors: ManualIntervention, then Abort');
  expect(strategies(run(failing))).not.toContain('failureStrategy work.ask: AllErrors: ManualIntervention, then Abort');
});

test('runs together reach everything', () => {
  expect(
    missed(
      run(),
      run({ steps: { list: { outputs: { names: '[1,2]' } } } }),
      run({ steps: { push: CONNECTIVITY } }),
      run({ steps: { push: { status: 'Failed' } } }),
      run({ steps: { ask: { status: 'Failed' } } }),
    ),
  ).toEqual([]);
});

test('a condition that was never asked went neither way', () => {
  const failing = run({ steps: { two: { status: 'Failed' } } });
  expect(missed(failing)).toEqual(
    expect.arrayContaining(['branch work.odd: when holds', 'branch work.odd: when does not hold']),
  );
});
