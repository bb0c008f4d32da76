import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { recordedDocuments, replayRecord } from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { testFolder } from '../testing/test-folder.ts';
import { openRecord } from './open-record.ts';
import { readRecord } from './read-record.ts';
import { runForTest, tellRecord, type TestRun } from './test-run.ts';

const script = (identifier: string, text: string, more = ''): string =>
  `step: {identifier: ${identifier}, name: ${identifier}, type: ShellScript, ${more}spec: {shell: Bash, source: {type: Inline, spec: {script: ${JSON.stringify(text)}}}, outputVariables: [{name: token, type: Secret, value: token}, {name: open, type: String, value: open}]}}`;

const RETRY =
  'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 1, retryIntervals: [1s], onRetryFailure: {action: {type: MarkAsFailure}}}}}}], ';

const PIPELINE = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: build
        name: build
        type: Custom
        spec:
          execution:
            steps:
              - ${script('compile', 'make', RETRY)}
              - stepGroup: {identifier: checks, name: checks, steps: [{${script('lint', 'lint', 'strategy: {repeat: {times: 2}}, ')}}]}
            rollbackSteps:
              - ${script('undo', 'undo')}
        failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: StageRollback}}}]
`;

function write(run: TestRun): string {
  const folder = join(testFolder({}), 'record');
  const record = openRecord(folder, 'record', run.source);
  tellRecord(record, run);
  record.close();
  return folder;
}

test('what a run wrote is read, and replays to the same path', () => {
  const run = runForTest(PIPELINE, { steps: { compile: [{ status: 'Failed' }, {}], lint_1: { status: 'Failed' } } });
  const folder = write(run);
  const { record } = readRecord('/', folder);
  expect(record.events).toHaveLength(run.changes.length);
  expect(record).toMatchObject({ isTruncated: false, end: { status: 'Failed' }, header: { source: run.source } });
  expect(replayRecord(record, record.header.execution.plan)).toMatchObject({ kind: 'same', status: 'Failed' });
  expect(readRecord('/', join(folder, 'record.ndjson')).record).toEqual(record);
});

test('each attempt of each step has a log of its own, where the step lies in the pipeline', () => {
  const run = runForTest(PIPELINE, { steps: { compile: [{ status: 'Failed' }, {}], lint_1: { status: 'Failed' } } });
  const logs = join(write(run), 'logs');
  const files = readdirSync(logs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(logs.length + 1));
  expect(files.toSorted()).toEqual([
    'build/checks/lint_0.log',
    'build/checks/lint_1.log',
    'build/compile-2.log',
    'build/compile.log',
    'build/rollbackSteps/undo.log',
  ]);
  expect(readFileSync(join(logs, 'build/compile.log'), 'utf8')).toBe('first\nsecond\n');
});

test('W2 the value of a secret output is not in it, not even sealed', () => {
  const canary = 'canary-51d0';
  const outputs = { token: `sealed:${canary}`, open: 'to be seen' };
  const run = runForTest(PIPELINE, { steps: { compile: { outputs, secretOutputs: ['token'] } } });
  expect(JSON.stringify(run.changes)).toContain(canary);
  const text = readFileSync(join(write(run), 'record.ndjson'), 'utf8');
  expect(text).not.toContain(canary);
  expect(text).toContain('to be seen');
});

test('nobody else may read it', () => {
  const folder = write(runForTest(PIPELINE));
  const modes = [
    folder,
    join(folder, 'record.ndjson'),
    join(folder, 'logs'),
    join(folder, 'logs/build/compile.log'),
  ].map((path) => (statSync(path).mode & 0o777).toString(8));
  expect(modes).toEqual(['700', '600', '700', '600']);
});

test('W3 a folder with something in it is left alone', () => {
  const folder = testFolder({ 'notes.txt': 'mine' });
  const run = runForTest(PIPELINE);
  expect(() => openRecord(folder, 'out', run.source)).toThrow(
    new UsageError('out is not empty.', 'A record needs a folder of its own: name another one.'),
  );
  expect(readdirSync(folder)).toEqual(['notes.txt']);
  expect(() => openRecord(join(folder, 'notes.txt'), 'out', run.source)).toThrow(
    'No record can be written to out (EEXIST).',
  );
});

test('W1 a run that is killed leaves a record of all that was told', async () => {
  const folder = join(testFolder({}), 'record');
  const program = fileURLToPath(new URL('test-endless.ts', import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await exited;
  const { record } = readRecord('/', folder);
  expect(record.isTruncated).toBe(true);
  expect(record.events.length).toBeGreaterThan(1_000);
  expect(replayRecord(record, record.header.execution.plan)).toMatchObject({ kind: 'same' });
  const lines = readFileSync(join(folder, 'logs/s/a.log'), 'utf8').split('\n');
  expect(lines.slice(0, 2)).toEqual(['line 0', 'line 1']);
  expect(lines.length).toBeGreaterThan(1_000);
}, 30_000);

test('W4 a disk that takes no more ends the record, and not the run', async () => {
  const folder = join(testFolder({}), 'record');
  const program = fileURLToPath(new URL('test-endless.ts', import.meta.url));
  // A file may have 64 blocks of 1 KiB; the signal that goes with it would end the process.
  const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" "$1" "$2"`;
  const child = spawn('bash', ['-c', limited, process.execPath, program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  const [exitCode] = (await once(child, 'close')) as [number];
  expect(exitCode).toBe(0);
  expect(Buffer.concat(out).toString()).toContain(
    `The record in ${folder} ends before the run does: it cannot be written to (EFBIG).`,
  );
  const { record } = readRecord('/', folder);
  expect(record.isTruncated).toBe(true);
  expect(record.events.length).toBeGreaterThan(10);
  expect(replayRecord(record, record.header.execution.plan)).toMatchObject({ kind: 'same' });
}, 30_000);

test('what is no record is refused in a sentence', () => {
  const folder = testFolder({ 'a.ndjson': '{"record": "other"}\n' });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(
    join(folder, 'bad.ndjson'),
    readFileSync(join(write(runForTest(PIPELINE)), 'record.ndjson'), 'utf8').replace('{"event"', '{"e'),
  );
  const reasonOf = (name: string): string => {
    try {
      readRecord(folder, name);
    } catch (error) {
      if (error instanceof UsageError) return `${error.exitCode} ${error.message}`;
    }
    return 'read';
  };
  expect(['none', 'empty', 'a.ndjson', 'bad.ndjson'].map(reasonOf)).toEqual([
    '5 none is not there.',
    '5 empty holds no record: it has no record.ndjson.',
    '2 a.ndjson:1 does not begin as the record of an execution does.',
    '2 bad.ndjson:2 has a line that is neither an event nor the end.',
  ]);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test('the pipeline is found from the record, and so are its documents', () => {
  const run = runForTest(PIPELINE, {}, '../.harness/p.yaml');
  const found = readRecord('/', write(run));
  expect(found.pipelinePath).toMatch(/\/\.harness\/p\.yaml$/);
  const reference = { kind: 'service', scope: 'project', identifier: 'web' } as const;
  const documents = [{ reference, document: { yaml: 'service: {}' } }];
  expect(recordedDocuments({ ...run.source, documents }).find(reference)).toEqual({ yaml: 'service: {}' });
  expect(recordedDocuments(run.source).find(reference)).toBeNull();
});
