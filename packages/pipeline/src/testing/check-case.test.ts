import { expect, test } from 'vitest';
import { checkCase } from './check-case.ts';
import { listPlanPlaces, listRunPlaces } from './names.ts';
import { parseTest } from './parse-test.ts';
import { runOf, stage, step } from './test-runs.ts';

const RUN = runOf(
  stage('build', [step('compile', '', ', outputVariables: [{name: url, type: String, value: url}]')]) +
    stage('matrix', [step('turn', 'strategy: {repeat: {times: 2}}, ')]) +
    stage('prod', [
      '{step: {identifier: pause, name: pause, type: Wait, spec: {duration: 1m}}}',
      '{step: {identifier: get, name: get, type: Http, spec: {url: "http://x", method: GET}}}',
    ]) +
    '- stage: {identifier: child, name: child, type: Pipeline, spec: {org: default, project: one, pipeline: other}}\n',
);

function reports(rest: string): readonly string[] {
  const { test: read, diagnostics } = parseTest(`test: {cases: [{name: a, ${rest}}]}`);
  expect(diagnostics).toEqual([]);
  const [first] = read?.cases ?? [];
  if (first === undefined) throw new Error('no case');
  const found = checkCase(first, listPlanPlaces(RUN.plan), listRunPlaces(RUN.execution, RUN.find));
  return found.map(({ code, message, hint = '' }) => `${code}: ${message} ${hint}`.trim());
}

const expecting = (given: string): readonly string[] => reports(`${given}, expect: {status: Success}`);

test('names of what is there are right, in chained pipelines they may be', () => {
  expect(
    reports(
      `mocks: [{step: build.compile, outputs: {url: x}}, {step: get, outputs: {httpResponseCode: 200}}, {stage: child}, {step: child.build.any}],
       answers: [{step: child.approve}], expect: {stages: {build: Success}, steps: {turn_1: Success, "prod.*": Success, child.any: Success}}`,
    ),
  ).toEqual([]);
});

test('names of nothing are reported with the nearest one', () => {
  expect(expecting('mocks: [{step: build.complie}]')).toEqual([
    'TEST_NAME_UNKNOWN: The pipeline has no step named build.complie. Did you mean build.compile?',
  ]);
  expect(expecting('answers: [{step: prod.compile}]')).toEqual([
    'TEST_NAME_UNKNOWN: The pipeline has no step named prod.compile. Did you mean build.compile?',
  ]);
  expect(expecting('stages: [biuld]')).toEqual([
    'TEST_NAME_UNKNOWN: The pipeline has no stage named biuld. Did you mean build?',
  ]);
  expect(reports('expect: {stages: {zzzzzz: Success}}')).toEqual([
    'TEST_NAME_UNKNOWN: The pipeline has no stage named zzzzzz. There are build, matrix, prod, child.',
  ]);
  expect(reports('expect: {steps: {turn_2: Success}}')).toMatchObject([expect.stringContaining('Did you mean')]);
  expect(reports('expect: {stages: {compile: Success}}')).toEqual([
    'TEST_NAME_UNKNOWN: compile is a step, and no stage.',
  ]);
});

test('what nobody performs is not mocked', () => {
  expect(expecting('mocks: [{step: prod.pause}]')).toEqual([
    'TEST_MOCK_MISPLACED: prod.pause is a Wait and is not mocked. Virtual time passes: it takes no time to wait.',
  ]);
  expect(expecting('mocks: [{stage: build}]')).toEqual([
    'TEST_MOCK_MISPLACED: The stage build runs steps of its own and is not mocked as a whole. Mock its steps.',
  ]);
});

test('outputs are those that the step declares', () => {
  expect(expecting('mocks: [{step: compile, outputs: {uri: x}}]')).toEqual([
    'TEST_OUTPUT_UNKNOWN: The step gives out no uri. Did you mean url?',
  ]);
  expect(expecting('mocks: [{step: turn, outputs: {x: x}}]')).toEqual([
    'TEST_OUTPUT_UNKNOWN: The step gives out no x. Its outputVariables name none.',
  ]);
});

test('values are asked for by expressions', () => {
  expect(reports('expect: {values: {"<+pipeline.name": p}}')).toMatchObject([
    expect.stringContaining('TEST_EXPRESSION_INVALID'),
  ]);
  expect(reports('expect: {values: {pipeline.name: p}}')).toEqual([
    'TEST_EXPRESSION_INVALID: pipeline.name is no expression. Write <+pipeline.name>, in quotes.',
  ]);
});
