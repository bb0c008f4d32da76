import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readScenario, readSections, runScenario, type ScenarioWorld } from '../engine/test-scenarios.ts';
import type { Difference } from './difference.ts';
import { replayRecord } from './replay-record.ts';
import { compile, readWhole, recordHeader, recordYaml, textOf } from './test-records.ts';

const SCENARIOS = new URL('../engine/scenarios/', import.meta.url);

/** A pipeline with one stage of these steps, one a line. */
const pipelineOf = (steps: string, more = ''): string => `pipeline:
  identifier: p
  name: p
  variables:
    - {name: env, type: String, value: prod}
  stages:
    - stage:
        identifier: s
        name: s
        type: Custom
        spec:
          execution:
            steps:
${steps.replace(/^/gm, '              ')}
${more}`;

const script = (identifier: string, text: string, more = ''): string =>
  `- step: {identifier: ${identifier}, name: ${identifier}, type: ShellScript, ${more}spec: {shell: Bash, source: {type: Inline, spec: {script: ${JSON.stringify(text)}}}}}`;
const when = (condition: string): string => `when: {stageStatus: Success, condition: ${JSON.stringify(condition)}}, `;
const wait = (identifier: string, duration: string): string =>
  `- step: {identifier: ${identifier}, name: ${identifier}, type: Wait, spec: {duration: ${duration}}}`;
const lines = (...each: readonly string[]): string => each.join('\n');

function differenceOf(then: string, now: string, world: ScenarioWorld = {}): Difference {
  const replayed = replayRecord(recordYaml(then, world), compile(now));
  if (replayed.kind === 'same') throw new Error('It is the same path.');
  return replayed.difference;
}

describe('Y1 the same pipeline gives the same path', () => {
  test.for(readdirSync(SCENARIOS).filter((name) => name.endsWith('.yml')))('%s', (name) => {
    const { sections } = readSections(readFileSync(new URL(name, SCENARIOS), 'utf8'));
    const { header, world } = readScenario(sections);
    const run = runScenario(header, world);
    const record = readWhole(textOf(recordHeader(header), run));
    expect(replayRecord(record, header.plan)).toEqual({
      kind: 'same',
      events: run.events.length,
      nodes: Object.keys(run.execution.nodes).length,
      status: run.execution.status,
    });
  });

  test('also as far as a record goes that breaks off', () => {
    const yaml = pipelineOf(lines(script('a', 'echo a'), script('b', 'echo b')));
    const whole = recordYaml(yaml);
    for (let count = 0; count <= whole.events.length; count += 1) {
      const { end: _, ...rest } = whole;
      const record = { ...rest, events: whole.events.slice(0, count), isTruncated: true };
      expect(replayRecord(record, compile(yaml))).toMatchObject({ kind: 'same', events: count });
    }
  });
});

describe('Y3 what is not decided again counts for nothing', () => {
  const then = pipelineOf(
    lines(script('a', 'echo a', when('<+pipeline.variables.env> == "prod"')), script('b', 'echo b')),
  );

  test.each([
    ['a name', then.replace('name: b', 'name: "B, later"')],
    ['another condition with the same result', then.replace('== \\"prod\\"', '!= \\"dev\\"')],
    ['a comment and a description', `# new\n${then.replace('  stages:', '  description: more\n  stages:')}`],
    ['a longer timeout that was not needed', then.replace('identifier: b,', 'identifier: b, timeout: 1h,')],
    ['an order of keys', then.replace('identifier: a, name: a', 'name: a, identifier: a')],
  ])('%s', (_, now) => {
    expect(now).not.toBe(then);
    expect(replayRecord(recordYaml(then), compile(now))).toMatchObject({ kind: 'same' });
  });
});

