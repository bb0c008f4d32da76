import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIAGNOSTIC_CODES } from '@bridle/pipeline';
import { expect, test } from 'vitest';
import { runBridle, type Finished } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const PIPELINE = `pipeline:
  identifier: shop
  name: Shop
  timeout: 7d
  variables:
    - { name: tag, type: String, value: <+input> }
  stages:
    - stage:
        identifier: build
        name: Build
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: make
                  name: Make
                  type: ShellScript
                  spec: { shell: Bash, source: { type: Inline, spec: { script: make <+pipeline.variables.tag> } } }
    - stage:
        identifier: prod
        name: Production
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: ask
                  name: Ask
                  type: HarnessApproval
                  timeout: 3d
                  spec: { approvalMessage: Now?, approvers: { userGroups: [account.all], minimumCount: 1 } }
`;

const GOOD = `test:
  inputs: { tag: v1 }
  cases:
    - name: somebody comes after two days
      answers: [{ step: ask, after: 2d }]
      expect: { status: Success, duration: 2d }
    - name: nobody comes
      expect: { status: Expired, steps: { prod.ask: Expired } }
`;

const BAD = `test:
  inputs: { tag: v1 }
  cases:
    - name: the build says yes
      mocks:
        - { step: make, status: Failed, message: no rule to make v1 }
      expect:
        status: Success # it did once
        notRun: [prod.ask]
`;

const shop = (files: Readonly<Record<string, string>>): string =>
  testFolder({ '.harness/shop.yaml': PIPELINE, ...files });

const run = (folder: string, ...words: readonly string[]): Promise<Finished> =>
  runBridle(['test', ...words], { folder });

/** The time that a machine took is another one each time. */
const timeless = (text: string): string => text.replaceAll(/in \d+\.\d+s/g, 'in 0.0s');

test('cases that pass have a line each, the totals stand beside the results', async () => {
  const { exitCode, out, err } = await run(shop({ '.harness/shop.test.yaml': GOOD }));
  expect(out).toBe(`.harness/shop.test.yaml → .harness/shop.yaml
  ✓ passed  somebody comes after two days (2d)
  ✓ passed  nobody comes (3d)

`);
  expect(timeless(err)).toBe('✓ 2 passed in 0.0s\n');
  expect(exitCode).toBe(0);
});

test('a case that fails shows what was expected, what came, why, and the place in the test', async () => {
  const { exitCode, out, err } = await run(shop({ '.harness/shop.test.yaml': BAD }));
  expect(out).toBe(`.harness/shop.test.yaml → .harness/shop.yaml
  ✗ failed  the build says yes (0s)

    status
      expected  Success
      actual    Failed
      because   no rule to make v1
      .harness/shop.test.yaml:8:17
      6 |         - { step: make, status: Failed, message: no rule to make v1 }
      7 |       expect:
      8 |         status: Success # it did once
        |                 ^^^^^^^

`);
  expect(timeless(err)).toBe('✗ 1 failed, 0 passed in 0.0s\n');
  expect(exitCode).toBe(1);
});

test('a test that is none is shown with what is wrong, and no case of it counts', async () => {
  const broken = GOOD.replace('tag: v1', 'tga: v1').replace('step: ask', 'step: aks');
  const folder = shop({ '.harness/shop.test.yaml': broken, 'other.test.yaml': 'test: { pipeline: nowhere }\n' });
  const { exitCode, out, err } = await run(folder);
  expect(out).toContain(`  error: The pipeline has no input tga. [TEST_INPUT_UNKNOWN]
    .harness/shop.test.yaml:2:13
    1 | test:
    2 |   inputs: { tga: v1 }
      |             ^^^
    hint: Did you mean tag? Inputs: variables.tag.
`);
  expect(out).toContain('error: The test has no cases. [FIELD_MISSING]');
  expect(timeless(err)).toBe('✗ 0 passed, 2 of 2 files cannot be run in 0.0s\n');
  expect(exitCode).toBe(2);
  const fixed = shop({ '.harness/shop.test.yaml': broken.replace('tga', 'tag') });
  expect((await run(fixed)).out).toContain('Did you mean prod.ask?');
});

