import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { parseTest } from './parse-test.ts';
import { runOf, stage, step, type Ran } from './test-runs.ts';
import { updateTest } from './update-test.ts';

const RUN = runOf(
  stage('build', [step('make', '', ', outputVariables: [{name: v, type: String, value: v}]')]) +
    stage('deploy', [step('apply')]),
  {
    steps: { make: { outputs: { v: 'a: "b" # c' } }, apply: { status: 'Failed', message: 'gone' } },
  },
);

function updated(text: string, run: Ran): string {
  const { test: read } = parseTest(text);
  const [first] = read?.cases ?? [];
  if (first === undefined) throw new Error('no case');
  return updateTest(text, judge(first.expect.list, run, first));
}

const V = '<+pipeline.stages.build.spec.execution.steps.make.output.outputVariables.v>';
const TEXT = `# what a deployment does
test:
  cases:
    - name: it   # in a word
      expect:
        # all in all
        status: Success # was it?
        stages:
        steps: { make: Failed, apply: "Success" }
        skipped:
          - make   # really
        duration:
        failure:
        values:
          ${V}: x
`;

test('wrong and missing values are written, comments and everything else stay', () => {
  const result = updated(TEXT, RUN);
  expect(result).toBe(`# what a deployment does
test:
  cases:
    - name: it   # in a word
      expect:
        # all in all
        status: Failed # was it?
        stages: {build: Success, deploy: Failed}
        steps: { make: Success, apply: Failed }
        skipped:
          []
        duration: "2s"
        failure: gone
        values:
          ${V}: "a: \\"b\\" # c"
`);
  expect(updated(result, RUN)).toBe(result);
  const [first] = parseTest(result).test?.cases ?? [];
  expect(first === undefined ? undefined : judge(first.expect.list, RUN, first)).toEqual([]);
});

test('a value that an alias brings is left alone', () => {
  const text =
    'test:\n  cases:\n    - name: a\n      expect: &e { status: Success }\n    - name: b\n      expect: *e\n';
  expect(updated(text, RUN)).toBe(text);
});

test('whatever an output holds, an update writes it so that the test then passes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' x', ' "y"', ' [1, 2]'), (output, before) => {
      const run = runOf(stage('build', [step('make', '', ', outputVariables: [{name: v, type: String, value: v}]')]), {
        steps: { make: { outputs: { v: output } } },
      });
      const text = `test:\n  cases:\n    - name: a\n      expect:\n        values:\n          ${V}:${before} # kept\n        status: Success\n`;
      const result = updated(text, run);
      expect(result).toContain('# kept');
      const [first] = parseTest(result).test?.cases ?? [];
      expect(first === undefined ? undefined : judge(first.expect.list, run, first)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
