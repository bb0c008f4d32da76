import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ciPipeline, customPipeline, runLocally, script } from './test-run.ts';

const NO_ENGINE = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

describe('secrets', () => {
  const uses = customPipeline({ s: script('use', 'echo <+secrets.getValue("account.token")>') });

  test('one that is surely used and not given refuses the run, with step and line', async () => {
    const { exitCode, err, events } = await runLocally(uses);
    expect(exitCode).toBe(2);
    expect(err).toContain(
      'The secret account.token is not given. It is used by the step use (.harness/pipeline.yaml:12).',
    );
    expect(err).toContain('--secret token');
    expect(events).toEqual([]);
  });

  test('those in variables count where a step uses them, and in the environment of every CI step', async () => {
    const variables = `  variables:
    - { name: direct, type: Secret, value: one }
    - { name: mixed, type: String, value: 'x-<+secrets.getValue("account.two")>' }
`;
    const step = '- step: { identifier: t, name: t, type: Run, spec: { shell: Sh, command: "echo $direct $mixed" } }';
    const build = ciPipeline(step).replace('  stages:', `${variables}  stages:`);
    const { exitCode, err } = await runLocally(build);
    expect(exitCode).toBe(2);
    expect(err).toContain('The secret one is not given. It is used by the step t (.harness/pipeline.yaml:18).');
    expect(err).toContain('The secret account.two is not given.');
    const given = await runLocally(build, { words: ['--secret', 'one=first-value', '--secret', 'two=other-value'] });
    expect(given.logs).toContain('s.t: ******** x-********');
    const elsewhere = customPipeline({ s: script('x', 'true') }, variables);
    expect((await runLocally(elsewhere)).exitCode).toBe(0);
  });

  test('one that may not be used is said, and does not refuse', async () => {
    const maybe = customPipeline({
      s: script('use', 'echo <+secrets.getValue("token")>', 'when: { stageStatus: Failure }'),
    });
    const { exitCode, events } = await runLocally(maybe);
    expect(exitCode).toBe(0);
    expect(events).toContainEqual(expect.objectContaining({ type: 'note', level: 'warning' }));
  });

  test('are given by value, file, environment and secrets file; what is said first is overridden', async () => {
    const steps = ['a', 'b', 'c', 'd', 'e']
      .map((name) => `echo ${name} <+secrets.getValue("${name}")> | wc -c`)
      .join('\n');
    const { exitCode, logs, out } = await runLocally(customPipeline({ s: script('use', steps) }), {
      files: {
        'a.txt': 'of-a-file',
        '.env': 'export b="two words"\nc=overridden\n# no\n',
        'more.yaml': 'd: of yaml\n',
      },
      environment: { e: 'of-the-environment' },
      words: [
        '--secrets-file',
        '.env',
        '--secrets-file',
        'more.yaml',
        '--secret',
        'a=@a.txt',
        '--secret',
        'c=plain-value',
        '--secret',
        'e',
      ],
    });
    expect(exitCode).toBe(0);
    expect(logs).toEqual(['s.use: 12', 's.use: 12', 's.use: 14', 's.use: 10', 's.use: 21']);
    expect(out).not.toMatch(/of-a-file|two words|plain-value|of yaml|of-the-environment/);
  });

  test('what is wrong with the options is said without a value', async () => {
    for (const [words, says] of [
      [['--secret', 'missing'], 'the environment has no variable missing'],
      [['--secret', '=hunter22'], 'has no name'],
      [['--secrets-file', 'broken'], 'broken'],
    ] as const) {
      const { exitCode, err } = await runLocally(uses, { files: { broken: '- hunter22\n' }, words });
      expect(exitCode).toBe(2);
      expect(err).toContain(says);
      expect(err).not.toContain('hunter22');
    }
  });
});

