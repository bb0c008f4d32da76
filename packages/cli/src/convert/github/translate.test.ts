import { evaluateCondition, resolveText, type ExpressionScope, type Value } from '@bridle/pipeline';
import { describe, expect, test } from 'vitest';
import { readCondition } from './conditions.ts';
import { contextsOf, type Surroundings } from './contexts.ts';
import { nameWorkflow } from './names.ts';
import { interpolate } from './translate.ts';
import { loadSource, type SourceMap } from '../source.ts';

const WORKFLOW = `
jobs:
  build:
    outputs: {version: "\${{ steps.v.outputs.version }}", fixed: one}
    steps:
      - {id: v, run: x}
      - {id: c, uses: actions/cache@v4}
      - {id: other, uses: acme/x@v1}
  many:
    strategy: {matrix: {a: [1, 2]}}
    steps: [{run: x}]
  here:
    steps: [{id: one, run: x}]
`;
const loaded = loadSource(WORKFLOW);
const root: SourceMap = loaded.kind === 'loaded' && loaded.documents[0] !== undefined ? loaded.documents[0] : never();
const asked: string[] = [];
const workflow = nameWorkflow(root, new Set(['REGISTRY', 'level']));

function never(): never {
  throw new Error('The workflow of the test cannot be read.');
}

function at(job: string, more: Partial<Surroundings> = {}): Surroundings {
  const names = workflow.jobs.get(job);
  return {
    workflow,
    matrix: 'axes',
    os: 'Linux',
    stageVariables: new Set(['MODE']),
    stepVariables: new Map([['OWN', 'x']]),
    askFor: (name) => asked.push(name),
    ...(names === undefined ? {} : { job: names }),
    ...more,
  };
}

/** A build of the branch main that a webhook has started, in a stage after those of the workflow. */
const DATA: Readonly<Record<string, Value>> = {
  pipeline: {
    name: 'p',
    sequenceId: 7,
    triggerType: 'WEBHOOK_CUSTOM',
    currentStatus: 'SUCCEEDED',
    variables: { REGISTRY: 'r', level: 'info', PRODUCT: 'shop' },
    properties: { ci: { codebase: { build: { type: 'branch', spec: { branch: 'main' } } } } },
    stages: {
      build: {
        status: 'SUCCEEDED',
        spec: { execution: { steps: { v: { output: { outputVariables: { version: '1.2' } } } } } },
      },
      many_0: { status: 'SUCCEEDED' },
      many_1: { status: 'FAILED' },
    },
  },
  stage: { variables: { MODE: 'fast' }, currentStatus: 'SUCCEEDED' },
  execution: {
    steps: {
      one: { status: 'FAILED', output: { outputVariables: { 'a-b': 'x' } } },
      c: { output: { outputVariables: { cacheHit: 'true' } } },
    },
  },
  codebase: { commitSha: 'c0ffee', branch: 'main', commitRef: 'refs/heads/main' },
  matrix: { os: 'ubuntu-22.04', node: 20, 'a-b': 'dash' },
  trigger: { payload: { ref: 'refs/heads/main', release: { name: 'r1' } } },
  strategy: { iteration: 1 },
};
const SCOPE: ExpressionScope = { root: (name) => DATA[name] };

