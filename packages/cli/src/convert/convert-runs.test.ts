/** Converted pipelines run, and do what the source says: real processes, no engine needed. */
import { expect, test } from 'vitest';
import { runLocally, testRepository, type TestRun } from '../local/test-run.ts';
import { convert } from './convert.ts';
import type { SourceSystem } from './result.ts';

async function runConverted(source: string, from: SourceSystem, words: readonly string[] = []): Promise<TestRun> {
  const result = convert(source, from);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.diagnostics));
  const [pipeline] = result.files;
  const folder = testRepository({ '.harness/pipeline.yaml': pipeline?.yaml ?? '', 'app/number': '7\n' });
  return runLocally('', { folder, words });
}

function statusesOf({ nodes }: TestRun, ...places: readonly string[]): readonly (string | undefined)[] {
  return places.map((place) => nodes.get(place)?.status);
}

test('a workflow of GitHub Actions', { timeout: 60_000 }, async () => {
  const run = await runConverted(
    `
name: Works
on: push
env: {GREETING: hello, WHERE: "at \${{ github.ref_name }}"}
jobs:
  build:
    outputs: {version: "\${{ steps.v.outputs.version }}"}
    steps:
      - uses: actions/checkout@v4
      - id: v
        working-directory: app
        run: |
          echo "version=1.$(cat number)" >> "$GITHUB_OUTPUT"
          echo "STAMP=from-env" >> "$GITHUB_ENV"
      - {id: use, run: test "$STAMP" = from-env && mkdir out && echo "$GREETING" > out/file}
      - {id: other, if: github.ref == 'refs/heads/other', run: exit 9}
      - {id: main, if: "github.ref == 'refs/heads/main'", run: "echo on \${{ github.ref == 'refs/heads/main' && 'main' || 'another' }} $WHERE \${{ env.WHERE }}"}
      - {id: shaky, run: exit 3, continue-on-error: true}
      - {uses: actions/upload-artifact@v4, with: {name: out, path: out}}
  test:
    needs: build
    strategy: {matrix: {os: [a, b], include: [{os: b, extra: x}]}}
    steps:
      - {uses: actions/download-artifact@v4, with: {name: out}}
      - {id: say, run: "echo \\"$(cat out/file) \${{ needs.build.outputs.version }} \${{ matrix.os }} [\${{ matrix.extra }}]\\""}
  unlucky:
    needs: [build, test]
    if: failure()
    steps: [{run: exit 1}]
  after:
    needs: unlucky
    steps: [{run: exit 1}]
  end:
    needs: [test, unlucky]
    if: always() && needs.test.result == 'success'
    steps: [{id: say, run: "echo the end \${{ needs.unlucky.result }}"}]
`,
    'github',
  );
  expect(run.logs.filter((line) => /\.(?:main|say): (?:on|hello|the)/.test(line))).toEqual(
    expect.arrayContaining([
      'build.main: on main at main at main',
      expect.stringMatching(/^test_0\S*: hello 1\.7 a \[\]$/),
      expect.stringMatching(/^test_1\S*: hello 1\.7 b \[x\]$/),
      'end.say: the end SKIPPED',
    ]),
  );
  expect(statusesOf(run, 'build', 'build.other', 'build.shaky', 'unlucky', 'after', 'end')).toEqual([
    'IgnoreFailed',
    'Skipped',
    'IgnoreFailed',
    'Skipped',
    'Skipped',
    'Success',
  ]);
  expect(run.exitCode).toBe(0);
});

test('a pipeline of GitLab CI', { timeout: 60_000 }, async () => {
  const run = await runConverted(
    `
stages: [build, test, deploy]
variables: {NAME: shop, FULL: $NAME-$CI_COMMIT_BRANCH}
.base:
  before_script: [echo "full $FULL $CI_COMMIT_REF_SLUG"]
build:
  extends: .base
  stage: build
  script: [mkdir out, echo built > out/file]
  artifacts: {paths: [out/]}
  cache: {key: "of-$CI_COMMIT_BRANCH-$FULL", paths: [kept]}
  after_script: [echo after]
test:
  stage: test
  parallel: {matrix: [{A: [1, 2], B: [x]}, {A: [3]}]}
  script: ['test "$(cat out/file)" = built', 'echo "A=$A B=$B $CI_NODE_INDEX/$CI_NODE_TOTAL"']
flaky: {stage: test, script: [exit 4], allow_failure: true}
never:
  stage: test
  script: [exit 5]
  rules:
    - {if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $NAME =~ /^SH/i', when: never}
    - {when: always}
deploy: {stage: deploy, when: manual, script: [echo deploying]}
unlucky: {stage: deploy, when: on_failure, script: [exit 6]}
`,
    'gitlab',
    ['--yes'],
  );
  expect(run.logs).toEqual(
    expect.arrayContaining([
      'build.script: full shop-main main',
      'build.after_script: after',
      'deploy.script: deploying',
    ]),
  );
  const turns = run.logs.flatMap((line) => /^test_\d\S*: (A=.*)$/.exec(line)?.[1] ?? []);
  expect(turns.toSorted()).toEqual(['A=1 B=x 1/3', 'A=2 B=x 2/3', 'A=3 B= 3/3']);
  expect(statusesOf(run, 'build', 'flaky', 'never', 'unlucky', 'approve_deploy', 'deploy')).toEqual([
    'Success',
    'IgnoreFailed',
    'Skipped',
    'Skipped',
    'Success',
    'Success',
  ]);
  expect(run.exitCode).toBe(0);
});

test('a file of Drone', { timeout: 60_000 }, async () => {
  const run = await runConverted(
    `
kind: pipeline
type: exec
name: first
environment: {WORD: hello}
steps:
  - {name: make, commands: [echo "$WORD $DRONE_BRANCH" > made]}
  - {name: left, commands: [cat made], depends_on: [make]}
  - {name: right, commands: [exit 2], depends_on: [make], failure: ignore}
  - {name: elsewhere, commands: [exit 3], depends_on: [left], when: {branch: {exclude: [main]}}}
  - {name: broken, commands: [exit 4], depends_on: [left, right]}
  - {name: tell, commands: [echo told], depends_on: [broken], when: {status: [failure]}}
---
kind: pipeline
type: exec
name: second
depends_on: [first]
steps: [{name: no, commands: [exit 5]}]
---
kind: pipeline
type: exec
name: third
depends_on: [first]
trigger: {status: [success, failure], event: [push]}
clone: {disable: true}
steps: [{name: say, commands: [echo third]}]
`,
    'drone',
  );
  expect(run.logs).toEqual(expect.arrayContaining(['first.left: hello main', 'first.tell: told', 'third.say: third']));
  expect(statusesOf(run, 'first', 'first.right', 'first.elsewhere', 'first.broken', 'second', 'third')).toEqual([
    'Failed',
    'IgnoreFailed',
    'Skipped',
    'Failed',
    'Skipped',
    'Success',
  ]);
  expect(run.exitCode).toBe(1);
});
