import { describe, expect, it } from 'vitest';
import { advance, replay } from './advance.ts';
import { nodeExecutionId, timerId } from './ids.ts';
import { STOP_GRACE_MS } from './stop.ts';
import { Driver, group, parallel, planOf, stage, step, wait } from './test-plans.ts';

const FAILURE = { status: 'Failure' } as const;
const ALL = { status: 'All' } as const;

describe('order', () => {
  it('starts the steps of a stage one after the other', () => {
    const run = new Driver(planOf([stage('s', [step('a'), step('b')])]));
    expect([run.status('a'), run.status('b')]).toEqual(['TaskWaiting', 'NotStarted']);
    run.run('a');
    expect([run.status('a'), run.status('b')]).toEqual(['Success', 'TaskWaiting']);
    run.run('b');
    expect([run.status('s'), run.execution.status]).toEqual(['Success', 'Success']);
    expect(run.execution.endedAt).toBe(run.at);
  });

  it('puts the task of the next step into the advance that ends the one before (E3)', () => {
    const run = new Driver(planOf([stage('s', [step('a'), step('b')])]));
    run.start('a');
    const { effects } = run.complete('a');
    expect(effects.filter((effect) => effect.kind === 'enqueueTask').map(({ task }) => task.identifier)).toEqual(['b']);
  });

  it('starts the members of a fork together and waits for all of them', () => {
    const run = new Driver(planOf([stage('s', [parallel(step('a'), group('g', [step('b'), step('c')])), step('d')])]));
    expect([run.status('a'), run.status('b'), run.status('c')]).toEqual(['TaskWaiting', 'TaskWaiting', 'NotStarted']);
    run.fail('a');
    run.run('b');
    expect(run.status('c')).toBe('TaskWaiting');
    run.run('c');
    expect([run.status('g'), run.status('d'), run.status('s')]).toEqual(['Success', 'Skipped', 'Failed']);
  });

  it('starts parallel stages together and the next stage after all', () => {
    const run = new Driver(
      planOf([parallel(stage('a', [step('a1')]), stage('b', [step('b1')])), stage('c', [step('c1')])]),
    );
    run.run('b1');
    expect([run.status('a'), run.status('b'), run.status('c')]).toEqual(['Running', 'Success', 'NotStarted']);
    run.run('a1');
    expect(run.status('c')).toBe('Running');
  });
});

describe('when', () => {
  it('skips followers of a failed step, save those that ask for Failure or All', () => {
    const run = new Driver(
      planOf([stage('s', [step('a'), step('b'), step('c', { when: FAILURE }), step('d', { when: ALL }), step('e')])]),
    );
    run.fail('a');
    expect([run.status('b'), run.status('c')]).toEqual(['Skipped', 'TaskWaiting']);
    run.run('c');
    run.run('d');
    expect([run.status('e'), run.execution.status]).toEqual(['Skipped', 'Failed']);
  });

  it('skips later stages of a failed one without looking into them', () => {
    const run = new Driver(
      planOf([stage('s', [step('a')]), stage('t', [step('b')]), stage('u', [step('c')], { when: ALL })]),
    );
    run.fail('a');
    expect([run.status('t'), run.status('b'), run.status('c')]).toEqual(['Skipped', 'NotStarted', 'TaskWaiting']);
  });

  it('counts what failed before its group for a step, and nothing beside it in a fork', () => {
    const run = new Driver(
      planOf([
        stage('s', [
          step('a'),
          group('g', [step('b'), step('c', { when: FAILURE })], { when: ALL }),
          parallel(step('x', { when: ALL }), group('h', [step('y', { when: ALL }), step('z')], { when: ALL })),
        ]),
      ]),
    );
    run.fail('a');
    expect([run.status('b'), run.status('c')]).toEqual(['Skipped', 'TaskWaiting']);
    run.run('c');
    expect([run.status('x'), run.status('y')]).toEqual(['TaskWaiting', 'TaskWaiting']);
  });

  it('lets a step that was skipped count as fine', () => {
    const run = new Driver(
      planOf([stage('s', [step('a', { when: { status: 'Success', condition: 'false' } }), step('b')])]),
    );
    expect([run.status('a'), run.status('b')]).toEqual(['Skipped', 'TaskWaiting']);
    expect(run.node('a').when).toMatchObject({ statusHolds: true, conditionHolds: false });
  });

  it('fails a node whose condition cannot be evaluated', () => {
    const run = new Driver(
      planOf([stage('s', [step('a', { when: { status: 'Success', condition: '<+pipeline.name> ==' } })])]),
    );
    expect([run.status('a'), run.execution.status]).toEqual(['Failed', 'Failed']);
    expect(run.node('a').failure?.message).toContain('condition of a');
  });
});

