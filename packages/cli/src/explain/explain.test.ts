import { describe, expect, it } from 'vitest';
import { RELEASE, REPOSITORY } from '../plan/test-repository.ts';
import { runBridle, type Finished } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

function explain(...words: readonly string[]): Promise<Finished> {
  return runBridle(['explain', '-i', 'tag=1.2', ...words], { folder: testFolder(REPOSITORY) });
}

const LATE = '<+pipeline.stages.build.spec.execution.steps.compile.output.outputVariables.digest>';

describe('bridle explain', () => {
  it('gives the value, and nothing else', async () => {
    expect(await explain('<+pipeline.name>-<+pipeline.variables.tag>')).toEqual({
      exitCode: 0,
      out: 'Release-1.2\n',
      err: '',
    });
  });

  it('shows each part of it', async () => {
    const { out } = await explain('<+matrix.os> == "linux" && <+stage.name> != "Build"', '--at', 'unit', '--trace');
    expect(out).toBe(`false
  <+matrix.os> → linux
  <+matrix.os> == "linux" → true
  <+stage.name> → Build
  <+stage.name> != "Build" → false
  <+matrix.os> == "linux" && <+stage.name> != "Build" → false
`);
  });

  it('says what is waited for', async () => {
    expect(await explain(LATE, '--at', 'roll')).toMatchObject({
      exitCode: 0,
      out: 'known later: it waits for the output of Compile (digest)\n',
    });
  });

  it('says what is not there, and what was meant', async () => {
    expect(await explain('<+pipeline.variables.regin>', '--at', 'pipeline.stages.build')).toMatchObject({
      exitCode: 1,
      out: 'never known: there is no pipeline.variables.regin; the node would fail\nhint: Did you mean region?\n',
    });
  });

  it('finds places by their lines, and shows no secret', async () => {
    const line = RELEASE.split('\n').findIndex((text) => text.includes('login')) + 1;
    const { out } = await explain('<+pipeline.variables.token> of <+step.name>', '--at', String(line));
    expect(out).toBe('a secret, which is not shown: "<+secrets.getValue(\\"account.token\\")> of Roll"\n');
  });

  it('prints one document', async () => {
    const { out } = await explain('<+stage.name>', '--at', 'ring', '--json');
    expect(JSON.parse(out)).toEqual({
      expression: '<+stage.name>',
      at: 'pipeline.stages.alarm.spec.execution.steps.ring',
      outlook: { kind: 'runs' },
      skippedAround: ['Alarm'],
      result: { kind: 'value', value: 'Alarm', isSecret: false },
      trace: [{ expression: '<+stage.name>', value: 'Alarm' }],
    });
  });

  it('wants an expression where nobody can be asked, and a place that there is', async () => {
    expect(await explain()).toEqual({
      exitCode: 2,
      out: '',
      err: "bridle: There is no expression to explain, and no terminal to ask on.\nName one: bridle explain '<+pipeline.name>' --at PLACE.\n",
    });
    expect(await explain('<+pipeline.name>', '--at', 'uint')).toEqual({
      exitCode: 5,
      out: '',
      err: 'bridle: There is no uint in the pipeline.\nDid you mean unit?\n',
    });
  });
});
