/** `Run` without an image: a command on the delegate's host; POSIX shells stop at the first failing command and trace what they do. */
import { failed, type StepContext, type StepExecutor, type StepResult } from './executor.ts';
import { collectReports, reportGlobs } from './report-files.ts';
import { runScriptStep } from './script-step.ts';
import { StepLog } from './step-log.ts';
import { asObject, declaredOutputs, SpecError, textOf, variableMap } from './step-spec.ts';

export const run: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    try {
      const { reports } = asObject(context.step.spec, 'The spec of a Run step');
      const globs = reportGlobs(reports);
      const result = await runCommand(context);
      await collectReports(globs, result, context, new StepLog(context.log));
      return result;
    } catch (error) {
      if (error instanceof SpecError) return failed(error.message);
      throw error;
    }
  },
};

async function runCommand(context: StepContext): Promise<StepResult> {
  const spec = asObject(context.step.spec, 'The spec of a Run step');
  if (textOf(spec['image'], 'image')) {
    return failed('This version runs Run steps directly on the host only; remove image to run the command there.');
  }
  const command = textOf(spec['command'], 'command');
  if (command === undefined) return failed('A Run step without an image needs a command.');
  return await runScriptStep(
    {
      shell: textOf(spec['shell'], 'shell') ?? 'Sh',
      text: command,
      isStrict: true,
      variables: variableMap(spec['envVariables'], 'envVariables'),
      outputs: declaredOutputs(spec['outputVariables']),
      outputsFrom: 'exported',
    },
    context,
  );
}
