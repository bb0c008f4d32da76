import { expect, test } from 'vitest';
import type { Plan, PlanNode } from '@bridle/pipeline';
import { planOf } from './plan-of.ts';
import { Random } from './random.ts';
import { randomPipeline } from './random-pipeline.ts';
import { compiledPlanOf } from './yaml-of.ts';

/** What both must agree on: the tree by addresses, and all that decides what becomes of a node. */
function shapeOf(plan: Plan, id: PlanNode['id'] = plan.rootId): object {
  const node = plan.nodes[id];
  if (node === undefined) throw new Error(`no node ${id}`);
  const { id: _i, parentId: _p, line: _l, ...rest } = node;
  const below = (ids: readonly PlanNode['id'][]): readonly object[] => ids.map((child) => shapeOf(plan, child));
  return {
    ...rest,
    ...(node.kind === 'fork' ? { identifier: '', name: '' } : {}),
    ...('children' in node ? { children: below(node.children) } : {}),
    ...('rollback' in node && node.rollback !== undefined ? { rollback: below([node.rollback]) } : {}),
    ...(node.kind === 'step' && node.script !== undefined ? { script: below([node.script]) } : {}),
  };
}

test('the plans made from sketches are those the language makes from the same pipeline as YAML', () => {
  for (let seed = 1; seed <= 120; seed += 1) {
    const sketch = randomPipeline(new Random(`sketch ${seed}`));
    expect(shapeOf(planOf(sketch, 'seed'))).toEqual(shapeOf(compiledPlanOf(sketch, 'seed')));
  }
});