describe('executors', () => {
  const image = (more: string): string => `- step:
    identifier: build
    name: build
    type: Run
    spec: { shell: Sh, image: "alpine:3"${more} }`;

  test('an image without an engine refuses the run, with what to do', async () => {
    const { exitCode, err } = await withoutEngine(() => runLocally(ciPipeline(image(', command: "true"'))));
    expect(exitCode).toBe(2);
    expect(err).toContain('No Docker engine answers, and images are needed by the step build');
    expect(err).toContain('--executor process');
    expect(err).toContain('--executor dummy');
  });

  test('--executor process ignores images with a note', async () => {
    const { exitCode, logs, events } = await withoutEngine(() =>
      runLocally(ciPipeline(image(', command: "echo here"')), { words: ['--executor', 'process'] }),
    );
    expect(exitCode).toBe(0);
    expect(logs).toContain('s.build: here');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'note',
        text: expect.stringContaining('its image alpine:3 is ignored') as string,
      }),
    );
  });

  test('--executor process refuses what is nothing without a container', async () => {
    const plugin = '- step: { identifier: plug, name: plug, type: Plugin, spec: { image: "plugins/x:1" } }';
    const { exitCode, err } = await runLocally(ciPipeline(`${plugin}\n${image('')}`), {
      words: ['--executor', 'process'],
    });
    expect(exitCode).toBe(2);
    expect(err).toContain(
      'The step plug (.harness/pipeline.yaml:15) is of type Plugin, which is nothing without a container.',
    );
    expect(err).toContain('The step build (.harness/pipeline.yaml:16) runs what its image has');
  });

  test('--executor process lets a step call its build tool without its image', async () => {
    const tests =
      '- step: { identifier: t, name: t, type: RunTests, spec: { image: "python:3", language: Python, buildTool: Unittest, args: "-q", packages: "", runOnlySelectedTests: false, reports: { type: JUnit, spec: { paths: ["*.xml"] } } } }';
    const { logs, err } = await runLocally(ciPipeline(tests), { words: ['--executor', 'process'] });
    expect(err).toBe('');
    expect(logs.join('\n')).toContain('unittest');
  });

  test('--executor docker demands an engine though no step needs one', async () => {
    const { exitCode, err } = await withoutEngine(() =>
      runLocally(customPipeline({ s: script('x', 'true') }), { words: ['--executor', 'docker'] }),
    );
    expect(exitCode).toBe(2);
    expect(err).toContain('--executor docker needs a Docker engine');
  });

  test('--executor dummy runs nothing in virtual time, and mocks decide', async () => {
    const steps = [
      script('make', 'touch made', 'timeout: 3d'),
      '- step: { identifier: wait, name: wait, type: Wait, spec: { duration: 2h } }',
      script(
        'use',
        'echo <+steps.make.output.outputVariables.version>',
        'when: { stageStatus: Success, condition: <+steps.make.output.outputVariables.version> == "1.2" }',
      ),
      script('fail', 'true'),
    ].join('\n');
    const started = performance.now();
    const { exitCode, nodes, folder, events } = await withoutEngine(() =>
      runLocally(customPipeline({ s: steps }), {
        words: [
          '--executor',
          'dummy',
          '--mock',
          's.make:output.version=1.2',
          '--mock',
          's.fail=Failed',
          '--mock',
          's.fail:exitCode=7',
        ],
      }),
    );
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(exitCode).toBe(1);
    expect(nodes.get('s.use')).toMatchObject({ status: 'Success' });
    expect(nodes.get('s.fail')).toMatchObject({ status: 'Failed', exitCode: 7 });
    expect(existsSync(join(folder, 'made'))).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: 'execution', status: 'Failed', durationMs: 2 * 3_600_000 });
  });

  test('mocks of a file; a mock of no step is refused', async () => {
    const pipeline = customPipeline({ s: script('a', 'true') });
    const files = { 'mocks.yaml': 'mocks:\n  - step: s.a\n    status: Failed\n    errorType: Connectivity\n' };
    const ran = await runLocally(pipeline, { files, words: ['--executor', 'dummy', '--mocks', 'mocks.yaml'] });
    expect(ran.nodes.get('s.a')).toMatchObject({ status: 'Failed', failure: { types: ['CONNECTIVITY'] } });
    const refused = await runLocally(pipeline, { words: ['--executor', 'dummy', '--mock', 's.aa=Failed'] });
    expect(refused.exitCode).toBe(5);
    expect(refused.err).toContain('Did you mean a?');
  });
});

describe('choice', () => {
  const three = customPipeline({
    one: script('a', 'echo a; out=1', '', ['out']),
    two: `${script('b', 'echo b')}\n${script('c', 'echo c <+steps.b.output.outputVariables.none> <+pipeline.stages.one.spec.execution.steps.a.output.outputVariables.out>')}`,
    three: script('d', 'echo d'),
  });

  test('--stage runs the stages it names, whether the pipeline allows a choice or not', async () => {
    const { exitCode, logs, events } = await runLocally(three, { words: ['--stage', 'one', '--stage', 'three'] });
    expect(exitCode).toBe(0);
    expect(logs).toEqual(['one.a: a', 'three.d: d']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'note', text: expect.stringContaining('with all of its stages only') as string }),
    );
  });

  test('--from runs a stage and all after it; what an earlier one gives is asked for', async () => {
    const expression = '<+pipeline.stages.one.spec.execution.steps.a.output.outputVariables.out>';
    const refused = await runLocally(three, { words: ['--from', 'two'] });
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain('refers to the stage one, which is not chosen');
    const { exitCode, logs } = await runLocally(three, { words: ['--from', 'two', '-i', `${expression}=5`] });
    expect(exitCode).toBe(0);
    expect(logs).toEqual(['two.b: b', 'two.c: c null 5', 'three.d: d']);
  });

  test('--step runs one step of its stage, and says what it lacks', async () => {
    const { logs, events, nodes } = await runLocally(three, { words: ['--step', 'two.c'] });
    expect([...nodes.keys()]).toEqual(['two', 'two.c']);
    expect(logs).toEqual(['two.c: c null null']);
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    expect(notes.join('\n')).toContain('<+steps.b.output.outputVariables.none> is of a step that does not run');
  });

  test('what does not exist is refused with a suggestion', async () => {
    for (const [words, says] of [
      [['--stage', 'tow'], 'Did you mean two?'],
      [['--from', 'thre'], 'Did you mean three?'],
      [['--step', 'e'], 'Steps: a, b, c, d.'],
    ] as const) {
      const { exitCode, err } = await runLocally(three, { words });
      expect(err).toContain(says);
      expect(exitCode).toBe(5);
    }
  });
});

