/** The real program, off a terminal, on records of real plans. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecord } from '../record/open-record.ts';
import { runForTest, tellRecord } from '../record/test-run.ts';
import { runBridle, type Finished } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const PIPELINE = `pipeline:
  identifier: release
  name: release
  variables:
    - {name: env, type: String, value: prod}
  stages:
    - stage:
        identifier: build
        name: build
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: compile
                  name: compile
                  type: ShellScript
                  spec: {shell: Bash, source: {type: Inline, spec: {script: make}}}
              - step:
                  identifier: publish
                  name: publish
                  type: ShellScript
                  when: {stageStatus: Success, condition: '<+pipeline.variables.env> == "prod"'}
                  spec: {shell: Bash, source: {type: Inline, spec: {script: make publish}}}
`;

/** A repository with the record `run-1` of PIPELINE, and the pipeline as it is now. */
function repository(now: string): string {
  const folder = testFolder({ '.git/HEAD': '', '.harness/release.yaml': now });
  const run = runForTest(PIPELINE, {}, '../.harness/release.yaml');
  const record = openRecord(join(folder, 'run-1'), 'run-1', run.source);
  tellRecord(record, run);
  record.close();
  return folder;
}

const bridle = (folder: string, ...words: readonly string[]): Promise<Finished> => runBridle(words, { folder });

test('the same path', async () => {
  expect(await bridle(repository(PIPELINE), 'replay', 'run-1')).toEqual({
    exitCode: 0,
    out: '✓ The same path under .harness/release.yaml: Success (5 events, 4 nodes)\n',
    err: '',
  });
});

test('the first difference, named', async () => {
  const folder = repository(PIPELINE.replace('value: prod', 'value: test'));
  expect(await bridle(folder, 'replay', 'run-1')).toEqual({
    exitCode: 1,
    out: `✗ Not the same path under .harness/release.yaml: the step publish of build
  then  it succeeded
  now   it was skipped
  why   Its condition <+pipeline.variables.env> == "prod" gives false, because <+pipeline.variables.env> is "test" (then "prod").
  when  after compile had succeeded, 1s into the run (event 3 of 5)
  where .harness/release.yaml:19
`,
    err: '',
  });
  expect(await bridle(folder, 'replay', 'run-1', '--recorded')).toMatchObject({
    exitCode: 0,
    out: '✓ The same path under the recorded pipeline: Success (5 events, 4 nodes)\n',
  });
});

test('as JSON', async () => {
  const folder = repository(PIPELINE.replace('make publish', 'make release'));
  const { exitCode, out } = await bridle(folder, 'replay', 'run-1/record.ndjson', '--json');
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toEqual({
    result: 'different',
    pipeline: '.harness/release.yaml',
    record: {
      executionId: 'execution',
      pipelineIdentifier: 'release',
      writtenBy: expect.stringMatching(/^bridle \d/) as string,
      createdAt: 0,
      events: 5,
      isTruncated: false,
      status: 'Success',
    },
    difference: {
      kind: 'spec',
      node: {
        identifier: 'publish',
        name: 'publish',
        fqn: 'pipeline.stages.build.spec.execution.steps.publish',
        kind: 'step',
        attempt: 0,
        line: 19,
        statusThen: 'Success',
        statusNow: 'TaskWaiting',
      },
      then: 'source.spec.script: "make publish"',
      now: 'source.spec.script: "make release"',
      event: { sequence: 3, at: 1000, description: 'after compile had succeeded' },
    },
  });
  expect(await bridle(folder, 'replay', 'run-1', '--json=result')).toMatchObject({
    exitCode: 1,
    out: '{\n  "result": "different"\n}\n',
  });
});

test('under another file, and where the file of then is gone', async () => {
  const folder = repository(PIPELINE.replace('identifier: release\n', 'identifier: other\n'));
  const { err } = await bridle(folder, 'replay', 'run-1', '--pipeline', 'none.yaml');
  expect(err).toContain('none.yaml is neither a file nor a pipeline of this repository.');
  const elsewhere = testFolder({ '.git/HEAD': '', 'pipelines/x.yaml': PIPELINE });
  const moved = join(folder, 'run-1', 'record.ndjson');
  expect(await bridle(elsewhere, 'replay', moved, '--pipeline', 'pipelines/x.yaml')).toMatchObject({ exitCode: 0 });
});

test('a record whose pipeline is nowhere', async () => {
  const folder = testFolder({});
  const run = runForTest(PIPELINE, {}, '../gone.yaml');
  const record = openRecord(join(folder, 'run-1'), 'run-1', run.source);
  tellRecord(record, run);
  record.close();
  const { exitCode, err } = await bridle(folder, 'replay', 'run-1');
  expect(exitCode).toBe(5);
  expect(err).toContain('The pipeline release of the record is not found (gone.yaml is not there).');
  expect(err).toContain('--recorded');
});

test('a pipeline that does not run with the inputs of then is refused', async () => {
  const { exitCode, out, err } = await bridle(
    repository(PIPELINE.replace('value: prod', 'value: <+input>')),
    'replay',
    'run-1',
  );
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain('.harness/release.yaml:5:40');
  expect(err).toContain('.harness/release.yaml does not run with the inputs of then: nothing was replayed.');
});

test('what is no record, and what excludes each other', async () => {
  const folder = repository(PIPELINE);
  expect(await bridle(folder, 'replay', '.harness')).toMatchObject({ exitCode: 5, out: '' });
  expect((await bridle(folder, 'replay', '.harness/release.yaml')).err).toContain(
    '.harness/release.yaml:1 does not begin as the record of an execution does.',
  );
  expect(await bridle(folder, 'replay', 'run-1', '--recorded', '--pipeline', 'x')).toMatchObject({ exitCode: 2 });
});

test.each([
  [
    'a node of its plan is gone',
    (text: string) => text.replace(/"children":\["([\w-]+)","[\w-]+"\]/, '"children":["$1","none"]'),
  ],
  ['a node of its plan says nothing', (text: string) => text.replace('"when":{"status":"Success"},', '')],
])('a record that was changed, so that %s, is refused in a sentence', async (_, change) => {
  const folder = repository(PIPELINE);
  const path = join(folder, 'run-1', 'record.ndjson');
  const text = readFileSync(path, 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(path, change(text));
  const { exitCode, out, err } = await bridle(folder, 'replay', 'run-1');
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(/^bridle: The record run-1 does not hold together: .*\.\n/);
  expect(err).not.toContain('    at ');
});
