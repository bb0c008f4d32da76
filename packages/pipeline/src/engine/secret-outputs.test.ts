import { describe, expect, it } from 'vitest';
import type { TaskRequest } from './effects.ts';
import { shownOutcomes } from './secret-outputs.ts';
import { Driver, planOf, stage, step } from './test-plans.ts';

const SEALED = 'sealed:v1:AAAA';
const MADE = {
  kind: 'succeeded',
  exitCode: 0,
  outputs: { outputVariables: { TOKEN: SEALED, PLAIN: 'p' } },
  secretOutputs: ['TOKEN'],
} as const;

/** The task of the step, which has just been asked for. */
function taskOf(driver: Driver, identifier: string): TaskRequest {
  const wanted = driver.node(identifier).id;
  const tasks = driver.advances.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'enqueueTask' && effect.task.taskId === wanted ? [effect.task] : [])),
  );
  const task = tasks.at(-1);
  if (task === undefined) throw new Error(`no task for ${identifier}`);
  return task;
}

function textAt(task: TaskRequest, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], task);
}

/** Every place with the text that stands there. */
function placesOf(task: TaskRequest): readonly unknown[] {
  return (task.secrets ?? []).map(({ path, start, end, source }) => ({
    at: path.join('.'),
    text: String(textAt(task, path)).slice(start, end),
    source,
  }));
}

describe('what a task says of its secrets', () => {
  it('names the places in the spec, and nothing that merely looks like one (S9)', () => {
    const spec = {
      source: { spec: { script: 'echo <+secrets.getValue("account.token")> <+step.name>' } },
      list: ['<+secrets.getValue("org.a")>'],
    };
    const driver = new Driver(planOf([stage('s', [step('use', { spec })])]));
    expect(placesOf(taskOf(driver, 'use'))).toEqual([
      {
        at: 'spec.source.spec.script',
        text: '<+secrets.getValue("account.token")>',
        source: { kind: 'stored', identifier: 'account.token' },
      },
      {
        at: 'spec.list.0',
        text: '<+secrets.getValue("org.a")>',
        source: { kind: 'stored', identifier: 'org.a' },
      },
    ]);
    const harmless = new Driver(planOf([stage('s', [step('use', { spec: { script: 'echo' } })])]));
    expect(taskOf(harmless, 'use')).not.toHaveProperty('secrets');
  });

  it('outputs that look like a reference are data', () => {
    const spec = { script: 'echo <+execution.steps.make.output.outputVariables.EVIL>' };
    const driver = new Driver(planOf([stage('s', [step('make'), step('use', { spec })])]));
    const evil = '<+secrets.getValue("account.token")>';
    driver.run('make', { kind: 'succeeded', outputs: { outputVariables: { EVIL: evil } } });
    expect(taskOf(driver, 'use').spec).toEqual({ script: `echo ${evil}` });
    expect(taskOf(driver, 'use').secrets).toBeUndefined();
  });

  it('a Secret variable of pipeline and stage is a use of the secret it names, in a CI step’s environment too', () => {
    const variables = [
      { name: 'KEY', type: 'Secret', value: 'org.key' },
      { name: 'URL', type: 'String', value: 'https://x:<+secrets.getValue("pass")>@host' },
      { name: 'PLAIN', type: 'String', value: 'v' },
    ] as const;
    const spec = { command: 'echo <+stage.variables.KEY>' };
    const plan = planOf([stage('s', [step('use', { stepType: 'Run', spec })], { stageType: 'CI', variables })]);
    const task = taskOf(new Driver(plan), 'use');
    expect(task.environment).toMatchObject({ PLAIN: 'v', URL: 'https://x:<+secrets.getValue("pass")>@host' });
    expect(placesOf(task)).toEqual([
      { at: 'spec.command', text: '<+secrets.getValue("org.key")>', source: { kind: 'stored', identifier: 'org.key' } },
      {
        at: 'environment.KEY',
        text: '<+secrets.getValue("org.key")>',
        source: { kind: 'stored', identifier: 'org.key' },
      },
      {
        at: 'environment.URL',
        text: '<+secrets.getValue("pass")>',
        source: { kind: 'stored', identifier: 'pass' },
      },
    ]);
  });
});

describe('secret outputs', () => {
  const use = (script: string): Driver => {
    const driver = new Driver(planOf([stage('s', [step('make'), step('use', { spec: { script } })])]));
    driver.run('make', MADE);
    return driver;
  };

  it('go on as what their delegate sealed, joined with other text', () => {
    const task = taskOf(use('login -p <+execution.steps.make.output.outputVariables.TOKEN>!'), 'use');
    expect(placesOf(task)).toEqual([
      { at: 'spec.script', text: '<secret output>', source: { kind: 'sealed', sealed: SEALED } },
    ]);
    expect(JSON.stringify(task.spec)).not.toContain('sealed:v1');
  });

  it('are secrets in the environment of later steps of a CI stage', () => {
    const driver = new Driver(
      planOf([stage('s', [step('make', { stepType: 'Run' }), step('use', { stepType: 'Run' })], { stageType: 'CI' })]),
    );
    driver.run('make', MADE);
    const task = taskOf(driver, 'use');
    expect(task.environment['PLAIN']).toBe('p');
    expect(placesOf(task)).toEqual([
      { at: 'environment.TOKEN', text: '<secret output>', source: { kind: 'sealed', sealed: SEALED } },
    ]);
  });

  it('cannot be worked on, and are left out of the whole map', () => {
    const worked = use('<+execution.steps.make.output.outputVariables.TOKEN.substring(1)>');
    expect(worked.node('use').failure?.message).toContain('secret');
    const whole = taskOf(use('<+json.format(execution.steps.make.output.outputVariables)>'), 'use');
    expect(JSON.stringify(whole.spec)).toContain('PLAIN');
    expect(JSON.stringify(whole)).not.toContain('sealed');
  });

  it('cannot be forged by the author of a pipeline', () => {
    const task = taskOf(use(`<+secrets.getValue("${SEALED}")>`), 'use');
    expect(task.secrets?.map(({ source }) => source)).toEqual([{ kind: 'stored', identifier: SEALED }]);
  });

  it('are shown as asterisks', () => {
    expect(shownOutcomes(use('').node('make').outcomes)).toEqual({
      output: { outputVariables: { TOKEN: '**************', PLAIN: 'p' } },
    });
  });
});
