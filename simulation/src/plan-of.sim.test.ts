import { expect, test } from 'vitest';
import type { Plan, PlanNode } from '@bridle/pipeline';
import { planOf } from './plan-of.ts';
import { Random } from './random.ts';
import { randomPipeline } from './random-pipeline.ts';
import { compiledPlanOf } from './yaml-of.ts';

/** What both must agree on: the tree by addresses, and what decides whether, when and how long a node runs. */
function shapeOf(plan: Plan, id: PlanNode['id'] = plan.rootId): object {
  const node = plan.nodes[id];
  if (node === undefined) throw new Error(`no node ${id}`);
  const { kind, when, timeout } = node;
  const children = node.kind === 'step' ? node.stepType === 'Wait' : node.children.map((child) => shapeOf(plan, child));
  const fqn = node.kind === 'fork' ? node.of : node.fqn;
  const stageType = node.kind === 'stage' ? node.stageType : undefined;
  return { kind, fqn, when, timeout, stageType, children };
}

test('the plans made from sketches are those the language makes from the same pipeline as YAML', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const sketch = randomPipeline(new Random(`sketch ${seed}`));
    expect(shapeOf(planOf(sketch, 'seed'))).toEqual(shapeOf(compiledPlanOf(sketch, 'seed')));
  }
});
