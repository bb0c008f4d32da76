import { describe, expect, test } from 'vitest';
import type { Plan, StageNode } from '../plan/plan.ts';
import type { ChildEndedEvent, ChildRefusedEvent, ChildStartedEvent } from './events.ts';
import { executionId } from './ids.ts';
import { Driver, planOf, stage } from './test-plans.ts';

const CHAIN = {
  orgIdentifier: 'default',
  projectIdentifier: 'myproject',
  pipelineIdentifier: 'child',
  inputs: {},
  inputSetReferences: [],
  outputs: [],
};

type ChildNews =
  | Omit<ChildEndedEvent, 'at' | 'nodeExecutionId'>
  | Omit<ChildRefusedEvent, 'at' | 'nodeExecutionId'>
  | Omit<ChildStartedEvent, 'at' | 'nodeExecutionId'>;

/** A stage that starts a pipeline, has 15 s, and asks a person when it fails. */
function asking(): Plan {
  const plan = planOf([
    stage('chained', [], {
      timeoutMs: 15_000,
      failureStrategies: [
        {
          errors: ['AllErrors'],
          action: {
            kind: 'ManualIntervention',
            timeout: { kind: 'fixed', ms: 60_000 },
            onTimeout: { kind: 'MarkAsFailure' },
          },
        },
      ],
    }),
  ]);
  const nodes = Object.fromEntries(
    Object.entries(plan.nodes).map(([id, node]) => [
      id,
      node.kind === 'stage' ? ({ ...node, stageType: 'Pipeline', chain: CHAIN } satisfies StageNode) : node,
    ]),
  );
  return { ...plan, nodes };
}

describe('a chained stage whose time was over, and about which a person is asked', () => {
  const childExecutionId = executionId('AAAAAAAAAAAAAAAAAAAAAA');
  const late: readonly [string, ChildNews][] = [
    ['ends', { kind: 'childEnded', status: 'Aborted', outputs: {} }],
    ['is refused', { kind: 'childRefused', reason: 'There is no pipeline child.' }],
    ['starts', { kind: 'childStarted', childExecutionId }],
  ];

  test.each(late)('goes on waiting when its child %s late', (_, news) => {
    const driver = new Driver(asking());
    const { id, timers } = driver.node('chained');
    const [timeout] = timers;
    if (timeout === undefined) throw new Error('it has no time limit');
    driver.send({ kind: 'timerFired', at: (driver.at += 15_000), timerId: timeout });
    const [stop] = driver.node('chained').timers.filter((timer) => timer.endsWith(':stop'));
    if (stop === undefined) throw new Error('it is not being stopped');
    driver.send({ kind: 'timerFired', at: (driver.at += 60_000), timerId: stop });
    expect(driver.status('chained')).toBe('InterventionWaiting');

    const { effects } = driver.send({ ...news, at: (driver.at += 1), nodeExecutionId: id });
    expect(driver.status('chained')).toBe('InterventionWaiting');
    expect(driver.node('chained').failure?.types).toEqual(['TIMEOUT_ERROR']);
    // One that runs after all is ended: nobody waits for it.
    const aborts = effects.filter(({ kind }) => kind === 'abortChild');
    expect(aborts.length).toBe(news.kind === 'childStarted' ? 1 : 0);
  });
});
