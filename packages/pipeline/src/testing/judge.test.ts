import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { judgeRefusal } from './judge-refusal.ts';
import type { Mismatch } from './mismatch.ts';
import { parseTest } from './parse-test.ts';
import { runOf, stage, STAGE_ROLLBACK, step, type Ran } from './test-runs.ts';
import type { TestCase } from './document.ts';

const OUTPUT = ', outputVariables: [{name: v, type: String, value: v}]';
const PIPELINE =
  stage('build', [step('make', '', OUTPUT), step('lint', 'when: {stageStatus: Success, condition: 1 == 2}, ')]) +
  stage('deploy', [step('apply'), step('smoke', STAGE_ROLLBACK), step('tell')], '', [step('undo')]) +
  stage('notify', [step('mail')]);

const GOOD = runOf(PIPELINE, { steps: { make: { outputs: { v: '1.10' } } } });
const BAD = runOf(PIPELINE, { steps: { smoke: { status: 'Failed', message: '503 from /health' } } });

function caseOf(expectations: string, given = ''): TestCase {
  const { test: read, diagnostics } = parseTest(`test: {cases: [{name: a, ${given}expect: ${expectations}}]}`);
  expect(diagnostics).toEqual([]);
  const [first] = read?.cases ?? [];
  if (first === undefined) throw new Error('no case');
  return first;
}

function mismatches(expectations: string, run: Ran, given?: string): readonly Mismatch[] {
  const read = caseOf(expectations, given);
  return judge(read.expect.list, run, read);
}

test.each([
  '{status: Success}',
  '{stages: {build: Success, notify: Success}, steps: {make: Success, build.lint: Skipped, undo: NotStarted}}',
  '{steps: {build.*: Success}, skipped: []}',
])('the good run against %s', (expectations) => {
  const found = mismatches(expectations, GOOD).map(({ title, expected, actual }) => `${title}: ${expected}, ${actual}`);
  expect(found).toEqual(
    expectations.includes('build.*')
      ? ['steps build.*: Success, Success (build.make), Skipped (build.lint)', 'skipped: none, build.lint']
      : [],
  );
});

test('statuses, what was skipped, what never began, rollbacks and messages', () => {
  const right = `{status: Failed, stages: {deploy: Failed, notify: Skipped}, steps: {deploy.undo: Success},
    skipped: [notify, lint], notRun: [tell], rollback: StageRollback, failure: "503", failures: {smoke: health}, attempts: {smoke: 1}}`;
  expect(mismatches(right, BAD)).toEqual([]);
  const wrong = `{status: Success, steps: {deploy.undo: NotStarted}, skipped: [tell], notRun: [undo], rollback: None,
    failure: "404", failures: {apply: gone}, attempts: {smoke: 2}}`;
  expect(mismatches(wrong, BAD).map(({ title, expected, actual }) => [title, expected, actual])).toEqual([
    ['status', 'Success', 'Failed'],
    ['steps deploy.undo', 'NotStarted', 'Success'],
    ['skipped', 'tell Skipped', 'tell NotStarted'],
    ['notRun', 'undo NotStarted', 'undo Success'],
    ['rollback', 'None', 'StageRollback'],
    ['failure', 'a message with "404"', '"503 from /health"'],
    ['failures apply', 'a message with "gone"', 'no message'],
    ['attempts smoke', '2', '1'],
  ]);
});

test('values, resolved specs and environments', () => {
  const v = '<+pipeline.stages.build.spec.execution.steps.make.output.outputVariables.v>';
  const right = `{values: {"${v}": 1.10, "<+pipeline.name>": p}, resolved: {make: {source: {spec: {script: run make}}}}}`;
  expect(mismatches(right, GOOD)).toEqual([]);
  const wrong = `{values: {"${v}": 1.1}, resolved: {make: {source: {spec: {script: run it}}, shel: Bash}, lint: {shell: Bash}}, environment: {make: {CI: true}}}`;
  expect(mismatches(wrong, GOOD).map(({ title, expected, actual }) => [title, expected, actual])).toEqual([
    [`values ${v}`, '1.1', '1.10'],
    ['resolved make: source.spec.script', 'run it', 'run make'],
    ['resolved lint', '{shell: Bash}', 'the step was given nothing (Skipped)'],
    ['environment make: CI', 'true', 'it is not there'],
  ]);
});

