import { resolveText, type ExpressionScope, type Value } from '@bridle/pipeline';
import type { BenchCase } from '../bench-case.ts';

const ROUNDS = 2_000;

const steps = { build: { output: { outputVariables: { tag: 'v1.2.3', count: '3' } }, status: 'SUCCEEDED' } };
const stage = { name: 'Build it', identifier: 'Build', variables: { region: 'eu' }, spec: { execution: { steps } } };
const roots: Readonly<Record<string, Value>> = {
  pipeline: { name: 'Demo', sequenceId: 12, variables: { env: 'prod', csv: 'a,b,c' }, stages: { Build: stage } },
  stage,
  steps,
  execution: { steps },
  trigger: { payload: { ref: 'refs/heads/main', commits: [{ id: 'c1' }] }, branch: 'main' },
  matrix: { os: 'linux' },
  strategy: { iteration: 0, identifierPostFix: '_0' },
};
const scope: ExpressionScope = { root: (name) => (Object.hasOwn(roots, name) ? roots[name] : undefined) };

/** Of the kinds that public pipelines are full of. */
const LEAVES: readonly string[] = [
  '<+pipeline.name>',
  '<+pipeline.sequenceId>',
  '<+pipeline.variables.env>',
  '<+stage.variables.region>',
  '<+stage.name>',
  '<+matrix.os>',
  '<+strategy.iteration>',
  '<+trigger.branch>',
  '<+trigger.payload.ref>',
  '<+trigger.payload.commits[0].id>',
  '<+steps.build.output.outputVariables.tag>',
  '<+execution.steps.build.status>',
  '<+pipeline.stages.Build.spec.execution.steps.build.output.outputVariables.tag>',
  '<+secrets.getValue("account.token")>',
  'image:<+pipeline.variables.env>-<+pipeline.sequenceId>',
  '<+pipeline.variables.env == "prod">',
  '<+<+pipeline.variables.env> == "prod" ? "big" : "small">',
  '<+pipeline.variables.csv.split(",")[1]>',
  '<+trigger.payload.ref.replace("refs/heads/", "")>',
  '<+pipeline.variables.none ?? "default">',
];

const SMALL_OBJECT = JSON.stringify({ name: 'Demo', sequenceId: 12, variables: { env: 'prod' } });

export const expressions: BenchCase = {
  name: 'expressions',
  timed: '20 typical leaves with `<+…>`, one after the other; rate of single leaves',
  floor: 'JSON.parse of an object of four values, as often',
  target: '≥ 200,000/s',
  prepare: () => {
    for (const leaf of LEAVES) {
      const { error } = resolveText(leaf, scope);
      if (error !== undefined) throw new Error(`${leaf}: ${error.message}`);
    }
    return Promise.resolve({
      measure: () => Promise.resolve(timed(() => LEAVES.forEach((leaf) => resolveText(leaf, scope)))),
      measureFloor: () => Promise.resolve(timed(() => LEAVES.forEach(() => JSON.parse(SMALL_OBJECT) as unknown))),
      close: () => Promise.resolve(),
    });
  },
};

function timed(round: () => void): { readonly latencies: readonly number[]; readonly perSecond: number } {
  const latencies: number[] = [];
  const begin = performance.now();
  for (let index = 0; index < ROUNDS; index += 1) {
    const start = performance.now();
    round();
    latencies.push(performance.now() - start);
  }
  return { latencies, perSecond: (1_000 * ROUNDS * LEAVES.length) / (performance.now() - begin) };
}
