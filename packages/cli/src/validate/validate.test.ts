import { describe, expect, it } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const STEP = (script: string): string => `
        spec:
          execution:
            steps:
              - step:
                  identifier: hello
                  name: Hello
                  type: ShellScript
                  timeout: 10m
                  spec:
                    shell: Bash
                    source: { type: Inline, spec: { script: ${script} } }
`;
const GOOD = `pipeline:
  identifier: good
  name: Good
  stages:
    - stage:
        identifier: one
        name: One
        type: Custom${STEP('echo hello')}`;
const BAD = GOOD.replace('type: ShellScript', 'type: ShelScript').replace('timeout: 10m', 'timout: 10m');
const LINKED = `pipeline:
  identifier: linked
  name: Linked
  stages:
    - stage:
        identifier: one
        name: One
        template: { templateRef: greet, versionLabel: "1" }
`;
const TEMPLATE = `template:
  identifier: greet
  name: Greet
  versionLabel: "1"
  type: Stage
  spec:
    type: Custom
    spec:
      execution:
        steps:
          - step:
              identifier: hello
              name: Hello
              type: Nothing
              spec: {}
`;

describe('bridle validate', () => {
  it('finds nothing in a good document', async () => {
    const folder = testFolder({ '.harness/good.yaml': GOOD });
    expect(await runBridle(['validate'], { folder })).toEqual({
      exitCode: 0,
      out: '',
      err: '✓ 1 document checked: 0 errors, 0 warnings\n',
    });
  });

  it('shows what is wrong where it is', async () => {
    const folder = testFolder({ 'bad.yaml': BAD });
    const { exitCode, out, err } = await runBridle(['validate', 'bad.yaml'], { folder });
    expect(exitCode).toBe(1);
    expect(err).toBe('✗ 1 document checked: 1 error, 1 warning\n');
    expect(out).toBe(`error: Unknown step type ShelScript: the step hello (line 15). [STEP_TYPE_UNKNOWN]
  bad.yaml:15:25
  13 |                   identifier: hello
  14 |                   name: Hello
  15 |                   type: ShelScript
     |                         ^^^^^^^^^^
  hint: Did you mean ShellScript?

warning: The key timout of the step hello is unknown and has no effect. [UNKNOWN_KEY]
  bad.yaml:16:19
  14 |                   name: Hello
  15 |                   type: ShelScript
  16 |                   timout: 10m
     |                   ^^^^^^
  hint: Did you mean timeout?

`);
  });

  it('warns without failing, unless it is to be strict', async () => {
    const folder = testFolder({
      'warned.yaml': GOOD.replace('timeout: 10m', 'timeout: 10m\n                  tmeout: 1m'),
    });
    expect((await runBridle(['validate', 'warned.yaml'], { folder })).exitCode).toBe(0);
    expect((await runBridle(['validate', 'warned.yaml', '--strict'], { folder })).exitCode).toBe(1);
  });

  it('points into the template that is at fault', async () => {
    const folder = testFolder({ '.harness/linked.yaml': LINKED, '.harness/templates/greet.yaml': TEMPLATE });
    const { exitCode, out } = await runBridle(['validate', '.harness/linked.yaml'], { folder });
    expect(exitCode).toBe(1);
    expect(out).toContain('.harness/templates/greet.yaml:14:21');
    expect(out).toContain('type: Nothing');
  });

  it('reads standard input, with the documents around', async () => {
    const folder = testFolder({
      '.harness/greet.yaml': TEMPLATE.replace('type: Nothing', 'type: Wait').replace(
        'spec: {}',
        'spec: { duration: 1m }',
      ),
    });
    expect(await runBridle(['validate', '-'], { folder, input: LINKED })).toMatchObject({ exitCode: 0 });
  });

  it('prints annotations', async () => {
    const folder = testFolder({ 'bad, really.yaml': BAD });
    const { out } = await runBridle(['lint', 'bad, really.yaml', '--format', 'github'], { folder });
    expect(out.split('\n')[0]).toBe(
      '::error file=bad%2C really.yaml,line=15,endLine=15,col=25,endColumn=35,title=STEP_TYPE_UNKNOWN::Unknown step type ShelScript: the step hello (line 15).%0ADid you mean ShellScript?',
    );
  });

  it('prints SARIF', async () => {
    const folder = testFolder({ 'a b.yaml': BAD });
    const { out } = await runBridle(['validate', 'a b.yaml', '--format=sarif'], { folder });
    const { version, runs } = JSON.parse(out) as { version: string; runs: { results: unknown[] }[] };
    expect(version).toBe('2.1.0');
    expect(runs[0]?.results[0]).toMatchObject({
      ruleId: 'STEP_TYPE_UNKNOWN',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a%20b.yaml' },
            region: { startLine: 15, startColumn: 25, endLine: 15, endColumn: 35 },
          },
        },
      ],
    });
  });

  it('prints JSON', async () => {
    const folder = testFolder({ '.harness/bad.yaml': BAD, '.harness/good.yaml': GOOD });
    const { exitCode, out } = await runBridle(['validate', '--json'], { folder });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: 2,
      errors: 1,
      warnings: 1,
      results: [
        {
          file: '.harness/bad.yaml',
          diagnostics: [{ level: 'error', code: 'STEP_TYPE_UNKNOWN' }, { level: 'warning' }],
        },
        { file: '.harness/good.yaml', diagnostics: [] },
      ],
    });
  });

  it('says what is not there', async () => {
    const folder = testFolder({ 'readme.txt': 'nothing' });
    expect(await runBridle(['validate'], { folder })).toMatchObject({ exitCode: 5, out: '' });
    expect(await runBridle(['validate', 'x.yaml'], { folder })).toMatchObject({
      exitCode: 5,
      err: 'bridle: x.yaml is not there.\n',
    });
  });
});