describe('inputs', () => {
  const asking = customPipeline(
    { s: script('x', 'echo "<+pipeline.variables.tag> <+pipeline.variables.size>"') },
    '  variables:\n    - { name: tag, type: String, value: "<+input>.allowedValues(a,b)" }\n    - { name: size, type: Number, value: <+input> }\n    - { name: more, type: String, value: <+input>.default(x) }\n',
  );

  test('all that are missing are named at once', async () => {
    const { exitCode, err } = await runLocally(asking);
    expect(exitCode).toBe(2);
    expect(err).toContain('The pipeline needs 2 inputs that were not given:');
    expect(err).toMatch(/variables\.tag +String; one of a, b/);
    expect(err).toMatch(/variables\.size +Number/);
  });

  test('are given by name', async () => {
    const { exitCode, logs } = await runLocally(asking, { words: ['-i', 'tag=b', '-i', 'variables.size=3'] });
    expect(exitCode).toBe(0);
    expect(logs).toEqual(['s.x: b 3']);
  });

  test('of an event, by the trigger of the repository, with what is given by hand on top', async () => {
    const trigger = `trigger:
  identifier: push
  name: Push
  pipelineIdentifier: p
  source: { type: Webhook, spec: { type: Custom, spec: {} } }
  inputYaml: |
    pipeline:
      identifier: p
      variables:
        - { name: tag, type: String, value: <+trigger.payload.tag> }
        - { name: size, type: Number, value: 1 }
`;
    const files = { '.harness/push.yaml': trigger, 'event.json': '{"tag": "a"}' };
    const { exitCode, logs } = await runLocally(asking, {
      files,
      words: ['p', '--event', 'event.json', '--trigger', 'push', '-i', 'size=9'],
    });
    expect(logs).toEqual(['s.x: a 9']);
    expect(exitCode).toBe(0);
    const unknown = await runLocally(asking, { files, words: ['p', '--event', 'event.json', '--trigger', 'pus'] });
    expect(unknown.err).toContain('Did you mean push?');
  });

  test('of an event of Git, by a trigger that may not answer to it: that is said', async () => {
    const trigger = `trigger:
  identifier: push
  name: Push
  pipelineIdentifier: p
  source: { type: Webhook, spec: { type: Github, spec: { type: Push, spec: { connectorRef: app,
    payloadConditions: [{ key: targetBranch, operator: Equals, value: main }] } } } }
  inputYaml: |
    pipeline:
      identifier: p
      variables: [{ name: tag, type: String, value: a }, { name: size, type: Number, value: 1 }]
`;
    const push = (branch: string): string =>
      JSON.stringify({
        ref: `refs/heads/${branch}`,
        after: '1'.repeat(40),
        repository: { full_name: 'team/app' },
        sender: { login: 'ada' },
      });
    const files = { '.harness/push.yaml': trigger, 'main.json': push('main'), 'next.json': push('next') };
    const words = (event: string): readonly string[] => ['p', '--event', event, '--trigger', 'push'];
    const notesOf = async (event: string): Promise<string> => {
      const { exitCode, events } = await runLocally(asking, { files, words: words(event) });
      expect(exitCode).toBe(0);
      return events.flatMap((each) => (each.type === 'note' ? [each.text] : [])).join('\n');
    };
    expect(await notesOf('main.json')).not.toContain('does not answer');
    const passedBy = await notesOf('next.json');
    expect(passedBy).toContain('The trigger push does not answer to this event');
    expect(passedBy).toContain('the event has "next"');
  });

  test('an event alone is what <+trigger…> gives', async () => {
    const { logs } = await runLocally(
      customPipeline({ s: script('x', 'echo "<+trigger.payload.who> <+pipeline.triggerType>"') }),
      {
        files: { 'event.json': '{"who": "me"}' },
        words: ['--event', 'event.json'],
      },
    );
    expect(logs).toEqual(['s.x: me WEBHOOK_CUSTOM']);
  });
});

async function withoutEngine<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = NO_ENGINE.DOCKER_HOST;
  try {
    return await work();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, 'DOCKER_HOST');
    else process.env['DOCKER_HOST'] = before;
  }
}