describe('Y3 where nothing was decided', () => {
  const fork = (...each: readonly string[]): string => `- parallel:\n${lines(...each).replace(/^/gm, '    ')}`;
  const [a, b] = [script('a', 'x'), script('b', 'y')];

  test('the order of what runs side by side is none', () => {
    const record = recordYaml(pipelineOf(lines(fork(a, b), script('c', 'z'))), { steps: { a: { durationMs: 5_000 } } });
    expect(replayRecord(record, compile(pipelineOf(lines(fork(b, a), script('c', 'z'))))).kind).toBe('same');
  });

  test('a fork of one is no fork', () => {
    const record = recordYaml(pipelineOf(lines(fork(a), b)));
    expect(replayRecord(record, compile(pipelineOf(lines(a, b)))).kind).toBe('same');
  });

  test('another text of a skipped step, and a stage after the end of an aborted run', () => {
    const skipped = script('b', 'y', when('1 == 2'));
    const record = recordYaml(pipelineOf(lines(a, skipped)), { acts: [{ atMs: 500, interrupt: 'AbortAll' }] });
    const now = pipelineOf(lines(a, skipped.replace('"y"', '"other"'), script('more', 'z')));
    expect(replayRecord(record, compile(now)).kind).toBe('same');
  });
});

describe('Y2 the first difference is named', () => {
  const ab = pipelineOf(lines(script('a', 'echo a'), script('b', 'echo b'), script('c', 'echo c')));

  test('a condition that gives false now, with the values that make it so', () => {
    const then = pipelineOf(lines(script('a', 'x'), script('b', 'y', when('<+pipeline.variables.env> == "prod"'))));
    expect(differenceOf(then, then.replace('value: prod', 'value: test'))).toEqual({
      kind: 'condition',
      node: {
        identifier: 'b',
        name: 'b',
        fqn: 'pipeline.stages.s.spec.execution.steps.b',
        kind: 'step',
        attempt: 0,
        line: 15,
        statusThen: 'Success',
        statusNow: 'Skipped',
      },
      then: 'it succeeded',
      now: 'it was skipped',
      why: 'Its condition <+pipeline.variables.env> == "prod" gives false, because <+pipeline.variables.env> is "test" (then "prod").',
      event: { sequence: 3, at: 1000, description: 'after a had succeeded' },
    });
  });

  test('a condition that is another one', () => {
    const now = ab.replace('identifier: b,', `identifier: b, ${when('<+pipeline.variables.env> == "dev"')}`);
    expect(differenceOf(ab, now)).toMatchObject({
      kind: 'condition',
      node: { identifier: 'b' },
      why: 'Its condition is another one: <+pipeline.variables.env> == "dev" gives false, because <+pipeline.variables.env> is "prod".',
    });
  });

  test('a changed command, by the line that changed', () => {
    const then = pipelineOf(script('a', 'set -e\necho <+pipeline.variables.env>\nexit 0'));
    expect(differenceOf(then, then.replace('value: prod', 'value: test'))).toMatchObject({
      kind: 'spec',
      node: { identifier: 'a' },
      then: 'source.spec.script: line 2: "echo prod"',
      now: 'source.spec.script: line 2: "echo test"',
      event: { sequence: 1, description: 'at the start' },
    });
  });

  test('a new step, and one that is gone', () => {
    const without = pipelineOf(lines(script('a', 'echo a'), script('c', 'echo c')));
    expect(differenceOf(without, ab)).toMatchObject({
      kind: 'new',
      node: { identifier: 'b', statusNow: 'TaskWaiting' },
      then: 'it was not in the pipeline',
      now: 'it starts',
      why: 'What it would give is not recorded.',
    });
    expect(differenceOf(ab, without)).toMatchObject({
      kind: 'gone',
      node: { identifier: 'b' },
      then: 'it succeeded',
      now: 'it is not in the pipeline',
      event: { description: 'after a had succeeded' },
    });
  });

  test('a new step at the end, and a new stage', () => {
    expect(differenceOf(ab, ab.replace(/\n$/, `\n              ${script('d', 'echo d')}\n`))).toMatchObject({
      kind: 'new',
      node: { identifier: 'd' },
      event: { description: 'after c had succeeded' },
    });
    const stage = ab.slice(ab.indexOf('    - stage:')).replaceAll('identifier: s\n', 'identifier: t\n');
    expect(differenceOf(ab, ab + stage)).toMatchObject({ kind: 'new', node: { identifier: 't', kind: 'stage' } });
  });

  test('a group around a step', () => {
    const inGroup = pipelineOf(
      lines(
        script('a', 'echo a'),
        `- stepGroup: {identifier: g, name: g, steps: [${script('b', 'echo b').slice(2).replace(/^/, '{')}}]}`,
        script('c', 'echo c'),
      ),
    );
    expect(differenceOf(ab, inGroup)).toMatchObject({ kind: 'new', node: { identifier: 'g', kind: 'stepGroup' } });
    expect(differenceOf(inGroup, ab)).toMatchObject({ kind: 'new', node: { identifier: 'b', kind: 'step' } });
  });

  test('another order', () => {
    const now = pipelineOf(lines(script('a', 'echo a'), script('c', 'echo c'), script('b', 'echo b')));
    expect(differenceOf(ab, now)).toMatchObject({
      kind: 'order',
      node: { identifier: 'c' },
      then: 'b came next',
      now: 'c comes next',
    });
  });

  test('one after the other what began together', () => {
    const then = pipelineOf(`- parallel:\n${lines(script('a', 'x'), script('b', 'y')).replace(/^/gm, '    ')}`);
    const now = pipelineOf(lines(script('a', 'x'), script('b', 'y')));
    expect(differenceOf(then, now)).toMatchObject({
      kind: 'gone',
      node: { identifier: 'b' },
      now: 'it does not begin',
    });
    expect(differenceOf(now, then)).toMatchObject({
      kind: 'new',
      node: { identifier: 'b' },
      then: 'it had not begun yet',
    });
  });

  test('a stage that is skipped, and not the steps that follow from it', () => {
    const now = ab.replace(
      '        type: Custom',
      '        when: {pipelineStatus: Success, condition: "1 == 2"}\n        type: Custom',
    );
    expect(differenceOf(ab, now)).toMatchObject({ kind: 'condition', node: { identifier: 's', kind: 'stage' } });
  });

  test('turns of a loop, and the values of one', () => {
    const loop = (items: string): string =>
      ab.replace('identifier: b,', `identifier: b, strategy: {repeat: {items: [${items}]}},`);
    expect(differenceOf(loop('x, y'), loop('x, y, z'))).toMatchObject({
      kind: 'loop',
      node: { identifier: 'b' },
      then: '2 turns',
      now: '3 turns',
    });
    expect(differenceOf(loop('x, y'), loop('x, z'))).toMatchObject({
      kind: 'loop',
      node: { identifier: 'b_1' },
      then: 'item: "y"',
      now: 'item: "z"',
    });
  });

  test('what a failure strategy does', () => {
    const strategy = (action: string): string =>
      ab.replace(
        'identifier: b,',
        `identifier: b, failureStrategies: [{onFailure: {errors: [AllErrors], action: ${action}}}],`,
      );
    const world = { steps: { b: [{ status: 'Failed', message: 'exit 7' } as const, {}] } };
    const retry =
      '{type: Retry, spec: {retryCount: 2, retryIntervals: [1s], onRetryFailure: {action: {type: MarkAsFailure}}}}';
    expect(differenceOf(strategy(retry), strategy('{type: Ignore}'), world)).toMatchObject({
      kind: 'handling',
      node: { identifier: 'b', attempt: 0 },
      then: 'it failed (exit 7): Retry',
      now: 'it failed (exit 7): Ignore',
    });
    expect(differenceOf(strategy('{type: Ignore}'), ab, world)).toMatchObject({
      kind: 'handling',
      now: 'it failed (exit 7), and no failure strategy was for that',
    });
  });

  test('a longer pause between attempts is no other path', () => {
    const retry = (pause: string): string =>
      ab.replace(
        'identifier: b,',
        `identifier: b, failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 2, retryIntervals: [${pause}], onRetryFailure: {action: {type: MarkAsFailure}}}}}}],`,
      );
    const record = recordYaml(retry('10s'), { steps: { b: [{ status: 'Failed' }, {}] } });
    for (const pause of ['1s', '10m']) expect(replayRecord(record, compile(retry(pause))).kind).toBe('same');
  });

  test('the environment of a step', () => {
    const ci = (value: string): string => `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        variables: [{name: LEVEL, type: String, value: ${value}}]
        spec:
          cloneCodebase: false
          execution: {steps: [{step: {identifier: a, name: a, type: Run, spec: {command: make}}}]}
`;
    expect(differenceOf(ci('info'), ci('debug'))).toMatchObject({
      kind: 'environment',
      node: { identifier: 'a' },
      then: 'LEVEL: "info"',
      now: 'LEVEL: "debug"',
    });
  });

  test('who may run it', () => {
    const now = ab
      .replace('identifier: b,', 'identifier: b, delegateSelectors: [big],')
      .replace('spec: {shell', 'spec: {shell');
    const selectors = now
      .replace('delegateSelectors: [big],', '')
      .replace('identifier: s\n', 'identifier: s\n        delegateSelectors: [big]\n');
    expect(differenceOf(ab, selectors)).toMatchObject({
      kind: 'placement',
      node: { identifier: 'a' },
      then: 'selectors[0]: nothing',
      now: 'selectors[0]: "big"',
    });
  });

  test('an approval that asks more people', () => {
    const approval = (count: number): string =>
      pipelineOf(
        `- step: {identifier: ok, name: ok, type: HarnessApproval, spec: {approvalMessage: go?, approvers: {userGroups: [account._account_all_users], minimumCount: ${String(count)}}}}`,
      );
    const world = { acts: [{ atMs: 5_000, node: 'ok', answer: 'APPROVE' as const }] };
    expect(differenceOf(approval(1), approval(2), world)).toMatchObject({
      kind: 'spec',
      node: { identifier: 'ok' },
      then: 'approvers.minimumCount: 1',
      now: 'approvers.minimumCount: 2',
    });
  });
});

