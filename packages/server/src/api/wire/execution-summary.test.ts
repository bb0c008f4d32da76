import { TRIGGER_EVENT_STATUSES, EXECUTION_STATUSES, PipelineExecutionSummary } from '@bridle/protocol';
import { NODE_STATUSES } from '@bridle/pipeline';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { executionSummary } from './execution-summary.ts';
import { BRANCHED, ONE_STEP, Run, SCOPE } from './test-run.ts';
import { triggerEventStatus } from './trigger-history.ts';

/** The keys that the founding document prints, in its order. */
const FOUNDING_KEYS = [
  ...[
    'pipelineIdentifier',
    'planExecutionId',
    'name',
    'status',
    'tags',
    'executionTriggerInfo',
    'governanceMetadata',
    'moduleInfo',
    'layoutNodeMap',
  ],
  ...[
    'modules',
    'startingNodeId',
    'startTs',
    'endTs',
    'createdAt',
    'canRetry',
    'showRetryHistory',
    'runSequence',
    'successfulStagesCount',
  ],
  ...[
    'runningStagesCount',
    'failedStagesCount',
    'totalStagesCount',
    'executionInputConfigured',
    'allowStageExecutions',
    'stagesExecution',
  ],
];

describe('executionSummary', () => {
  it('has every key of the founding document, and no null', () => {
    const run = new Run(ONE_STEP).complete('a', 2_000);
    const summary = executionSummary(run.row(), run.execution.plan);
    expect(Object.keys(summary)).toEqual(expect.arrayContaining(FOUNDING_KEYS));
    expect(JSON.stringify(summary)).not.toContain('null');
    expect(Value.Errors(PipelineExecutionSummary, summary)).toEqual([]);
  });

  it('leaves out what is not known yet', () => {
    const summary = executionSummary(new Run(ONE_STEP).row());
    for (const key of ['endTs', 'failureInfo', 'executionErrorInfo', 'abortedBy'])
      expect(summary).not.toHaveProperty(key);
    expect(Object.values(summary.layoutNodeMap)[0]).not.toHaveProperty('endTs');
    expect(Object.values(summary.layoutNodeMap)[0]).not.toHaveProperty('failureInfo');
  });

  it('prints an expired run as the founding document does', () => {
    const run = new Run(ONE_STEP);
    const root = run.node('test');
    run.send({ kind: 'timerFired', at: 86_401_000, timerId: root.timers[0] ?? ('' as never) });
    expect(executionSummary(run.row())).toMatchObject({
      status: 'Expired',
      canRetry: true,
      startTs: 1_000,
      endTs: 86_401_000,
      successfulStagesCount: 0,
      runningStagesCount: 0,
      failedStagesCount: 0,
      totalStagesCount: 1,
    });
  });

  it('prints tags as a list, and 64-bit numbers of proto objects as text', () => {
    const summary = executionSummary(new Run(ONE_STEP).row({ tags: { team: 'blue', empty: '' } }));
    expect(summary.tags).toEqual([
      { key: 'team', value: 'blue' },
      { key: 'empty', value: '' },
    ]);
    expect(summary.governanceMetadata).toMatchObject({ timestamp: '0', created: '0' });
  });

  it('names who caused it', () => {
    const manual = executionSummary(new Run(ONE_STEP).row()).executionTriggerInfo;
    expect(manual).toEqual({
      triggerType: 'MANUAL',
      triggeredBy: {
        uuid: 'user-id',
        identifier: 'ada',
        extraInfo: { email: 'ada@example.com' },
        triggerIdentifier: '',
        triggerName: '',
      },
      isRerun: false,
    });
    const trigger = { identifier: 'myhook', name: 'My hook', eventId: 'a'.repeat(24), payload: '', headers: {} };
    const webhook = new Run(ONE_STEP, {
      triggerType: 'WEBHOOK_CUSTOM',
      triggeredBy: { uuid: 'systemUser', identifier: 'myhook' },
      trigger,
    });
    expect(executionSummary(webhook.row()).executionTriggerInfo.triggeredBy).toEqual({
      uuid: 'systemUser',
      identifier: 'myhook',
      extraInfo: { triggerRef: `${SCOPE.accountId}/default/myproject/myhook`, eventCorrelationId: 'a'.repeat(24) },
      triggerIdentifier: 'myhook',
      triggerName: 'My hook',
    });
  });
});

describe('layoutNodeMap', () => {
  it('hangs parallel stages under a wrapper that leads on', () => {
    const run = new Run(BRANCHED);
    const { layoutNodeMap, startingNodeId, totalStagesCount } = executionSummary(run.row());
    const byName = new Map(Object.values(layoutNodeMap).map((node) => [node.nodeIdentifier, node]));
    const wrapper = layoutNodeMap[startingNodeId];
    expect(wrapper).toMatchObject({
      nodeType: 'parallel',
      nodeGroup: 'STAGE',
      nodeIdentifier: `parallel${startingNodeId}`,
      name: `parallel${startingNodeId}`,
    });
    expect(wrapper?.edgeLayoutList).toEqual({
      currentNodeChildren: [byName.get('one')?.nodeUuid, byName.get('two')?.nodeUuid],
      nextIds: [byName.get('last')?.nodeUuid],
    });
    expect(byName.get('one')?.edgeLayoutList).toEqual({ currentNodeChildren: [], nextIds: [] });
    expect(byName.get('last')).toMatchObject({ status: 'NotStarted', nodeType: 'Custom', module: 'pms' });
    expect(byName.get('last')).not.toHaveProperty('nodeExecutionId');
    expect(totalStagesCount).toBe(3);
  });
});

describe('closed words', () => {
  it('are the same on the wire and in the engine', () => {
    expect([...EXECUTION_STATUSES].toSorted()).toEqual([...NODE_STATUSES].toSorted());
  });

  it('of trigger events all have a text and a class', () => {
    for (const status of Object.keys(TRIGGER_EVENT_STATUSES)) {
      expect(triggerEventStatus(status as never).message).not.toBe('Unknown status');
    }
    expect(triggerEventStatus('OTHER' as never)).toEqual({ status: 'FAILED', message: 'Unknown status' });
  });
});