test('files that a test names must be there', async () => {
  const cases = `cases: [{ name: a, event: ./push.json, inputSets: [nightly], expect: { status: Success } }]`;
  const folder = shop({
    'a.test.yaml': `test: { pipeline: shop, ${cases} }\n`,
    'b.test.yaml': `test: { pipeline: shpo, ${cases} }\n`,
  });
  const { exitCode, out } = await run(folder);
  expect(out).toContain('There is no input set nightly. [TEST_FILE_INVALID]');
  expect(out).toContain('shpo is neither a file nor a pipeline of this repository. [TEST_FILE_INVALID]');
  expect(exitCode).toBe(2);
});

test('--json is one document', async () => {
  const folder = shop({ '.harness/shop.test.yaml': GOOD, '.harness/more.test.yaml': BAD });
  const { exitCode, out, err } = await run(folder, '--json', '--coverage');
  expect(JSON.parse(out)).toMatchObject({
    files: 2,
    broken: 0,
    passed: 2,
    failed: 1,
    results: [
      {
        file: join('.harness', 'more.test.yaml'),
        cases: [
          {
            outcome: 'failed',
            mismatches: [
              { title: 'status', expected: 'Success', actual: 'Failed', path: 'test.cases[0].expect.status' },
            ],
          },
        ],
      },
      { cases: [{ name: 'somebody comes after two days', outcome: 'passed', durationMs: 172_800_000 }, {}] },
    ],
    coverage: [{ pipeline: join('.harness', 'shop.yaml'), stage: { reached: 2, total: 2 }, missed: [] }],
  });
  expect(err).toBe('');
  expect(exitCode).toBe(1);
  expect(JSON.parse((await run(folder, '--json=passed,failed')).out)).toEqual({ passed: 2, failed: 1 });
});

test('--coverage names what was never reached, with its line', async () => {
  const { out } = await run(shop({ '.harness/shop.test.yaml': BAD }), '--coverage');
  expect(out).toContain(`coverage of .harness/shop.yaml: stages 1/2, steps 1/2
  never reached  the stage prod  .harness/shop.yaml:20
  never reached  the step prod.ask  .harness/shop.yaml:27
`);
});

test('--junit writes what CI servers read', async () => {
  const folder = shop({ '.harness/shop.test.yaml': BAD.replace('says yes', 'says "yes" & <no>') });
  expect((await run(folder, '--junit', 'report.xml')).exitCode).toBe(1);
  const report = readFileSync(join(folder, 'report.xml'), 'utf8').replaceAll(/time="[\d.]+"/g, 'time=""');
  expect(report).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bridle test">
  <testsuite name=".harness/shop.test.yaml" tests="1" failures="1" errors="0" skipped="0" time="">
    <testcase name="the build says &quot;yes&quot; &amp; &lt;no&gt;" classname=".harness/shop.test.yaml" time="">
      <failure message="status: expected Success, actual Failed">.harness/shop.test.yaml:8:17&#10;status&#10;expected Success&#10;actual Failed&#10;because no rule to make v1</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  const nowhere = await run(folder, '--junit', 'no/where.xml');
  expect(nowhere).toMatchObject({
    exitCode: 2,
    err: 'bridle: The JUnit report no/where.xml cannot be written (ENOENT).\n',
  });
});

test('--update writes what came, and keeps the rest', async () => {
  const folder = shop({ '.harness/shop.test.yaml': BAD.replace('[prod.ask]', '') });
  const { exitCode, err } = await run(folder, '--update');
  expect(exitCode).toBe(0);
  expect(timeless(err)).toBe('.harness/shop.test.yaml was updated.\n✓ 1 passed in 0.0s\n');
  expect(readFileSync(join(folder, '.harness/shop.test.yaml'), 'utf8')).toBe(
    BAD.replace('status: Success #', 'status: Failed #'),
  );
});

