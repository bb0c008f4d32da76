import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../testing/test-folder.ts';
import { startCollecting } from './test-collect.ts';
import { customPipeline, runLocally, script } from './test-run.ts';

test('steps run one after the other, with outputs of earlier ones', async () => {
  const steps = [
    script('make', 'out=41; secret=hunter22', '', ['out', 'secret:Secret']),
    script(
      'use',
      'echo "got <+steps.make.output.outputVariables.out>"; echo "s <+steps.make.output.outputVariables.secret>"',
    ),
  ].join('\n');
  const { exitCode, logs, nodes, events, out } = await runLocally(customPipeline({ s: steps }));
  expect(logs).toEqual(['s.use: got 41', 's.use: s ********']);
  expect(exitCode).toBe(0);
  expect(nodes.get('s.make')).toMatchObject({
    status: 'Success',
    exitCode: 0,
    outcomes: { output: { outputVariables: { out: '41', secret: '**************' } } },
  });
  expect(events.at(-1)).toMatchObject({ type: 'execution', status: 'Success' });
  expect(out).not.toContain('hunter22');
});

test('a failure ends the run with code 1, and is told where it is', async () => {
  const { exitCode, nodes, events } = await runLocally(
    customPipeline({ s: script('no', 'exit 3'), later: script('x', 'true') }),
  );
  expect(exitCode).toBe(1);
  expect(nodes.get('s.no')).toMatchObject({ status: 'Failed', exitCode: 3, line: 12 });
  expect(nodes.get('later')).toMatchObject({ status: 'Skipped', when: { status: 'Success', statusHolds: false } });
  expect(events.at(-1)).toMatchObject({ status: 'Failed', failure: { message: 'The script ended with exit code 3.' } });
});

test('parents begin before what they hold, and end after it', async () => {
  const { events } = await runLocally(customPipeline({ a: script('x', 'true'), b: script('y', 'exit 1') }));
  const told = events.flatMap((event) => (event.type === 'node' ? [`${event.identifier} ${event.status}`] : []));
  for (const [one, other] of [
    ['p Running', 'a Running'],
    ['a Running', 'x Running'],
    ['x Success', 'a Success'],
    ['y Failed', 'b Failed'],
    ['b Failed', 'p Failed'],
  ] as const) {
    expect(told).toContain(one);
    expect(told.slice(told.indexOf(one))).toContain(other);
  }
  expect(new Set(told).size).toBe(told.length);
});

test('a step that takes too long is stopped with all it started', async () => {
  const text = 'sleep 300 & echo "pid $!"; setsid sleep 301 & echo "pid $!"; wait';
  const { exitCode, nodes, logs } = await runLocally(customPipeline({ s: script('slow', text, 'timeout: 4s') }));
  expect(exitCode).toBe(3);
  expect(nodes.get('s.slow')).toMatchObject({ status: 'Expired' });
  expectGone(logs);
});

test('a matrix of 50 runs with so many at once as are allowed', async () => {
  const axis = Array.from({ length: 50 }, (_, index) => index).join(', ');
  const strategy = `strategy:\n  matrix: { n: [${axis}] }`;
  const here = testFolder({});
  const count = `cd "${here}"; touch $$; ls | wc -l; sleep 0.02; rm $$; [ <+matrix.n> != 49 ]`;
  const step = script('each', count, strategy);
  const { exitCode, nodes, logs } = await runLocally(customPipeline({ s: step }), { words: ['--parallel', '3'] });
  expect(exitCode).toBe(1);
  const turns = [...nodes].filter(([place]) => place.startsWith('s.each'));
  expect(turns).toHaveLength(50);
  expect(turns.filter(([, { status }]) => status === 'Success')).toHaveLength(49);
  expect(nodes.get('s.each_49')?.turn).toEqual({ index: 49, total: 50, label: '49' });
  const atOnce = logs.map((line) => Number(line.split(': ')[1]));
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(3);
});

test('an abort kills the tree of every step and ends with 130', async () => {
  const text = 'trap "" TERM; (setsid sleep 302 & echo "pid $!"); sleep 303 & echo "pid $!"; echo ready; sleep 304';
  const { exitCode, events, logs } = await runLocally(customPipeline({ s: script('slow', text) }), {
    onEvent: (event, controller) => {
      if (event.type === 'log' && event.text === 'ready') controller.abort();
    },
  });
  expect(exitCode).toBe(130);
  expect(events.at(-1)).toMatchObject({ type: 'execution', status: 'Aborted' });
  expectGone(logs);
}, 60_000);

test('--timeout ends the run with 7', async () => {
  const { exitCode } = await runLocally(customPipeline({ s: script('slow', 'sleep 300') }), {
    words: ['--timeout', '1s'],
  });
  expect(exitCode).toBe(7);
});

