import { ExecutionGraph, ExecutionNode } from '@bridle/protocol';
import { nodeId } from '@bridle/pipeline';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { executionGraph, graphNodes } from './execution-graph.ts';
import { BRANCHED, ONE_STEP, Run } from './test-run.ts';

const graphOf = (run: Run, of?: Parameters<typeof executionGraph>[2]): ExecutionGraph => {
  const graph = executionGraph({ ...run.row(), plan: run.execution.plan }, run.nodes(), of);
  if (graph === undefined) throw new Error('There is no graph.');
  return graph;
};

/** The tree as identifiers; `>` leads to what comes next, `[…]` is below. */
function draw(graph: ExecutionGraph, uuid: string = graph.rootNodeId): string {
  const { children = [], nextIds = [] } = graph.nodeAdjacencyListMap[uuid] ?? {};
  const name = (graph.nodeMap[uuid]?.identifier ?? '?').replace(/^parallel.*/, 'fork');
  const below = children.length === 0 ? '' : `[${children.map((child) => draw(graph, child)).join(' ')}]`;
  return `${name}${below}${nextIds.map((next) => `>${draw(graph, next)}`).join('')}`;
}

describe('executionGraph', () => {
  it('chains sequences and puts the members of a fork side by side', () => {
    const run = new Run(BRANCHED)
      .complete('o', 2_000)
      .complete('w', 2_000)
      .complete('x', 3_000)
      .complete('y', 3_000)
      .complete('z', 4_000);
    expect(draw(graphOf(run))).toBe(
      'branched[stages[fork[one[execution[o]] two[execution[w]]]>last[execution[g[fork[x y]>z]]]]]',
    );
  });

  it('holds only what has begun', () => {
    expect(draw(graphOf(new Run(BRANCHED)))).toBe('branched[stages[fork[one[execution[o]] two[execution[w]]]]]');
  });

  it('of one stage begins with its node', () => {
    const run = new Run(BRANCHED);
    const stage = run.node('two');
    expect(graphOf(run, { nodeId: stage.nodeId }).rootNodeId).toBe(stage.id);
    expect(graphOf(run, { nodeExecutionId: stage.id }).rootNodeId).toBe(stage.id);
    expect(
      executionGraph({ ...run.row(), plan: run.execution.plan }, run.nodes(), { nodeId: nodeId('none') }),
    ).toBeUndefined();
  });

  it('prints every key of every node, null where there is nothing', () => {
    const graph = graphOf(new Run(ONE_STEP));
    for (const node of Object.values(graph.nodeMap))
      expect(Object.keys(node).toSorted()).toEqual(Object.keys(ExecutionNode.properties).toSorted());
    expect(Value.Errors(ExecutionGraph, graph)).toEqual([]);
    const step = Object.values(graph.nodeMap).find(({ identifier }) => identifier === 'a');
    expect(step).toMatchObject({
      endTs: null,
      skipInfo: null,
      strategyMetadata: null,
      failureInfo: { message: '', failureTypeList: [], responseMessages: [] },
    });
  });

  it('tells who interrupted a step', () => {
    const run = new Run(ONE_STEP).begin('a', 2_000);
    run.send({
      kind: 'interruptRequested',
      at: 3_000,
      interrupt: { interruptId: 'i', type: 'AbortAll', at: 3_000, by: { userId: 'u', name: 'ada', email: 'a@b' } },
    });
    run.send({ kind: 'taskCompleted', at: 4_000, nodeExecutionId: run.node('a').id, outcome: { kind: 'cancelled' } });
    const step = Object.values(graphOf(run).nodeMap).find(({ identifier }) => identifier === 'a');
    expect(step?.interruptHistories).toEqual([
      {
        interruptId: 'i',
        tookEffectAt: 3_000,
        interruptType: 'ABORT_ALL',
        interruptConfig: {
          issuedBy: {
            issueTime: '3000',
            manualIssuer: { email_id: 'a@b', user_id: 'u', type: 'USER', identifier: 'ada' },
          },
        },
      },
    ]);
  });
});

describe('graphNodes', () => {
  it('gives the same nodes one by one', () => {
    const run = new Run(BRANCHED).complete('o', 2_000);
    const nodes = graphNodes({ ...run.row(), plan: run.execution.plan }, run.nodes());
    const graph = graphOf(run);
    expect(new Set(nodes.map(({ uuid }) => uuid))).toEqual(new Set(Object.keys(graph.nodeMap)));
    for (const node of nodes) expect(node).toEqual(graph.nodeMap[node.uuid]);
  });
});
