import { expect, test } from 'vitest';
import type { DiagnosticCode } from '../language/diagnostic-codes.ts';
import { parseMocks, parseTest } from './parse-test.ts';

const WHOLE = `test:
  pipeline: ./deploy.yaml
  inputs: { tag: 1.10, pipeline: x }
  mocks:
    - { step: build.compile, duration: 3m, outputs: { url: 1.10 } }
  answers:
    - { step: prod.approve, by: ada }
  cases:
    - name: all of it
      inputs: { pipeline: { variables: [{ name: tag, value: v2 }] } }
      inputSets: ./prod.yaml
      stages: [build, prod]
      event: ./push.json
      trigger: push
      startAt: 2026-03-01T09:00:00+01:00
      strict: true
      secrets: { token: 007 }
      mocks:
        - { step: smoke, attempt: 2, iteration: { os: linux }, status: Failed, errorType: [Connectivity, Timeout], message: gone, exitCode: 3 }
        - { stage: child, status: Hangs, iteration: 0 }
      answers:
        - { step: prod.approve, action: Reject, after: 2d, comments: no, inputs: { window: now } }
      interrupts:
        - { action: AbortAll, after: 5m, by: grace }
        - { action: MarkAsFailure, step: smoke }
      expect:
        status: Failed
        duration: { atMost: 3d }
`;

test('a test is read with what all cases are given and what each is given', () => {
  const { test: read, diagnostics } = parseTest(WHOLE);
  expect(diagnostics).toEqual([]);
  expect(read?.pipeline?.value).toBe('./deploy.yaml');
  const [first] = read?.cases ?? [];
  expect(first).toMatchObject({
    name: { value: 'all of it' },
    inputs: [
      { kind: 'named', values: [{ name: { value: 'tag' }, value: 1.1, written: '1.10' }, {}] },
      { kind: 'tree', yaml: 'pipeline:\n  variables:\n  - name: tag\n    value: v2\n' },
    ],
    inputSets: [{ value: './prod.yaml' }],
    stages: [{ value: 'build' }, { value: 'prod' }],
    event: { value: './push.json' },
    trigger: { value: 'push' },
    startAt: Date.UTC(2026, 2, 1, 8),
    isStrict: true,
    secrets: { token: '007' },
    // The case's own come first: the first one that fits counts.
    mocks: [
      {
        subject: { kind: 'step', name: { value: 'smoke' } },
        attempt: 2,
        iteration: { os: 'linux' },
        status: 'Failed',
        errors: ['Connectivity', 'Timeout'],
        message: 'gone',
        exitCode: 3,
      },
      { subject: { kind: 'stage', name: { value: 'child' } }, status: 'Hangs', iteration: 0 },
      { subject: { name: { value: 'build.compile' } }, durationMs: 180_000, outputs: { url: { value: '1.10' } } },
    ],
    answers: [
      { action: 'Reject', afterMs: 172_800_000, comments: 'no', inputs: { window: 'now' } },
      { by: 'ada', afterMs: 0 },
    ],
    interrupts: [
      { action: 'AbortAll', afterMs: 300_000, by: 'grace' },
      { action: 'MarkAsFailure', subject: { name: { value: 'smoke' } } },
    ],
    expect: {
      list: [
        { kind: 'status', status: 'Failed' },
        { kind: 'duration', atMostMs: 259_200_000, isOpen: false },
      ],
    },
  });
});

test('an expectation without a value waits for an update', () => {
  const { test: read, diagnostics } = parseTest(
    'test: {cases: [{name: a, expect: {status: , stages: , steps: {x: }, skipped: , notRun: [], values: {<+a>: }, duration: }}]}',
  );
  expect(diagnostics).toEqual([]);
  expect(read?.cases[0]?.expect.list).toMatchObject([
    { kind: 'status', status: undefined },
    { kind: 'allStatuses', of: 'stage' },
    { kind: 'nodeStatus', of: 'step', name: { value: 'x' }, status: undefined },
    { kind: 'skipped', names: undefined },
    { kind: 'notRun', names: [] },
    { kind: 'value', expression: { value: '<+a>' }, isOpen: true },
    { kind: 'duration', isOpen: true },
  ]);
});

