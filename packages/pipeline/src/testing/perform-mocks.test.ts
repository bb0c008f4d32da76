import { expect, test } from 'vitest';
import type { Execution } from '../engine/execution.ts';
import type { TaskRequest } from '../engine/effects.ts';
import { isAbout } from '../engine/failures.ts';
import { ERROR_NAMES } from '../language/node-parts.ts';
import { MOCK_ERRORS } from '../language/words-of-tests.ts';
import type { FailureStrategy } from '../plan/plan.ts';
import { parseMocks } from './parse-test.ts';
import { failureTypeOf, performMocked, type MockedTask } from './perform-mocks.ts';
import { runOf, stage, step } from './test-runs.ts';

const RUN = runOf(
  stage('build', [
    step(
      'make',
      'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 2, onRetryFailure: {action: {type: Ignore}}}}}}], ',
    ),
    step('turn', 'strategy: {matrix: {os: [linux, mac]}}, ', ', outputVariables: [{name: t, type: Secret, value: t}]'),
    '{step: {identifier: get, name: get, type: Http, spec: {url: "http://x", method: GET}}}',
  ]),
  { steps: { make: { status: 'Failed' } } },
);

function perform(mocks: string, name: string, index = 0, isStrict = false): MockedTask {
  const { mocks: read, diagnostics } = parseMocks(`mocks: ${mocks}`);
  expect(diagnostics).toEqual([]);
  const tasks: readonly TaskRequest[] = [...RUN.tasks.values()].filter(({ identifier }) => identifier === name);
  const task = tasks[index];
  if (task === undefined) throw new Error(`${name} was not run`);
  const execution: Execution = RUN.execution;
  return performMocked({ mocks: read, isStrict }, task, execution, []);
}

test('a step without a mock succeeds at once, unless the test is strict', () => {
  const end = { kind: 'completes', afterMs: 0, outcome: { kind: 'succeeded', outputs: {} } };
  expect(perform('[]', 'make')).toEqual({ end });
  expect(perform('[]', 'make', 0, true)).toMatchObject({ end: { outcome: { kind: 'failed' } } });
});

test('the first mock that fits counts', () => {
  const mocks =
    '[{step: make, attempt: 2, duration: 2m}, {step: make, attempt: 3, status: Hangs}, {step: build.*, duration: 1m}]';
  expect(perform(mocks, 'make', 0).end).toMatchObject({ afterMs: 60_000 });
  expect(perform(mocks, 'make', 1).end).toMatchObject({ afterMs: 120_000 });
  expect(perform(mocks, 'make', 2).end).toEqual({ kind: 'hangs' });
});

test('turns of loops by their values or their number', () => {
  const mocks = '[{step: turn, iteration: {os: mac}, duration: 1m}, {step: turn, iteration: 0, duration: 2m}]';
  expect(perform(mocks, 'turn_1').end).toMatchObject({ afterMs: 60_000 });
  expect(perform(mocks, 'turn_0').end).toMatchObject({ afterMs: 120_000 });
  expect(perform('[{step: turn_1, duration: 3m}]', 'turn_1').end).toMatchObject({ afterMs: 180_000 });
});

test('outputs of the type stand beside output variables; secret ones are named', () => {
  expect(perform('[{step: get, outputs: {httpResponseCode: 503, other: x}}]', 'get').end).toMatchObject({
    outcome: { outputs: { httpResponseCode: '503', outputVariables: { other: 'x' } } },
  });
  expect(perform('[{step: turn, outputs: {t: x}}]', 'turn_0').end).toMatchObject({
    outcome: { outputs: { outputVariables: { t: 'x' } }, secretOutputs: ['t'] },
  });
});

test('a failure has its message, its exit code and its errors', () => {
  const mock = '[{step: make, status: Failed, errorType: [Timeout, Connectivity], message: gone, exitCode: 7}]';
  expect(perform(mock, 'make').end).toMatchObject({
    outcome: { kind: 'failed', exitCode: 7, failure: { message: 'gone', types: ['TIMEOUT_ERROR', 'CONNECTIVITY'] } },
  });
});

test('each error that a mock may have is one that a strategy is about', () => {
  expect(ERROR_NAMES.filter((name) => !MOCK_ERRORS.includes(name))).toEqual(['AllErrors', 'RetryableTransientFailure']);
  for (const error of MOCK_ERRORS) {
    const strategy: FailureStrategy = { errors: [error], action: { kind: 'Ignore' } };
    expect(isAbout(strategy, { message: '', types: [failureTypeOf(error)] })).toBe(true);
  }
});
