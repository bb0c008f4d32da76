/**
 * A preview and a run of the same pipeline by the real engine agree (W1): whatever the steps give out, as long as they
 * succeed, what was said to run runs, what was said to be skipped is, and values that were given are the values.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Execution, NodeExecution } from '../engine/execution.ts';
import { nodeIdentity } from '../engine/nodes.ts';
import { runScenario, type StepBehaviour } from '../engine/scenario-world.ts';
import { headerOf } from '../engine/test-plans.ts';
import type { Value } from '../expressions/values.ts';
import { compilePipeline, type CompiledPipeline } from '../plan/compile-plan.ts';
import type { PreviewNode } from './preview.ts';
import { previewPlan } from './preview-plan.ts';
import { randomPipelines, type RandomPipeline } from './random-pipelines.ts';

const RUNS = { numRuns: 200 };

interface Tally {
  runs: number;
  skipped: number;
  depends: number;
  values: number;
  later: number;
  never: number;
  turns: number;
}

test('what a preview says holds in the run', () => {
  const tally: Tally = { runs: 0, skipped: 0, depends: 0, values: 0, later: 0, never: 0, turns: 0 };
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
      // A duration or a list that comes from a step may turn out to be none.
      if (execution.status !== 'Success' && hasLateParts(preview.root)) return;
      expect(execution.status).toBe('Success');
      compare(preview.root, execution, tally);
    }),
    RUNS,
  );
  // Each of them happens, often enough to mean something.
  for (const [what, count] of Object.entries(tally))
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

function hasLateParts({ timeout, loop, children }: PreviewNode): boolean {
  return timeout?.kind === 'knownLater' || loop?.kind === 'knownLater' || children.some(hasLateParts);
}

function compare(node: PreviewNode, execution: Execution, tally: Tally): void {
  if (node.kind === 'rollback') return;
  const found = Object.values(execution.nodes).filter(
    (candidate) => nodeIdentity(execution, candidate).fqn === node.address,
  );
  const ofLoop = node.loop?.kind === 'knownLater';
  const state = found[0];
  switch (node.outlook.kind) {
    case 'runs':
      tally.runs += 1;
      expect([node.address, state?.status]).toEqual([node.address, 'Success']);
      break;
    case 'skipped':
      tally.skipped += 1;
      expect([node.address, state?.status]).toEqual([node.address, 'Skipped']);
      return;
    case 'depends':
      tally.depends += 1;
      if (state === undefined || state.status === 'Skipped') return;
      break;
    case 'fails':
      throw new Error('not compared');
  }
  if (state === undefined) throw new Error(`${node.address} has no state`);
  compareParts(node, state);
  if (node.timeout?.kind === 'value') expect(state.timeoutMs).toBe(node.timeout.ms);
  if (node.loop?.kind === 'expanded') {
    expect([state.iterations, state.slots]).toEqual([node.loop.turns, node.loop.atOnce]);
    tally.turns += node.loop.turns;
  }
  compareValues(node, state, tally);
  // The turn of an open loop stands for all, and has no state of its own.
  if (!ofLoop) for (const child of node.children) compare(child, execution, tally);
}

function compareParts({ outlook, address }: PreviewNode, { when }: NodeExecution): void {
  if (!('condition' in outlook) || outlook.condition === undefined) return;
  for (const part of outlook.condition.parts) {
    const real = when?.expressions.find(({ expression }) => expression === part.expression);
    if ('value' in part && real !== undefined) expect([address, real]).toEqual([address, part]);
  }
}

function compareValues({ expressions, address }: PreviewNode, { stepParameters }: NodeExecution, tally: Tally): void {
  for (const { path, result, text } of expressions) {
    if (result.kind === 'knownLater') tally.later += 1;
    if (stepParameters === undefined || !path.startsWith('spec.') || result.kind === 'knownLater') continue;
    const leaf = path
      .split('.')
      .slice(1)
      .reduce<Value>((inner, key) => (inner as { readonly [key: string]: Value })[key] ?? null, stepParameters);
    if (result.kind === 'neverKnown') tally.never += 1;
    else tally.values += 1;
    const value = result.kind === 'value' ? result.value : null;
    expect([address, text, leaf]).toEqual([address, text, value]);
  }
}