const withCase = (part: string): string => `test:\n  cases:\n    - name: a\n${part.replaceAll(/^/gm, '      ')}\n`;

const WRONG: readonly (readonly [string, string, DiagnosticCode, string])[] = [
  ['no cases', 'test: {}', 'FIELD_MISSING', 'The test has no cases.'],
  ['nothing expected', withCase('inputs: {a: b}'), 'TEST_EXPECTS_NOTHING', 'Nothing is expected of the case "a".'],
  ['an empty expectation', withCase('expect: {}'), 'TEST_EXPECTS_NOTHING', 'Nothing is expected of the case "a".'],
  ['a case without a name', 'test: {cases: [{expect: {status: Success}}]}', 'FIELD_MISSING', 'The case has no name.'],
  [
    'two cases of one name',
    'test: {cases: [{name: a, expect: {status: Success}}, {name: a, expect: {status: Success}}]}',
    'TEST_CASE_DUPLICATE',
    'There are two cases named "a".',
  ],
  ['an unknown key', withCase('expect: {statsu: Success}'), 'UNKNOWN_KEY', 'expect has an unknown key statsu.'],
  ['an unknown status', withCase('expect: {status: Succes}'), 'FIELD_VALUE', 'Status is "Succes".'],
  [
    'a mock of nothing',
    withCase('mocks: [{status: Failed}]\nexpect: {status: Failed}'),
    'FIELD_MISSING',
    'The mock names no step.',
  ],
  [
    'an error of a step that succeeds',
    withCase('mocks: [{step: a, errorType: Timeout}]\nexpect: {status: Failed}'),
    'FIELD_VALUE',
    'The mock has errorType, but the status Success.',
  ],
  [
    'an error that is none',
    withCase('mocks: [{step: a, status: Failed, errorType: AllErrors}]\nexpect: {status: Failed}'),
    'FIELD_VALUE',
    'ErrorType of the mock is "AllErrors".',
  ],
  [
    'a time without a zone',
    withCase('startAt: 2026-03-01 09:00\nexpect: {status: Failed}'),
    'FIELD_VALUE',
    'startAt of the case "a" is "2026-03-01 09:00", which is no time with its zone.',
  ],
  [
    'a duration that is none',
    withCase('answers: [{step: a, after: soon}]\nexpect: {status: Failed}'),
    'DURATION_INVALID',
    'After of the answer is "soon", which is not a duration of at most 53w.',
  ],
  [
    'an attempt before the first',
    withCase('mocks: [{step: a, attempt: 0}]\nexpect: {status: Failed}'),
    'FIELD_TYPE',
    'Attempt of the mock must be a whole number from 1, but it is the number 0.',
  ],
  [
    'an interrupt that does nothing',
    withCase('interrupts: [{after: 1m}]\nexpect: {status: Failed}'),
    'FIELD_MISSING',
    'The interrupt has no action.',
  ],
];

test.each(WRONG)('%s is reported', (_, yaml, code, message) => {
  const { diagnostics } = parseTest(yaml);
  expect(diagnostics.map((found) => [found.code, found.blocks, found.message])).toEqual([[code, 'run', message]]);
});

test('mocks may stand alone', () => {
  expect(parseMocks('mocks: [{step: a.b, status: Failed}]')).toMatchObject({
    mocks: [{ subject: { name: { value: 'a.b' } }, status: 'Failed' }],
    diagnostics: [],
  });
  expect(parseMocks('- step: a').diagnostics.map(({ code }) => code)).toEqual(['STRUCTURE_INVALID']);
  expect(parseMocks('mock: []').diagnostics.map(({ hint }) => hint)).toEqual(['Did you mean mocks?']);
});
