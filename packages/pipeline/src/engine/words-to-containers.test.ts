import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import type { EngineEvent } from './events.ts';
import type { Execution, InterruptType } from './execution.ts';
import { Driver, group, parallel, planOf, stage, step } from './test-plans.ts';

const BY = { userId: 'u', name: 'admin', email: 'admin@example.com' };

function word(run: Driver, type: InterruptType, identifier?: string): EngineEvent {
  run.at += 1;
  const nodeExecutionId = identifier === undefined ? {} : { nodeExecutionId: run.node(identifier).id };
  return {
    kind: 'interruptRequested',
    at: run.at,
    interrupt: { interruptId: `i${String(run.at)}`, type, at: run.at, by: BY, ...nodeExecutionId },
  };
}

const INTERVENTION = [
  {
    errors: ['AllErrors'],
    action: {
      kind: 'ManualIntervention',
      timeout: { kind: 'fixed', ms: 60_000 },
      onTimeout: { kind: 'MarkAsFailure' },
    },
  },
] as const;

// A container shows the wait of what is in it; the answer is the step's to get.
test.for(['Retry', 'Ignore', 'MarkAsSuccess'] as const)(
  '%s said about a stage in which a step waits for intervention leaves both waiting',
  (type) => {
    const run = new Driver(planOf([stage('s', [step('a', { failureStrategies: INTERVENTION })])]));
    run.fail('a');
    expect([run.status('s'), run.status('a')]).toEqual(['InterventionWaiting', 'InterventionWaiting']);
    run.send(word(run, type, 's'));
    expect([run.status('s'), run.status('a')]).toEqual(['InterventionWaiting', 'InterventionWaiting']);
    run.send(word(run, 'Ignore', 'a'));
    expect([run.status('s'), run.status('a')]).toEqual(['IgnoreFailed', 'IgnoreFailed']);
  },
);

test('marking a stage as failed answers the step in it that waits for intervention', () => {
  const run = new Driver(planOf([stage('s', [step('a', { failureStrategies: INTERVENTION })])]));
  run.fail('a');
  run.send(word(run, 'MarkAsFailure', 's'));
  expect([run.status('a'), run.execution.status]).toEqual(['Failed', 'Failed']);
});

const CANNOT_BEGIN = { when: { status: 'Success', condition: '<+pipeline.name> == (' } } as const;

test('a group that waits for intervention before it has begun is not begun by a pause that ends', () => {
  const run = new Driver(
    planOf([stage('s', [group('g', [step('a')], { ...CANNOT_BEGIN, failureStrategies: INTERVENTION })])]),
  );
  expect([run.status('g'), run.status('a')]).toEqual(['InterventionWaiting', 'NotStarted']);
  run.send(word(run, 'Pause'));
  run.send(word(run, 'Resume'));
  expect([run.status('g'), run.status('a')]).toEqual(['InterventionWaiting', 'NotStarted']);
  run.send(word(run, 'MarkAsSuccess', 'g'));
  expect([run.status('g'), run.execution.status]).toEqual(['Success', 'Success']);
});

const ASKS = [{ path: ['spec', 'x'], type: 'String', default: 'blue', required: false }] as const;

test('inputs sent to a group in which a step asks for them do not begin the group again', () => {
  const run = new Driver(planOf([stage('s', [group('g', [step('a', { executionInputs: ASKS }), step('b')])])]));
  expect([run.status('g'), run.status('a')]).toEqual(['InputWaiting', 'InputWaiting']);
  run.send({ kind: 'inputSubmitted', at: (run.at += 1), nodeExecutionId: run.node('g').id, inputs: {} });
  run.send(word(run, 'ProceedWithDefaultValues', 'g'));
  expect([run.status('g'), run.status('a')]).toEqual(['InputWaiting', 'InputWaiting']);
  run.send(word(run, 'ProceedWithDefaultValues', 'a'));
  expect(run.status('a')).toBe('TaskWaiting');
});

/** As a store may give it back. */
function turnedAround(execution: Execution): Execution {
  const reversed = <Item>(map: Readonly<Record<string, Item>>): Record<string, Item> =>
    Object.fromEntries(Object.entries(map).toReversed());
  const { plan, nodes } = execution;
  return { ...execution, plan: { ...plan, nodes: reversed(plan.nodes) }, nodes: reversed(nodes) };
}

const BARRIER = { stepType: 'Barrier', spec: { barrierRef: 'north' } } as const;

test('E2 what follows does not depend on the order in which a store gives the nodes back', () => {
  const meeting = parallel(
    group('g', [step('a'), step('b1', BARRIER), step('x')]),
    group('h', [step('b2', BARRIER), step('y')]),
  );
  const run = new Driver(planOf([stage('s', [meeting])]));
  run.start('a');
  const done: EngineEvent = {
    kind: 'taskCompleted',
    at: (run.at += 1),
    nodeExecutionId: run.node('a').id,
    outcome: { kind: 'succeeded', exitCode: 0, outputs: {} },
  };
  expect(advance(turnedAround(run.execution), done).effects).toEqual(advance(run.execution, done).effects);
});

test('E2 a resumed execution goes on in the same order, whatever the order of its nodes', () => {
  const run = new Driver(planOf([parallel(stage('s', [step('a'), step('b')]), stage('t', [step('c'), step('d')]))]));
  run.start('a');
  run.start('c');
  run.send(word(run, 'Pause'));
  run.complete('a');
  run.complete('c');
  const resumed = word(run, 'Resume');
  const { effects } = advance(run.execution, resumed);
  expect(effects.filter(({ kind }) => kind === 'enqueueTask')).toHaveLength(2);
  expect(advance(turnedAround(run.execution), resumed).effects).toEqual(effects);
});