describe('expressions', () => {
  it('names the expression that keeps a step from starting, and where it stands', () => {
    const spec = { shell: 'Bash', source: { spec: { script: 'sed "s/<@/<+/" in\n  > out' } } };
    const run = new Driver(planOf([stage('s', [step('a', { spec })])]));
    expect(run.node('a').failure?.message).toMatch(/^a cannot start: .+, in <\+\/" in > of source\.spec\.script$/);
  });

  it('gives a step the outputs of the step before it', () => {
    const script = {
      source: {
        type: 'Inline',
        spec: { script: 'echo <+steps.a.output.outputVariables.tag> <+execution.steps.a.output.outputVariables.tag>' },
      },
    };
    const run = new Driver(planOf([stage('s', [step('a'), step('b', { spec: script })])]));
    run.run('a', { kind: 'succeeded', outputs: { outputVariables: { tag: 'v1 <+pipeline.name>' } } });
    expect(run.node('b').stepParameters).toEqual({
      source: { type: 'Inline', spec: { script: 'echo v1 <+pipeline.name> v1 <+pipeline.name>' } },
    });
  });

  it('reads variables of pipeline and stage, which may use each other', () => {
    const run = new Driver(
      planOf(
        [
          stage(
            's',
            [step('a', { spec: { text: '<+stage.variables.full> <+pipeline.variables.n> <+s.variables.full>' } })],
            {
              variables: [{ name: 'full', type: 'String', value: '<+pipeline.variables.base>-x' }],
            },
          ),
        ],
        {
          variables: [
            { name: 'base', type: 'String', value: 'b' },
            { name: 'n', type: 'Number', value: 3 },
          ],
        },
      ),
    );
    expect(run.node('a').stepParameters).toEqual({ text: 'b-x 3 b-x' });
  });

  it('leaves an Http assertion to the delegate, with the values of the execution in it', () => {
    const spec = {
      url: 'http://<+pipeline.name>',
      assertion: '<+httpResponseCode> == <+pipeline.sequenceId>',
      outputVariables: [{ name: 'a', value: '<+httpUrl>' }],
    };
    const run = new Driver(planOf([stage('s', [step('a', { stepType: 'Http', spec })])]));
    expect(run.node('a').stepParameters).toEqual({
      url: 'http://test',
      assertion: '<+httpResponseCode> == <+1>',
      outputVariables: [{ name: 'a', value: '<+httpUrl>' }],
    });
  });

  it('compares statuses by their engine names', () => {
    const run = new Driver(
      planOf([
        stage('s', [step('a')]),
        stage('t', [step('b')], { when: { status: 'All', condition: '<+pipeline.stages.s.status> == "FAILED"' } }),
      ]),
    );
    run.fail('a');
    expect(run.status('b')).toBe('TaskWaiting');
  });
});

describe('Wait and timeouts', () => {
  it('ends a Wait step by its timer', () => {
    const run = new Driver(planOf([stage('s', [wait('w', '2m')])]));
    expect([run.status('w'), run.status('s'), run.execution.status]).toEqual([
      'WaitStepRunning',
      'WaitStepRunning',
      'WaitStepRunning',
    ]);
    run.fire('w', 'wait', 120_000);
    expect(run.execution.status).toBe('Success');
  });

  it('expires a running step, its stage and its pipeline once the task has stopped', () => {
    const run = new Driver(planOf([stage('s', [step('a', { timeoutMs: 5_000 })])]));
    run.start('a');
    const { effects } = run.fire('a', 'timeout', 5_000);
    expect(effects).toContainEqual({ kind: 'cancelTask', taskId: run.node('a').id });
    expect([run.status('a'), run.execution.status]).toEqual(['Discontinuing', 'Running']);
    run.complete('a', { kind: 'cancelled' });
    expect([run.status('a'), run.status('s'), run.execution.status]).toEqual(['Expired', 'Expired', 'Expired']);
    expect(run.node('a').failure).toEqual({
      message: 'a ran longer than its timeout of 5s.',
      types: ['TIMEOUT_ERROR'],
    });
  });

  it('expires everything that goes on when the pipeline runs out of time', () => {
    const run = new Driver(
      planOf([parallel(stage('s', [step('a'), step('b')]), stage('t', [wait('w', '1h')])), stage('u', [step('c')])], {
        timeoutMs: 60_000,
      }),
    );
    run.fire('test', 'timeout', 60_000);
    expect(['a', 'b', 's', 'w', 't', 'c', 'u'].map((id) => run.status(id))).toEqual([
      'Expired',
      'NotStarted',
      'Expired',
      'Expired',
      'Expired',
      'NotStarted',
      'NotStarted',
    ]);
    expect(run.execution.status).toBe('Expired');
  });

  it('lets a follower that asks for Failure run after an expired step', () => {
    const run = new Driver(planOf([stage('s', [step('a', { timeoutMs: 5_000 }), step('b', { when: FAILURE })])]));
    run.fire('a', 'timeout', 5_000);
    expect([run.status('a'), run.status('b')]).toEqual(['Expired', 'TaskWaiting']);
  });

  it('goes on without a delegate that never says that it stopped', () => {
    const run = new Driver(planOf([stage('s', [step('a', { timeoutMs: 5_000 })])]));
    run.start('a');
    run.fire('a', 'timeout', 5_000);
    run.fire('a', 'stop', STOP_GRACE_MS);
    expect(run.execution.status).toBe('Expired');
  });

  it('cancels the timers of what ends', () => {
    const run = new Driver(planOf([stage('s', [step('a', { timeoutMs: 5_000 })])]));
    const id = run.node('a').id;
    run.start('a');
    expect(run.complete('a').effects).toContainEqual({ kind: 'cancelTimer', timerId: `${id}:timeout` });
  });
});

describe('abort', () => {
  it('ends what waits at once and tells what runs to stop', () => {
    const run = new Driver(
      planOf([parallel(stage('s', [step('a')]), stage('t', [step('b')]), stage('w', [wait('x', '1h')]))]),
    );
    run.start('a');
    const { effects } = run.abort();
    expect([run.status('a'), run.status('b'), run.status('x'), run.status('t')]).toEqual([
      'Discontinuing',
      'Aborted',
      'Aborted',
      'Aborted',
    ]);
    expect(effects.filter((effect) => effect.kind === 'cancelTask')).toHaveLength(2);
    expect(run.execution.status).toBe('Discontinuing');
    run.complete('a', { kind: 'cancelled' });
    expect([run.status('a'), run.execution.status]).toEqual(['Aborted', 'Aborted']);
  });

  it('ends as Aborted also when the step succeeded in the meantime', () => {
    const run = new Driver(planOf([stage('s', [step('a'), step('b', { when: ALL })])]));
    run.start('a');
    run.abort();
    run.complete('a');
    expect([run.status('a'), run.status('b'), run.execution.status]).toEqual(['Aborted', 'NotStarted', 'Aborted']);
  });

  it('overrules a timeout that is being carried out, and is not doubled', () => {
    const run = new Driver(planOf([stage('s', [step('a', { timeoutMs: 5_000 })])]));
    run.start('a');
    run.fire('a', 'timeout', 5_000);
    run.abort();
    const before = run.execution;
    run.abort('interrupt-2');
    expect(run.execution).toEqual({ ...before, version: before.version + 1 });
    run.complete('a', { kind: 'cancelled' });
    expect(run.execution.status).toBe('Aborted');
  });
});

describe('delegates', () => {
  it('fails a step whose delegate died, and goes on by the rules', () => {
    const run = new Driver(planOf([stage('s', [step('a'), step('b', { when: FAILURE })])]));
    run.start('a');
    run.send({ kind: 'taskLost', at: run.at, nodeExecutionId: run.node('a').id, reason: 'The delegate laptop died.' });
    expect(run.node('a').failure?.types).toEqual(['DELEGATE_RESTART']);
    expect(run.status('b')).toBe('TaskWaiting');
  });

  it('fails a step that no delegate may take', () => {
    const run = new Driver(planOf([stage('s', [step('a')])]));
    run.send({ kind: 'taskUnassignable', at: run.at, nodeExecutionId: run.node('a').id, reason: 'none' });
    expect([run.node('a').failure?.types, run.execution.status]).toEqual([['DELEGATE_PROVISIONING'], 'Failed']);
  });

  it('keeps one workspace for a CI stage and releases it at its end', () => {
    const run = new Driver(
      planOf([
        stage('s', [step('a', { stepType: 'Run' }), step('b', { stepType: 'Run' })], {
          stageType: 'CI',
          variables: [{ name: 'V', type: 'String', value: 'x<+pipeline.sequenceId>' }],
        }),
      ]),
    );
    const tasks = (): readonly { workspaceKey?: string; environment: Readonly<Record<string, string>> }[] =>
      run.advances
        .flatMap(({ effects }) => effects)
        .flatMap((effect) => (effect.kind === 'enqueueTask' ? [effect.task] : []));
    run.run('a', { kind: 'succeeded', outputs: { outputVariables: { OUT: 'two\nlines' } } });
    const { effects } = run.run('b');
    expect(new Set(tasks().map((task) => task.workspaceKey))).toEqual(new Set([run.node('s').id]));
    expect(tasks()[1]?.environment).toMatchObject({ CI: 'true', HARNESS_BUILD_ID: '1', V: 'x1', OUT: 'two\nlines' });
    expect(effects).toContainEqual({ kind: 'releaseWorkspace', workspaceKey: run.node('s').id });
  });
});

describe('events that no longer apply', () => {
  it('change nothing but the version', () => {
    const run = new Driver(planOf([stage('s', [step('a', { timeoutMs: 5_000 }), step('b')])]));
    const timer = run.node('a').timers[0] ?? timerId('none:timeout');
    run.run('a');
    const before = run.execution;
    const late = [
      { kind: 'timerFired', at: 9_000, timerId: timer },
      {
        kind: 'taskCompleted',
        at: 9_000,
        nodeExecutionId: run.node('a').id,
        outcome: { kind: 'succeeded', outputs: {} },
      },
      { kind: 'taskStarted', at: 9_000, nodeExecutionId: run.node('a').id, delegate: { id: 'e', name: 'e' } },
      { kind: 'taskLost', at: 9_000, nodeExecutionId: run.node('a').id, reason: 'late' },
      { kind: 'taskCompleted', at: 9_000, nodeExecutionId: nodeExecutionId('unknown'), outcome: { kind: 'cancelled' } },
    ] as const;
    for (const event of late) {
      const { execution, effects } = advance(before, event);
      expect(execution).toEqual({ ...before, version: before.version + 1 });
      expect(effects).toEqual([]);
    }
  });

  it('are refused when they would come before the start', () => {
    const run = new Driver(planOf([stage('s', [step('a')])]));
    expect(() => advance(run.execution, { kind: 'executionStarted', at: 1 })).toThrow('E2');
  });
});

it('E2: the execution is the fold of its events', () => {
  const run = new Driver(
    planOf([parallel(stage('s', [step('a'), wait('w', '1m')]), stage('t', [group('g', [step('b'), step('c')])]))]),
  );
  run.run('a');
  run.fail('b');
  run.fire('w', 'wait', 60_000);
  expect(run.execution.status).toBe('Failed');
  expect(replay(run.header, 1_000, run.events)).toEqual(run.execution);
});