test('what a test says of secrets is filled in, others are shown as what they are', () => {
  const run = runOf(
    stage('s', [
      step('a', '', ', environmentVariables: [{name: T, type: String, value: "x<+secrets.getValue(\\"t\\")>y"}]'),
    ]),
  );
  expect(mismatches('{environment: {a: {T: xsesamey}}}', run, 'secrets: {t: sesame}, ')).toEqual([]);
  expect(mismatches('{environment: {a: {T: xsesamey}}}', run)).toMatchObject([
    { actual: expect.stringContaining('t') },
  ]);
});

test('a secret output is what its mock says, where a step is given it', () => {
  const login = step('login', '', ', outputVariables: [{name: token, type: Secret, value: t}]');
  const use = step(
    'use',
    '',
    ', environmentVariables: [{name: T, type: String, value: "Bearer <+execution.steps.login.output.outputVariables.token>"}]',
  );
  const run = runOf(stage('s', [login, use]), {
    steps: { login: { outputs: { token: 'abc' }, secretOutputs: ['token'] } },
  });
  expect(mismatches('{environment: {use: {T: Bearer abc}}}', run)).toEqual([]);
});

test('turns of loops, together and one by one', () => {
  const run = runOf(stage('s', [step('a', 'strategy: {matrix: {os: [linux, mac]}}, ')]), {
    steps: { a_1: { status: 'Failed' } },
  });
  expect(mismatches('{turns: {a: 2}, steps: {a_0: Success, a_1: Failed}}', run)).toEqual([]);
  expect(mismatches('{turns: {a: 3}, steps: {a: Success}}', run).map(({ actual }) => actual)).toEqual([
    '2',
    'Success (s.a_0), Failed (s.a_1)',
  ]);
});

test('a stage and a step of one name are told apart', () => {
  const run = runOf(
    stage('deploy', [step('deploy'), step('more')]) +
      stage('more', [step('last')], '    when: {pipelineStatus: Failure}\n'),
  );
  expect(
    mismatches('{skipped: [more], stages: {more: Skipped}, steps: {deploy: Success, more: Success}}', run),
  ).toEqual([]);
});

test('how long it took', () => {
  const right = '{duration: {atLeast: 4s, atMost: 5s}}';
  expect(mismatches(right, GOOD)).toEqual([]);
  expect(mismatches('{duration: 3s}', GOOD)).toMatchObject([{ expected: '3s', actual: '5s', update: '5s' }]);
  expect(mismatches('{duration: {atMost: 1s}}', GOOD)).toMatchObject([{ expected: 'at most 1s', actual: '5s' }]);
});

test('what is not written yet shows what there is', () => {
  const open = '{status: , stages: , steps: , skipped: , notRun: , rollback: , failure: }';
  expect(mismatches(open, BAD).map(({ title, update }) => [title, update])).toEqual([
    ['status', 'Failed'],
    ['stages', { build: 'Success', deploy: 'Failed', notify: 'Skipped' }],
    [
      'steps',
      {
        'build.make': 'Success',
        'build.lint': 'Skipped',
        'deploy.apply': 'Success',
        'deploy.smoke': 'Failed',
        'deploy.tell': 'NotStarted',
        'deploy.undo': 'Success',
        'notify.mail': 'NotStarted',
      },
    ],
    ['skipped', ['build.lint', 'notify']],
    ['notRun', ['deploy.tell', 'notify.mail']],
    ['rollback', 'StageRollback'],
    ['failure', '503 from /health'],
  ]);
});

test('a refusal is a failure, unless it is expected', () => {
  const reasons = [{ code: 'INPUT_MISSING', message: 'The input tag has no value.' }];
  const { expect: ran } = caseOf('{status: Success}');
  expect(judgeRefusal(ran.list, reasons, ran.place)).toMatchObject([
    { title: 'the run', actual: 'it was refused: The input tag has no value.' },
  ]);
  for (const text of ['INPUT_MISSING', 'tag has no']) {
    const { expect: refused } = caseOf(`{refused: ${text}}`);
    expect(judgeRefusal(refused.list, reasons, refused.place)).toEqual([]);
  }
  const { expect: other } = caseOf('{refused: INPUT_NOT_ALLOWED}');
  expect(judgeRefusal(other.list, reasons, other.place)).toMatchObject([{ title: 'refused' }]);
  expect(mismatches('{refused: INPUT_MISSING}', GOOD)).toMatchObject([{ actual: 'it ran, with the status Success' }]);
});