test('100 MB of output go through in bounded memory, complete and in order', async () => {
  const text = `awk 'BEGIN { for (i = 1; i <= 1000000; i++) print "line " i " ${'x'.repeat(85)}" }'`;
  const before = process.memoryUsage.rss();
  const { exitCode, lines, isOrdered, rssMax } = await startCollecting(customPipeline({ s: script('loud', text) }));
  expect(exitCode).toBe('Success');
  expect(isOrdered).toBe(true);
  expect(lines).toBe(1_000_000 + 2);
  expect(rssMax - before).toBeLessThan(400 * 1024 * 1024);
}, 120_000);

test('chained pipelines of the repository run, and give their outputs back', async () => {
  const child = `pipeline:
  identifier: child
  name: Child
  variables:
    - { name: who, type: String, value: <+input> }
  stages:
    - stage:
        identifier: inner
        name: inner
        type: Custom
        spec: { execution: { steps: [ { step: { identifier: say, name: say, type: ShellScript, spec: { shell: Bash, onDelegate: true, outputVariables: [{ name: said, type: String, value: said }], source: { type: Inline, spec: { script: 'said="hello <+pipeline.variables.who>"' } } } } } ] } }
`;
  const parent = `pipeline:
  identifier: p
  name: P
  stages:
    - stage:
        identifier: call
        name: call
        type: Pipeline
        spec:
          org: default
          project: local
          pipeline: child
          inputs:
            identifier: child
            variables: [ { name: who, type: String, value: world } ]
          outputs:
            - { name: said, value: <+pipeline.stages.inner.spec.execution.steps.say.output.outputVariables.said> }
    - stage:
        identifier: after
        name: after
        type: Custom
        spec: { execution: { steps: [ { step: { identifier: x, name: x, type: ShellScript, spec: { shell: Bash, onDelegate: true, source: { type: Inline, spec: { script: 'echo "<+pipeline.stages.call.output.said>"' } } } } } ] } }
`;
  const { exitCode, logs, events } = await runLocally(parent, {
    files: { '.harness/child.yaml': child },
    words: ['p'],
  });
  expect(logs).toContain('after.x: hello world');
  expect(exitCode).toBe(0);
  const names = events.flatMap((event) => (event.type === 'execution' ? [event.pipeline.name] : []));
  expect(new Set(names)).toEqual(new Set(['P', 'Child']));
});

test('queue steps take turns', async () => {
  const queue = (id: string): string => `- step:
    identifier: ${id}
    name: ${id}
    type: Queue
    spec: { key: one, scope: Pipeline }`;
  const { exitCode, nodes } = await runLocally(customPipeline({ s: `${queue('q')}\n${script('x', 'true')}` }));
  expect(nodes.get('s.q')).toMatchObject({ status: 'Success' });
  expect(exitCode).toBe(0);
});

test('a record holds events and logs, and no secret in any form', async () => {
  const steps = [
    script(
      'print',
      'echo "$TOKEN"; echo "$TOKEN" | base64; echo "$TOKEN" > out.txt; derived="x$TOKEN"',
      'timeout: 1m',
      ['derived'],
    ),
    script('fail', 'echo <+secrets.getValue("token")> >&2; exit 1'),
  ].join('\n');
  const pipeline = customPipeline({ s: steps });
  const withVariable = pipeline.replace(
    /(identifier: print[\s\S]*?shell: Bash\n)(\s+)/,
    '$1$2environmentVariables: [{ name: TOKEN, type: String, value: <+secrets.getValue("token")> }]\n$2',
  );
  const canary = 'CANARY-hunter22-9d1f';
  const { folder, exitCode, out, err } = await runLocally(withVariable, {
    environment: { token: canary },
    words: ['--secret', 'token', '--record', 'kept'],
  });
  expect(exitCode).toBe(1);
  const record = readFileSync(join(folder, 'kept/record.ndjson'), 'utf8');
  const logs =
    readFileSync(join(folder, 'kept/logs/s/print.log'), 'utf8') +
    readFileSync(join(folder, 'kept/logs/s/fail.log'), 'utf8');
  const base64 = Buffer.from(`${canary}\n`).toString('base64');
  for (const text of [record, logs, out, err]) {
    expect(text).not.toContain(canary);
    expect(text).not.toContain(base64.slice(0, 16));
  }
  expect(logs).toContain('********');
  expect(existsSync(join(folder, 'out.txt'))).toBe(false);
});

function expectGone(logs: readonly string[]): void {
  const pids = logs.flatMap((line) =>
    (/pid (\d+)/.exec(line)?.[1] ?? '') ? [Number(/pid (\d+)/.exec(line)?.[1])] : [],
  );
  expect(pids).toHaveLength(2);
  expect(pids.filter(isAlive)).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
