/** Graphs of executions with loops, retries, rollbacks, approvals and people in them. */
import { ExecutionGraph, PipelineExecutionSummary, type ExecutionNode } from '@bridle/protocol';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { executionGraph, graphNodes } from './execution-graph.ts';
import { executionSummary } from './execution-summary.ts';
import { Run } from './test-run.ts';

const FAILED = {
  kind: 'failed',
  exitCode: 1,
  outputs: {},
  failure: { message: 'Exit code 1.', types: ['APPLICATION_ERROR'] },
} as const;

/** Pipelines as JSON, which is YAML. */
const shell = (identifier: string, more: object = {}): object => ({
  step: {
    identifier,
    name: identifier,
    type: 'ShellScript',
    timeout: '10m',
    spec: { shell: 'Bash', onDelegate: true, source: { type: 'Inline', spec: { script: 'true' } } },
    ...more,
  },
});
const stage = (identifier: string, steps: readonly object[], more: object = {}, inExecution: object = {}): object => ({
  stage: { identifier, name: identifier, type: 'Custom', ...more, spec: { execution: { steps, ...inExecution } } },
});
const yaml = (stages: readonly object[]): string =>
  JSON.stringify({
    pipeline: { identifier: 'p', name: 'p', orgIdentifier: 'default', projectIdentifier: 'myproject', stages },
  });

function graphOf(run: Run): ExecutionGraph {
  const graph = executionGraph({ ...run.row(), plan: run.execution.plan }, run.nodes());
  if (graph === undefined) throw new Error('There is no graph.');
  expect([...Value.Errors(ExecutionGraph, graph)]).toEqual([]);
  const summary = executionSummary(run.row(), run.execution.plan);
  expect([...Value.Errors(PipelineExecutionSummary, summary)]).toEqual([]);
  return graph;
}

const named = (graph: ExecutionGraph, identifier: string): ExecutionNode => {
  const [node, other] = Object.values(graph.nodeMap).filter((candidate) => candidate.identifier === identifier);
  if (node === undefined || other !== undefined) throw new Error(`not one node is called ${identifier}`);
  return node;
};

const childrenOf = (graph: ExecutionGraph, uuid: string): readonly string[] =>
  (graph.nodeAdjacencyListMap[uuid]?.children ?? []).map((id) => graph.nodeMap[id]?.identifier ?? '?');

/** Ends the latest attempt of the plan's step. */
function end(run: Run, identifier: string, at: number, outcome?: Parameters<Run['complete']>[2]): void {
  const { plan } = run.execution;
  const node = run
    .nodes()
    .find(({ nodeId, status }) => plan.nodes[nodeId]?.identifier === identifier && status === 'TaskWaiting');
  if (node === undefined) throw new Error(`no ${identifier} waits for its task`);
  run.send({ kind: 'taskStarted', at, nodeExecutionId: node.id, delegate: { id: 'd', name: 'd' } });
  const result = outcome ?? { kind: 'succeeded', exitCode: 0, outputs: {} };
  run.send({ kind: 'taskCompleted', at, nodeExecutionId: node.id, outcome: result });
}

describe('a loop', () => {
  const looped = yaml([
    stage('one', [shell('build', { strategy: { matrix: { os: ['linux', 'mac'], n: [1, 2] }, maxConcurrency: 3 } })]),
  ]);

  it('of steps is a node with its turns below it', () => {
    const graph = graphOf(new Run(looped));
    const strategy = named(graph, 'build');
    expect(strategy).toMatchObject({
      stepType: 'STRATEGY',
      executableResponses: [{ children: { maxConcurrency: '3' } }],
    });
    const turns = childrenOf(graph, strategy.uuid);
    expect(turns).toHaveLength(4);
    expect(named(graph, turns[1] ?? '')).toMatchObject({
      stepType: 'ShellScript',
      strategyMetadata: {
        currentIteration: 1,
        totalIterations: 4,
        identifierPostFix: '_0_1',
        matrixMetadata: { matrixCombination: [0, 1], matrixValues: { os: 'linux', n: '2' } },
      },
      baseFqn: 'pipeline.stages.one.spec.execution.steps.build_0_1',
    });
    expect(graph.nodeAdjacencyListMap[named(graph, turns[0] ?? '').uuid]?.nextIds).toEqual([]);
  });

  it('of stages is in the strip with its turns, and each has its graph', () => {
    const run = new Run(yaml([stage('one', [shell('a')], { strategy: { repeat: { items: ['x', 'y'] } } })]));
    const { layoutNodeMap, startingNodeId } = executionSummary(run.row(), run.execution.plan);
    const strategy = layoutNodeMap[startingNodeId];
    expect(strategy).toMatchObject({ nodeType: 'LOOP', nodeGroup: 'STRATEGY', childrenCount: 2 });
    const turns = (strategy?.edgeLayoutList.currentNodeChildren ?? []).map((id) => layoutNodeMap[id]);
    expect(turns.map((turn) => [turn?.nodeIdentifier, turn?.strategyMetadata?.forMetadata?.value])).toEqual([
      ['one_0', 'x'],
      ['one_1', 'y'],
    ]);
    const source = { ...run.row(), plan: run.execution.plan };
    for (const turn of turns) {
      const graph = executionGraph(source, run.nodes(), { nodeId: turn?.nodeUuid as never });
      expect(graph?.rootNodeId).toBe(turn?.nodeExecutionId);
    }
  });
});

