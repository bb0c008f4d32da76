import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage, type StepStart } from './testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const KEY = { workspaceKey: 'stage1' };
const workspace = (): string => join(stage.folder, 'work/workspaces/stage1');

/** Build tools of the outside world: they say how they were called, and leave a report. */
function tools(...names: readonly string[]): string {
  const folder = join(stage.folder, 'tools');
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const script = `#!/bin/sh\necho "${name} called with" "$@"\nmkdir -p out && echo '<testsuite/>' >out/${name}.xml\nexit "\${EXIT:-0}"\n`;
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
  return `${folder}:${process.env['PATH']}`;
}

async function end(start: StepStart): Promise<unknown> {
  const result = await start.result;
  return [result.kind, ...start.reports.map((path) => path.slice(workspace().length + 1))];
}

describe('Test', () => {
  test('is a Run that finds its reports, also when it fails', async () => {
    const command = 'mkdir -p a\necho "<testsuite/>" >a/junit.xml\nexport N=1\nexit $CODE';
    const spec = { command, envVariables: { CODE: '0' }, outputVariables: [{ name: 'N' }] };
    const good = stage.start('Test', spec, KEY);
    expect(await end(good)).toEqual(['succeeded', 'a/junit.xml']);
    expect(good.log.text).toMatch(/Found one test report\.\n$/);
    expect(await end(stage.start('Test', { ...spec, envVariables: { CODE: '3' } }, KEY))).toEqual([
      'failed',
      'a/junit.xml',
    ]);
  });

  test('takes the paths it is given instead', async () => {
    const command = 'echo >x.xml; mkdir r; echo >r/y.xml';
    expect(await end(stage.start('Test', { command, reports: ['r/*.xml'] }, KEY))).toEqual(['succeeded', 'r/y.xml']);
    const typed = { type: 'JUnit', spec: { paths: ['x.xml'] } };
    expect(await end(stage.start('Test', { command: 'true', reports: typed }, KEY))).toEqual(['succeeded', 'x.xml']);
  });

  test('a plain Run has the reports it names, and no others', async () => {
    expect(await end(stage.start('Run', { command: 'echo >x.xml' }, KEY))).toEqual(['succeeded']);
    const named = stage.start(
      'Run',
      { command: 'true', reports: { type: 'JUnit', spec: { paths: ['none/*.xml'] } } },
      KEY,
    );
    expect(await end(named)).toEqual(['succeeded']);
    expect(named.log.text).toContain('No test reports were found: nothing matches none/*.xml.');
  });
});

describe('RunTests', () => {
  const run = (
    spec: Readonly<Record<string, unknown>>,
    environment: Readonly<Record<string, string>> = {},
  ): StepStart =>
    stage.start('RunTests', { language: 'Java', reports: ['out/*.xml'], ...spec }, { ...KEY, environment });

  test('runs preCommand, the tool with its arguments, postCommand', async () => {
    const spec = {
      buildTool: 'Maven',
      preCommand: 'echo before\nWHAT="a b"',
      args: 'test\n  -Dwhat="$WHAT"\n',
      postCommand: 'echo after',
    };
    const start = run(spec, { PATH: tools('mvn') });
    expect(await end(start)).toEqual(['succeeded', 'out/mvn.xml']);
    expect(start.log.text.split('\n').filter((line) => /^(before|mvn called|after)/.test(line))).toEqual([
      'before',
      'mvn called with test -Dwhat=a b',
      'after',
    ]);
  });

  test('stops at the tool that fails, with its reports', async () => {
    const start = run(
      { buildTool: 'Maven', args: 'test', postCommand: 'echo after' },
      { PATH: tools('mvn'), EXIT: '4' },
    );
    expect(await end(start)).toEqual(['failed', 'out/mvn.xml']);
    expect(await start.result).toMatchObject({ exitCode: 4 });
    expect(start.log.text).not.toContain('\nafter\n');
  });

  test.each([
    ['Bazel', 'bazel', 'bazel called with x'],
    ['Dotnet', 'dotnet', 'dotnet called with test x'],
    ['Nunitconsole', 'nunit3-console', 'nunit3-console called with x'],
    ['SBT', 'sbt', 'sbt called with x'],
    ['Gradle', 'gradle', 'gradle called with x'],
    ['Pytest', 'python3', 'python3 called with -m pytest x'],
    ['Unittest', 'python3', 'python3 called with -m unittest x'],
    ['Rspec', 'rspec', 'rspec called with x'],
  ])('%s', async (buildTool, program, called) => {
    const start = run({ buildTool, args: 'x' }, { PATH: tools(program) });
    expect(await end(start)).toEqual(['succeeded', `out/${program}.xml`]);
    expect(start.log.text).toContain(`\n${called}\n`);
  });

  test("a project's own Gradle and bundle come first", async () => {
    const path = tools('gradle', 'bundle', 'rspec');
    const command = 'printf "#!/bin/sh\\necho wrapper \\"\\$@\\"\\n" >gradlew && chmod +x gradlew && echo >Gemfile';
    await stage.start('Run', { command }, KEY).result;
    const gradle = run({ buildTool: 'Gradle', args: 'check' }, { PATH: path });
    await gradle.result;
    expect(gradle.log.text).toContain('\nwrapper check\n');
    const rspec = run({ buildTool: 'Rspec', args: 'spec' }, { PATH: path });
    await rspec.result;
    expect(rspec.log.text).toContain('\nbundle called with exec rspec spec\n');
  });

  test.each([
    [{ buildTool: 'Make' }, '"Make" is not a build tool that RunTests can call'],
    [{ buildTool: 'Maven', shell: 'Python' }, 'which Python is no shell for'],
  ])('%j is refused in words', async (spec, message) => {
    const start = run(spec);
    expect(await start.result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining(message) },
    });
    expect(start.log.text).toContain(message);
  });
});

test('a script that names /harness on this host is told where the workspace is', async () => {
  const log = async (command: string, key = KEY): Promise<string> => {
    const start = stage.start('Run', { command }, key);
    await start.result;
    return start.log.text;
  };
  const warning = 'Warning: the script names /harness.';
  expect(await log('ls /harness/src || true')).toContain(warning);
  expect(await log('cd "/harness" || true')).toContain(warning);
  expect(await log('echo a/harness /harness-x ./harness $HOME/harness')).not.toContain(warning);
});
