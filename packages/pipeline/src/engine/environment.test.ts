import { expect, test } from 'vitest';
import { Driver, planOf, stage, step } from './test-plans.ts';

test('an output too large for a variable of a process is for expressions alone', () => {
  const spec = { command: 'echo <+execution.steps.make.output.outputVariables.BIG>' };
  const steps = [step('make', { stepType: 'Run' }), step('use', { stepType: 'Run', spec })];
  const driver = new Driver(planOf([stage('s', steps, { stageType: 'CI' })]));
  const big = 'ä'.repeat(70_000);
  const { effects } = driver.run('make', {
    kind: 'succeeded',
    outputs: { outputVariables: { BIG: big, FITS: 'x'.repeat(130_000), SMALL: '1' } },
  });
  const [task] = effects.flatMap((effect) => (effect.kind === 'enqueueTask' ? [effect.task] : []));
  expect(task?.spec).toEqual({ command: `echo ${big}` });
  expect(task?.environment).toMatchObject({ SMALL: '1', FITS: 'x'.repeat(130_000) });
  expect(task?.environment).not.toHaveProperty('BIG');
});