describe('texts', () => {
  test.each<readonly [string, string, Value]>([
    ['here', 'x ${{ github.sha }} y', 'x c0ffee y'],
    ['here', '${{ matrix.node }}', 20],
    ['here', "${{ matrix.a-b }} ${{ matrix['a-b'] }}", 'dash dash'],
    ['here', '${{ env.OWN }} ${{ env.MODE }} ${{ env.REGISTRY }}', 'x fast r'],
    ['here', '${{ inputs.level }}-${{ github.event.inputs.level }}', 'info-info'],
    ['here', '${{ needs.build.outputs.version }} ${{ needs.build.outputs.fixed }}', '1.2 one'],
    ['here', '${{ steps.one.outputs.a-b }}', 'x'],
    ['build', '${{ steps.c.outputs.cache-hit }}', 'true'],
    ['here', "${{ github.ref == 'refs/heads/main' && 'yes' || 'no' }}", 'yes'],
    ['here', "${{ matrix.missing || 'other' }}", 'other'],
    ['here', "${{ format('{0}-{1} {{x}}', matrix.os, env.REGISTRY) }}", 'ubuntu-22.04-r {x}'],
    ['here', "${{ contains(matrix.os, 'buntu') }}", true],
    ['here', "${{ 'it''s' }} ${{ 1 > 2 }}", "it's false"],
    ['here', '${{ runner.os }} ${{ strategy.job-index }} ${{ github.run_number }}', 'Linux 1 7'],
    ['here', '${{ github.event.release.name }}', 'r1'],
    ['here', '${{ vars.PRODUCT }}', 'shop'],
  ])('in %s: %s', (job, text, value) => {
    const made = interpolate(text, contextsOf(at(job)));
    expect(made.failures).toEqual([]);
    const resolved = resolveText(made.text, SCOPE);
    expect([resolved.value, resolved.error]).toEqual([value, undefined]);
  });

  test.each([
    ['here', '${{ steps.nobody.outputs.x }}', 'no step with the id'],
    ['build', '${{ steps.other.outputs.x }}', 'come from an action'],
    ['here', '${{ needs.many.outputs.x }}', 'runs several times'],
    ['here', '${{ github.event.commits.*.id }}', 'lists of members'],
    ['here', '${{ env.SET_LATER }}', 'set nowhere'],
    ['here', '${{ hashFiles("x" }}', 'cannot be read'],
    ['here', "${{ a.b && 'x' }}", 'nothing called a'],
    ['here', '${{ matrix.os && matrix.node }}', 'both are true or false'],
    ['here', '${{ github.server_url }}', 'no equal'],
  ])('in %s: %s stays as it is, with a reason', (job, text, why) => {
    const made = interpolate(text, contextsOf(at(job)));
    expect(made.text).toBe(text);
    expect(made.failures.map((failure) => failure.why).join()).toContain(why);
  });
});

describe('conditions', () => {
  test.each<readonly [string, 'Success' | 'Failure' | 'All', boolean]>([
    ["github.ref == 'refs/heads/main'", 'Success', true],
    ["${{ github.ref != 'refs/heads/main' }}", 'Success', false],
    ["startsWith(github.ref, 'refs/heads/ma')", 'Success', true],
    ["startsWith(github.ref, 'refs/tags/')", 'Success', false],
    ["github.event_name == 'push'", 'Success', true],
    ["github.event_name == 'pull_request' || matrix.node == 20", 'Success', true],
    ['always()', 'All', true],
    ['!cancelled()', 'All', true],
    ["failure() && github.ref_name == 'main'", 'Failure', true],
    ['success() || failure()', 'All', true],
    ["always() && needs.build.result == 'success'", 'All', true],
    ["always() && needs.many.result == 'success'", 'All', false],
    ["always() && needs.many.result == 'failure'", 'All', true],
    ['(success() && matrix.node == 20) || matrix.node == 1', 'All', true],
    ["steps.one.outcome == 'failure' && always()", 'All', true],
    ["!(matrix.os == 'x') && matrix.node >= 20 && matrix.node < 21", 'Success', true],
    ['true', 'Success', true],
    ['false', 'Success', false],
  ])('%s', (text, status, holds) => {
    const read = readCondition(text, contextsOf(at('here')));
    expect(read).toMatchObject({ kind: 'when', when: { status } });
    const condition = read.kind === 'when' ? read.when.condition : 'false';
    const result = evaluateCondition(condition ?? '', SCOPE);
    expect([result.error, result.holds]).toEqual([undefined, holds]);
  });

  test('a stage cannot ask for its own steps', () => {
    const read = readCondition("steps.one.outcome == 'failure'", contextsOf(at('here', { isStage: true })));
    expect(read).toMatchObject({ kind: 'none' });
  });
});