test('--filter chooses cases by their names', async () => {
  const folder = shop({ '.harness/shop.test.yaml': GOOD });
  expect((await run(folder, '--filter', 'NOBODY')).out).not.toContain('somebody comes');
  expect(await run(folder, '--filter', 'else')).toMatchObject({
    exitCode: 5,
    err: 'bridle: No case is named like "else".\n',
  });
});

test('where there are no tests it says what they are', async () => {
  const folder = shop({});
  const { exitCode, err } = await run(folder);
  expect(err).toContain('There are no tests here: files whose names end with .test.yaml.');
  expect(exitCode).toBe(5);
  expect(await run(folder, 'nowhere')).toMatchObject({ exitCode: 5, err: 'bridle: nowhere is not there.\n' });
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

test('an interrupt that does not count fails its case, with the reason', async () => {
  const text = (interrupt: string): string =>
    `test:\n  inputs: { tag: v1 }\n  cases:\n    - { name: a, interrupts: [{ ${interrupt} }], expect: { steps: { make: Success } } }\n`;
  const reasons = await Promise.all(
    ['action: Resume, after: 1h', 'action: AbortAll, after: 9d', 'action: MarkAsFailure, step: make, after: 1h'].map(
      async (interrupt) => (await run(shop({ '.harness/shop.test.yaml': text(interrupt) }))).out,
    ),
  );
  expect(reasons[0]).toContain('actual    The execution is not paused.');
  expect(reasons[1]).toContain('actual    The run was over before.');
  expect(reasons[2]).toContain('actual    Nothing named make was running then.');
  const good = shop({ '.harness/shop.test.yaml': text('action: AbortAll, after: 1h') });
  expect((await run(good)).exitCode).toBe(0);
});

test('stages may be chosen, and what all cases are given may be about the others', async () => {
  const text = `test:
  inputs: { tag: v1 }
  mocks: [{ step: build.make, status: Failed }]
  answers: [{ step: prod.ask, after: 1d }]
  cases:
    - { name: production alone, stages: [prod], expect: { status: Success, notRun: [build], duration: 1d } }
`;
  expect(await run(shop({ '.harness/shop.test.yaml': text }))).toMatchObject({ exitCode: 0 });
});

test('a failing case names mocks that nothing came to', async () => {
  const text = BAD.replace('- { step: make,', '- { step: make, attempt: 2 }\n        - { step: make,');
  const { out } = await run(shop({ '.harness/shop.test.yaml': text }));
  expect(out).toContain('    note  nothing came to the mock of make .harness/shop.test.yaml:6\n');
});

test('whoever repeats a failing step for ever is stopped', async () => {
  const strategy =
    'failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: ManualIntervention, spec: { timeout: 1h, onTimeout: { action: { type: Abort } } } } } }]';
  const pipeline = PIPELINE.replace('type: ShellScript', `type: ShellScript\n                  ${strategy}`);
  const test_ = BAD.replace('mocks:', 'answers: [{ step: make, action: Retry, after: 1m }]\n      mocks:');
  const folder = testFolder({ '.harness/shop.yaml': pipeline, '.harness/shop.test.yaml': test_ });
  const { exitCode, out } = await run(folder);
  expect(out).toContain('the same step asked more than 100 times; say with attempt: which try an answer is for');
  expect(out).toContain('actual    Aborted');
  expect(exitCode).toBe(1);
});

test('every code that a test may get is shown by a test', () => {
  const folders = [import.meta.dirname, join(import.meta.dirname, '../../../pipeline/src/testing')];
  const texts = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const codes = DIAGNOSTIC_CODES.filter((code) => code.startsWith('TEST_'));
  expect(codes.filter((code) => !texts.some((text) => text.includes(code)))).toEqual([]);
  expect(codes).toHaveLength(8);
});
