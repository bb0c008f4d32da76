import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const WORKFLOW = `name: Build
on:
  push: {branches: [main]}
  schedule: [{cron: 0 0 * * *}]
  gollum:
jobs:
  build:
    runs-on: self-hosted
    steps:
      - uses: actions/checkout@v4
      - run: make
`;
const NAME = '.github/workflows/build.yml';

describe('bridle convert', () => {
  it('writes the pipeline to standard output and the report to standard error', async () => {
    const folder = testFolder({ [NAME]: WORKFLOW });
    const { exitCode, out, err } = await runBridle(['convert', NAME], { folder });
    expect(exitCode).toBe(0);
    expect(out).toBe(`# Converted from GitHub Actions.
# TODO: line 5, on: gollum: There is no trigger for it.

pipeline:
  name: Build
  identifier: Build
  properties:
    ci:
      codebase:
        # TODO: name the Git connector of the repository in connectorRef, or give it at each run.
        connectorRef: <+input>
        build: <+input>
  stages:
    - stage:
        name: build
        identifier: build
        type: CI
        spec:
          cloneCodebase: true
          runtime:
            type: Docker
            spec: {}
          execution:
            steps:
              - step:
                  name: make
                  identifier: make
                  type: Run
                  spec:
                    shell: Bash
                    command: make
`);
    expect(err).toBe(`${NAME}:3:3 emulated: on: push
    It is a custom webhook trigger. Let GitHub send its webhook, as application/json, to the address of the trigger.
${NAME}:4:14 emulated: schedule: 0 0 * * *
    It is a scheduled trigger that builds the branch main. Write the name of the default branch into the trigger if it is another.
${NAME}:5:3 left to you: on: gollum
    There is no trigger for it. Write a custom webhook trigger with a condition on the payload.
${NAME}:8:5 emulated: runs-on: self-hosted
    It runs on any delegate.
${NAME}: 2 converted, 3 emulated, 1 left to you, 0 dropped
--output writes 2 triggers, too.
`);
  });

  it('fails with --strict when something is left to a person, and only then', async () => {
    const folder = testFolder({ 'a.yml': WORKFLOW, 'b.yml': WORKFLOW.replace('  gollum:\n', '') });
    expect((await runBridle(['convert', 'a.yml', '--from', 'github', '--strict'], { folder })).exitCode).toBe(1);
    expect((await runBridle(['convert', 'b.yml', '--from', 'github', '--strict'], { folder })).exitCode).toBe(0);
  });

  it('prints one document with --json, converted parts included', async () => {
    const folder = testFolder({ [NAME]: WORKFLOW });
    const { out, err } = await runBridle(['convert', NAME, '--json'], { folder });
    const document: unknown = JSON.parse(out);
    expect(err).toBe('');
    expect(document).toMatchObject({
      files: [
        { path: '.harness/Build.yaml' },
        { path: '.harness/triggers/Build_push.yaml' },
        { path: '.harness/triggers/Build_schedule.yaml', yaml: expect.stringContaining('expression: 0 0 * * *') },
      ],
      report: expect.arrayContaining([expect.objectContaining({ level: 'converted', line: 10 })]),
      written: [],
    });
    const some = await runBridle(['convert', NAME, '--json=report'], { folder });
    expect(Object.keys(JSON.parse(some.out) as object)).toEqual(['report']);
  });

  it('writes files below a folder, but not over others', async () => {
    const folder = testFolder({ [NAME]: WORKFLOW });
    const words = ['convert', NAME, '--output', 'made', '--quiet'];
    expect(await runBridle(words, { folder })).toEqual({ exitCode: 0, out: '', err: '' });
    const pipeline = join(folder, 'made/.harness/Build.yaml');
    expect(readFileSync(pipeline, 'utf8')).toContain('identifier: Build');
    expect(existsSync(join(folder, 'made/.harness/triggers/Build_push.yaml'))).toBe(true);
    const again = await runBridle(words, { folder });
    expect([again.exitCode, again.err]).toEqual([2, expect.stringContaining('--force')]);
    expect((await runBridle([...words, '--force'], { folder })).exitCode).toBe(0);
    const checked = await runBridle(['validate', 'made/.harness'], { folder });
    expect([checked.exitCode, checked.err]).toEqual([0, expect.stringContaining('0 errors')]);
    // Five programs, one after the other, on a machine that may be busy.
  }, 60_000);

  it('reads standard input, and takes a name', async () => {
    const input =
      'kind: pipeline\nsteps: [{name: a, image: alpine, commands: [true]}]\n---\nkind: pipeline\nname: b\nsteps: [{name: a, image: alpine, commands: [true]}]\n';
    const { exitCode, out } = await runBridle(['convert', '-', '--from', 'drone', '--name', 'My service'], { input });
    expect([exitCode, out.split('\n')[3]]).toEqual([0, '  name: My service']);
  });

  it('shows where a source cannot be read', async () => {
    const folder = testFolder({ '.gitlab-ci.yml': 'job:\n  script: [a\n' });
    const { exitCode, out, err } = await runBridle(['convert', '.gitlab-ci.yml'], { folder });
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain('.gitlab-ci.yml:');
    expect(err).toContain('[YAML_SYNTAX]');
  });

  it.each([
    [['convert', 'x.yml', '--from', 'github'], 5, 'is not there'],
    [['convert', 'x.yml'], 2, '--from'],
    [['convert', 'x.yml', '--from', 'jenkins'], 2, 'drone'],
  ])('%j ends with %d', async (words, exitCode, says) => {
    const finished = await runBridle(words, { folder: testFolder({}) });
    expect([finished.exitCode, finished.out]).toEqual([exitCode, '']);
    expect(finished.err).toContain(says);
  });
});