describe('a repeated step', () => {
  const retried = yaml([
    stage('one', [
      shell('a', {
        failureStrategies: [
          {
            onFailure: {
              errors: ['AllErrors'],
              action: {
                type: 'Retry',
                spec: { retryCount: 2, retryIntervals: ['1s'], onRetryFailure: { action: { type: 'MarkAsFailure' } } },
              },
            },
          },
        ],
      }),
    ]),
  ]);

  it('is one node that tells of its earlier tries, in the graph and in live views', () => {
    const run = new Run(retried);
    const first = run.node('a').id;
    end(run, 'a', 2_000, FAILED);
    const waiting = run.nodes().find(({ status, id }) => status === 'TimedWaiting' && id !== first);
    if (waiting?.timers[0] !== undefined) run.send({ kind: 'timerFired', at: 3_000, timerId: waiting.timers[0] });
    end(run, 'a', 4_000);
    expect(run.execution.status).toBe('Success');
    const graph = graphOf(run);
    expect(graph.nodeMap[first]).toBeUndefined();
    expect(named(graph, 'a')).toMatchObject({
      status: 'Success',
      retryNodeMetadata: {
        attempts: [{ uuid: first, status: 'Failed', failureInfo: { message: 'Exit code 1.' } }],
      },
    });
    const live = graphNodes({ ...run.row(), plan: run.execution.plan }, run.nodes());
    expect(new Set(live.map(({ uuid }) => uuid))).toEqual(new Set(Object.keys(graph.nodeMap)));
  });
});

describe('a rollback', () => {
  it('stands behind the steps of its stage, and says which strategy asked for it', () => {
    const failureStrategies = [{ onFailure: { errors: ['AllErrors'], action: { type: 'StageRollback' } } }];
    const run = new Run(yaml([stage('one', [shell('a')], { failureStrategies }, { rollbackSteps: [shell('undo')] })]));
    end(run, 'a', 2_000, FAILED);
    end(run, 'undo', 3_000);
    expect(run.execution.status).toBe('Failed');
    const graph = graphOf(run);
    expect(named(graph, 'a')).toMatchObject({
      failureAdvice: { action: 'StageRollback', fromFqn: 'pipeline.stages.one' },
    });
    const rollback = Object.values(graph.nodeMap).find(({ stepType }) => stepType === 'ROLLBACK_OPTIONAL_CHILD_CHAIN');
    expect(childrenOf(graph, rollback?.uuid ?? '')).toEqual(['undo']);
    expect(graph.nodeAdjacencyListMap[named(graph, 'a').uuid]?.nextIds).toEqual([rollback?.uuid]);
    expect(named(graph, 'undo')).toMatchObject({ status: 'Success' });
  });
});

describe('nodes that wait', () => {
  it('for people say what may be answered', () => {
    const spec = { timeout: '1h', onTimeout: { action: { type: 'Abort' } } };
    const failureStrategies = [{ onFailure: { errors: ['AllErrors'], action: { type: 'ManualIntervention', spec } } }];
    const run = new Run(yaml([stage('one', [shell('a', { failureStrategies })])]));
    end(run, 'a', 2_000, FAILED);
    const node = named(graphOf(run), 'a');
    expect(node.status).toBe('InterventionWaiting');
    expect(node.manualInterventionAvailableActions).toContain('Retry');
    run.send({
      kind: 'interruptRequested',
      at: 3_000,
      interrupt: {
        interruptId: 'i',
        type: 'MarkAsSuccess',
        at: 3_000,
        by: { userId: 'u', name: 'ada', email: 'a@b' },
        nodeExecutionId: run.node('a').id,
      },
    });
    expect(named(graphOf(run), 'a')).toMatchObject({
      status: 'Success',
      manualInterventionAvailableActions: [],
      interruptHistories: [{ interruptId: 'i', interruptType: 'MARK_SUCCESS', tookEffectAt: 3_000 }],
    });
  });

  it('for an approval name it where clients look', () => {
    const spec = { approvers: { userGroups: ['account.a'], minimumCount: 1, disallowPipelineExecutor: false } };
    const ask = { step: { identifier: 'ask', name: 'ask', type: 'HarnessApproval', timeout: '1d', spec } };
    const run = new Run(yaml([stage('one', [ask], { type: 'Approval' })]));
    const graph = graphOf(run);
    expect(named(graph, 'one').stepType).toBe('APPROVAL_STAGE');
    expect(named(graph, 'ask')).toMatchObject({
      status: 'ApprovalWaiting',
      executableResponses: [
        { async: { callbackIds: [`${run.execution.id}.${run.node('ask').id}`], timeout: '86400000' } },
      ],
      unitProgresses: [],
    });
  });
});