describe('times that decide', () => {
  const timed = (timeout: string): string =>
    pipelineOf(lines(script('a', 'x', timeout === '' ? '' : `timeout: ${timeout}, `), script('b', 'y')));

  test('a timeout that would have been first', () => {
    const world = { steps: { a: { durationMs: 300_000 } } };
    expect(replayRecord(recordYaml(timed('10m'), world), compile(timed('6m'))).kind).toBe('same');
    expect(differenceOf(timed('10m'), timed('3m'), world)).toMatchObject({
      kind: 'timeout',
      node: { identifier: 'a', statusThen: 'Success', statusNow: 'Running' },
      then: 'it went on for 5m',
      now: 'its time was over after 3m',
      event: { description: 'after a had succeeded' },
    });
  });

  test('a timeout that would not have been due yet, or is not there any more', () => {
    const world = { steps: { a: { durationMs: 3_600_000 } } };
    expect(differenceOf(timed('3m'), timed('10m'), world)).toMatchObject({
      kind: 'timeout',
      node: { identifier: 'a' },
      then: 'its time was over after 3m',
      now: 'it goes on, for up to 10m',
      why: 'What would have happened in that time is not recorded.',
    });
    // Without one of its own a step has that of the installation.
    expect(differenceOf(timed('3m'), timed(''), world)).toMatchObject({
      kind: 'timeout',
      now: 'it goes on, for up to 10h',
    });
  });

  test('a wait of another length', () => {
    expect(differenceOf(pipelineOf(wait('w', '10s')), pipelineOf(wait('w', '3d')))).toMatchObject({
      kind: 'spec',
      then: 'duration: "10s"',
      now: 'duration: "3d"',
    });
  });
});

describe('the engine', () => {
  test('that decides otherwise with the same pipeline is named as such', () => {
    const yaml = pipelineOf(lines(script('a', 'x'), script('b', 'y')));
    const record = recordYaml(yaml, { steps: { a: { status: 'Failed' } } });
    const { end } = record;
    if (end === undefined) throw new Error('The record is whole.');
    // As if an engine of then had let b run after a failed.
    const nodes = Object.fromEntries(
      Object.entries(end.nodes).map(([id, node]) =>
        record.header.execution.plan.nodes[node.nodeId]?.identifier === 'b'
          ? [
              id,
              {
                ...node,
                status: 'Success' as const,
                when: { status: 'All' as const, statusHolds: true, expressions: [] },
              },
            ]
          : [id, node],
      ),
    );
    expect(replayRecord({ ...record, end: { ...end, nodes } }, compile(yaml))).toMatchObject({
      kind: 'different',
      difference: {
        kind: 'engine',
        node: { identifier: 'b' },
        then: 'it succeeded',
        now: 'it was skipped',
        why: 'The pipeline is the same: this Bridle decides otherwise than bridle 0.0.0 did.',
      },
    });
  });
});
