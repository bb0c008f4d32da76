import type { ExecutionGraph, ExecutionNode, PipelineExecutionSummary } from '@bridle/sdk';
import { describe, expect, it } from 'vitest';
import { ServerEvents } from './run-events.ts';

const ADJACENCY: ExecutionGraph['nodeAdjacencyListMap'] = {
  pipeline: { children: ['stages'], nextIds: [] },
  stages: { children: ['build'], nextIds: [] },
  build: { children: ['compile'], nextIds: ['live'] },
  compile: { children: [], nextIds: ['report'] },
  report: { children: [], nextIds: [] },
  live: { children: [], nextIds: [] },
};

function node(uuid: string, status: string, more: Partial<ExecutionNode> = {}): ExecutionNode {
  const stepType = { pipeline: 'PIPELINE_SECTION', stages: 'STAGES_STEP', build: 'CUSTOM_STAGE', live: 'CUSTOM_STAGE' };
  return {
    uuid,
    identifier: uuid,
    name: uuid,
    status,
    stepType: stepType[uuid as keyof typeof stepType] ?? 'ShellScript',
    baseFqn: uuid === 'build' || uuid === 'live' ? `pipeline.stages.${uuid}` : uuid,
    outcomes: {},
    createdAt: 1,
    startTs: 1,
    endTs: status === 'Running' ? null : 2,
    failureInfo: { message: '', failureTypeList: [], responseMessages: [] },
    nodeRunInfo: null,
    retryNodeMetadata: null,
    strategyMetadata: null,
    ...more,
  } as ExecutionNode;
}

const RUNNING = {
  planExecutionId: 'e',
  pipelineIdentifier: 'p',
  name: 'P',
  status: 'Running',
  createdAt: 1,
} as PipelineExecutionSummary;

function told(events: ServerEvents, nodes: readonly ExecutionNode[]): readonly string[] {
  return events
    .of(RUNNING, nodes)
    .flatMap((event) =>
      event.type === 'node' ? [`${event.node} ${event.status}${event.superseded ? ' old' : ''}`] : [],
    );
}

function placed(): ServerEvents {
  const events = new ServerEvents();
  events.place({ nodeAdjacencyListMap: ADJACENCY } as ExecutionGraph);
  return events;
}

describe('ServerEvents', () => {
  it('T3: of an execution that has ended the beginning is told as well, once', () => {
    const events = placed();
    const ended = { ...RUNNING, status: 'Failed', startTs: 2, endTs: 5 } as PipelineExecutionSummary;
    expect(events.of(ended, [])).toMatchObject([
      { type: 'execution', status: 'Running', time: new Date(2).toISOString() },
    ]);
    expect(events.of(ended, [])).toEqual([]);
    expect(events.end(ended)).toMatchObject({ status: 'Failed', durationMs: 3 });
  });

  it('T1: whoever comes late is told as if it came from the beginning', () => {
    const nodes = ['live', 'report', 'compile', 'build', 'stages', 'pipeline'].map((id) => node(id, 'Success'));
    expect(told(placed(), nodes)).toEqual([
      'pipeline Running',
      'stages Running',
      'build Running',
      'compile Running',
      'compile Success',
      'report Running',
      'report Success',
      'build Success',
      'live Running',
      'live Success',
      'stages Success',
      'pipeline Success',
    ]);
  });

  it('says nothing twice, and ends what holds others behind them', () => {
    const events = placed();
    expect(told(events, [node('build', 'Running'), node('compile', 'Running')])).toEqual([
      'build Running',
      'compile Running',
    ]);
    expect(told(events, [node('build', 'Running')])).toEqual([]);
    expect(told(events, [node('build', 'Failed'), node('compile', 'Failed')])).toEqual([
      'compile Failed',
      'build Failed',
    ]);
  });

  it('T1: an earlier attempt gives way to the later one', () => {
    const events = placed();
    told(events, [node('build', 'Running'), node('compile', 'Running')]);
    const attempt = {
      uuid: 'compile',
      status: 'Failed',
      startTs: 1,
      endTs: 2,
      failureInfo: node('x', 'Failed').failureInfo,
      logBaseKey: null,
    };
    const next = node('compile2', 'Running', { retryNodeMetadata: { attempts: [attempt] } });
    expect(told(events, [next])).toEqual(['compile Failed old', 'compile2 Running']);
  });

  it.each([
    ['<+OnStageSuccess>', false, [], { status: 'Success', statusHolds: false }],
    ['<+OnPipelineFailure>', true, [], { status: 'Failure', statusHolds: true }],
    [
      '<+Always> && (<+a> == "x")',
      false,
      ['<+a>'],
      { status: 'All', statusHolds: true, condition: '<+a> == "x"', conditionHolds: false },
    ],
    [
      '<+OnStageFailure> && (<+a> == "x")',
      false,
      [],
      { status: 'Failure', statusHolds: false, condition: '<+a> == "x"' },
    ],
  ])('reads %s (%s)', (whenCondition, evaluatedCondition, names, expected) => {
    const expressions = names.map((expression) => ({ expression, expressionValue: 'y', count: 1 }));
    const nodeRunInfo = { whenCondition, evaluatedCondition, expressions };
    const [, event] = placed().of(RUNNING, [node('compile', 'Skipped', { nodeRunInfo })]);
    expect(event).toMatchObject({ when: expected });
  });
});
